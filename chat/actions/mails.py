"""Letters to people with an account; the outbox sends them, so that no request waits for a mail server."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chat.actions import outbox
from shops import invitations
from shops.models import Invitation


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


def _head(base: str) -> dict[str, Any]:
    """Return what every letter needs; `id` lets a mail server drop what a retry sends twice."""
    return {"id": secrets.token_hex(12), "base": base, "language": translation.get_language() or settings.LANGUAGE_CODE}


def _send(payload: dict[str, Any], to: str, subject: str, words: list[str]) -> None:
    sender = {"Message-ID": f"<{payload['id']}@{urlsplit(payload['base']).hostname}>"}
    line = " ".join(subject.split())  # a name with a line break must not become a header
    EmailMessage(line, "\n\n".join(words) + "\n", to=[to], headers=sender).send()
