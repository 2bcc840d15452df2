"""Anonymous visitors (D2, S-07), where the shop allows them: a line of their own, kept by a secret of the server."""

import hashlib
import hmac
import ipaddress
import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lib.db import write
from shops import widget
from shops.errors import Refused
from shops.identity import VISITOR
from shops.models import Buyer, Shop, Visitor

STARTS, SPAN = 10, timedelta(minutes=1)  # new visitors from one address (S-11)
LIFE = timedelta(days=180)


class TooMany(Exception):
    """This address has started too many chats; try again after `SPAN`."""


def enter(shop: Shop, key: str, address: str) -> tuple[Buyer, str]:
    """Return the visitor of this secret, else a new one with its secret; raise Refused `anonymous_off`, or TooMany."""
    if not widget.of(shop).anonymous:
        raise Refused("anonymous_off", _("Please sign in at the shop to use the chat."))
    known = Visitor.objects.select_related("buyer").filter(shop=shop, key_hash=_hash(key)).first() if key else None
    if known and known.created_at > timezone.now() - LIFE:
        return known.buyer, key
    return _welcome(shop, place_of(address))


def forget(shop: Shop, key: str) -> None:
    """End what a secret opens: its holder is somebody with a name now, and must not leave the line to the next."""
    if key and Visitor.objects.filter(shop=shop, key_hash=_hash(key)).exists():
        with write():
            Visitor.objects.filter(shop=shop, key_hash=_hash(key)).delete()


def _welcome(shop: Shop, place: str) -> tuple[Buyer, str]:
    key = secrets.token_urlsafe(16)
    with translation.override(shop.language):
        name = _("Visitor %(number)s") % {"number": f"{secrets.randbelow(10_000):04d}"}
    with write():
        if Visitor.objects.filter(place=place, created_at__gt=timezone.now() - SPAN).count() >= STARTS:
            raise TooMany
        buyer = Buyer.objects.create(shop=shop, uid=f"{VISITOR}{secrets.token_hex(8)}", nickname=name)
        Visitor.objects.create(shop=shop, buyer=buyer, key_hash=_hash(key), place=place)
    return buyer, key


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def place_of(address: str) -> str:
    """Return where somebody comes from, not to be read back: an IPv6 network counts as one place."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        found = ipaddress.ip_address("::")
    if found.version == 6:
        found = ipaddress.ip_network(f"{found}/64", strict=False).network_address
    return hmac.new(settings.SECRET_KEY.encode(), str(found).encode(), "sha256").hexdigest()[:32]
