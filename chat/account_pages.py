"""Sub-accounts (A1): the list, one account, a new one; for the owner and super admins."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chat import account_api, account_forms
from chat.actions import accounts as actions
from chat.actions import mails
from shops import access, invitations, pages, ranks
from shops.errors import Invalid, Refused
from shops.models import Invitation, Member
from shops.presets import AGENT, SERVICE_LEAD, STAFF, SUPER_ADMIN

QUESTION = 60  # characters of a search
DONE = {
    "disable": lambda name: _("%(name)s can't sign in to this shop any more.") % {"name": name},
    "enable": lambda name: _("%(name)s can work in this shop again.") % {"name": name},
}


@pages.of_shop
def accounts(request: HttpRequest, member: Member) -> HttpResponse:
    """Every account of the shop, a page at a time, searched by nickname or sign-in name."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:QUESTION]
    rows, following = account_api.page(member, q, pages.number(request.GET.get("after", "")))
    found = [{"account": row, "state": invitations.state(row)} for row in rows]
    about = {"rows": found, "q": q, "next": following, "question": QUESTION}
    return render(request, "chat/accounts.html", {**pages.frame(member, "team"), **about})


@pages.of_shop
def new(request: HttpRequest, member: Member) -> HttpResponse:
    """Open a sub-account; its page then shows the link of the invitation."""
    given: dict[str, Any] = {"role": AGENT, "im_permission": True}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        given = _given(request, actions.Draft._fields)
        try:
            made = actions.create(member, account_forms.draft(given), pages.base_of(request))
        except Invalid as invalid:
            wrong = invalid.fields
        except Refused as refusal:
            wrong = {_FIELD_OF.get(refusal.code, "username"): refusal.words}
        else:
            messages.success(request, _("The account of %(name)s is open.") % {"name": made.nickname})
            return redirect("account", member.shop_id, made.pk)
    about = {"given": given, "wrong": wrong, "may": actions.Draft._fields, "roles": roles(member)}
    return render(request, "chat/account_new.html", {**pages.frame(member, "team"), **about})


@pages.of_shop
def account(request: HttpRequest, member: Member, account_id: int) -> HttpResponse:
    """One account: change it, send its invitation again, close or open it."""
    of = access.account(member, account_id)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        wrong = _post(request, member, of)
        if not wrong:
            return redirect("account", member.shop_id, of.pk)
    state, may = invitations.state(of), ranks.changes(member, of)
    given = {name: of.user.email if name == "email" else getattr(of, name) for name in ranks.FIELDS}
    pending: Invitation | None = getattr(of.user, "invitation", None)
    about = {
        "account": of,
        "state": state,
        "may": may,
        "given": given | (_given(request, may) if wrong else {}),
        "wrong": wrong,
        "roles": roles(member) if "role" in may else [(of.role, of.get_role_display(), "")],
        "link": mails.link(pending, pages.base_of(request)) if pending and state == "invited" and may else "",
        "pending": pending,
        "holds": of.load,
    }
    return render(request, "chat/account.html", {**pages.frame(member, "team"), **about})


def roles(by: Member) -> list[tuple[str, Any, Any]]:
    """Return the roles that a member may give, each with what it may do (A1-A4)."""
    return [(role, Member.Role(role).label, _about(by, role)) for role in ranks.grantable(by)]


def _about(by: Member, role: str) -> str:
    sees_team = role in by.shop.policy.team_roles
    return {
        SUPER_ADMIN: _("Like the owner: sub-accounts below it, settings, all figures."),
        SERVICE_LEAD: _("Sees all conversations of the shop and the live team page; no figures of the past.")
        if sees_team
        else _("Sees all conversations of the shop, hands them over and takes them; no figures of the past."),
        AGENT: _("Serves buyers and sees its own figures."),
        STAFF: _("Orders and settings of its own; serves buyers only with IM permission."),
    }[role]


def _post(request: HttpRequest, member: Member, of: Member) -> dict[str, str]:
    """Do what the form asks; return what is wrong, by field."""
    form, base = request.POST.get("form", ""), pages.base_of(request)
    try:
        if form == "invite":
            actions.invite(member, of, base)
            messages.success(request, _("A new link is on its way; the old one no longer works."))
        elif form in DONE:
            actions.change(member, of, base, is_active=form == "enable")
            messages.success(request, DONE[form](of.nickname))
        else:
            may = [name for name in ranks.changes(member, of) if name != "is_active"]
            actions.change(member, of, base, **account_forms.changes(_given(request, may)))
            messages.success(request, _("Saved."))
    except Invalid as invalid:
        return dict(invalid.fields)
    except Refused as refusal:
        if refusal.code not in _FIELD_OF:
            messages.error(request, refusal.words)
            return {}
        return {_FIELD_OF[refusal.code]: refusal.words}
    return {}


_FIELD_OF = {"nickname_taken": "nickname", "username_taken": "username", "already_member": "username"}


def _given(request: HttpRequest, names: Any) -> dict[str, Any]:
    ticks = ("im_permission",)
    return {name: name in request.POST if name in ticks else request.POST.get(name, "") for name in names}
