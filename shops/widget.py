"""The chat on a shop's own pages (D2): which sites may frame it, in which colours, and whether anybody may write."""

import re
from typing import Any, TypedDict
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from lib import colour
from lib.db import write
from shops import audit, permissions
from shops.errors import Refused
from shops.models import Member, Shop, Widget

ORIGINS, LABEL = 20, 20
OURS = "#2756c5"
FIELD_OF = {"bad_origin": "origins", "bad_colour": "accent", "bad_look": "label"}  # whose refusal a code is
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)*")
_LOCAL = ("localhost", "127.0.0.1")


class Look(TypedDict):
    """What a shop chooses; `accent` empty: the product's own."""

    accent: str
    position: str
    label: str


def of(shop: Shop) -> Widget:
    """Return the shop's widget; one that was never set up lets nobody frame it."""
    return Widget.objects.filter(shop=shop).first() or Widget(shop=shop)


def set_up(shop: Shop, by: Member, *, origins: Any, anonymous: bool, look: Look) -> Widget:
    """Store what the shop decided (roles of A3); raise Refused `bad_origin`, `bad_colour` or `bad_look`."""
    permissions.require(by, "set the desk")
    values = {"origins": checked_origins(origins), "anonymous": anonymous, **_checked_look(look)}
    before = {name: getattr(of(shop), name) for name in values}
    with write():
        found, _created = Widget.objects.update_or_create(shop=shop, defaults=values)
        if before != values:
            kind, subject = audit.Kind.SETTING, audit.Subject.SHOP
            audit.record(kind, by, shop, subject=subject, subject_id=shop.pk, before=before, after=values)
    return found


def snippet(shop: Shop, base: str) -> str:
    """Return the tag that puts the chat on a page (docs/widget.md)."""
    return f'<script src="{base}/widget.js" data-shop="{shop.pk}" async></script>'


def checked_origins(value: Any) -> list[str]:
    """Return exact origins, each once: https, and http for a machine's own name only (a developer's)."""
    if not isinstance(value, list) or len(value) > ORIGINS:
        raise Refused("bad_origin", _("At most %(number)s sites.") % {"number": ORIGINS})
    return list(dict.fromkeys(_checked_origin(one) for one in value))


def ancestors(found: Widget) -> list[str]:
    """Return who may frame the shop's chat, as the policy's frame-ancestors; our own demo storefront on a demo."""
    return [*(["'self'"] if settings.DEMO else []), *found.origins] or ["'none'"]


def launcher_colours(found: Widget) -> str:
    """Return the style rule with the launcher's colours; its words are readable on any."""
    accent = found.accent or OURS
    return f"div {{ --accent: {accent}; --accent-text: {colour.text_on(accent)}; }}\n"


def style(found: Widget) -> str:
    """Return the style sheet with the shop's colour on the chat page, readable in both themes; empty for our own."""
    if not found.accent:
        return ""
    day, night = (_scheme(found.accent, surface) for surface in ("#ffffff", "#181e27"))
    dark = f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme='light']) {{ {night} }} }}"
    return f":root {{ {day} }}\n{dark}\n:root[data-theme='dark'] {{ {night} }}\n"


def _scheme(accent: str, surface: str) -> str:
    shown = colour.readable(accent, surface)
    soft = f"color-mix(in srgb, {shown} 14%, {surface})"
    return f"--accent: {shown}; --accent-text: {colour.text_on(shown)}; --accent-soft: {soft};"


def _checked_origin(value: Any) -> str:
    bad = Refused("bad_origin", _("Give a site as https://shop.example.com, without a path."))
    if not isinstance(value, str) or len(value) > 260 or not value.isascii() or not value.isprintable():
        raise bad
    try:
        parts = urlsplit(value.strip().lower().rstrip("/"))
        port = parts.port
    except ValueError as error:
        raise bad from error
    extra = parts.path or parts.query or parts.fragment or parts.username is not None or parts.password is not None
    host = parts.hostname or ""
    if (
        extra
        or not _HOST.fullmatch(host)
        or (parts.scheme != "https" and (parts.scheme != "http" or host not in _LOCAL))
    ):
        raise bad
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


def _checked_look(look: Look) -> dict[str, str]:
    accent = look["accent"].strip().lower()
    if accent and not colour.is_colour(accent):
        raise Refused("bad_colour", _("Give the colour as #2756c5."))
    label = " ".join(look["label"].split())
    if len(label) > LABEL or not label.isprintable() or look["position"] not in Widget.Position.values:
        raise Refused("bad_look", _("Left or right, and words of at most %(number)s characters.") % {"number": LABEL})
    return {"accent": accent, "label": label, "position": look["position"]}
