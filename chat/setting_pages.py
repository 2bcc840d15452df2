"""The settings of a person and of a shop: one's own, conversations, the platform's rules (A3, A5, P)."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from botfaq import access as faq_access
from chat import incoming, media, policy_words, routing, setting_forms, vapid
from chat.actions import avatars, notices, people, policy
from chat.models import AvatarReview
from chat.setting_frame import frame, may_set, saved, who
from shops import pages, permissions
from shops.errors import Busy, Invalid, Refused, Throttled
from shops.models import Member

BREAK = 60  # characters


@pages.of_shop
def personal(request: HttpRequest, member: Member) -> HttpResponse:
    """What one sets for oneself: status, capacity, name, picture, notifications, language (A3, A5, P1, P7, C11)."""
    wrong: dict[str, str] = {}
    if request.method == "POST":
        wrong = _change(request, member)
        if not wrong:
            return redirect("desk-settings", member.shop_id)
    member.refresh_from_db(fields=["avatar"])
    about: dict[str, Any] = {"wrong": wrong, "given": request.POST, **_profile(member)}
    if member.is_agent:
        about |= {
            "bounds": member.shop.policy,
            "sole": routing.sole_agent(member.shop) == member,
            "notices": setting_forms.Notices(initial=dict(notices.choice(member))),
            "push_key": vapid.keys().public,
            "break_limit": BREAK,
        }
    return render(request, "chat/settings/personal.html", frame(member, "personal") | about)


@pages.of_shop
def talk(request: HttpRequest, member: Member) -> HttpResponse:
    """Greeting, queue order, back to the queue, forbidden words; who may not set them reads them (A3, P8, C22, C23)."""
    form = setting_forms.Talk(member.shop, request.POST or None)
    if form.is_valid() and saved(request, form, lambda: policy.set_talk(member.shop, member, **form.cleaned_data)):
        return redirect("settings-talk", member.shop_id)
    about = {"form": form, "may": may_set(member), "who": who(member), "sets_bot": faq_access.may_edit(member)}
    return render(request, "chat/settings/talk.html", frame(member, "talk") | about)


@pages.of_shop
def data(request: HttpRequest, member: Member) -> HttpResponse:
    """For how long the shop keeps conversations; what goes and what stays in words."""
    form = setting_forms.Retention(member.shop, request.POST or None)
    if form.is_valid():
        days = form.cleaned_data["days"]
        if saved(request, form, lambda: policy.set_retention(member.shop, days, member)):
            return redirect("settings-data", member.shop_id)
    return render(request, "chat/settings/data.html", frame(member, "data") | {"form": form})


@pages.of_shop
def rules(request: HttpRequest, member: Member) -> HttpResponse:
    """The platform's rules for this shop, which only the platform changes (P, A7)."""
    groups = policy_words.rules(member.shop)
    overridden = sum(one.overridden for _heading, rows in groups for one in rows)
    about = {"groups": groups, "overridden": overridden}
    return render(request, "chat/settings/rules.html", frame(member, "rules") | about)


def _profile(member: Member) -> dict[str, Any]:
    newest = member.avatar_reviews.order_by("-pk").first()
    return {
        "set_by": member.nickname_set_by,
        "avatar": media.link(member.avatar) if member.avatar else "",
        "review": newest,
        "waiting": media.link(newest.file) if newest and newest.state == AvatarReview.State.PENDING else "",
        "limit": incoming.NICKNAME,
    }


def _change(request: HttpRequest, member: Member) -> dict[str, str]:
    """Do what one of the page's forms asks; return what is wrong, by field or part of the page."""
    part, action = _FORMS.get(request.POST.get("form", ""), ("", None))
    if action is None:
        return {"form": _("This form is not known.")}
    try:
        messages.success(request, action(request, member))
    except Invalid as invalid:
        return dict(invalid.fields)
    except Refused as refusal:
        return {_FIELD_OF.get(refusal.code, part): refusal.words}
    except Throttled:
        return {part: _("This is too fast; please wait a moment.")}
    except Busy:
        return {part: _("The server is busy. Please try again in a moment.")}
    return {}


def _status(request: HttpRequest, member: Member) -> str:
    """Accept chats or not, and how many at once (B1, P1)."""
    given = request.POST.get("capacity", "")
    bounds = member.shop.policy
    capacity = incoming.number(pages.number(given), "capacity", bounds.capacity_min, bounds.capacity_max)
    permissions.require(member, "use the desk")
    if capacity != member.capacity:
        people.set_capacity(member, capacity)
    if routing.sole_agent(member.shop) == member:
        return _("Saved.")  # the page offers no tick: everything comes to it (B4)
    if ("accepting" in request.POST) != member.accepting:
        people.set_accepting(member, "accepting" in request.POST)
    return _("Saved.")


def _break(request: HttpRequest, member: Member) -> str:
    """Begin a break with a reason, or end it (C22)."""
    permissions.require(member, "use the desk")
    if request.POST.get("on") != "1":
        people.set_break(member, None)
        return _("Welcome back.")
    people.set_break(member, incoming.words(request.POST.get("reason", ""), "reason", BREAK, empty=True))
    return _("You are on a break; nothing is given to you automatically.")


def _nickname(request: HttpRequest, member: Member) -> str:
    people.set_nickname(member, incoming.nickname(request.POST.get("nickname")))
    return _("Saved.")


def _picture(request: HttpRequest, member: Member) -> str:
    file = request.FILES.get("avatar")
    if not isinstance(file, UploadedFile):
        raise Invalid(avatar=_("Choose a picture."))
    avatars.submit(member, file)
    return _("Your picture is being reviewed; until then the old one is shown.")


def _no_picture(request: HttpRequest, member: Member) -> str:
    avatars.withdraw(member)
    return _("Your picture was removed.")


def _notices(request: HttpRequest, member: Member) -> str:
    """How an agent wants to be told (C11)."""
    permissions.require(member, "use the desk")
    notices.choose(member, **{way: way in request.POST for way in notices.WAYS})
    return _("Saved.")


_FORMS = {
    "own": ("status", _status),
    "break": ("status", _break),
    "nickname": ("name", _nickname),
    "avatar": ("picture", _picture),
    "remove": ("picture", _no_picture),
    "notices": ("notices", _notices),
}
_FIELD_OF = {"nickname_taken": "nickname", "capacity_out_of_range": "capacity"}
