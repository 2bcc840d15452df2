"""Keep what must be read again but not by whoever reads the database: sealed with a key made from the server's own."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unreadable(Exception):
    """It was sealed under another key, or for another purpose, or was tampered with."""


def seal(text: str, key: str, purpose: str) -> str:
    """Return text that `unseal` alone can read, with the same key and purpose."""
    return _box(key, purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, key: str, purpose: str) -> str:
    """Return what was sealed; raise Unreadable."""
    try:
        return _box(key, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _box(key: str, purpose: str) -> Fernet:
    derived = HKDF(hashes.SHA256(), 32, None, f"sealing {purpose}".encode()).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
