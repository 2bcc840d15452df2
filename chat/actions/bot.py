"""The bot's turn (E3): answer, ask to put it another way, or hand over after the second miss in a row."""

import logging
from datetime import datetime

from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from botfaq.matching import Kind, Match, match
from botfaq.models import Question
from chat import locks
from chat.actions import sessions, talk
from chat.models import Message, ServiceSession
from lib.db import write
from shops.models import Desk

log = logging.getLogger(__name__)
MISSES = 2
State = ServiceSession.State


def answer(session_id: int) -> None:
    """Deal with every buyer message the bot has not seen; matching runs outside the transaction."""
    session = ServiceSession.objects.select_related("shop").filter(pk=session_id, state=State.BOT).first()
    if session is None:
        return
    unseen = Message.objects.filter(session=session, sender_kind=Message.Sender.BUYER, seq__gt=session.bot_seen_seq)
    found = [(said.seq, _match(session, said)) for said in unseen.order_by("seq")]
    with write():
        desk, now_locked = locks.session(session.shop_id, session.pk)
        if now_locked.state != State.BOT:
            return
        for seq, matched in found:
            if seq > now_locked.bot_seen_seq and now_locked.state == State.BOT:
                _turn(desk, now_locked, seq, matched, timezone.now())
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


def _match(session: ServiceSession, said: Message) -> Match | None:
    """Return what the message asks; pictures, emoji and cards are misses, as are guesses and a matcher that fails."""
    if said.kind != Message.Kind.TEXT:
        return None
    try:
        found = match(session.shop, said.text)
        return found if found and found.kind == Kind.ANSWER else None
    except Exception:
        log.exception("the matcher failed; the message counts as a miss")
        return None


def _turn(desk: Desk, session: ServiceSession, seq: int, found: Match | None, now: datetime) -> None:
    session.bot_seen_seq = seq
    question = Question.objects.filter(shop_id=session.shop_id, pk=found.question_id).first() if found else None
    if question:
        session.bot_misses = 0
        Question.objects.filter(pk=question.pk).update(hits=F("hits") + 1)
        talk.bot_says(session, question.answer, now, question.pk)
        return
    session.bot_misses += 1
    if session.bot_misses >= MISSES:
        sessions.to_human(desk, session, now, "misses")
    else:
        with translation.override(desk.shop.language):
            words = _("Sorry, I did not understand. Could you put it another way?")
        talk.bot_says(session, words, now, None)
