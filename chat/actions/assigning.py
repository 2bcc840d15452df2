"""Give sessions to agents and take them away: the one place that moves load."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from chat import facts, turns
from chat.actions import notes
from chat.events import Change, DeskChange, record_all, record_desk
from chat.models import Assignment, DeskEvent, Event, Note, ServiceSession
from lib import bulk, quick
from shops.models import Desk, Member

State = ServiceSession.State
_PLACE = [
    "state",
    "assignee",
    "last_assignee",
    "timer_at",
    "first_assigned_at",
    "assignee_replied",
    "queued_at",
    "bot_due_at",
]
_END = f'UPDATE "{Assignment._meta.db_table}" SET ended_at = %s'
_HAD = f'SELECT session_id, member_id FROM "{Assignment._meta.db_table}"'
_LOAD = f'UPDATE "{Member._meta.db_table}" SET load = load + %s WHERE id = %s'


class Pick(NamedTuple):
    """One decision: this session to this agent, of this kind, for this reason."""

    session: ServiceSession
    member: Member
    kind: str
    by: Member | None = None
    why: dict[str, Any] | None = None
    reason: str = ""


@bulk.together()
def assign(desk: Desk, picks: list[Pick], now: datetime) -> None:
    """Give sessions to agents. The desk and the conversations are locked; members are as read under the desk lock."""
    had = _had_before(picks)
    for pick in picks:
        _place(pick, now)
        pick.member.load += 1
    _save_place([pick.session for pick in picks])
    _move_loads(Counter(pick.member.pk for pick in picks))
    bulk.add_all(
        Assignment(
            shop_id=desk.pk,
            session=p.session,
            member=p.member,
            by=p.by,
            kind=p.kind,
            why=p.why or {},
            reason=p.reason,
            started_at=now,
            again=(p.session.pk, p.member.pk) in had,
            **{name: getattr(p.session, name) for name in turns.COUNTS},
        )
        for p in picks
    )
    record_all([Change(p.session, Event.Kind.ASSIGNED, {"agent": p.member.nickname}) for p in picks], now)
    record_desk(desk, [DeskChange(_desk_kind(p), p.session, note=_note(p, now)) for p in picks], now)


@bulk.together()
def release(sessions: list[ServiceSession], now: datetime) -> None:
    """End the running assignments and free the load; the caller decides what the sessions become."""
    held = [session for session in sessions if session.assignee_id]
    if not held:
        return
    where, params = quick.among("session_id", [session.pk for session in held])
    bulk.run(f"{_END} WHERE {where} AND ended_at IS NULL", [quick.moment(now), *params])
    freed = Counter(session.assignee_id for session in held if session.assignee_id)
    _move_loads({pk: -count for pk, count in freed.items()})
    for session in held:
        session.assignee = None


@bulk.together()
def requeue(desk: Desk, sessions: list[ServiceSession], now: datetime) -> None:
    """Put assigned sessions back into the queue, in their old places (A1, B8)."""
    release(sessions, now)
    for session in sessions:
        session.state = State.QUEUED
    _save_place(sessions)
    record_all([Change(session, Event.Kind.QUEUED, {}) for session in sessions], now)
    record_desk(desk, [DeskChange(DeskEvent.Kind.REQUEUED, session) for session in sessions], now)


@bulk.together()
def enqueue(desk: Desk, session: ServiceSession, now: datetime) -> None:
    """Let a session wait for an agent, with its arrival time as its place."""
    session.state = State.QUEUED
    session.queued_at = session.queued_at or now
    session.bot_due_at = None
    _save_place([session])
    record_all([Change(session, Event.Kind.QUEUED, {})], now)
    record_desk(desk, [DeskChange(DeskEvent.Kind.QUEUED, session)], now)


def _had_before(picks: list[Pick]) -> set[tuple[int, int]]:
    """Return who had which of these sessions before: G7 counts a session once for each agent."""
    handed = [pick.session.pk for pick in picks if pick.session.first_assigned_at]
    if not handed:
        return set()
    where, params = quick.among("session_id", handed)
    trip = quick.Trip()
    rows = trip.ask(f"{_HAD} WHERE {where}", params)
    trip.go()
    return {(session_id, member_id) for session_id, member_id in rows}


def _desk_kind(pick: Pick) -> str:
    return DeskEvent.Kind.TRANSFERRED if pick.kind == Assignment.Kind.TRANSFER else DeskEvent.Kind.ASSIGNED


def _note(pick: Pick, now: datetime) -> Note | None:
    """Keep the giver's reason where colleagues read it in the talk."""
    if not pick.reason or pick.by is None:
        return None
    return notes.jot(pick.session, pick.by, Note.Kind.TRANSFER, now, pick.reason)


def give_back(session: ServiceSession, held: Assignment) -> None:
    """Let an ended assignment run on as if it had never ended; the desk is locked, the load is counted."""
    held.ended_at = None
    held.save(update_fields=["ended_at"])
    session.state, session.assignee, session.last_assignee = State.ASSIGNED, held.member, held.member
    session.assignee_replied = held.first_reply_at is not None
    held.member.load += 1
    _move_loads({held.member.pk: 1})
    _save_place([session])


def _place(pick: Pick, now: datetime) -> None:
    session = pick.session
    session.state = State.ASSIGNED
    session.queued_at = session.queued_at or now
    session.bot_due_at = None
    session.assignee = session.last_assignee = pick.member
    facts.assigned(session, now)


def _save_place(sessions: list[ServiceSession]) -> None:
    bulk.update(
        ServiceSession,
        _PLACE,
        [
            (
                s.state,
                s.assignee_id,
                s.last_assignee_id,
                s.timer_at,
                s.first_assigned_at,
                s.assignee_replied,
                s.queued_at,
                s.bot_due_at,
                s.pk,
            )
            for s in sessions
        ],
    )


def _move_loads(moves: Mapping[int, int]) -> None:
    """Change loads by so much, whatever they are: the same member may be in memory twice."""
    for member_id, change in sorted(moves.items()):
        bulk.run(_LOAD, [change, member_id])
