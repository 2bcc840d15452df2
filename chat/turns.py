"""What the talk does to the figures of a session (G4, G9): buyer turns and the first human reply. Pure."""

from datetime import datetime, timedelta
from typing import Any

from chat.models import Message, ServiceSession

FAST, SLOW, DUE = timedelta(seconds=30), timedelta(minutes=10), timedelta(minutes=3)
DUE_HOURS = range(8, 23)  # 08:00:00-22:59:59 of the shop: when a human is expected within three minutes
# What one message may change, in the order in which the message path writes it.
TOUCHED = (
    "turn_since", "turn_due", "turns", "turn_us", "turns_fast", "turns_slow", "turns_due", "turns_due_fast",
)  # fmt: skip
FIRST = ("first_human_by", "first_reply_us", "first_wait_us")
RATED = ("stars", "rated_member", "rating_source")
COUNTS = ("turns", "turn_us", "turns_fast", "turns_slow", "turns_due", "turns_due_fast")


def us(span: timedelta) -> int:
    """Return a span in whole microseconds."""
    return span // timedelta(microseconds=1)


def is_automatic(kind: str, data: dict[str, Any]) -> bool:
    """Whether a bot's words are an answer: "put it another way" is none, nor is a system note (SPEC G, E11)."""
    return kind == Message.Kind.BOT_ANSWER and (
        data.get("question") is not None or "order" in data or "program" in data
    )


def may_rate_again(session: ServiceSession) -> bool:
    """Whether a new rating would count instead: the bot was rated, and a human has answered since (E6)."""
    return session.stars is not None and session.rated_member_id is None and session.first_human_at is not None


def begins(session: ServiceSession, now: datetime) -> None:
    """The buyer speaks: the turn begins unless one is running."""
    if session.turn_since is None:
        session.turn_since = now
        session.turn_due = now.astimezone(session.shop.zone).hour in DUE_HOURS


def answered_automatically(session: ServiceSession) -> None:
    """An automatic answer ends the turn, and nothing of it is measured: no human owes a reply any more."""
    session.turn_since, session.turn_due = None, False


def answered(session: ServiceSession, now: datetime, member_id: int | None) -> None:
    """A human speaks: the running turn is measured, the first reply kept."""
    if session.first_reply_us is None:
        session.first_human_by_id = member_id
        session.first_reply_us = us(now - session.started_at)
        if session.first_assigned_at:
            session.first_wait_us = us(now - session.first_assigned_at)
    if session.turn_since is None:
        return
    took = now - session.turn_since
    session.turns += 1
    session.turn_us += us(took)
    session.turns_fast += took <= FAST
    session.turns_slow += took > SLOW
    session.turns_due += session.turn_due
    session.turns_due_fast += session.turn_due and took <= DUE
    session.turn_since, session.turn_due = None, False


def rated(session: ServiceSession, stars: int, member_id: int | None, source: str) -> None:
    """Keep the rating that counts; of the bot it is without a member (F1, E6)."""
    session.stars, session.rated_member_id, session.rating_source = stars, member_id, source
