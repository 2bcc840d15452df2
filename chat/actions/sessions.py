"""Take, give, transfer, close and mark sessions. Each locks the desk first, so of two at once exactly one wins (B7)."""

from collections.abc import Callable, Container, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chat import facts, gone, locks, routing, topics, turns
from chat.actions import assigning, figures, notes, talk
from chat.actions.assigning import Pick
from chat.events import DeskChange, record, record_desk
from chat.models import Assignment, Conversation, DeskEvent, Event, Message, Note, ServiceSession
from commerce.models import AfterSale, Order, Product
from lib import bulk, quick
from lib.db import write
from shops import hours
from shops.errors import NotAllowed, Refused
from shops.models import Desk, Member

State, BotPart = ServiceSession.State, ServiceSession.BotPart
CLOSE_BATCH = 50
_ENTRY = {
    "product": Product._meta.db_table,
    "order": Order._meta.db_table,
    "after_sale": AfterSale._meta.db_table,
}
_CLOSED = [
    "state", "assignee", "close_reason", "closed_at", "closes_at", "unread", "expires_at", "read_only_at", "bot_due_at",
    "timer_at", "invited_at", "words_doc", "topic",
]  # fmt: skip


class Opening(NamedTuple):
    """A new session's key, and of what a token names whatever was not deleted since: the talk matters more."""

    key: int
    refs: dict[str, int | None]


def start(
    desk: Desk,
    line: Conversation,
    entry: dict[str, Any],
    now: datetime,
    by: str = ServiceSession.StartedBy.BUYER,
    opening: Opening | None = None,
) -> ServiceSession:
    """Open a session for a buyer's first message (C1), or an agent's (C7). Desk and conversation are locked.

    Routing comes after it. `opening` was asked for under the same locks, once.
    """
    shop = desk.shop
    if line.buyer.erased_at:
        raise Refused("erased", _("This buyer's data was erased. Please open the chat from the shop again."))
    pk, refs = opening or _opened(entry)
    session = ServiceSession(
        pk=pk,
        shop=shop,
        conversation=line,
        buyer=line.buyer,
        state=State.BOT,
        holiday_mode=hours.on_holiday(shop, now),
        first_seq=line.last_seq + 1,
        started_at=now,
        last_message_at=now,
        started_by=by,
        entry=entry["kind"],
        landing=entry.get("landing", ""),
        entry_product_id=refs["product"],
        entry_order_id=refs["order"],
        entry_after_sale_id=refs["after_sale"],
    )
    session._state.fields_cache["rating"] = None  # known to have none
    bulk.add_all([session])
    record(session, Event.Kind.OPENED, now, {"by": str(by), "entry": entry["kind"], **_landing(entry)})
    return session


def _landing(entry: dict[str, Any]) -> dict[str, str]:
    return {"landing": entry["landing"]} if entry.get("landing") else {}


@bulk.together()
def to_human(desk: Desk, session: ServiceSession, now: datetime, why: str = "") -> None:
    """Hand a session to the humans: to the idlest agent or into the queue. Desk and conversation are locked."""
    if why:
        with translation.override(desk.shop.language):
            words = _handover_words(why)
            talk.note(session, "handover", words, now, why=why)
        _owe(desk, session, now)
        session.bot_part = why
        session.save(update_fields=["bot_part"])
    if not routing.route(desk, session, now, named=why == BotPart.RATED_LOW):
        assigning.enqueue(desk, session, now)
        routing.tell_places_later(desk)
    talk.off_hours(session, now)


def _handover_words(why: str) -> str:
    """Return what the buyer reads of the reason; agents read it in their own language from its code."""
    told = {
        BotPart.ASKED: _("You asked for a human agent."),
        BotPart.RATED_LOW: _("We are sorry that the assistant did not help. Connecting you to a human agent."),
    }
    return told.get(BotPart(why)) or _("Connecting you to a human agent.")


def ask_human(shop_id: int, conversation_id: int) -> ServiceSession:
    """Hand the buyer's open session to a human at the buyer's wish (D4); already there, no bot's answer closes it."""
    with write():
        desk = locks.desk(shop_id)
        found = ServiceSession.objects.open().filter(conversation_id=conversation_id).first()
        if found is None:
            raise Refused("no_session", _("Write a message first, then ask for a human."))
        session = locks.sessions(shop_id, [found.pk])[0]
        if session.state == State.BOT:
            to_human(desk, session, timezone.now(), BotPart.ASKED)
        elif session.waiting_since:
            _owe(desk, session, timezone.now())
    return session


