"""What a socket missed: read from the log, authorised now."""

from typing import Any

from django.utils import timezone

from chat import access, history, serializers
from chat.desk_api import desk_page
from chat.events import text
from chat.history import BEHIND
from chat.models import Conversation, Event, ServiceSession
from shops import sign_ins
from shops.errors import NotYours
from shops.identity import BuyerToken
from shops.models import Member

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
    heads = _heads({member.pk}).get(member.pk)
    if heads is None:
        raise NotYours
    return [*frames, text({"type": "resumed", **heads})]


def beats(line_ids: set[int], member_ids: set[int]) -> tuple[dict[int, str], dict[int, str]]:
    """Return the beats of many sockets in three queries: by conversation and by member, as far as they may be here."""
    now = timezone.now()
    head = {"type": "beat", "n": int(now.timestamp()), "now": serializers.moment(now)}
    lines = Conversation.objects.filter(pk__in=line_ids).values_list("pk", "last_seq") if line_ids else ()
    of_lines = {pk: text({**head, "last_seq": seq}) for pk, seq in lines}
    heads = _heads(member_ids) if member_ids else {}
    return of_lines, {pk: text({**head, **positions}) for pk, positions in heads.items()}


def allowed(member_ids: set[int], keys: set[str]) -> tuple[set[int], set[str]]:
    """Return which of these members have IM permission (A1), and which sign-ins have not ended."""
    agents = Member.objects.agents().filter(pk__in=member_ids).values_list("pk", flat=True)
    return set(agents), sign_ins.alive(keys)


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


def _heads(member_ids: set[int]) -> dict[int, dict[str, Any]]:
    """Return the positions of all open sessions of each member, and of its desk; who is no agent is left out."""
    desks = Member.objects.agents().filter(pk__in=member_ids).values_list("pk", "shop__desk__last_seq")
    found: dict[int, dict[str, Any]] = {pk: {"heads": {}, "desk": last} for pk, last in desks}
    mine = ServiceSession.objects.assigned().filter(assignee_id__in=found)
    rows = mine.values_list("assignee_id", "conversation_id", "conversation__last_seq", "unread")
    for pk, line, seq, unread in rows:
        found[pk]["heads"][str(line)] = [seq, unread]
    return found


def _missed(line: Conversation, after: int) -> list[str]:
    """Return the events above a position; `reset` if there are too many, or if the log does not hold the next one."""
    if after > line.last_seq or line.last_seq - after > BEHIND or history.is_removed(line, after):
        return [text({"type": "reset", "conversation": line.pk})]
    rows = Event.objects.filter(conversation=line, seq__gt=after).select_related(
        "message__member", "message__attachment"
    )
    shapes = [serializers.event(row, line.buyer.nickname) for row in rows.order_by("seq")]
    return [text({"type": "event", "conversation": line.pk, **shape}) for shape in shapes]
