"""The pages around the desk: which shop to open, and the desk's settings."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat import inbox, page_forms, routing, vapid
from chat.actions import notices, people, policy
from chat.policy_words import lines
from shops import access, pages
from shops.errors import Refused
from shops.models import Member, User


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Every shop of the person, with the own role and what waits there (A6)."""
    assert isinstance(request.user, User)
    members = Member.objects.active().select_related("shop__seller").filter(user=request.user)
    shops = [
        {
            "member": member,
            "unread": inbox.unread(member) if member.im_permission else 0,
            "queued": inbox.waiting(member.shop_id) if member.im_permission else 0,
            "sees_figures": member.role in pages.FIGURE_ROLES,
        }
        for member in members.order_by("shop__name", "pk")
    ]
    return render(request, "shops/home.html", {"shops": shops})


@pages.of_shop
def settings(request: HttpRequest, member: Member) -> HttpResponse:
    """Own accepting and capacity; greeting and queue order for the roles that may; the platform's numbers (A3, P)."""
    in_force = member.shop.policy
    own = page_forms.Own(member) if member.is_agent else None
    desk = page_forms.Talk(member.shop) if member.role in in_force.desk_setting_roles else None
    saved: page_forms.Own | page_forms.Talk | None = None
    if request.POST.get("form") == "own" and own:
        own = saved = page_forms.Own(member, request.POST)
    elif request.POST.get("form") == "talk" and desk:
        desk = saved = page_forms.Talk(member.shop, request.POST)
    if saved and saved.is_valid() and _save(request, member, saved.cleaned_data):
        return redirect("desk-settings", member.shop_id)
    about: dict[str, Any] = {
        "own": own,
        "desk": desk,
        "numbers": lines(in_force),
        "sole": routing.sole_agent(member.shop) == member,
    }
    if own:
        about |= {"notices": page_forms.Notices(initial=dict(notices.choice(member))), "push_key": vapid.keys().public}
    return render(request, "chat/settings.html", {**pages.frame(member, "settings"), **about})


def _save(request: HttpRequest, member: Member, data: dict[str, Any]) -> bool:
    """Save what the form changed; a refusal is shown on the page."""
    try:
        if "accepting" in data and data["accepting"] != member.accepting:
            people.set_accepting(member, data["accepting"])
        if "capacity" in data and data["capacity"] != member.capacity:
            people.set_capacity(member, data["capacity"])
        if "greeting" in data:
            policy.set_greeting(member.shop, data["greeting"], member)
        if data.get("queue_order"):
            policy.set_queue_order(member.shop, data["queue_order"], member)
        if "requeue_after" in data:
            policy.set_requeue_after(member.shop, data["requeue_after"], member)
    except Refused as refusal:
        messages.error(request, refusal.words)
        return False
    messages.success(request, _("Saved."))
    return True


@require_POST
@pages.of_shop
def notice_settings(request: HttpRequest, member: Member) -> HttpResponse:
    """Save how an agent wants to be told (C11)."""
    form = page_forms.Notices(request.POST)
    if access.with_im(member) and form.is_valid():
        notices.choose(member, **form.cleaned_data)
        messages.success(request, _("Saved."))
    return redirect("desk-settings", member.shop_id)
