"""Who a buyer is: the identity that the shop's back end signs, and the token that the product gives for it."""

import secrets
import time
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
from django.core import signing
from django.utils.translation import gettext as _

from shops.models import Buyer, Shop

IDENTITY_LIFE = timedelta(minutes=15)
TOKEN_LIFE = timedelta(hours=12)
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
    required = ["aud", "sub", "exp", "iat"]
    try:
        claims = jwt.decode(
            identity,
            shop.identity_secret,
            algorithms=["HS256"],
            audience=str(shop.pk),
            leeway=60,
            options={"require": required},
        )
        spans = claims["exp"] - claims["iat"] <= IDENTITY_LIFE.total_seconds()
    except (jwt.PyJWTError, TypeError, ValueError, OverflowError) as error:
        raise BadIdentity(_("Please open the chat from the shop again.")) from error
    uid, name = claims["sub"], _clean(claims.get("name")) or claims["sub"]
    fits = isinstance(uid, str) and isinstance(name, str) and 0 < len(uid) <= 64 and _plain(uid) and spans
    if not fits or uid.startswith(VISITOR):
        raise BadIdentity(_("Please open the chat from the shop again."))
    buyer, created = Buyer.objects.get_or_create(shop=shop, uid=uid, defaults={"nickname": name[:60]})
    if not created and buyer.nickname != name[:60]:
        buyer.renamed = name[:60]
    return buyer


def issue(token: BuyerToken) -> str:
    """Return the bearer token."""
    return signing.dumps([token.shop_id, token.buyer_id, token.conversation_id, token.entry], salt=_SALT)


def read(token: str) -> BuyerToken:
    """Return what a bearer token says; raise BadIdentity."""
    try:
        return BuyerToken(*signing.loads(token, salt=_SALT, max_age=TOKEN_LIFE))
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise BadIdentity(_("Please open the chat from the shop again.")) from error


def _clean(name: Any) -> Any:
    """Keep what a nickname may hold: emoji and wide spaces too, but no control characters and lone surrogates."""
    if not isinstance(name, str):
        return name
    return "".join(character for character in name if unicodedata.category(character) not in ("Cc", "Cs")).strip()


def _plain(text: str) -> bool:
    return all(character.isprintable() for character in text)
