"""The lists of C6: in progress, unassigned, history; filters, counts, sorts, search. Keyset pages only."""

import base64
import binascii
from datetime import UTC, datetime
from typing import NamedTuple, TypedDict

import orjson
from django.db.models import Case, Count, DateTimeField, F, Q, Value, When
from django.utils.translation import gettext as _

from chat import feelings, locks, searching, urgency
from chat.models import ServiceSession, SessionQuerySet
from chat.searching import Hit, Wanted
from shops.errors import Invalid
from shops.models import Member

LISTS = ("open", "unassigned", "history")
FILTERS = ("unread", "unreplied", "expiring", "marked")
SORTS = ("waiting", "latest", "urgent")
PAGE = 50
LONGEST_PAGE = 200
SCAN, TURNS = 200, 5  # rows that a search in an open list looks at: at a time, and how often
MOST = 999
_FAR = datetime(9999, 1, 1, tzinfo=UTC)


class SessionCounts(TypedDict):
    open: int
    unread: int
    unreplied: int
    expiring: int
    marked: int
    unassigned: int
    more: bool


class Asked(NamedTuple):
    """What a list was asked for."""

    list: str = "open"
    filter: str = ""
    sort: str = "latest"
    q: str = ""
    cursor: str = ""
    limit: int = 0
    upset: tuple[int, ...] | None = None  # sessions whose buyers sound so, for "urgent"; None: not looked for yet


def page(member: Member, asked: Asked, now: datetime) -> tuple[list[ServiceSession], str | None]:
    """Return one page of sessions and the cursor of the next."""
    asked = _felt(member, asked)
    rows = _filtered(_listed(member, asked.list), asked.filter, now)
    rows, descending = _ordered(rows, asked, now)
    size = asked.limit or PAGE
    if asked.cursor:
        at, pk = read_cursor(asked.cursor)
        # The first condition says nothing new, but it is the one that an index can start from.
        side = "lt" if descending else "gt"
        rows = rows.filter(Q(**{f"key__{side}e": at}), Q(**{f"key__{side}": at}) | Q(**{f"pk__{side}": pk}))
    if asked.list == "history":
        # First which: in one query PostgreSQL would join what a row needs before it knows how few are wanted.
        rows = rows.filter(pk__in=list(rows.values_list("pk", flat=True)[: size + 1]))
    found = list(rows[: size + 1])
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    return found[:size], write_cursor(last.key, last.pk)  # type: ignore[attr-defined]


def search(member: Member, asked: Asked, now: datetime) -> tuple[list[Hit], str | None]:
    """Return one page of what matches `q` in a list, in its order: words said, the nickname, an order number."""
    size, wanted = asked.limit or PAGE, Wanted.of(member.shop_id, asked.q)
    if asked.list == "history":
        rows = _filtered(ServiceSession.objects.closed().filter(last_assignee=member), asked.filter, now)
        below = read_cursor(asked.cursor) if asked.cursor else None
        hits, after = searching.closed(rows, wanted, below, size)
        return hits, write_cursor(*after) if after else None
    asked = _felt(member, asked)
    found: list[Hit] = []
    cursor: str | None = asked.cursor
    for _turn in range(TURNS):
        rows_here, following = page(member, asked._replace(cursor=cursor or "", limit=SCAN), now)
        for hit in searching.hits(rows_here, wanted):
            found.append(hit)
            if len(found) > size:
                last = found[size - 1].row
                return found[:size], write_cursor(last.key, last.pk)  # type: ignore[attr-defined]
        cursor = following
        if cursor is None:
            break
    return found, cursor


def counts(member: Member, now: datetime) -> SessionCounts:
    """Return the live counts of the filters; bounded by what is open, never by history."""
    mine = ServiceSession.objects.assigned().filter(assignee=member)
    found = mine.aggregate(
        open=Count("pk"),
        unread=Count("pk", filter=Q(unread__gt=0)),
        unreplied=Count("pk", filter=urgency.WAITS),
        expiring=Count("pk", filter=Q(expires_at__lte=now, no_reply_needed=False)),
        marked=Count("pk", filter=Q(marked=True)),
    )
    found["unassigned"] = waiting(member.shop_id)
    more = any(value > MOST for value in found.values())
    return SessionCounts(**{name: min(value, MOST) for name, value in found.items()}, more=more)  # type: ignore[typeddict-item]


def waiting(shop_id: int) -> int:
    """Return how many sessions wait unassigned; counts at most one more than is shown."""
    return ServiceSession.objects.queued().filter(shop_id=shop_id).order_by()[: MOST + 1].count()


def unread(member: Member) -> int:
    """Return how many of the member's open sessions it has not looked at (A6)."""
    return ServiceSession.objects.assigned().filter(assignee=member, unread__gt=0).count()


def _felt(member: Member, asked: Asked) -> Asked:
    """Look once for who sounds upset, where the order depends on it."""
    if asked.sort != "urgent" or asked.list != "open" or asked.upset is not None:
        return asked
    return asked._replace(upset=tuple(feelings.upset(member)["upset"]))


def _listed(member: Member, name: str) -> SessionQuerySet:
    if name == "unassigned":
        return locks.loaded().queued().filter(shop_id=member.shop_id)
    if name == "history":
        return locks.loaded().closed().filter(last_assignee=member)
    return locks.loaded().assigned().filter(assignee=member)


def _filtered(rows: SessionQuerySet, name: str, now: datetime) -> SessionQuerySet:
    match name:
        case "unread":
            return rows.filter(unread__gt=0)
        case "unreplied":
            return rows.filter(urgency.WAITS)
        case "expiring":
            return rows.filter(expires_at__lte=now, no_reply_needed=False)
        case "marked":
            return rows.filter(marked=True)
    return rows


def _ordered(rows: SessionQuerySet, asked: Asked, now: datetime) -> tuple[SessionQuerySet, bool]:
    """Order by waiting time (longest first), latest message (newest first) or urgency; history always by the second."""
    if asked.sort == "latest" or asked.list == "history":
        return rows.annotate(key=F("last_message_at")).order_by("-last_message_at", "-pk"), True
    if asked.list == "unassigned":
        return rows.annotate(key=F("queued_at")).order_by("queued_at", "pk"), False
    if asked.sort == "urgent":
        return rows.annotate(key=urgency.key(now, asked.upset or ())).order_by("key", "pk"), False
    # Who does not wait comes last: nulls would break the keyset.
    key = Case(When(urgency.WAITS, then=F("waiting_since")), default=Value(_FAR), output_field=DateTimeField())
    return rows.annotate(key=key).order_by("key", "pk"), False


def write_cursor(at: datetime, pk: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([at.isoformat(), pk])).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, int]:
    try:
        at, pk = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not isinstance(pk, int) or not 0 < pk < 2**63:
            raise ValueError
        moment = moment.astimezone(UTC)  # near the ends of the calendar there is none
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        raise Invalid(cursor=_("This page is not known; start again.")) from error
    return moment, pk
