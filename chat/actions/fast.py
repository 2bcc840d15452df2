"""The fast lane: messages into running sessions and receipts, in bulk statements for the whole batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from chat import bot_runner, events, facts, outgoing, serializers, shapes, turns
from chat.actions import talk
from chat.actions.items import Item, Outcome, Post, Receipt, Stored
from chat.models import Assignment, Conversation, Event, Message, ServiceSession
from lib import bulk, quick
from shops.errors import NotYours, Refused

if TYPE_CHECKING:
    from chat.actions.messages import Batch

State = ServiceSession.State
_MESSAGE = [
    "id",
    "shop",
    "conversation",
    "session",
    "seq",
    "sender_kind",
    "sender",
    "member",
    "kind",
    "text",
    "data",
    "client_msg_id",
    "body_hash",
    "created_at",
]
_EVENT = ["shop", "conversation", "session", "seq", "kind", "message", "data", "at"]
# G7: of the running assignment.
_FIRST_REPLY = (
    f'UPDATE "{Assignment._meta.db_table}" SET first_reply_at = %s '
    "WHERE session_id = %s AND ended_at IS NULL AND first_reply_at IS NULL"
)
_LINE = ["last_seq", "buyer_delivered", "buyer_read", "shop_delivered", "shop_read", "push_due_at"]


def fits(session: ServiceSession | None, item: Item, now: datetime) -> bool:
    """Whether an item only adds to a running session: nothing to open, route, bind or refuse."""
    if isinstance(item, Receipt):
        return True
    if session is None or item.attachment_id or item.question_id:
        return False
    if item.sender_kind == Message.Sender.BUYER:
        return not (talk.owes_off_hours(session, now) or session.conversation.is_muted(now))
    return session.pk == item.session_id and may_reply(session, item.member_id, now) is None


def may_reply(session: ServiceSession, member_id: int | None, now: datetime) -> str | None:
    """Return why an agent may not write into an open session, or None (P4; only its agent writes)."""
    if session.state != State.ASSIGNED:
        return "not_assigned"
    if session.assignee_id != member_id or not (session.assignee and session.assignee.is_agent):
        return "not_assignee"
    return "read_only" if session.is_read_only(now) else None


@bulk.together()
def store(batch: Batch, items: Sequence[Item]) -> list[Outcome]:
    """Store items that fit: four statements, however many there are."""
    told: list[tuple[ServiceSession, Stored, dict[str, Any]]] = []
    messages: list[tuple[Any, ...]] = []
    happened: list[tuple[Any, ...]] = []
    outcomes: list[Outcome] = []
    touched: dict[int, ServiceSession] = {}
    firsts: list[ServiceSession] = []
    for item in items:
        if isinstance(item, Receipt):
            outcomes.append(_receipt(batch, item, touched))
            continue
        session = batch.open[item.conversation_id]
        [pk], line = next(batch.ids), session.conversation
        line.last_seq += 1
        unanswered = session.first_reply_us is None
        _spoke(session, item, batch.now)
        if unanswered and session.first_reply_us is not None:
            firsts.append(session)
        touched[session.pk] = session
        messages.append(_message_row(pk, item, session, batch.now))
        happened.append((item.shop_id, line.pk, session.pk, line.last_seq, "message", pk, {}, batch.now))
        stored = Stored(_shape(pk, item, session, batch.now))
        told.append((session, stored, {"id": session.pk, "last_seq": line.last_seq, **serializers.running(session)}))
        outcomes.append(stored)
    bulk.insert(Message, _MESSAGE, messages)
    bulk.insert(Event, _EVENT, happened)
    _save(batch, items, touched)
    bulk.update(ServiceSession, turns.FIRST, [_first_row(session) for session in firsts])
    outgoing.tell([outgoing.Happened(session, "message", done.event["seq"]) for session, done, _row in told])
    if told:
        events.tell_later(lambda: [e for s, done, row in told for e in events.entries(s, done.event, row, done.json())])
    return outcomes


def _spoke(session: ServiceSession, item: Post, now: datetime) -> None:
    seq, line, policy = session.conversation.last_seq, facts.preview(item.kind, item.text), session.shop.policy
    if item.sender_kind == Message.Sender.AGENT:
        first = not session.assignee_replied
        facts.agent_spoke(session, seq, now, policy, line, item.member_id)
        if first:
            bulk.run(_FIRST_REPLY, [quick.moment(now), session.pk])
        return
    facts.buyer_spoke(session, seq, now, policy, line)
    if session.state == State.BOT:
        session.bot_due_at = now
        bot_runner.poke_later(session.pk)


def _first_row(session: ServiceSession) -> tuple[Any, ...]:
    return session.first_human_by_id, session.first_reply_us, session.first_wait_us, session.pk


def _receipt(batch: Batch, item: Receipt, touched: dict[int, ServiceSession]) -> Outcome:
    """Move one side's positions forward, never back, never past the end."""
    line = batch.lines[item.conversation_id]
    session = batch.open.get(line.pk)
    if item.side == "buyer" and line.buyer.erased_at:
        return NotYours()
    if item.side == "buyer":
        line.buyer_delivered = max(line.buyer_delivered, min(max(item.delivered, item.read), line.last_seq))
        line.buyer_read = max(line.buyer_read, min(item.read, line.last_seq))
    elif session and session.assignee_id == item.member_id:
        line.shop_delivered = max(line.shop_delivered, min(max(item.delivered, item.read), line.last_seq))
        line.shop_read = max(line.shop_read, min(item.read, line.last_seq))
        if session.unread and line.shop_read >= session.last_buyer_seq:
            session.unread = 0
            touched[session.pk] = session
            events.tell_later(lambda: [events.row_entry(session)])
    else:
        return Refused("not_assignee", _("This session is with somebody else now."))
    member_id = session.assignee_id if session else None
    events.tell_later(lambda: events.receipts_entries(line, member_id))
    return None


def _save(batch: Batch, items: Sequence[Item], touched: dict[int, ServiceSession]) -> None:
    lines = {item.conversation_id: batch.lines[item.conversation_id] for item in items}
    bulk.update(
        Conversation,
        _LINE,
        [(*(getattr(line, name) for name in _LINE), line.pk) for line in lines.values()],
    )
    rows = [(*(getattr(session, name) for name in facts.TOUCHED), session.pk) for session in touched.values()]
    bulk.update(ServiceSession, facts.TOUCHED, rows)


def _message_row(pk: int, item: Post, session: ServiceSession, now: datetime) -> tuple[Any, ...]:
    return (
        pk,
        item.shop_id,
        item.conversation_id,
        session.pk,
        session.conversation.last_seq,
        item.sender_kind,
        item.sender,
        item.member_id,
        item.kind,
        item.text,
        item.data,
        item.client_msg_id,
        item.body_hash,
        now,
    )


def _shape(pk: int, item: Post, session: ServiceSession, now: datetime) -> shapes.EventShape:
    at = serializers.moment(now)
    of_buyer = item.sender_kind == Message.Sender.BUYER
    name = session.buyer.nickname if of_buyer or session.assignee is None else session.assignee.nickname
    said: shapes.MessageShape = {
        "id": pk,
        "client_msg_id": str(item.client_msg_id),
        "sender": {"kind": item.sender_kind, "name": name},
        "kind": item.kind,
        "text": item.text,
        "data": item.data,
        "attachment": None,
        "created_at": at,
    }
    return {
        "seq": session.conversation.last_seq,
        "kind": "message",
        "at": at,
        "session": session.pk,
        "data": {},
        "message": said,
    }
