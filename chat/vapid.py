"""This server's own keys for web push: from VAPID_PRIVATE_KEY, else made once and kept in DATA_DIR."""

import contextlib
import os
import tempfile
from functools import cache
from pathlib import Path

from django.conf import settings

from lib import webpush


def keys() -> webpush.Keys:
    """Return the key pair; several machines must share one by VAPID_PRIVATE_KEY."""
    return _loaded(settings.VAPID_PRIVATE_KEY, Path(settings.DATA_DIR) / "vapid.key")


def contact() -> str:
    """Return whom a push service may write to about this server."""
    host = next((name for name in settings.ALLOWED_HOSTS if name not in ("*", "localhost")), "localhost")
    return str(settings.VAPID_CONTACT or f"mailto:webmaster@{host.lstrip('.')}")


@cache
def _loaded(private: str, path: Path) -> webpush.Keys:
    return webpush.load(private or _kept(path))


def _kept(path: Path) -> str:
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".vapid-") as fresh:  # mode 0600
            fresh.write(webpush.generate())
            fresh.flush()
            # Whole or not there, and whoever comes second keeps what the first has made.
            with contextlib.suppress(FileExistsError):
                os.link(fresh.name, path)
    return path.read_text()
