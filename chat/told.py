"""Read one line of a history (docs/import.md) into something that can be stored. Pure: no query."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from chat.models import Message, Rating, ServiceSession
from shops.models import Member

LINE_BYTES = 4_000_000
EVENTS = 5000
KEPT_KINDS = (Message.Kind.TEXT, Message.Kind.EMOJI)
OTHER_KINDS = ("image", "video", "product_card", "order_card", "after_sale_card")
FROM = ("buyer", "agent", "bot", "system")
TYPES = ("message", "queued", "assigned", "rated", "closed")


class Bad(Exception):
    """What is wrong with a line, in words."""


@dataclass(slots=True)
class Happened:
    """One thing of a reception, in its place; what does not belong to its type is empty."""

    type: str
    at: datetime
    by: str = ""
    member: Member | None = None
    kind: str = ""
    text: str = ""
    automatic: bool = False
    stars: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class Told:
    """A finished reception as a line tells it, every value checked."""

    key: str
    uid: str
    nickname: str
    fields: dict[str, Any]  # of the session
    started_at: datetime
    closed_at: datetime
    events: list[Happened]


def read(line: bytes, members: Mapping[str, Member], now: datetime) -> Told:
    """Return what a line tells; raise Bad."""
    if len(line) > LINE_BYTES:
        raise Bad("the line is longer than 4 MB")
    try:
        given = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Bad(f"not JSON: {error}") from None
    if not isinstance(given, dict):
        raise Bad("not an object")
    buyer = given.get("buyer")
    if not isinstance(buyer, dict):
        raise Bad("buyer: an object with uid and nickname")
    uid = _text(buyer, "uid", 64)
    if uid[:1] in ("", "~"):
        raise Bad("buyer.uid: empty, or starts with ~")
    start = _time(given, "started_at")
    events = _events(given.get("events"), members)
    close = _checked(start, events, now)
    key = _text(given, "id", 64)
    if not key:
        raise Bad("id: missing")
    return Told(key, uid, _text(buyer, "nickname", 60) or uid, _fields(given, close), start, close.at, events)


def _fields(given: dict[str, Any], close: Happened) -> dict[str, Any]:
    return {
        "entry": _one(given, "entry", ServiceSession.Entry.values, "shop"),
        "landing": _one(given, "landing", ["", *ServiceSession.Landing.values], ""),
        "topic": _one(given, "topic", ["", *ServiceSession.Topic.values], ""),
        "started_by": _one(given, "started_by", ServiceSession.StartedBy.values, "buyer"),
        "holiday_mode": _flag(given, "holiday_mode"),
        "no_reply_needed": _flag(given, "no_reply_needed"),
        "report_upheld": _one(given, "report", ["", "pending", "rejected", "reversed", "approved"], "") == "approved",
        "marked": _flag(given, "marked"),
        "mark_note": _text(given, "mark_note", 200),
        "close_reason": close.kind,
    }


def _events(given: Any, members: Mapping[str, Member]) -> list[Happened]:
    if not isinstance(given, list) or not 0 < len(given) <= EVENTS:
        raise Bad(f"events: a list of 1 to {EVENTS}")
    found = []
    for place, one in enumerate(given, 1):
        try:
            found.append(_event(one, members))
        except Bad as bad:
            raise Bad(f"event {place}: {bad}") from None
    return found


def _event(one: Any, members: Mapping[str, Member]) -> Happened:
    if not isinstance(one, dict):
        raise Bad("not an object")
    found = Happened(_one(one, "type", TYPES), _time(one, "at"))
    if found.type == "message":
        found.by = _one(one, "from", FROM)
        found.kind = _one(one, "kind", [*KEPT_KINDS, *OTHER_KINDS], "text")
        found.text, found.automatic = _text(one, "text", 10_000), _flag(one, "automatic")
    elif found.type == "rated":
        stars = one.get("stars")
        if type(stars) is not int or not 1 <= stars <= 5:
            raise Bad("stars: 1 to 5")
        found.stars, found.text = stars, _text(one, "words", 500)
        found.kind = _one(one, "source", Rating.Source.values, "buyer")
        found.reasons = _reasons(one)
    elif found.type == "closed":
        found.kind = _one(one, "reason", ServiceSession.CloseReason.values)
    if found.type == "assigned" or found.by == "agent":
        name = _text(one, "agent", 150)
        found.member = members.get(name)
        if found.member is None:
            raise Bad(f"unknown agent {name!r}")
    return found


def _reasons(one: dict[str, Any]) -> tuple[str, ...]:
    given = one.get("reasons") or []
    if not isinstance(given, list) or any(reason not in Rating.Reason.values for reason in given):
        raise Bad(f"reasons: of {', '.join(Rating.Reason.values)}")
    return tuple(reason for reason in Rating.Reason.values if reason in given)


def _checked(start: datetime, events: list[Happened], now: datetime) -> Happened:
    """Return the close, once everything is in an order in which it can have happened."""
    before, closes, assigned, answered = start, [], False, False
    for place, one in enumerate(events, 1):
        if one.at < before:
            raise Bad(f"event {place}: earlier than what stands before it")
        before = one.at
        assigned |= one.type == "assigned"
        answered |= one.by in ("agent", "bot")
        if one.type == "closed":
            closes.append(one)
        elif closes and not (one.type == "rated" or one.by == "agent"):
            raise Bad(f"event {place}: after the close only ratings and an agent's late replies")
        if one.by == "agent" and not assigned:
            raise Bad(f"event {place}: an agent speaks before any is assigned")
        if one.type == "rated" and not answered:
            raise Bad(f"event {place}: rated before anybody answered")
    if len(closes) != 1:
        raise Bad("closed: exactly one, only finished receptions are imported")
    if before > now:
        raise Bad("it ends in the future")
    return closes[0]


def _text(given: dict[str, Any], name: str, most: int) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        raise Bad(f"{name}: a text of at most {most} characters")
    return value


def _flag(given: dict[str, Any], name: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise Bad(f"{name}: true or false")
    return value


def _one(given: dict[str, Any], name: str, of: Any, default: str | None = None) -> str:
    value = given.get(name, default)
    if not isinstance(value, str) or value not in of:
        raise Bad(f"{name}: one of {', '.join(one for one in of if one)}")
    return str(value)


def _time(given: dict[str, Any], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(given.get(name))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise Bad(f"{name}: a time as 2026-03-01T09:30:00+08:00") from None
    if found.tzinfo is None:
        raise Bad(f"{name}: a time with its zone")
    if not 2000 <= found.year < 9000:
        raise Bad(f"{name}: not of this century")
    return found
