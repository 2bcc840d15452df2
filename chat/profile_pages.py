"""The platform's look at pictures that people handed in (A5, A7)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chat import access, incoming, media
from chat.actions import avatars
from shops import pages
from shops.errors import NotYours
from shops.models import User

WORDS = 200  # characters


@login_required
def avatar_reviews(request: HttpRequest) -> HttpResponse:
    """Pictures that wait for the platform, the oldest first; for reviewers, others find nothing here."""
    try:
        rows = access.avatar_reviews(request.user)
        if request.method == "POST" and pages.tried(request, lambda: _decide(request)):
            return redirect("avatar-reviews")
    except NotYours:
        raise Http404 from None
    found: list[dict[str, Any]] = [{"review": row, "picture": media.link(row.file)} for row in rows]
    return render(request, "chat/avatar_reviews.html", {"here": "avatars", "rows": found, "limit": WORDS})


def _decide(request: HttpRequest) -> None:
    review = access.avatar_review(request.user, pages.number(request.POST.get("review", "")))
    words = incoming.words(request.POST.get("words", ""), "words", WORDS, empty=True)
    approve = request.POST.get("decision") == "approve"
    assert isinstance(request.user, User)
    avatars.decide(review, request.user, approve, words)
    messages.success(request, _("Approved.") if approve else _("Rejected."))
