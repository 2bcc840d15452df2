"""The bot's turn (E3): answer, ask to put it another way, or hand over after the second miss in a row."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from botfaq import matching
from botfaq.access import offered
from botfaq.matching import Kind, Match
from botfaq.unmatched import missed
from chat import access, locks
from chat.actions import answers, sessions
from chat.models import BotAnswer, Message, ServiceSession
from commerce.models import Order
from lib.db import write
from lib.order_words import asks_whereabouts
from lib.person_words import asks_for_person
from shops.models import Desk

log = logging.getLogger(__name__)
MISSES, OFFERED = 2, 3
BRIEF = 0.3  # seconds that a thread which other shops need too waits for one shop's index
SWEEP = 200  # sessions
State = ServiceSession.State


@dataclass(frozen=True, slots=True)
class Look:
    """What was found in a message before any lock: its words, the question it asks or comes near to, an order, or the
    wish for a person."""

    text: str = ""
    match: Match | None = None
    order: Order | None = None
    person: bool = False


def answer(session_id: int, patience: float = matching.PATIENCE, *, give_up: bool = True) -> bool:
    """Deal with every buyer message the bot has not seen; matching runs outside the transaction.

    A shop's first index may take longer than `patience` (seconds): what is unseen counts as missed then, or, without
    `give_up`, nothing is done and False says to come again.
    """
    session = ServiceSession.objects.select_related("shop").filter(pk=session_id, state=State.BOT).first()
    if session is None:
        return True
    if not give_up and not _can_match(session, patience):
        return False
    unseen = Message.objects.filter(session=session, sender_kind=Message.Sender.BUYER, seq__gt=session.bot_seen_seq)
    found = [(said.seq, _look(session, said, patience)) for said in unseen.order_by("seq")]
    with write():
        desk, now_locked = locks.session(session.shop_id, session.pk)
        if now_locked.state != State.BOT:
            return True
        for seq, look in found:
            if seq > now_locked.bot_seen_seq and now_locked.state == State.BOT:
                _turn(desk, now_locked, seq, look, timezone.now())
        later = now_locked.last_buyer_seq > now_locked.bot_seen_seq
        if now_locked.state == State.BOT and not later:
            now_locked.bot_due_at = None
        now_locked.save(update_fields=["bot_misses", "bot_seen_seq", "bot_due_at"])
    if later and now_locked.state == State.BOT:
        return answer(session_id, patience, give_up=give_up)
    return True


def answer_due(now: datetime | None = None) -> int:
    """Take what was left by a killed process, or for an index that was not there yet; return how many sessions.

    A shop whose first index is being built keeps no other shop waiting, and its buyers for so long at most.
    """
    now = now or timezone.now()
    due = ServiceSession.objects.filter(bot_due_at__lte=now, state=State.BOT).order_by("bot_due_at")
    done, unready = 0, set[int]()
    for session_id, shop_id, due_at in list(due.values_list("pk", "shop_id", "bot_due_at")[:SWEEP]):
        overdue = due_at is not None and due_at <= now - timedelta(seconds=matching.PATIENCE)
        if shop_id in unready and not overdue:
            continue
        try:
            if answer(session_id, 0 if shop_id in unready else BRIEF, give_up=overdue):
                done += 1
            else:
                unready.add(shop_id)
        except Exception:
            log.exception("session %s: the bot could not answer", session_id)
    return done


def _can_match(session: ServiceSession, patience: float) -> bool:
    try:
        return matching.is_usable(session.shop, patience)
    except Exception:  # nothing to wait for: each message will be counted as a miss
        return True


def _look(session: ServiceSession, said: Message, patience: float) -> Look:
    """Find what a message asks; pictures, emoji and cards ask nothing, nor does what a failing matcher sees (E3)."""
    if said.kind != Message.Kind.TEXT:
        return Look()
    if asks_for_person(said.text):
        return Look(said.text, person=True)
    if asks_whereabouts(said.text):
        order = access.order_meant(session, said.text)
        if order:
            return Look(said.text, order=order)
    try:
        return Look(said.text, matching.match(session.shop, said.text, patience))
    except Exception:
        log.exception("the matcher failed; the message counts as a miss")
        return Look(said.text)


def _turn(desk: Desk, session: ServiceSession, seq: int, look: Look, now: datetime) -> None:
    session.bot_seen_seq = seq
    if look.person:
        sessions.to_human(desk, session, now, ServiceSession.BotPart.ASKED)
        return
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
