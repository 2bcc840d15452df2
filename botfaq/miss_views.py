"""The page of what the bot had no answer to (E10): by group, to a question, to a phrasing, or away."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from botfaq import access, unmatched
from botfaq.models import Question
from botfaq.views import frame
from shops import pages
from shops.access import MAX_ID
from shops.errors import Refused
from shops.models import Member

OTHERS = 500  # questions to choose from
MOST = 300  # wordings at once


@pages.of_shop
def misses(request: HttpRequest, member: Member) -> HttpResponse:
    """List the groups, the most frequent first; what was just dismissed can be taken back."""
    found = unmatched.groups(member.shop)
    about = {
        "groups": found,
        "total": sum(one.count for one in found),
        "others": Question.objects.filter(shop=member.shop).order_by("text")[:OTHERS],
        "dismissed": _ids(request.GET.get("dismissed", "").split(",")),
    }
    return render(request, "botfaq/misses.html", frame(member, "misses") | about)


@pages.of_shop
def settle(request: HttpRequest, member: Member) -> HttpResponse:
    """Make the ticked wordings of a group a question, give them to one, dismiss them, or bring them back."""
    back = reverse("bot-misses", args=[member.shop_id])
    ids, do = _ids(request.POST.getlist("miss")), request.POST.get("do", "")
    if not ids:
        messages.error(request, _("Tick the wordings first."))
        return redirect(back)
    try:
        return redirect(_done(request, member, ids, do) or back)
    except Refused as refusal:
        messages.error(request, refusal.words)
        return redirect(back)


def _done(request: HttpRequest, member: Member, ids: Sequence[int], do: str) -> str:
    """Do what the button says; return where to go, nothing for the page itself."""
    if do == "question":
        draft = unmatched.make_question(member, ids)
        messages.success(request, _("A draft with these wordings. Write its answer, then publish it."))
        return reverse("bot-question", args=[member.shop_id, draft.pk])
    if do == "dismiss":
        unmatched.dismiss(member, ids)
        return f"{reverse('bot-misses', args=[member.shop_id])}?{urlencode({'dismissed': ','.join(map(str, ids))})}"
    if do == "restore":
        unmatched.restore(member, ids)
        messages.success(request, _("Brought back."))
        return ""
    chosen = do.removeprefix("add-") if do.startswith("add-") else request.POST.get("question", "")
    into = _ids([chosen])
    if not into:
        messages.error(request, _("Choose a question first."))
        return ""
    question = access.question(member.shop_id, into[0])
    count = unmatched.add_phrasings(member, ids, question)
    words = ngettext("%(n)s phrasing added to “%(text)s”.", "%(n)s phrasings added to “%(text)s”.", count)
    messages.success(request, words % {"n": count, "text": question.text})
    return ""


def _ids(texts: Sequence[str]) -> list[int]:
    found = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 20]
    return [one for one in found if 0 < one <= MAX_ID][:MOST]
