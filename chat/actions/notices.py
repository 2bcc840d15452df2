"""What people choose to be told, and the browsers they let us reach (C11, C15, C25)."""

import hashlib
import re
from typing import Any, TypedDict

from django.conf import settings
from django.utils.translation import get_language, gettext

from chat import locks, phones
from chat.models import Conversation, NoticeChoice, PushSubscription
from lib import outbound, webpush
from lib.db import write
from shops.errors import Invalid, Refused
from shops.identity import BadIdentity, BuyerToken
from shops.models import Device, Member

WAYS = ("desktop", "sound", "badge", "push", "preview")
ENDPOINT = 1000
_PLAIN, _KEY = re.compile(r"[!-~]+"), re.compile(r"[A-Za-z0-9_-]+={0,2}")
_TOKENS = {"fcm": re.compile(r"[A-Za-z0-9_:-]{20,1000}"), "apns": re.compile(r"[0-9a-fA-F]{64,200}")}
BROWSERS = 10  # per person and shop; the oldest goes


class ChoiceShape(TypedDict):
    desktop: bool
    sound: bool
    badge: bool
    push: bool
    preview: bool


def choice(member: Member) -> ChoiceShape:
    """Return how a member wants to be told."""
    found = NoticeChoice.objects.filter(member=member).first() or NoticeChoice(member=member)
    return {
        "desktop": found.desktop,
        "sound": found.sound,
        "badge": found.badge,
        "push": found.push,
        "preview": found.preview,
    }


def choose(member: Member, **ways: bool) -> None:
    """Change some of one's ways to be told; they follow the person to every browser."""
    with write():
        NoticeChoice.objects.update_or_create(member=member, defaults=ways)


class Browser:
    """A browser's address and keys as it gave them; raises Invalid for what can't be one or leads inside."""

    def __init__(self, endpoint: Any, p256dh: Any, auth: Any) -> None:
        if not isinstance(endpoint, str) or not 0 < len(endpoint) <= ENDPOINT or not _PLAIN.fullmatch(endpoint):
            raise Invalid(endpoint=gettext("This is no address of a push service."))
        try:
            outbound.check_public(endpoint, settings.OUTBOUND_ALLOW)
        except outbound.OutboundError as error:
            raise Invalid(endpoint=gettext("This is no address of a push service.")) from error
        try:
            if not isinstance(p256dh, str) or not isinstance(auth, str) or len(p256dh) > 100 or len(auth) > 32:
                raise ValueError
            if not _KEY.fullmatch(p256dh) or not _KEY.fullmatch(auth):
                raise ValueError
            webpush.check(p256dh, auth)
        except ValueError as error:
            raise Invalid(keys=gettext("These are no keys of a browser.")) from error
        self.endpoint, self.p256dh, self.auth = endpoint, p256dh, auth

    def row(self) -> dict[str, str]:
        kept = {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth}
        return {**kept, "language": (get_language() or settings.LANGUAGE_CODE)[:10]}


class App:
    """An app on a phone as it registers: its service, what it is called there, its token; raises Invalid, Refused."""

    def __init__(self, service: str, app: str, token: str, kinds: list[str], language: str) -> None:
        if not _TOKENS[service].fullmatch(token):
            raise Invalid(token=gettext("This is no token of a phone."))
        if service not in phones.services():
            words = gettext("This server sends no push to such phones; ask whoever runs it to set it up.")
            raise Refused("push_not_set_up", words)
        if app not in settings.PHONE_APPS:
            raise Invalid(app=gettext("This server sends no push to this app."))
        self.digest = digest(f"{service} {app} {token}")
        self.row = {"service": service, "app": app, "endpoint": token, "kinds": kinds, "language": language}


def digest(endpoint: str) -> str:
    return hashlib.blake2b(endpoint.encode(errors="replace"), digest_size=16).hexdigest()


def subscribe_member(member: Member, browser: Browser, sign_in: str) -> None:
    """Let a member be reached through a browser; whoever used it before is not any more."""
    key = digest(browser.endpoint)
    with write():
        PushSubscription.objects.filter(digest=key).exclude(member__user_id=member.user_id).delete()
        defaults = {**browser.row(), "member": member, "sign_in": sign_in}
        PushSubscription.objects.update_or_create(shop_id=member.shop_id, digest=key, defaults=defaults)
        _drop_oldest(member=member)


def app_of(member: Member, device: Device) -> PushSubscription | None:
    """Return how an app is reached for this shop."""
    return PushSubscription.objects.filter(member=member, device=device).first()


def register_app(member: Member, device: Device, app: App, sign_in: str) -> PushSubscription:
    """Let a member be reached through an app while it is signed in there; a phone's newer token takes the place."""
    with write():
        if not Device.objects.select_for_update().filter(pk=device.pk).exists():
            raise BadIdentity(gettext("Please sign in again."))
        PushSubscription.objects.filter(digest=app.digest).exclude(device=device).delete()
        PushSubscription.objects.filter(member=member, device=device).exclude(digest=app.digest).delete()
        defaults = {**app.row, "member": member, "device": device, "sign_in": sign_in}
        found, _new = PushSubscription.objects.update_or_create(
            shop_id=member.shop_id, digest=app.digest, defaults=defaults
        )
        _drop_oldest(member=member)
    return found


def forget_app(member: Member, device: Device) -> None:
    with write():
        PushSubscription.objects.filter(member=member, device=device).delete()


def subscribe_buyer(token: BuyerToken, browser: Browser) -> None:
    """Let a buyer be told of answers after leaving (C25)."""
    key = digest(browser.endpoint)
    with write():
        locks.writing(token.conversation_id)
        PushSubscription.objects.filter(digest=key).exclude(buyer_id=token.buyer_id).delete()
        defaults = {**browser.row(), "buyer_id": token.buyer_id}
        PushSubscription.objects.update_or_create(shop_id=token.shop_id, digest=key, defaults=defaults)
        _drop_oldest(buyer_id=token.buyer_id)
        Conversation.objects.filter(pk=token.conversation_id).update(buyer_pushes=True)


def forget_member(member: Member, endpoint: str) -> None:
    """Stop reaching a member through a browser."""
    with write():
        PushSubscription.objects.filter(member=member, digest=digest(endpoint)).delete()


def forget_buyer(token: BuyerToken, endpoint: str) -> None:
    with write():
        PushSubscription.objects.filter(buyer_id=token.buyer_id, digest=digest(endpoint)).delete()
        if not PushSubscription.objects.filter(buyer_id=token.buyer_id).exists():
            Conversation.objects.filter(pk=token.conversation_id).update(buyer_pushes=False, push_due_at=None)


def _drop_oldest(**owner: Any) -> None:
    old = (
        PushSubscription.objects.filter(**owner).order_by("-created_at", "-pk").values_list("pk", flat=True)[BROWSERS:]
    )
    PushSubscription.objects.filter(pk__in=list(old)).delete()
