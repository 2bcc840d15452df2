"""Sub-accounts (A1): open, change, close; what that does to sockets and sessions is people's business."""

from typing import Any, NamedTuple

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import locks
from chat.actions import mails, people
from lib.db import write
from shops import actions, audit, invitations, ranks, sign_ins
from shops.errors import NotAllowed, NotYours, Refused
from shops.models import Invitation, Member, User

MOST = 500  # accounts of a shop


class Draft(NamedTuple):
    """A sub-account about to be opened, well formed."""

    username: str
    email: str
    nickname: str
    role: str
    im_permission: bool


def create(by: Member, draft: Draft, base: str) -> Member:
    """Open a sub-account and promise its invitation; who works for the seller already is only added.

    Refused `nickname_taken` `username_taken` `already_member` `not_joined` `too_many`; `base` is for the letter.
    """
    with write():
        desk = locks.desk(by.shop_id)
        by = _now(by)
        _grants(by, draft.role)
        if Member.objects.filter(shop=by.shop).count() >= MOST:
            raise Refused("too_many", _("A shop has at most %(n)s accounts.") % {"n": MOST})
        if Member.objects.filter(shop=by.shop, nickname=draft.nickname).exists():
            raise Refused("nickname_taken", _("A colleague has this nickname already."))
        person = _person(by, draft)
        member = actions.add_member(by.shop, person, draft.nickname, draft.role, draft.im_permission)
        if draft.im_permission:
            people.joined(desk, member, timezone.now())
        _note(audit.Kind.ACCOUNT, by, member, after={"role": draft.role, "im_permission": draft.im_permission})
        if not ranks.has_joined(member):
            mails.invite(invitations.issue(member), base)
    return member


def change(by: Member, of: Member, base: str, **values: Any) -> Member:
    """Change what ranks.changes lets; NotAllowed for the rest. A changed address gets the invitation anew."""
    with write():
        people.hold(by)
        by, of = _now(by), Member.objects.select_related("shop", "user").get(pk=of.pk)
        if not set(values) <= set(ranks.changes(by, of)):
            raise NotAllowed(_("You may not change this of this account."))
        changed = {name: value for name, value in values.items() if value != _value(of, name)}
        if "role" in changed:
            _grants(by, changed["role"])
        if changed:
            _note(audit.Kind.ACCOUNT_CHANGED, by, of, {name: _value(of, name) for name in changed}, changed)
        for name in ranks.FIELDS:
            if name in changed:
                of = _set(of, name, changed[name], base)
    return of


def invite(by: Member, of: Member, base: str) -> Invitation:
    """Make a fresh link and promise its letter; the old one ends. Refused `already_joined` `disabled`."""
    with write():
        people.hold(by)
        by, of = _now(by), Member.objects.select_related("shop", "user").get(pk=of.pk)
        if of.role not in ranks.grantable(by):
            raise NotAllowed(_("You may not change this of this account."))
        if not of.is_active:
            raise Refused("disabled", _("This account is disabled; enable it first."))
        fresh = invitations.issue(of)
        _note(audit.Kind.INVITED, by, of)
        mails.invite(fresh, base)
    return fresh


def _note(
    kind: str, by: Member, of: Member, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None
) -> None:
    audit.record(kind, by, subject=audit.Subject.MEMBER, subject_id=of.pk, before=before, after=after, name=of.nickname)


def _now(by: Member) -> Member:
    """Return the member as it is under the lock: it may have lost its role meanwhile."""
    for found in Member.objects.active().select_related("shop", "user").filter(pk=by.pk):
        return found
    raise NotYours


def _grants(by: Member, role: str) -> None:
    if role not in ranks.grantable(by):
        raise NotAllowed(_("You may not give this role."))


def _value(of: Member, name: str) -> Any:
    return of.user.email if name == "email" else getattr(of, name)


def _set(of: Member, name: str, value: Any, base: str) -> Member:
    match name:
        case "nickname":
            return people.rename(of, value)
        case "role":
            return people.set_role(of, value)
        case "im_permission":
            return people.set_im_permission(of, value)
        case "is_active":
            return people.enable(of) if value else _shut(of)
    of.user.email = value
    of.user.save(update_fields=["email"])
    mails.invite(invitations.issue(of), base)
    return of


def _shut(of: Member) -> Member:
    closed = people.disable(of)
    sign_ins.end_without_shop(of.user)
    return closed


def _person(by: Member, draft: Draft) -> User:
    """Return whose account it is: somebody new, or one who works in another shop of the same seller (A6)."""
    known = User.objects.filter(username__iexact=draft.username).first()
    if known is None:
        try:
            with write():
                return User.objects.create_user(draft.username, draft.email)  # no password yet
        except IntegrityError:  # another shop was faster
            known = None
    taken = Refused("username_taken", _("This sign-in name is taken."))
    if known is None or not Member.objects.active().filter(user=known, shop__seller=by.shop.seller_id).exists():
        raise taken
    if Member.objects.filter(user=known, shop=by.shop).exists():
        raise Refused("already_member", _("This person has an account in this shop already."))
    if not known.has_usable_password():
        raise Refused("not_joined", _("This person must accept the invitation of your other shop first."))
    return known
