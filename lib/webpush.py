"""Web push by the book: the payload for one browser only (RFC 8291), signed as this server's (RFC 8292)."""

import base64
import hashlib
import os
import struct
import time
from typing import NamedTuple
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MOST = 3000  # bytes of payload: with its frame it stays below the 4096 that every push service takes
RECORD = 4096
SIGNATURE_LIFE = 12 * 3600  # seconds; the standard's limit is 24 hours
CURVE = ec.SECP256R1()


class Keys(NamedTuple):
    """This server's key pair: browsers subscribe for the public half."""

    private: ec.EllipticCurvePrivateKey
    public: str


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def load(private: str) -> Keys:
    """Return the key pair of a private key as 32 bytes in base64url; raise ValueError."""
    raw = decode(private.strip())
    if len(raw) != 32:
        raise ValueError("a VAPID key has 32 bytes")
    key = ec.derive_private_key(int.from_bytes(raw), CURVE)
    return Keys(key, encode(_point(key.public_key())))


def generate() -> str:
    """Return a fresh private key in base64url."""
    return encode(ec.generate_private_key(CURVE).private_numbers().private_value.to_bytes(32))


def check(p256dh: str, auth: str) -> None:
    """Raise ValueError unless these are a browser's keys."""
    ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decode(p256dh))
    if len(decode(auth)) != 16:
        raise ValueError("the authentication secret has 16 bytes")


def encrypt(
    payload: bytes, p256dh: str, auth: str, key: ec.EllipticCurvePrivateKey | None = None, salt: bytes = b""
) -> bytes:
    """Return the body that only the browser with these keys can read; key and salt are fresh for every message."""
    if len(payload) > MOST:
        raise ValueError("too long for a push")
    key, salt = key or ec.generate_private_key(CURVE), salt or os.urandom(16)
    theirs, ours = decode(p256dh), _point(key.public_key())
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
    secret = _derive(shared, decode(auth), b"WebPush: info\0" + theirs + ours, 32)
    cipher = AESGCM(_derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16))
    sealed = cipher.encrypt(_derive(secret, salt, b"Content-Encoding: nonce\0", 12), payload + b"\2", None)
    return salt + struct.pack("!IB", RECORD, len(ours)) + ours + sealed


def headers(endpoint: str, keys: Keys, contact: str, *, ttl: int, topic: str) -> dict[str, str]:
    """Return the headers of a push; a later one of the same topic replaces it while it waits."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(time.time()) + SIGNATURE_LIFE, "sub": contact}
    return {
        "Authorization": f"vapid t={jwt.encode(claims, keys.private, algorithm='ES256')}, k={keys.public}",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(ttl),
        "Urgency": "high",
        "Topic": encode(hashlib.sha256(topic.encode()).digest())[:32],
    }


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
