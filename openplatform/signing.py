"""Signatures of the open platform. Pure; over the bytes as they came, before anything is parsed."""

import hashlib
import hmac
from collections.abc import Iterable

UNSIGNED = ("sign", "access_token")


def sign(secret: str, path: str, query: Iterable[tuple[str, str]], content_type: str, body: bytes) -> str:
    """Sign a call: secret, path, the decoded parameters by key, the raw body unless it is multipart, secret."""
    pairs = sorted((pair for pair in query if pair[0] not in UNSIGNED), key=lambda pair: pair[0])
    said = "".join((secret, path, *(f"{key}{value}" for key, value in pairs))).encode("utf-8", "surrogateescape")
    if not content_type.lower().startswith("multipart/form-data"):
        said += body
    return hmac.new(secret.encode(), said + secret.encode(), hashlib.sha256).hexdigest()


def sign_webhook(secret: str, key: str, body: bytes) -> str:
    """Sign what is told to a program, for its Authorization header."""
    return hmac.new(secret.encode(), key.encode() + body, hashlib.sha256).hexdigest()


def same(given: str, right: str) -> bool:
    """Compare in constant time, whatever characters somebody sent."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), right.encode())


def hashed(secret: str) -> str:
    """Return what the database keeps of a random secret of 32 bytes: no salt is needed for that."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
