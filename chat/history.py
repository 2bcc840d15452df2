"""Read a conversation's log: catch-up forward, paging backward, limited to what the reader may see."""

from typing import Any, TypedDict

from chat import access, serializers, shapes, turns
from chat.models import Conversation, Event, Message, ServiceSession
from chat.routing import place
from shops.models import Member

LIMIT = 200
BEHIND = 500  # more than this missed: reset and page


class BuyerSessionShape(TypedDict):
    id: int
    state: str
    agent: str | None
    avatar: str
    place: int | None
    rated: bool
    invited: bool


class EventPage(TypedDict):
    results: list[shapes.EventShape]
    through: int
    last_seq: int
    receipts: shapes.ReceiptsShape


def page(line: Conversation, after: int | None, before: int | None, limit: int, until: int | None = None) -> EventPage:
    """Return events above `after`, oldest first, or the newest below `before`; ascending both ways.

    `until` is the last session whose events the reader may see.
    """
    last = line.last_seq if until is None else _last_seq(line, until)
    rows = Event.objects.filter(conversation=line, seq__lte=last).select_related(
        "message__member", "message__attachment"
    )
    if until is not None:
        rows = rows.filter(session_id__lte=until)
    if before is not None:
        found = list(reversed(rows.filter(seq__lt=before).order_by("-seq")[:limit]))
    else:
        found = list(rows.filter(seq__gt=after or 0).order_by("seq")[:limit])
    through = found[-1].seq if found else min(after or 0, last)
    shapes = [serializers.event(row, line.buyer.nickname) for row in found]
    return {"results": shapes, "through": through, "last_seq": last, "receipts": serializers.receipts(line)}


def messages(session: ServiceSession, after: int | None, before: int | None, limit: int) -> dict[str, Any]:
    """Return the messages of one session as events, the same way."""
    line = session.conversation
    rows = Message.objects.filter(session=session).select_related("member", "attachment")
    if before is not None:
        found = list(reversed(rows.filter(seq__lt=before).order_by("-seq")[:limit]))
    else:
        found = list(rows.filter(seq__gt=after or 0).order_by("seq")[:limit])
    shapes = [serializers.message_event(row, session.buyer.nickname) for row in found]
    through = found[-1].seq if found else min(after or 0, line.last_seq)
    return {"results": shapes, "through": through, "last_seq": line.last_seq, "receipts": serializers.receipts(line)}


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
    rows = ServiceSession.objects.select_related("assignee", "last_assignee", "shop", "rating").filter(
        conversation=line
    )
    newest = rows.order_by("-pk").first()
    if newest is None:
        return None
    agent = newest.assignee or (None if newest.is_open else newest.last_assignee)
    return {
        "id": newest.pk,
        "state": newest.state,
        "agent": agent.nickname if agent else None,
        "avatar": serializers.picture(agent) if agent else "",
        "place": place(newest) if newest.state == ServiceSession.State.QUEUED else None,
        "rated": newest.stars is not None and not turns.may_rate_again(newest),
        "invited": newest.invited_at is not None,
    }


def _last_seq(line: Conversation, until: int) -> int:
    return (
        Event.objects.filter(conversation=line, session_id__lte=until)
        .order_by("-seq")
        .values_list("seq", flat=True)
        .first()
        or 0
    )
