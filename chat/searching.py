"""Search in what was said, buyers' nicknames and order numbers: newest first, page by page, exact (SPEC C6, C8).

Open sessions are few and are read themselves. Closed ones come from the word index, the newest week first, then twice
as many weeks at a time; what is not indexed yet is read. Every candidate's text is looked at before it counts. One
request looks at a bounded number of candidates: a page may end early and still have a next one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import merge
from typing import NamedTuple

from chat import locks, word_index
from chat.models import Message, ServiceSession, SessionQuerySet
from chat.word_index import NAME, SAID, SPOKEN
from commerce.models import Order
from lib import words

CHUNK = 60  # candidates whose texts are read at a time
DOCUMENTS = 4_000  # candidates taken from the index at a time
WIDEST = 64  # weeks asked for at a time
WORK = 20_000  # candidates a request takes from the index at most
TAIL = 5_000  # closed sessions that are not indexed yet; more only while an upgrade indexes the past
ALL = 10**9  # a single week is taken whole
_START, _END = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
Key = tuple[datetime, int]


class Hit(NamedTuple):
    """A session that was found; `seq` and `words` where a message was, None where the nickname or an order was."""

    row: ServiceSession
    seq: int | None
    words: words.Excerpt | None

    @property
    def key(self) -> Key:
        return self.row.last_message_at, self.row.pk


@dataclass
class Wanted:
    """What is looked for: words anywhere, and part of a nickname; both folded."""

    shop_id: int
    q: str = ""
    name: str = ""
    buyers: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, shop_id: int, q: str, name: str = "") -> "Wanted":
        buyers = Order.objects.filter(shop_id=shop_id, number=q).values_list("buyer_id", flat=True) if q else ()
        return cls(shop_id, words.fold(q), words.fold(name), set(buyers))

    @property
    def pairs(self) -> set[int]:
        return words.pairs(self.q or self.name)

    @property
    def fields(self) -> tuple[str, ...]:
        return (SAID, NAME) if self.q else (NAME,)


def hits(rows: Sequence[ServiceSession], wanted: Wanted) -> list[Hit]:
    """Return which of these sessions match, in their order, each with the newest message that does."""
    fitting = [row for row in rows if wanted.name in words.fold(row.buyer.nickname)]
    said = _said([row.pk for row in fitting], wanted.q) if wanted.q else {}
    found = []
    for row in fitting:
        seq, where = said.get(row.pk, (None, None))
        if seq or not wanted.q or wanted.q in words.fold(row.buyer.nickname) or row.buyer_id in wanted.buyers:
            found.append(Hit(row, seq, where))
    return found


def closed(
    rows: SessionQuerySet, wanted: Wanted, below: Key | None, size: int, since: datetime | None = None
) -> tuple[list[Hit], Key | None]:
    """Return a page of the closed sessions in `rows` that match, newest first, and what the next page starts below."""
    if below:
        rows = rows.below(*below)
    rest = sorted(_beside(rows, wanted, below), key=lambda hit: hit.key, reverse=True)
    found: list[Hit] = []
    for span in _spans(rows, wanted, below[0] if below else None, since):
        beside = [hit for hit in rest if hit.key[0] >= span.low]
        rest = rest[len(beside) :]
        for hit in merge(_checked(rows, span, wanted), beside, key=lambda one: one.key, reverse=True):
            if not found or found[-1].key != hit.key:  # an order's buyer is known to both
                found.append(hit)
            if len(found) > size:
                return found[:size], found[size - 1].key
        if span.spent >= WORK:
            return found, (span.low, 1)
    return found, None


class _Span(NamedTuple):
    """A stretch of weeks, the sessions in it that may match, and how many were taken from the index so far."""

    low: datetime
    high: datetime
    documents: list[int]
    spent: int


def _spans(rows: SessionQuerySet, wanted: Wanted, top: datetime | None, since: datetime | None) -> Iterator[_Span]:
    """Yield stretches of weeks, newest first, down to the beginning."""
    first, last = _range(rows, wanted, top, since)
    high, spent, width, pairs = _END, 0, 1, wanted.pairs
    while pairs and last >= first:
        weeks = range(max(first, last - width + 1), last + 1)
        most = DOCUMENTS + 1 if len(weeks) > 1 else ALL
        documents = word_index.find(wanted.shop_id, weeks, wanted.fields, pairs, most)
        if len(documents) >= most:
            width = max(1, width // 4)
            continue
        spent += len(documents)
        low, last = word_index.begins(weeks[0]), weeks[0] - 1
        yield _Span(low, high, documents, spent)
        high, width = low, min(WIDEST, width * 2)
    yield _Span(_START, high, [], 0)


def _range(rows: SessionQuerySet, wanted: Wanted, top: datetime | None, since: datetime | None) -> tuple[int, int]:
    """Return the first and last week in which there can be something."""
    of_shop = ServiceSession.objects.filter(shop_id=wanted.shop_id).order_by("started_at")
    oldest = since or of_shop.values_list("started_at", flat=True).first()
    newest = rows.order_by("-last_message_at").values_list("last_message_at", flat=True).first()
    if oldest is None or newest is None:
        return 1, 0
    return word_index.week(oldest), word_index.week(min(top or newest, newest))  # a cursor may name any moment


def _checked(rows: SessionQuerySet, span: _Span, wanted: Wanted) -> Iterator[Hit]:
    """Yield what really matches, newest first; texts are read only as far as somebody takes the hits."""
    if not span.documents:
        return
    inside = rows.filter(last_message_at__gte=span.low, last_message_at__lt=span.high)
    found = inside.filter(words_doc__in=word_index.among(span.documents)).order_by("-last_message_at", "-pk")
    ids = list(found.values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        yield from hits(_loaded(ids[start : start + CHUNK]), wanted)


def _beside(rows: SessionQuerySet, wanted: Wanted, below: Key | None) -> list[Hit]:
    """Return what the index does not know: sessions not indexed yet, and those of an order's buyer."""
    # The shop's first: an index holds exactly those. Of an agent's past every session would be looked at.
    tail = ServiceSession.objects.unindexed().filter(shop_id=wanted.shop_id).order_by("-last_message_at", "-pk")
    tail = tail.below(*below) if below else tail
    fresh = list(tail.values_list("pk", flat=True)[:TAIL])
    ids = set(rows.filter(pk__in=word_index.among(fresh)).values_list("pk", flat=True)) if fresh else set()
    if wanted.buyers:
        ids |= set(rows.filter(buyer_id__in=wanted.buyers).values_list("pk", flat=True))
    ordered, found = sorted(ids), []
    for start in range(0, len(ordered), CHUNK):
        found += hits(_loaded(ordered[start : start + CHUNK]), wanted)
    return found


def _loaded(ids: list[int]) -> list[ServiceSession]:
    found = {row.pk: row for row in locks.loaded().filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def _said(ids: list[int], q: str) -> dict[int, tuple[int, words.Excerpt]]:
    """Return each session's newest message that holds the words."""
    texts = Message.objects.filter(session_id__in=ids, sender_kind__in=SPOKEN).exclude(text="").order_by("seq")
    found = {}
    for session_id, seq, text in texts.values_list("session_id", "seq", "text"):
        if q in words.fold(text):
            found[session_id] = (seq, text)
    return {pk: (seq, where) for pk, (seq, text) in found.items() if (where := words.excerpt(text, q))}
