"""Query parameters: known names only, whole numbers in range, words in the answer when not."""

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from rest_framework.request import Request

from chat.history import LIMIT
from shops import schema
from shops.access import MAX_ID
from shops.errors import Invalid

PAGE = 50  # rows

SPAN = [
    schema.query(
        "after", {"type": "integer", "minimum": 0, "maximum": MAX_ID}, "Events above this number, oldest first."
    ),
    schema.query(
        "before", {"type": "integer", "minimum": 1, "maximum": MAX_ID}, "The newest events below this number."
    ),
    schema.query("limit", {"type": "integer", "minimum": 1, "maximum": LIMIT}, "How many."),
]


class Span(NamedTuple):
    after: int | None
    before: int | None
    limit: int


def known(request: Request, *names: str) -> None:
    """Refuse parameters that nobody asked for, and text that no database stores."""
    for name, value in request.query_params.items():
        if name not in names:
            raise Invalid(**{name[:40]: _("Unknown parameter.")})
        if "\0" in value:
            raise Invalid(**{name: _("This holds characters that can't be searched.")})


def span(request: Request) -> Span:
    known(request, "after", "before", "limit")
    after, before = whole(request, "after", 0, MAX_ID), whole(request, "before", 1, MAX_ID)
    if after is not None and before is not None:
        raise Invalid(before=_("Either after or before, not both."))
    return Span(after, before, whole(request, "limit", 1, LIMIT) or LIMIT)


def whole(request: Request, name: str, low: int, high: int) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 19 or not low <= int(text) <= high:
        raise Invalid(**{name: _("A whole number from %(low)s to %(high)s, please.") % {"low": low, "high": high}})
    return int(text)


def day(request: Request, name: str) -> date | None:
    """Return a date parameter; raise Invalid for what no calendar page could mean."""
    text = request.query_params.get(name)
    if text is None:
        return None
    found = day_of(text)
    if found is None:
        raise Invalid(**{name: _("A date like 2026-11-23, please.")})
    return found


def day_of(text: str) -> date | None:
    """Return a date within the years that a calendar page could mean, or nothing."""
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return found if found and 2000 <= found.year <= 2199 else None


def choice(request: Request, name: str, choices: tuple[str, ...], default: str) -> str:
    text = request.query_params.get(name, default)
    if text not in (*choices, default):
        raise Invalid(**{name: _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(choices)}})
    return text
