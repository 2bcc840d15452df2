"""The link with which a new account sets its first password: once, and for a week.

It is signed over a random key that the row holds, so a copy of the table opens nothing and a new link ends the old one.
"""

import secrets
from datetime import timedelta

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _

from lib.db import write
from shops import ranks
from shops.errors import NotYours, Refused
from shops.models import Invitation, Member, User

LIFE = timedelta(days=7)
_signer = signing.Signer(salt="invitation")  # without a time: letter and page show the same link


def issue(member: Member) -> Invitation:
    """Make a fresh link for an account without a password, ending an earlier one; Refused `already_joined`."""
    with write():
        member.user = User.objects.select_for_update().get(pk=member.user_id)  # joining in another window, maybe
        if ranks.has_joined(member):
            raise Refused("already_joined", _("This account has a password already; it can reset it at sign-in."))
        fresh = {"key": secrets.token_hex(16), "member": member, "expires_at": timezone.now() + LIFE}
        return Invitation.objects.update_or_create(user=member.user, defaults=fresh)[0]


def token(invitation: Invitation) -> str:
    return _signer.sign_object([invitation.user_id, invitation.key])


def state(member: Member) -> str:
    """Return where an account stands: active, invited, expired (its link ran out unused) or disabled."""
    if not (member.is_active and member.user.is_active):
        return "disabled"
    if ranks.has_joined(member):
        return "active"
    pending: Invitation | None = getattr(member.user, "invitation", None)
    return "invited" if pending and pending.expires_at > timezone.now() else "expired"


def find(text: str) -> Invitation:
    """Return the living invitation that a link names; raise NotYours for every other."""
    try:
        user_id, key = _signer.unsign_object(text)
    except (signing.BadSignature, TypeError, ValueError):
        raise NotYours from None
    rows = Invitation.objects.select_related("user", "member__shop")
    found = rows.filter(user_id=user_id, key=key, expires_at__gt=timezone.now()).first()
    if found is None or not (found.member.is_active and found.user.is_active):
        raise NotYours
    return found


def accept(invitation: Invitation, password: str) -> User:
    """Set the first password and use the link up; raise NotYours if another window was faster."""
    with write():
        user = User.objects.select_for_update().get(pk=invitation.user_id)
        used, _rows = Invitation.objects.filter(user_id=user.pk, key=invitation.key).delete()
        if not used:
            raise NotYours
        user.set_password(password)
        user.save(update_fields=["password"])
    return user
