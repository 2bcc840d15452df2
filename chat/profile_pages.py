"""Who one is to buyers and colleagues: nickname and picture (A5, P7); and the platform's look at pictures (A7)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chat import access, incoming, media
from chat.actions import avatars, people
from chat.models import AvatarReview
from shops import pages
from shops.errors import Invalid, NotYours
from shops.models import Member, User

NICKNAME, WORDS = 40, 200  # characters


@pages.of_shop
def profile(request: HttpRequest, member: Member) -> HttpResponse:
    """Nickname, where it is one's own to set, and the picture with what became of it."""
    if request.method == "POST" and pages.tried(request, lambda: _change(request, member)):
        return redirect("profile", member.shop_id)
    newest = member.avatar_reviews.order_by("-pk").first()
    about = {
        "set_by": member.nickname_set_by,
        "avatar": media.link(member.avatar) if member.avatar else "",
        "review": newest,
        "waiting": media.link(newest.file) if newest and newest.state == AvatarReview.State.PENDING else "",
        "limit": NICKNAME,
    }
    return render(request, "chat/profile.html", {**pages.frame(member, "settings"), **about})


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


def _change(request: HttpRequest, member: Member) -> None:
    match request.POST.get("form"):
        case "nickname":
            people.set_nickname(member, incoming.words(request.POST.get("nickname"), "nickname", NICKNAME))
            messages.success(request, _("Saved."))
        case "remove":
            avatars.withdraw(member)
            messages.success(request, _("Your picture was removed."))
        case "avatar":
            file = request.FILES.get("avatar")
            if not isinstance(file, UploadedFile):
                raise Invalid(avatar=_("Choose a picture."))
            avatars.submit(member, file)
            messages.success(request, _("Your picture is being reviewed; until then the old one is shown."))


def _decide(request: HttpRequest) -> None:
    review = access.avatar_review(request.user, pages.number(request.POST.get("review", "")))
    words = incoming.words(request.POST.get("words", ""), "words", WORDS, empty=True)
    approve = request.POST.get("decision") == "approve"
    assert isinstance(request.user, User)
    avatars.decide(review, request.user, approve, words)
    messages.success(request, _("Approved.") if approve else _("Rejected."))
