"""Say one thing inside a running transaction: what bots, the system and a close say. The conversation is locked."""

from datetime import datetime
from typing import Any

from chat import facts, turns
from chat.events import record_message
from chat.models import Assignment, Attachment, Event, Message, ServiceSession
from lib import bulk
from shops import hours
from shops.models import Member


def note(session: ServiceSession, code: str, words: str, now: datetime, **data: Any) -> Event:
    """Say a system note; it is no answer and changes no counter."""
    return record_message(
        _message(session, Message.Sender.SYSTEM, Message.Kind.NOTE, words, now, {"code": code, **data}), session, now
    )


def off_hours(session: ServiceSession, now: datetime) -> None:
    """Tell a buyer who writes to the humans outside business hours so, once a session; it is no answer (E5, SPEC G)."""
    if owes_off_hours(session, now):
        session.off_hours_told = True
        bulk.save(session, ["off_hours_told"])
        note(session, "off_hours", session.shop.off_hours_reply, now)


def owes_off_hours(session: ServiceSession, now: datetime) -> bool:
    """Whether the off-hours reply is due in a session that humans have: outside the hours, and not told before."""
    shop = session.shop
    return bool(
        shop.off_hours_reply
        and not session.off_hours_told
        and session.state != ServiceSession.State.BOT
        and not hours.is_open(shop, now)
    )


def bot_says(
    session: ServiceSession, text: str, now: datetime, data: dict[str, Any], picture: Attachment | None = None
) -> Event:
    """Say what the bot says; with neither question nor order it is "put it another way", no answer (SPEC G)."""
    said = _message(session, Message.Sender.BOT, Message.Kind.BOT_ANSWER, text, now, data)
    said.attachment = picture
    seq = session.conversation.last_seq + 1
    automatic = turns.is_automatic(said.kind, data)
    facts.bot_spoke(session, seq, now, session.shop.policy, facts.preview(said.kind, text), automatic=automatic)
    bulk.save(session, facts.TOUCHED)
    return record_message(said, session, now)


def agent_says(session: ServiceSession, member: Member, text: str, now: datetime) -> Event:
    """Say an agent's words that come with an action (the closing sentence)."""
    said = _message(session, Message.Sender.AGENT, Message.Kind.TEXT, text, now, {})
    said.sender, said.member = f"a:{member.pk}", member
    facts.agent_spoke(
        session, session.conversation.last_seq + 1, now, session.shop.policy, facts.preview(said.kind, text), member.pk
    )
    bulk.save(session, facts.TOUCHED)
    replied(session, member.pk, now)
    return record_message(said, session, now)


def rating_card(session: ServiceSession, now: datetime) -> Event:
    """Put the rating card into the stream (F2)."""
    return record_message(_message(session, Message.Sender.SYSTEM, Message.Kind.RATING_CARD, "", now, {}), session, now)


def replied(session: ServiceSession, member_id: int, now: datetime) -> None:
    """Keep the session's first human reply, and the agent's own: the latest assignment's, ended or not (G4, G7)."""
    if session.first_human_at == now:
        bulk.save(session, turns.FIRST)
    mine = Assignment.objects.filter(session=session, member_id=member_id).order_by("-pk").first()
    if mine is not None and mine.first_reply_at is None:
        Assignment.objects.filter(pk=mine.pk).update(first_reply_at=now)


def _message(
    session: ServiceSession, sender: str, kind: str, text: str, now: datetime, data: dict[str, Any]
) -> Message:
    return Message(
        shop_id=session.shop_id,
        conversation_id=session.conversation_id,
        session=session,
        sender_kind=sender,
        sender=sender,
        kind=kind,
        text=text,
        data=data,
        created_at=now,
    )