def take(session_id: int, by: Member) -> ServiceSession:
    """Assign a waiting session to oneself; ignores accepting, may exceed capacity (B5)."""
    return give(session_id, by, by)


def give(session_id: int, to: Member, by: Member) -> ServiceSession:
    """Assign a waiting session to a colleague (B5); 409 `not_waiting` if somebody was quicker (B7)."""
    with write():
        desk, session, agents, _waits = locks.reception(by.shop_id, session_id, to.pk, by.pk)
        to = receiver(to, by.shop_id, agents)
        _must_be_among(by, agents)
        if session.state != State.QUEUED:
            raise Refused("not_waiting", _("Somebody else has taken this session already."))
        assigning.assign(desk, [Pick(session, to, Assignment.Kind.MANUAL, by=by)], timezone.now())
        routing.tell_places_later(desk)
    return session


def transfer(session_id: int, to: Member, by: Member, reason: str = "") -> ServiceSession:
    """Hand an open session to a colleague (B6); its timer runs on, the buyer sees no break.

    A lead may hand anybody's session to itself: that is taking over (C26). The reason stays with the assignment.
    """
    with write():
        desk, session, agents, waits = locks.reception(by.shop_id, session_id, to.pk, by.pk)
        to = receiver(to, by.shop_id, agents)
        if not (by.is_lead and to.pk == by.pk and session.state == State.ASSIGNED):
            _must_be_mine(session, by, agents)
        if to.pk == session.assignee_id:
            raise Refused("same_agent", _("This agent has the session already."))
        now = timezone.now()
        with bulk.together():
            assigning.release([session], now)
            assigning.assign(desk, [Pick(session, to, Assignment.Kind.TRANSFER, by=by, reason=reason)], now)
        if waits:
            routing.drain_later(desk.pk)
    return session


def close(session_id: int, by: Member, text: str = "", topic: str = "") -> ServiceSession:
    """Close one's session, with a closing sentence if given (C5); frees the place for the queue.

    Without a topic the proposal is kept (C24).
    """
    with write():
        desk, session, agents, waits = locks.reception(by.shop_id, session_id, by.pk)
        now = timezone.now()
        if session.state == State.CLOSED:
            raise Refused("already_closed", _("This session is closed already."))
        _must_be_mine(session, by, agents)
        if text and session.is_read_only(now):
            raise Refused("read_only", _("This session can no longer be replied to."))
        session.topic = topic or topics.proposals([session])[session.pk]
        with bulk.together():
            if text:
                talk.agent_says(session, by, text, now)
            _close(desk, session, now, ServiceSession.CloseReason.AGENT)
        if waits:
            routing.drain_later(desk.pk)
    return session


def close_due(now: datetime | None = None) -> int:
    """Close what is due by P2 and P3, one shop a transaction; return how many."""
    at = now or timezone.now()
    due = ServiceSession.objects.due(at).order_by("closes_at").values_list("shop_id", "pk")[:CLOSE_BATCH]
    by_shop: dict[int, list[int]] = {}
    for shop_id, pk in due:
        by_shop.setdefault(shop_id, []).append(pk)
    for shop_id, ids in by_shop.items():
        with write():
            desk = locks.desk(shop_id)
            found = locks.sessions(shop_id, ids)
            ripe = [one for one in found if one.is_open and one.closes_at and one.closes_at <= at]
            about = topics.proposals(ripe)
            for session in ripe:
                session.topic = about[session.pk]
                _close(desk, session, at, facts.close_reason(session, desk.shop.policy))
            routing.drain_later(shop_id)
    return sum(map(len, by_shop.values()))


def mark(session_id: int, by: Member, marked: bool, note: str = "") -> ServiceSession:
    """Mark or unmark a session so that it is found again, with a note why (C4); only who has it, or had it last."""
    with write():
        desk, session = locks.session(by.shop_id, session_id)
        if by.pk not in (session.assignee_id, session.last_assignee_id):
            raise Refused("not_assignee", _("This session is with somebody else now."))
        gone.refuse(session)
        now = timezone.now()
        session.marked, session.mark_note = marked, note if marked else ""
        with bulk.together():
            bulk.save(session, ["marked", "mark_note"])
            said = notes.jot(session, by, Note.Kind.MARK, now, note) if marked and note else None
            record_desk(desk, [DeskChange(DeskEvent.Kind.MARKED, session, note=said)], now)
    return session


