"""Pages of conversations and of what was said in one: keyset pages, one set of queries each."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils import timezone

from chat.models import Conversation, Event, Message, ServiceSession, SessionQuerySet
from commerce import contact
from openplatform import faults
from openplatform.models import Grant, Reading
from shops.models import Member, Shop

State = ServiceSession.State
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def conversations(shop: Shop, size: int, token: str) -> tuple[list[ServiceSession], str]:
    """Return the newest session of each conversation, the latest message first, and the token of the next page."""
    newer = ServiceSession.objects.filter(conversation=OuterRef("conversation"), pk__gt=OuterRef("pk"))
    rows = ServiceSession.objects.filter(shop=shop, buyer__erased_at=None)
    if token:
        rows = rows.below(*_place(token))
    rows = rows.select_related("conversation", "buyer", "assignee").order_by("-last_message_at", "-pk")
    # Two lists: each has an index of its own, and the open ones are few.
    found = [*rows.open()[: size + 1], *rows.closed().filter(~Exists(newer))[: size + 1]]
    found.sort(key=lambda one: (one.last_message_at, one.pk), reverse=True)
    following = _token(found[size - 1].last_message_at, found[size - 1].pk) if len(found) > size else ""
    return found[:size], following


def latest(sessions: Sequence[ServiceSession]) -> dict[int, Message]:
    """Return the last message of each session, by the session."""
    last = Message.objects.filter(session=OuterRef("pk")).order_by("-seq").values("pk")[:1]
    ids = ServiceSession.objects.filter(pk__in=[one.pk for one in sessions]).annotate(last=Subquery(last))
    rows = Message.objects.filter(pk__in=ids.values("last")).select_related("member", "attachment")
    return {one.session_id: one for one in rows}


def unread(grant: Grant, sessions: Sequence[ServiceSession]) -> dict[int, int]:
    """Count the buyer's messages of each session that neither the program nor an agent has read."""
    if not sessions:
        return {}
    lines = [one.conversation_id for one in sessions]
    read = dict(Reading.objects.filter(grant=grant, conversation__in=lines).values_list("conversation", "seq"))
    since = {one.pk: max(read.get(one.conversation_id, 0), one.conversation.shop_read) for one in sessions}
    above = reduce(or_, (Q(session=pk, seq__gt=seq) for pk, seq in since.items()))
    rows = Message.objects.filter(above, sender_kind=Message.Sender.BUYER).order_by().values_list("session")
    return dict(rows.annotate(count=Count("pk")))


def writable(shop: Shop, speaker: Member, sessions: Iterable[ServiceSession]) -> set[int]:
    """Return which of these sessions' conversations may be written to now (P4, P5, P6), by the session."""
    now, found, rest = timezone.now(), set(), []
    for one in sessions:
        mine = one.is_open or one.last_assignee_id == speaker.pk
        if mine and not one.is_read_only(now):
            found.add(one.pk)
        elif not one.is_open:
            rest.append(one)
    if rest:
        buyers = [one.buyer_id for one in rest]
        allowed = set(contact.allowing(shop, now).filter(buyer__in=buyers).values_list("buyer", flat=True))
        found |= {one.pk for one in rest if one.buyer_id in allowed}
    return found


def said(line: Conversation, size: int, token: str, *, oldest_first: bool) -> tuple[list[Event], str]:
    """Return what was said in a conversation, where the buyer came from and who joined; and the next page's token."""
    from_page = Q(session__entry_product__isnull=False) | Q(session__entry_order__isnull=False)
    opened = Q(kind=Event.Kind.OPENED, session__started_by=ServiceSession.StartedBy.BUYER) & from_page
    rows = Event.objects.filter(Q(kind__in=(Event.Kind.MESSAGE, Event.Kind.ASSIGNED)) | opened, conversation=line)
    if token:
        if not (token.isascii() and token.isdigit() and len(token) < 19):
            raise faults.bad("Invalid page_token")
        rows = rows.filter(**{"seq__gt" if oldest_first else "seq__lt": int(token)})
    rows = rows.select_related(
        "message__member", "message__attachment", "session__entry_product", "session__entry_order"
    ).order_by("seq" if oldest_first else "-seq")
    found = list(rows[: size + 1])
    return found[:size], str(found[size - 1].seq) if len(found) > size else ""


def _token(at: datetime, pk: int) -> str:
    return f"{(at - EPOCH) // timedelta(microseconds=1)}-{pk}"


def _place(token: str) -> tuple[datetime, int]:
    at, _dash, pk = token.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 18 for part in (at, pk)):
        raise faults.bad("Invalid page_token")
    try:
        return EPOCH + timedelta(microseconds=int(at)), int(pk)
    except OverflowError:
        raise faults.bad("Invalid page_token") from None


def started(shop: Shop, begin: datetime, end: datetime) -> SessionQuerySet:
    """Return the sessions that started in a span, the newest first."""
    rows = ServiceSession.objects.filter(shop=shop, started_at__gte=begin, started_at__lt=end)
    return rows.select_related("buyer", "rating").order_by("-started_at", "-pk")


def after(rows: SessionQuerySet, token: str) -> SessionQuerySet:
    """Return the rows of the page that a token asks for."""
    if not token:
        return rows
    at, pk = _place(token)
    return rows.filter(Q(started_at__lte=at), Q(started_at__lt=at) | Q(pk__lt=pk))


def following(rows: Sequence[ServiceSession], size: int) -> str:
    """Return the token after a page of started sessions, read with one row more than it shows."""
    return _token(rows[size - 1].started_at, rows[size - 1].pk) if len(rows) > size else ""
