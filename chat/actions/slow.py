"""The slow lane: what opens a session, moves routing, binds a file or may be refused. One item, one savepoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from botfaq import access
from botfaq.models import Question
from chat import bot_runner, facts, locks, serializers
from chat.actions import answers, fast, figures, sessions, talk
from chat.actions.items import NeedsDesk, Post, Stored
from chat.events import record_message
from chat.models import Attachment, BotAnswer, Message, ServiceSession
from lib import bulk
from shops import hours
from shops.errors import NotYours, Refused
from shops.models import Desk

if TYPE_CHECKING:
    from chat.actions.messages import Batch

State = ServiceSession.State
_WORDS = {
    "not_assigned": _("Take this session before you reply."),
    "not_assignee": _("This session is with somebody else now."),
    "read_only": _("This session can no longer be replied to."),
}


def store(batch: Batch, item: Post) -> Stored:
    """Store one message; raise Refused, NotYours or NeedsDesk, with nothing written."""
    with bulk.together():
        return _from_buyer(batch, item) if item.sender_kind == Message.Sender.BUYER else _from_agent(batch, item)


def _from_agent(batch: Batch, item: Post) -> Stored:
    current = batch.open.get(item.conversation_id)
    if current is not None and current.pk == item.session_id:
        why = fast.may_reply(current, item.member_id, batch.now)
        if why:
            raise _refusal(why)
        return _say(batch, item, current)
    found = locks.loaded().filter(pk=item.session_id or 0, conversation_id=item.conversation_id).first()
    if found is None:
        raise NotYours
    if current is not None:
        raise Refused("superseded", _("The buyer has opened a newer session."), session=current.pk)
    if found.last_assignee_id != item.member_id or not (found.last_assignee and found.last_assignee.is_agent):
        raise _refusal("not_assignee")
    if found.is_read_only(batch.now):
        raise _refusal("read_only")
    found.conversation = batch.lines[item.conversation_id]
    return _say(batch, item, found)


def _from_buyer(batch: Batch, item: Post) -> Stored:
    line = batch.lines[item.conversation_id]
    if line.is_muted(batch.now):
        until = serializers.maybe(line.muted_until)
        raise Refused("muted", _("The shop asks you to wait a while before you write again."), until=until)
    session = batch.open.get(item.conversation_id)
    is_new, desk = session is None, batch.desks.get(item.shop_id)
    question = _asked(item)
    if session is None:
        if desk is None:
            raise NeedsDesk
        opening = batch.openings.get(line.pk)
        session = sessions.start(desk, line, item.entry, batch.now, opening=opening)
        batch.open[item.conversation_id] = session
    stored = _say(batch, item, session)
    if question:
        _answer_click(batch, question, session)
    if is_new:
        assert desk is not None
        _first_stop(batch, item, session, desk)
    talk.off_hours(session, batch.now)
    return stored


def _first_stop(batch: Batch, item: Post, session: ServiceSession, desk: Desk) -> None:
    """Send a new session to the bot where it is on, else to the humans at once, a FAQ click included (C1)."""
    if not hours.bot_receives(desk.shop, batch.now):
        sessions.to_human(desk, session, batch.now)
        return
    session.bot_part = ServiceSession.BotPart.KEPT
    if not item.question_id:
        session.bot_due_at = batch.now
        bot_runner.poke_later(session.pk)
    bulk.save(session, ["bot_part", "bot_due_at"])


def _asked(item: Post) -> Question | None:
    """Return the clicked question, before anything is touched: earlier items share the session's object."""
    return access.published(item.shop_id, item.question_id) if item.question_id else None


def _answer_click(batch: Batch, question: Question, session: ServiceSession) -> None:
    """Answer a click on the FAQ card; it resets the bot's count of misses (E3)."""
    session.bot_misses, session.bot_seen_seq = 0, session.conversation.last_seq
    bulk.save(session, ["bot_misses", "bot_seen_seq"])
    answers.give(session, question, batch.now, BotAnswer.How.CLICKED)


def _say(batch: Batch, item: Post, session: ServiceSession) -> Stored:
    """Store the message in its session and count it; a late reply into a closed one moves no timer (C5)."""
    [pk] = next(batch.ids)
    said = Message(
        pk=pk,
        shop_id=item.shop_id,
        conversation_id=item.conversation_id,
        session=session,
        sender_kind=item.sender_kind,
        sender=item.sender,
        member_id=item.member_id,
        kind=item.kind,
        text=item.text,
        data=item.data,
        attachment=_bind(item),
        client_msg_id=item.client_msg_id,
        body_hash=item.body_hash,
        created_at=batch.now,
    )
    seq, line, policy = session.conversation.last_seq + 1, facts.preview(item.kind, item.text), session.shop.policy
    if item.sender_kind == Message.Sender.BUYER:
        facts.buyer_spoke(session, seq, batch.now, policy, line)
        if session.state == State.BOT and not item.question_id:
            session.bot_due_at = batch.now
            bot_runner.poke_later(session.pk)
    else:
        held = session.closes_at, session.read_only_at
        facts.agent_spoke(session, seq, batch.now, policy, line, item.member_id)
        if not session.is_open:
            session.closes_at, session.read_only_at = held
        talk.replied(session, item.member_id or 0, batch.now)
    session.words_doc = None  # a late reply: a closed session is indexed again
    bulk.save(session, [*facts.TOUCHED, "words_doc"])
    figures.changed(session)
    event = record_message(said, session, batch.now)
    return Stored(serializers.event(event, session.buyer.nickname))


def _bind(item: Post) -> Attachment | None:
    """Bind a ready upload of the same shop and sender to this message, once."""
    if item.attachment_id is None:
        return None
    mine = Attachment.objects.filter(pk=item.attachment_id, shop_id=item.shop_id, owner=item.sender, kind=item.kind)
    if not mine.filter(bound=False).update(bound=True):
        raise Refused("attachment_gone", _("This file is not here any more; please choose it again."))
    return mine.get()


def _refusal(code: str) -> Refused:
    return Refused(code, _WORDS[code])
