"""Who a buyer is: the identity that the shop's back end signs, and the token that the product gives for it."""

import contextlib
import secrets
import time
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _

from lib.db import write
from shops import audit
from shops.models import Buyer, Member, Shop

IDENTITY_LIFE = timedelta(minutes=15)
TOKEN_LIFE = timedelta(hours=12)
BOTH = timedelta(days=1)  # how long an old secret is good beside the new one
# What makes the words around it run the other way.
TURNS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
VISITOR = "~"  # starts the uid of who has no identity: no identity may name one
_SALT = "buyer-token"


class BadIdentity(Exception):
    """The identity or token is missing, forged, foreign or too old; `words` are for people."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class BuyerToken:
    """What a bearer token says: the buyer, the shop and the entry that this page was opened from."""

    shop_id: int
    buyer_id: int
    conversation_id: int
    entry: dict[str, Any]


def sign(shop: Shop, uid: str, name: str, life: timedelta = IDENTITY_LIFE) -> str:
    """Sign an identity as a storefront's back end would."""
    now = int(time.time())
    claims = {"aud": str(shop.pk), "sub": uid, "name": name, "iat": now, "exp": now + int(life.total_seconds())}
    return jwt.encode({**claims, "jti": secrets.token_hex(8)}, shop.identity_secret, algorithm="HS256")


def verify(shop: Shop, identity: str) -> Buyer:
    """Return the buyer that the identity names, made if new; its `renamed` is to be stored. Raise BadIdentity."""
    try:
        claims = _claims(shop, identity)
        spans = claims["exp"] - claims["iat"] <= IDENTITY_LIFE.total_seconds()
    except (jwt.PyJWTError, TypeError, ValueError, OverflowError) as error:
        raise BadIdentity(_("Please open the chat from the shop again.")) from error
    uid, name = claims["sub"], clean_name(claims.get("name")) or claims["sub"]
    if not is_uid(uid) or not isinstance(name, str) or not spans:
        raise BadIdentity(_("Please open the chat from the shop again."))
    buyer, created = Buyer.objects.get_or_create(shop=shop, uid=uid, defaults={"nickname": name[:60]})
    if not created and buyer.nickname != name[:60]:
        buyer.renamed = name[:60]
    return buyer


def renew_secret(by: Member) -> tuple[str, datetime]:
    """Give the shop a new secret to sign identities with, told this once; the one before is good for a day more."""
    fresh, until = secrets.token_urlsafe(48), timezone.now() + BOTH
    with write():
        held = Shop.objects.select_for_update().get(pk=by.shop_id)
        held.identity_secret_before, held.identity_secret_until = held.identity_secret, until
        held.identity_secret = fresh
        held.save(update_fields=["identity_secret", "identity_secret_before", "identity_secret_until"])
        audit.record(audit.Kind.KEY, by, what="signing secret", after={"secret": "new"})
    return fresh, until


def _claims(shop: Shop, identity: str) -> dict[str, Any]:
    """Return what an identity says, signed with the shop's secret, or for a day with the one before."""
    before = shop.identity_secret_until and shop.identity_secret_until > timezone.now()
    known = [shop.identity_secret, *([shop.identity_secret_before] if before else [])]
    for secret in known[:-1]:
        with contextlib.suppress(jwt.InvalidSignatureError):
            return _decoded(shop, identity, secret)
    return _decoded(shop, identity, known[-1])


def _decoded(shop: Shop, identity: str, secret: str) -> dict[str, Any]:
    return jwt.decode(
        identity,
        secret,
        algorithms=["HS256"],
        audience=str(shop.pk),
        leeway=60,
        options={"require": ["aud", "sub", "exp", "iat"]},
    )


def is_uid(value: Any) -> bool:
    """Whether a shop may call a buyer so: 1-64 characters in one line, and none of the names that are ours."""
    return isinstance(value, str) and 0 < len(value) <= 64 and value.isprintable() and not value.startswith(VISITOR)


def clean_name(value: Any) -> Any:
    """Keep of a name what a nickname may hold: emoji and wide spaces; no control characters and lone surrogates, and
    nothing that turns the words around it.
    """
    if not isinstance(value, str):
        return value
    shown = (character for character in value if unicodedata.category(character) not in ("Cc", "Cs"))
    return "".join(shown).translate(TURNS).strip()


def erased_uid(buyer: Buyer) -> str:
    """Return what stands for the shop's own id of an erased buyer; no identity may name it."""
    return f"{VISITOR}erased-{buyer.pk}"


def issue(token: BuyerToken) -> str:
    """Return the bearer token."""
    return signing.dumps([token.shop_id, token.buyer_id, token.conversation_id, token.entry], salt=_SALT)


def read(token: str) -> BuyerToken:
    """Return what a bearer token says; raise BadIdentity."""
    try:
        return BuyerToken(*signing.loads(token, salt=_SALT, max_age=TOKEN_LIFE))
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise BadIdentity(_("Please open the chat from the shop again.")) from error
