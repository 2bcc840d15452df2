"""Record what happened in the transaction of the change; after the commit, tell the clients."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db import transaction

from chat import outgoing, serializers, shapes
from chat.hub import Entry, hub
from chat.models import Conversation, DeskEvent, Event, Message, Note, ServiceSession
from lib import bulk
from shops.models import Desk, Member

State = ServiceSession.State


class Change(NamedTuple):
    """One visible change of a session, about to be numbered."""

    session: ServiceSession
    kind: str
    data: dict[str, Any]


class DeskChange(NamedTuple):
    """One change of the lists or the people, about to be numbered."""

    kind: str
    session: ServiceSession | None = None
    member: Member | None = None
    online: bool = False
    note: Note | None = None  # for those who may see the session; never for the buyer


def record(session: ServiceSession, kind: str, now: datetime, data: dict[str, Any] | None = None) -> None:
    """Add a visible change to the conversation's log; its row is locked and is `session.conversation`."""
    record_all([Change(session, kind, data or {})], now)


def record_all(changes: list[Change], now: datetime) -> None:
    """The same for many sessions, whose conversations are all locked, in two statements."""
    rows = []
    for session, kind, data in changes:
        line = session.conversation
        line.last_seq += 1
        row = Event(shop_id=session.shop_id, conversation=line, session=session, seq=line.last_seq, kind=kind, at=now)
        row.data = data
        rows.append(row)
    _store(rows)


def record_message(said: Message, session: ServiceSession, now: datetime) -> Event:
    """Store a message and its event under the next number; the conversation's row is locked."""
    line = session.conversation
    line.last_seq += 1
    said.seq = line.last_seq
    said.pk = said.pk or bulk.next_ids(Message, 1)[0]
    event = Event(shop_id=session.shop_id, conversation=line, session=session, seq=said.seq, message=said, at=now)
    event.kind = Event.Kind.MESSAGE
    with bulk.together():
        bulk.add_all([said])
        _store([event], "push_due_at")
    return event


def _store(rows: list[Event], *more: str) -> None:
    """Write events and the new heads of their logs; tell of them after the commit."""
    lines = {row.conversation_id: row.conversation for row in rows}
    heads = ["last_seq", *more]
    with bulk.together():
        bulk.add_all(rows)
        bulk.update(Conversation, heads, [(*(getattr(one, name) for name in heads), one.pk) for one in lines.values()])
    outgoing.tell([outgoing.Happened(row.session, row.kind, row.seq) for row in rows])
    for row in rows:
        _tell_event(row)


def record_desk(desk: Desk, changes: list[DeskChange], now: datetime) -> None:
    """Add changes of the lists or the people to the desk log; the desk's row is locked."""
    rows: list[DeskEvent] = []
    for change in changes:
        desk.last_seq += 1
        rows.append(
            DeskEvent(
                shop_id=desk.pk,
                seq=desk.last_seq,
                kind=change.kind,
                session=change.session,
                member=change.member,
                note=change.note,
                at=now,
            )
        )
    with bulk.together():
        bulk.add_all(rows)
        bulk.update(Desk, ["last_seq"], [(desk.last_seq, desk.pk)])
    pairs = list(zip(rows, changes, strict=True))
    tell_later(lambda: [desk_entry(row, change.session, change.member, change.online) for row, change in pairs])


def _tell_event(event: Event) -> None:
    session = event.session
    tell_later(lambda: entries(session, serializers.event(event, session.buyer.nickname)))


def tell_later(build: Callable[[], list[Entry]]) -> None:
    """Tell after the commit; the frames are built then, from the objects' final state. Only a bell: it may fail."""
    transaction.on_commit(lambda: tell(build()), robust=True)


def tell(found: list[Entry]) -> None:
    """Tell now: for what is not recorded (typing) or already committed."""
    if found:
        hub.publish(found)


def entries(
    session: ServiceSession, event: shapes.EventShape, row: dict[str, Any] | None = None, stored: bytes = b""
) -> list[Entry]:
    """Return an event's frames: the buyer's, and the agents' who may see the session now."""
    # The event is written once and framed twice: the fields of an event follow those of the frame.
    log, seq = f"c{session.conversation_id}", event["seq"]
    json = (stored or orjson.dumps(event)).decode()
    frame = f'{{"type":"event","conversation":{session.conversation_id},{json[1:]}'
    found = [Entry(log, frame, log, seq)]
    topic = desk_topic(session)
    if topic:
        found.append(Entry(topic, f'{frame[:-1]},"row":{text(row or serializers.row(session))}}}', log, seq))
    return found


def desk_topic(session: ServiceSession) -> str:
    """Return which agents see a session: its agent, everybody while it waits, nobody while the bot has it."""
    if session.state == State.QUEUED:
        return f"s{session.shop_id}"
    member_id = session.last_assignee_id if session.state == State.CLOSED else session.assignee_id
    return f"m{member_id}" if member_id else ""


def desk_entry(event: DeskEvent, session: ServiceSession | None, member: Member | None, online: bool) -> Entry:
    """Return a desk event's frame: whole for who may see the session, without its row for the others."""
    state = serializers.member_state(member, online=online, figures=False) if member else None
    whole = {"type": "desk", **serializers.desk_event(event, session, state)}
    members: tuple[int, ...] | None = None
    if session is not None and session.state != State.QUEUED:
        member_id = session.last_assignee_id if session.state == State.CLOSED else session.assignee_id
        members = (member_id,) if member_id else ()
    alone = {**whole, "row": None, "note": None}
    return Entry(f"s{event.shop_id}", text(whole), "desk", event.seq, members, text(alone))


def text(frame: Any) -> str:
    return orjson.dumps(frame).decode()


def receipts_entries(line: Conversation, member_id: int | None) -> list[Entry]:
    """Return the frames that say how far each side has read."""
    frame = text({"type": "receipt", "conversation": line.pk, **serializers.receipts(line)})
    return [Entry(topic, frame) for topic in (f"c{line.pk}", f"m{member_id}" if member_id else "") if topic]


def row_entry(session: ServiceSession) -> Entry:
    """Return the frame that says a session was looked at, for the agent's other windows."""
    frame = {"type": "row", "row": {"id": session.pk, "unread": session.unread}}
    return Entry(desk_topic(session) or f"m{session.assignee_id}", text(frame))


def place_entry(conversation_id: int, session_id: int, place: int) -> Entry:
    """Return the frame that tells a waiting buyer its place, 1 = next (D3)."""
    return Entry(f"c{conversation_id}", text({"type": "queue", "session": session_id, "place": place}))


def gone(member_id: int) -> None:
    """After the commit, end the sockets of a member that lost the right to them (A1: within 5 s)."""
    transaction.on_commit(lambda: hub.publish([Entry(f"m{member_id}", order="gone")]), robust=True)


def again_on_line(conversation_id: int) -> None:
    """After the commit, let the buyer's pages of a conversation come anew: their token may open it no more."""
    transaction.on_commit(lambda: hub.publish([Entry(f"c{conversation_id}", order="again")]), robust=True)


def again(member_id: int) -> None:
    """After the commit, let the sockets of a member come anew: they know it as it was, or signed in as before."""
    transaction.on_commit(lambda: hub.publish([Entry(f"m{member_id}", order="again")]), robust=True)
