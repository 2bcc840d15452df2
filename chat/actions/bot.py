"""The bot's turn (E3): answer, ask to put it another way, or hand over after the second miss in a row."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from botfaq.access import offered
from botfaq.matching import Kind, Match, match
from botfaq.unmatched import missed
from chat import access, locks
from chat.actions import answers, sessions
from chat.models import BotAnswer, Message, ServiceSession
from commerce.models import Order
from lib.db import write
from lib.order_words import asks_whereabouts
from shops.models import Desk

log = logging.getLogger(__name__)
MISSES, OFFERED = 2, 3
State = ServiceSession.State


@dataclass(frozen=True, slots=True)
class Look:
    """What was found in a message before any lock: its words, the question it asks or comes near to, or an order."""

    text: str = ""
    match: Match | None = None
    order: Order | None = None


def answer(session_id: int) -> None:
    """Deal with every buyer message the bot has not seen; matching runs outside the transaction."""
    session = ServiceSession.objects.select_related("shop").filter(pk=session_id, state=State.BOT).first()
    if session is None:
        return
    unseen = Message.objects.filter(session=session, sender_kind=Message.Sender.BUYER, seq__gt=session.bot_seen_seq)
    found = [(said.seq, _look(session, said)) for said in unseen.order_by("seq")]
    with write():
        desk, now_locked = locks.session(session.shop_id, session.pk)
        if now_locked.state != State.BOT:
            return
        for seq, look in found:
            if seq > now_locked.bot_seen_seq and now_locked.state == State.BOT:
                _turn(desk, now_locked, seq, look, timezone.now())
        later = now_locked.last_buyer_seq > now_locked.bot_seen_seq
        if now_locked.state == State.BOT and not later:
            now_locked.bot_due_at = None
        now_locked.save(update_fields=["bot_misses", "bot_seen_seq", "bot_due_at"])
    if later and now_locked.state == State.BOT:
        answer(session_id)


def answer_due(now: datetime | None = None) -> int:
    """Take what a killed process left; return how many sessions."""
    due = ServiceSession.objects.filter(bot_due_at__lte=now or timezone.now(), state=State.BOT)
    ids = list(due.order_by("bot_due_at").values_list("pk", flat=True)[:50])
    for session_id in ids:
        answer(session_id)
    return len(ids)


def _look(session: ServiceSession, said: Message) -> Look:
    """Find what a message asks; pictures, emoji and cards ask nothing, nor does what a failing matcher sees (E3)."""
    if said.kind != Message.Kind.TEXT:
        return Look()
    if asks_whereabouts(said.text):
        order = access.order_meant(session, said.text)
        if order:
            return Look(said.text, order=order)
    try:
        return Look(said.text, match(session.shop, said.text))
    except Exception:
        log.exception("the matcher failed; the message counts as a miss")
        return Look(said.text)


def _turn(desk: Desk, session: ServiceSession, seq: int, look: Look, now: datetime) -> None:
    session.bot_seen_seq = seq
    near = offered(session.shop_id, look.match.near or (look.match.question_id,)) if look.match else []
    sure = look.match is not None and look.match.kind == Kind.ANSWER and near and near[0].pk == look.match.question_id
    if sure or look.order:
        session.bot_misses = 0
        if look.order:
            answers.tell_order(session, look.order, now)
        else:
            answers.give(session, near[0], now, BotAnswer.How.RECOGNISED)
        return
    session.bot_misses += 1
    if look.text:
        missed(session.shop_id, look.text, session.pk, now)
    if session.bot_misses >= MISSES:
        sessions.to_human(desk, session, now, ServiceSession.BotPart.MISSES)
    else:
        answers.ask_again(session, near[:OFFERED], now)
