"""Undo a close or a transfer for a few seconds (C21): it was done at once, and is taken back only if nothing followed.

A delay before doing it would lose it with the tab; here a lost tab loses the undo only.
"""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import facts, locks, routing
from chat.actions import assigning, figures
from chat.events import DeskChange, record, record_desk
from chat.models import Assignment, DeskEvent, Event, ServiceSession
from lib.db import write
from shops.errors import NotAllowed, Refused
from shops.models import Member

WITHIN = timedelta(seconds=15)  # consoles offer it for six: the rest is for slow lines
State = ServiceSession.State


def close(session_id: int, by: Member) -> ServiceSession:
    """Reopen a session that the member has just closed, unless anything has happened in the conversation since.

    Its place may be taken by now: the load then exceeds the capacity, as after any manual assignment (B5).
    """
    with write():
        desk, session = locks.session(by.shop_id, session_id)
        now = timezone.now()
        by = _agent(by)
        closed_at, is_mine = session.closed_at, session.last_assignee_id == by.pk
        by_agent = session.close_reason == ServiceSession.CloseReason.AGENT
        if closed_at is None or not is_mine or not by_agent or closed_at + WITHIN < now or not _is_last(session):
            raise _too_late()
        held = Assignment.objects.select_related("member").filter(session=session).latest("pk")
        figures.changed(session)  # while it is closed: its day is added up again
        if session.invited_at == closed_at:
            session.invited_at = None  # the survey that came with the close
        session.closed_at, session.close_reason, session.topic, session.words_doc = None, "", "", None
        facts.run_timer(session)
        facts.refresh(session, now, desk.shop.policy)
        session.state, session.assignee = State.ASSIGNED, by
        session.save(update_fields=["state", "assignee", *_CLOSE])
        assigning.give_back(session, held)
        record(session, Event.Kind.REOPENED, now)
        record_desk(desk, [DeskChange(DeskEvent.Kind.REOPENED, session)], now)
    return session


def transfer(session_id: int, by: Member) -> ServiceSession:
    """Take a hand-over back that the receiver has not answered; that assignment never was, the one before runs on."""
    with write():
        desk, session = locks.session(by.shop_id, session_id)
        now = timezone.now()
        _agent(by)
        rows = list(Assignment.objects.select_related("member").filter(session=session).order_by("-pk")[:2])
        if session.state != State.ASSIGNED or len(rows) < 2 or not _is_undone_by(rows[0], rows[1], by, now):
            raise _too_late()
        given, held = rows
        _agent(held.member)
        assigning.release([session], now)
        given.delete()
        assigning.give_back(session, held)
        record(session, Event.Kind.ASSIGNED, now, {"agent": held.member.nickname})
        record_desk(desk, [DeskChange(DeskEvent.Kind.TRANSFERRED, session)], now)
        routing.drain_later(desk.pk)
    return session


_CLOSE = ["closed_at", "close_reason", "topic", "words_doc", "invited_at"]
_CLOSE += ["timer_at", "closes_at", "expires_at", "read_only_at"]


def _is_undone_by(given: Assignment, held: Assignment, by: Member, now: datetime) -> bool:
    is_fresh = given.started_at + WITHIN >= now and given.first_reply_at is None
    is_own = given.kind == Assignment.Kind.TRANSFER and given.by_id == by.pk
    return is_own and is_fresh and given.ended_at is None and held.ended_at == given.started_at


def _is_last(session: ServiceSession) -> bool:
    """Whether the close is the last thing that happened: no message, no rating, no newer session."""
    line = session.conversation
    return Event.objects.filter(conversation=line, seq=line.last_seq, session=session, kind=Event.Kind.CLOSED).exists()


def _agent(member: Member) -> Member:
    """Return the member as of now; raise NotAllowed without IM permission (A1)."""
    found = Member.objects.agents().filter(pk=member.pk).first()
    if found is None:
        raise NotAllowed(_("This account has no IM permission."))
    return found


def _too_late() -> Refused:
    return Refused("too_late", _("It is too late to undo this."))
