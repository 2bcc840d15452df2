"""What a socket missed: read from the log, authorised now."""

from typing import Any

from django.utils import timezone

from chat import access, history, serializers
from chat.desk_api import desk_page
from chat.events import text
from chat.history import BEHIND
from chat.models import Conversation, Event, ServiceSession
from shops.errors import NotYours
from shops.identity import BuyerToken
from shops.models import Desk, Member

State = ServiceSession.State


def buyer(token: BuyerToken, after: int) -> list[str]:
    """Return the frames that a buyer missed, then `resumed`."""
    line = access.line(token)
    found = _missed(line, after)
    session = history.buyer_session(line)
    frames = [*found, text({"type": "receipt", "conversation": line.pk, **serializers.receipts(line)})]
    if session and session["place"]:
        frames.append(text({"type": "queue", "session": session["id"], "place": session["place"]}))
    return [*frames, text({"type": "resumed", "last_seq": line.last_seq})]


def agent(member: Member, desk: int, cursors: dict[int, int]) -> list[str]:
    """Return the desk events and the conversation events that an agent missed, then `resumed` with all positions."""
    _checked(member)
    member.shop.desk.refresh_from_db()
    page = desk_page(member, desk) if desk else None
    frames = []
    if page and page["reset"]:
        frames.append(text({"type": "reset", "desk": page["last_seq"]}))
    elif page:
        frames = [text({"type": "desk", **row}) for row in page["results"]]
    mine = (
        ServiceSession.objects.assigned()
        .filter(assignee=member, conversation_id__in=cursors)
        .select_related("conversation__buyer")
    )
    for session in mine:
        if session.conversation.last_seq > cursors[session.conversation_id]:
            frames += _missed(session.conversation, cursors[session.conversation_id])
    return [*frames, text({"type": "resumed", **_heads(member)})]


def buyer_beat(token: BuyerToken) -> str:
    line = access.line(token)
    now = timezone.now()
    return text({"type": "beat", "n": int(now.timestamp()), "now": serializers.moment(now), "last_seq": line.last_seq})


def agent_beat(member: Member) -> str | None:
    """Return the positions, or None if the member may no longer be here."""
    if not Member.objects.agents().filter(pk=member.pk).exists():
        return None
    now = timezone.now()
    return text({"type": "beat", "n": int(now.timestamp()), "now": serializers.moment(now), **_heads(member)})


def agent_of(conversation_id: int) -> int | None:
    """Return who has the conversation's open session."""
    return (
        ServiceSession.objects.assigned()
        .filter(conversation_id=conversation_id)
        .values_list("assignee_id", flat=True)
        .first()
    )


def own_line(member: Member, conversation_id: int) -> None:
    """Raise NotYours unless the member has the conversation's open session."""
    if agent_of(conversation_id) != member.pk:
        raise NotYours


def _checked(member: Member) -> None:
    if not Member.objects.agents().filter(pk=member.pk).exists():
        raise NotYours


def _heads(member: Member) -> dict[str, Any]:
    rows = (
        ServiceSession.objects.assigned()
        .filter(assignee=member)
        .values_list("conversation_id", "conversation__last_seq", "unread")
    )
    last = Desk.objects.values_list("last_seq", flat=True).get(pk=member.shop_id)
    return {"heads": {str(line): [seq, unread] for line, seq, unread in rows}, "desk": last}


def _missed(line: Conversation, after: int) -> list[str]:
    """Return the events above a position; `reset` if there are too many, or if the position is not of this log."""
    if after > line.last_seq or line.last_seq - after > BEHIND:
        return [text({"type": "reset", "conversation": line.pk})]
    rows = Event.objects.filter(conversation=line, seq__gt=after).select_related(
        "message__member", "message__attachment"
    )
    shapes = [serializers.event(row, line.buyer.nickname) for row in rows.order_by("seq")]
    return [text({"type": "event", "conversation": line.pk, **shape}) for shape in shapes]