def no_reply_needed(session_id: int, by: Member, on: bool) -> ServiceSession:
    """Say that what the buyer wrote needs no reply, or take that back (F4); the buyer's next message ends it."""
    with write():
        desk, session, agents, _waits = locks.reception(by.shop_id, session_id, by.pk)
        _must_be_mine(session, by, agents)
        now = timezone.now()
        if on and session.waiting_since is None and not session.no_reply_needed:
            raise Refused("nothing_unanswered", _("The buyer's last message has been answered."))
        if on == session.no_reply_needed:
            return session
        if on:
            facts.let_be(session)
        else:
            since = _oldest_unanswered(session)
            facts.owed_again(session, since or session.started_at, now, desk.shop.policy)
        with bulk.together():
            bulk.save(session, facts.TOUCHED)
            said = notes.jot(session, by, Note.Kind.NO_REPLY, now) if on else None
            record_desk(desk, [DeskChange(DeskEvent.Kind.NO_REPLY, session, note=said)], now)
    return session


def _owe(desk: Desk, session: ServiceSession, now: datetime) -> None:
    facts.wants_human(session, now, desk.shop.policy)
    bulk.save(session, facts.TOUCHED)


def _oldest_unanswered(session: ServiceSession) -> datetime | None:
    said = Message.objects.filter(
        session=session, sender_kind=Message.Sender.BUYER, seq__gt=session.last_human_seq
    ).order_by("seq")
    return said.values_list("created_at", flat=True).first()


def ask_opening(trip: quick.Trip, entry: dict[str, Any]) -> Callable[[], Opening]:
    """Let a trip ask for what a new session needs; return what gives it when it is back."""
    key = bulk.ask_ids(trip, ServiceSession, 1)
    named = {name: entry[name] for name in _ENTRY if entry.get(name)}
    there = {name: trip.ask(f'SELECT 1 FROM "{_ENTRY[name]}" WHERE id = %s', [pk]) for name, pk in named.items()}
    return lambda: Opening(key[0][0], {name: named[name] if there.get(name) else None for name in _ENTRY})


def _opened(entry: dict[str, Any]) -> Opening:
    trip = quick.Trip()
    opening = ask_opening(trip, entry)
    trip.go()
    return opening()


def receiver(to: Member, shop_id: int, agents: Mapping[int, Member]) -> Member:
    """Return the colleague as of now, under the desk lock; only somebody with IM permission may get a session (A1)."""
    found = agents.get(to.pk)
    if found is None or found.shop_id != shop_id:
        raise Refused("not_agent", _("This colleague has no IM permission."))
    return found


def _must_be_mine(session: ServiceSession, by: Member, agents: Container[int]) -> None:
    """Refuse unless the session is in progress with this member (B7)."""
    if session.state != State.ASSIGNED:
        raise Refused("not_assigned", _("This session is not in progress."))
    if session.assignee_id != by.pk:
        raise Refused("not_assignee", _("This session is with somebody else now."))
    _must_be_among(by, agents)


def must_be_agent(by: Member) -> None:
    """Refuse who has lost IM permission since the request came in (A1)."""
    _must_be_among(by, Member.objects.agents().filter(pk=by.pk).values_list("pk", flat=True))


def _must_be_among(by: Member, agents: Container[int]) -> None:
    if by.pk not in agents:
        raise NotAllowed(_("This account has no IM permission."))


@bulk.together()
def _close(desk: Desk, session: ServiceSession, now: datetime, reason: str) -> None:
    policy, waited = desk.shop.policy, session.state == State.QUEUED
    assigning.release([session], now)
    session.state, session.close_reason, session.words_doc = State.CLOSED, reason, None
    facts.closed(session, now, policy)
    # P9: a human's or a bot's answer can be rated; a session that nobody answered has nothing to rate.
    unrated = session.stars is None or turns.may_rate_again(session)
    survey = policy.survey_at_close and session.last_answer_at is not None and unrated
    if survey and session.invited_at is None:
        session.invited_at = now
    bulk.save(session, _CLOSED)
    figures.changed(session)
    record(session, Event.Kind.CLOSED, now, {"reason": reason, "survey": survey})
    record_desk(desk, [DeskChange(DeskEvent.Kind.CLOSED, session)], now)
    if waited:
        routing.tell_places_later(desk)
