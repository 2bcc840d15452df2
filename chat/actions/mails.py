"""Letters to people with an account; the outbox sends them, so that no request waits for a mail server."""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from chat.actions import outbox
from lib.db import write
from shops import invitations
from shops.models import Invitation, LinkRequest, User
from shops.visitors import TooMany, place_of

EACH, FROM_ONE_PLACE, SPAN = (
    3,
    10,
    timedelta(hours=1),
)  # links asked for by one e-mail address, from one network address
ACCOUNTS = 20  # of one e-mail address


def invite(invitation: Invitation, base: str) -> None:
    """Promise the letter with the link, in the language of whoever invites; `base` is the server's own address."""
    outbox.promise("mail.invitation", {**_head(base), "user": invitation.user_id}, invitation.member.shop_id)


def link(invitation: Invitation, base: str) -> str:
    """Return the whole address under which the account sets its password."""
    return base + reverse("join", args=[invitations.token(invitation)])


def send_invitation(payload: dict[str, Any]) -> None:
    """Outbox handler of `mail.invitation`; one that was used, or ended by a newer, is not sent."""
    rows = Invitation.objects.select_related("user", "member__shop").filter(user_id=payload["user"])
    found = rows.filter(expires_at__gt=timezone.now()).first()
    if found is None or not found.user.email:
        return
    with translation.override(payload["language"]):
        shop, until = found.member.shop.name, found.expires_at.astimezone(found.member.shop.zone)
        words = [
            _("%(shop)s has opened an account for you. Your sign-in name is %(name)s.")
            % {"shop": shop, "name": found.user.username},
            _("Set your password here:"),
            link(found, payload["base"]),
            _("The link works once, until %(until)s. If you did not expect it, ignore this letter.")
            % {"until": f"{until:%Y-%m-%d %H:%M} ({found.member.shop.time_zone})"},
        ]
        _send(payload, found.user.email, _("Your account at %(shop)s") % {"shop": shop}, words)


def new_password(email: str, address: str, base: str) -> None:
    """Promise a letter to whoever has this e-mail address; the same is done, in the same time, if nobody has.

    Raise TooMany: three an hour for one e-mail address, ten from one network address.
    """
    now, whom = (
        timezone.now(),
        hmac.new(settings.SECRET_KEY.encode(), email.lower().encode(), "sha256").hexdigest()[:32],
    )
    recent, place = LinkRequest.objects.filter(created_at__gt=now - SPAN), place_of(address)
    with write():
        if recent.filter(whom=whom).count() >= EACH or recent.filter(place=place).count() >= FROM_ONE_PLACE:
            raise TooMany
        LinkRequest.objects.create(place=place, whom=whom, created_at=now)
        outbox.promise("mail.password", {**_head(base), "email": email})


def send_password(payload: dict[str, Any]) -> None:
    """Outbox handler of `mail.password`: one letter for each account with this address that has a password."""
    for user in User.objects.filter(email__iexact=payload["email"], is_active=True).order_by("pk")[:ACCOUNTS]:
        if not user.has_usable_password():
            continue
        token = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
        with translation.override(payload["language"]):
            words = [
                _("Somebody asked for a new password for the account %(name)s.") % {"name": user.username},
                _("Set it here:"),
                payload["base"] + reverse("password-new", args=token),
                _("The link works once, for an hour. If it was not you, ignore this letter: nothing has changed."),
            ]
            _send({**payload, "id": f"{payload['id']}.{user.pk}"}, user.email, _("A new password"), words)


def sweep(now: datetime) -> None:
    """Forget who asked for links a day ago."""
    old = LinkRequest.objects.filter(created_at__lt=now - timedelta(days=1))
    if old.exists():
        with write():
            old.delete()


def _head(base: str) -> dict[str, Any]:
    """Return what every letter needs; `id` lets a mail server drop what a retry sends twice."""
    return {"id": secrets.token_hex(12), "base": base, "language": translation.get_language() or settings.LANGUAGE_CODE}


def _send(payload: dict[str, Any], to: str, subject: str, words: list[str]) -> None:
    sender = {"Message-ID": f"<{payload['id']}@{urlsplit(payload['base']).hostname}>"}
    line = " ".join(subject.split())  # a name with a line break must not become a header
    EmailMessage(line, "\n\n".join(words) + "\n", to=[to], headers=sender).send()
