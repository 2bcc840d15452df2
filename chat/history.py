"""Read a conversation's log: catch-up forward, paging backward, limited to what the reader may see."""

from typing import TypedDict

from chat import access, serializers, shapes, turns
from chat.models import Attachment, Conversation, Event, Message, ServiceSession
from chat.routing import place
from lib import quick
from shops.models import Buyer, Member

LIMIT = 200
BEHIND = 500  # more than this missed: reset and page
_EVENTS, _SESSIONS = f'"{Event._meta.db_table}"', f'"{ServiceSession._meta.db_table}"'
_NEWEST = "conversation_id = %s ORDER BY id DESC LIMIT 1"
_ITS_AGENT = f"id = (SELECT coalesce(assignee_id, last_assignee_id) FROM {_SESSIONS} WHERE {_NEWEST})"


class BuyerSessionShape(TypedDict):
    id: int
    state: str
    agent: str | None
    avatar: str
    place: int | None
    rated: bool
    invited: bool


class Kept(TypedDict):
    erased: bool
    first_seq: int
    reset: bool
    receipts: shapes.ReceiptsShape


class EventPage(Kept):
    results: list[shapes.EventShape]
    through: int
    last_seq: int


def page(line: Conversation, after: int | None, before: int | None, limit: int, until: int | None = None) -> EventPage:
    """Return events above `after`, oldest first, or the newest below `before`; ascending both ways.

    `until` is the last session whose events the reader may see. `reset`: what follows `after` was removed in part.
    """
    last = line.last_seq if until is None else _last_seq(line, until)
    found = _events(line, last, after, before, limit, until)
    through = found[-1].seq if found else min(after or 0, last)
    shapes = [serializers.event(row, line.buyer.nickname) for row in found]
    return {"results": shapes, "through": through, "last_seq": last, **_kept(line, line.buyer, after)}


def is_removed(line: Conversation, after: int) -> bool:
    """Whether the number that follows a position was removed (delivery contract, 5)."""
    return after + 1 < line.first_seq


def messages(session: ServiceSession, after: int | None, before: int | None, limit: int) -> EventPage:
    """Return the messages of one session as events, the same way."""
    line = session.conversation
    rows = Message.objects.filter(session=session).select_related("member", "attachment")
    if before is not None:
        found = list(reversed(rows.filter(seq__lt=before).order_by("-seq")[:limit]))
    else:
        found = list(rows.filter(seq__gt=after or 0).order_by("seq")[:limit])
    shapes = [serializers.message_event(row, session.buyer.nickname) for row in found]
    through = found[-1].seq if found else min(after or 0, line.last_seq)
    return {"results": shapes, "through": through, "last_seq": line.last_seq, **_kept(line, session.buyer, after)}


def horizon(member: Member, session: ServiceSession) -> int | None:
    """Return the last session that the reader may see of this conversation; None is all of it.

    Who may see the newest session sees the whole line; an agent's old session shows what came before it.
    """
    newest = ServiceSession.objects.filter(conversation_id=session.conversation_id).order_by("-pk").first()
    if newest is None or newest.pk == session.pk or access.visible(member).filter(pk=newest.pk).exists():
        return None
    return session.pk


def buyer_session(line: Conversation) -> BuyerSessionShape | None:
    """Return what the buyer sees of the newest session: who answers, or the place in the queue (D3)."""
    trip = quick.Trip()
    sessions = trip.rows(ServiceSession, (_NEWEST, [line.pk]))
    people = trip.rows(Member, (_ITS_AGENT, [line.pk]))
    trip.go()
    if not sessions:
        return None
    newest = sessions[0]
    newest.shop = line.shop
    by_id = {member.pk: member for member in people}
    agent = by_id.get((newest.assignee_id or (None if newest.is_open else newest.last_assignee_id)) or 0)
    return {
        "id": newest.pk,
        "state": newest.state,
        "agent": agent.nickname if agent else None,
        "avatar": serializers.picture(agent) if agent else "",
        "place": place(newest) if newest.state == ServiceSession.State.QUEUED else None,
        "rated": newest.stars is not None and not turns.may_rate_again(newest),
        "invited": newest.invited_at is not None,
    }


def _kept(line: Conversation, buyer: Buyer, after: int | None) -> Kept:
    return {
        "erased": buyer.erased_at is not None,
        "first_seq": line.first_seq,
        "reset": after is not None and is_removed(line, after),
        "receipts": serializers.receipts(line),
    }


def _events(
    line: Conversation, last: int, after: int | None, before: int | None, limit: int, until: int | None
) -> list[Event]:
    """Return a page's events in ascending order, with their messages and all that those show."""
    where, params = "conversation_id = %s AND seq <= %s", [line.pk, last]
    if until is not None:
        where, params = f"{where} AND session_id <= %s", [*params, until]
    side, by = (after or 0, "seq > %s ORDER BY seq") if before is None else (before, "seq < %s ORDER BY seq DESC")
    span, params = f"{where} AND {by} LIMIT %s", [*params, side, limit]
    trip = quick.Trip()
    rows = trip.rows(Event, (span, params))
    said = trip.rows(Message, (quick.within("id", f"SELECT message_id FROM {_EVENTS} WHERE {span}"), params))
    trip.go()
    messages = {row.pk: row for row in said}
    people = quick.by_id(Member, (row.member_id for row in said if row.member_id))
    files = quick.by_id(Attachment, (row.attachment_id for row in said if row.attachment_id))
    for row in said:
        row.member, row.attachment = people.get(row.member_id or 0), files.get(row.attachment_id or 0)
    for event in rows:
        event.message = messages.get(event.message_id or 0)
    return rows if before is None else rows[::-1]


def _last_seq(line: Conversation, until: int) -> int:
    return (
        Event.objects.filter(conversation=line, session_id__lte=until)
        .order_by("-seq")
        .values_list("seq", flat=True)
        .first()
        or 0
    )
