"""Let the back end of a shop's storefront in: several keys at a time, each shown once, kept as a hash (H2)."""

import hashlib
import math
import secrets
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed

from lib.db import write
from lib.pace import Pace
from shops import audit
from shops.access import MAX_ID
from shops.errors import NotYours, Refused, Throttled
from shops.models import Member
from shops.visitors import place_of
from storefront.models import ShopKey

SIGN = "sfk_"  # how every key begins: whoever finds one in a log or a repository knows what it is
BEGINNING = len(SIGN) + 12
MOST, REMEMBERED = 10, 20  # keys in use, and revoked ones, of one shop
NAME = 60  # characters
WRONG = Pace(20, 60)  # wrong keys from one address; right ones are never kept out by others' wrong ones
CALLS = Pace(300, 60)  # of one key
_MINUTE = timedelta(minutes=1)
_NOBODYS = hashlib.sha256(b"nobody's").hexdigest()


class Issued(NamedTuple):
    """A key with its text in plain, to be shown once."""

    key: ShopKey
    text: str


class BadKey(AuthenticationFailed):
    """401 with a code of its own: `key_unknown` or `key_revoked`."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.stable_code = code


def of_shop(member: Member) -> QuerySet[ShopKey]:
    """Return the shop's keys, the newest first; those revoked lately too."""
    return ShopKey.objects.filter(shop_id=member.shop_id).select_related("by").order_by("-pk")


def one(member: Member, key_id: int) -> ShopKey:
    """Return one of them; raise NotYours."""
    found = of_shop(member).filter(pk=key_id).first() if 0 < key_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found


def issue(by: Member, name: str) -> Issued:
    """Make a key; Refused `too_many_keys`. The ones before go on: that is how a key is exchanged without a break."""
    text = f"{SIGN}{secrets.token_hex(6)}_{secrets.token_urlsafe(32)}"
    with write():
        if of_shop(by).filter(revoked_at=None).count() >= MOST:
            raise Refused("too_many_keys", _("A shop has at most %(most)s keys. Revoke one first.") % {"most": MOST})
        key = ShopKey.objects.create(shop_id=by.shop_id, name=name, prefix=text[:BEGINNING], hash=_hash(text), by=by)
        audit.record(audit.Kind.KEY, by, what=_about(key), after={"active": True})
    return Issued(key, text)


def revoke(key: ShopKey, by: Member) -> None:
    """End what a key opens, at once; done again, nothing happens. Of revoked ones the last 20 are remembered."""
    with write():
        ended = ShopKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
        if not ended:
            return
        gone = of_shop(by).filter(revoked_at__isnull=False).order_by("-revoked_at", "-pk")
        ShopKey.objects.filter(pk__in=list(gone.values_list("pk", flat=True)[REMEMBERED:])).delete()
        audit.record(audit.Kind.KEY, by, what=_about(key), before={"active": True}, after={"active": False})


def read(text: str, address: str) -> ShopKey:
    """Return whose key this is, with its shop; raise BadKey, or Throttled after many wrong ones from one address.

    It is looked up by its beginning, which is no secret; the rest is compared in constant time, also where there is
    no such key, and only who has the whole key learns that it was revoked.
    """
    found = ShopKey.objects.select_related("shop").filter(prefix=text[:BEGINNING]).first() if _plausible(text) else None
    right = constant_time_compare(_hash(text), found.hash if found else _NOBODYS)
    if not (found and right):
        raise _wrong(address, BadKey("key_unknown", _("There is no such key.")))
    if found.revoked_at:
        raise _wrong(address, BadKey("key_revoked", _("This key was revoked.")))
    _used(found)
    return found


def paced(key: ShopKey) -> None:
    """Count a call; raise Throttled beyond 300 of a key in a minute."""
    if settings.PACE and (wait := CALLS.take(key.pk)):
        raise Throttled(retry_after=math.ceil(wait))


def _wrong(address: str, otherwise: Exception) -> Exception:
    if settings.PACE and (wait := WRONG.take(place_of(address))):
        return Throttled(retry_after=math.ceil(wait))
    return otherwise


def _plausible(text: str) -> bool:
    return text.startswith(SIGN) and text.isascii() and text.isprintable() and len(text) <= 80


def _used(key: ShopKey) -> None:
    now = timezone.now()
    if key.used_at is None or key.used_at < now - _MINUTE:
        with write():
            stale = Q(used_at=None) | Q(used_at__lt=now - _MINUTE)
            ShopKey.objects.filter(stale, pk=key.pk).update(used_at=now)


def _about(key: ShopKey) -> str:
    return f"{key.name} ({key.prefix}…)"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
