"""A session on paper (C25): who, when, what was said; private notes only where they are asked for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chat import looking, transcript
from chat.models import Assignment
from shops import pages
from shops.models import Member


@pages.of_shop
def session(request: HttpRequest, member: Member, session_id: int) -> HttpResponse:
    """One session for reading and printing; whoever may see it in the console may."""
    found = looking.session(member, session_id, "transcript")
    after, with_notes = pages.number(request.GET.get("after", "")), request.GET.get("notes") == "1"
    page = transcript.page(found, after, with_notes)
    agents = Assignment.objects.filter(session=found).order_by("pk").values_list("member__nickname", flat=True)[:50]
    about = {
        "session": found,
        "rating": getattr(found, "rating", None),
        "agents": list(dict.fromkeys(agents)),
        "lines": page.lines,
        "next": page.following,
        "first": not after,
        "removed": found.first_seq < found.conversation.first_seq,
        "with_notes": with_notes,
    }
    return render(request, "chat/transcript.html", {**pages.frame(member, ""), **about})
