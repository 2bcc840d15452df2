"""Read one socket frame without trusting it: size, JSON, shape."""

from typing import Any

import orjson

from shops.access import MAX_ID

LIMIT = 64 * 1024


class BadFrame(Exception):
    """The frame is not one of ours; answered with an error, harms nobody."""


def read(text: str | None) -> dict[str, Any]:
    """Return the frame as an object with a text `type`; orjson refuses NaN, surrogates and endless nesting."""
    if text is None:
        raise BadFrame("Text frames only.")
    if len(text) > LIMIT:
        raise BadFrame("This frame is too large.")
    try:
        frame = orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
        raise BadFrame("This is not valid JSON.") from error
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        raise BadFrame("A frame is an object with a type.")
    if frame.get("id") is not None and answer_id(frame) is None:
        raise BadFrame("An id is a short text.")
    return frame


def only(frame: dict[str, Any], *names: str) -> None:
    """Refuse fields that this type does not have."""
    if any(name not in ("type", "id", *names) for name in frame):
        raise BadFrame("This type has no such field.")


def answer_id(frame: dict[str, Any]) -> str | None:
    """Return the short text an answer carries back."""
    found = frame.get("id")
    return found if isinstance(found, str) and len(found) <= 64 else None


def seq(value: Any) -> int:
    """Return a position; anything odd is refused."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_ID:
        raise BadFrame("A position is a whole number from 0.")
    return value


def cursors(value: Any, most: int = 2000) -> dict[int, int]:
    """Return conversation positions: {"12": 40}."""
    if not isinstance(value, dict) or len(value) > most:
        raise BadFrame("Cursors are an object of positions.")
    found = {}
    for key, position in value.items():
        if not (key.isascii() and key.isdigit() and len(key) <= 19 and int(key) <= MAX_ID):
            raise BadFrame("Cursors are named by conversation.")
        found[int(key)] = seq(position)
    return found
