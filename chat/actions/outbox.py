"""Effects outside the database: promised in the transaction, done at least once, in the end dead-lettered.

Each kind has a lane, and each lane its own threads: a slow server of somebody else's keeps only its own kind waiting.
What has a `target` can be looked through by it (chat/deliveries.py), done again, put to rest and forgotten together.
"""

import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from chat import serializers
from chat.models import Outbox
from lib.db import write

log = logging.getLogger(__name__)
TRIES = 8
CLAIM = timedelta(seconds=60)  # how long one process has an effect to itself
KEPT = timedelta(days=14)  # how long what failed for good can be looked at
DONE_KEPT = timedelta(days=7)  # and what was done, of the kinds that are kept
SWEPT, SWEEPS = 1000, 10  # at a time, and how many times
REMEMBERED = 20  # tries of one effect
MAIN = "main"


class Later(Exception):
    """Somebody else's server asks to be left alone for so many seconds."""

    def __init__(self, words: str, wait: float) -> None:
        super().__init__(words)
        self.wait = wait


class Heard(NamedTuple):
    """What a foreign server answered, for the record of a kind that is kept."""

    status: int
    answer: str = ""


class Failed(Exception):
    """It did not work this time; `final`: nor will it, so that it is given up at once."""

    def __init__(self, words: str, status: int | None = None, answer: str = "", *, final: bool = False) -> None:
        super().__init__(words)
        self.status, self.answer, self.final = status, answer, final


class Promise(NamedTuple):
    """One effect to promise; `due_at` None: as soon as can be."""

    shop_id: int
    payload: dict[str, Any]
    target: str = ""
    due_at: datetime | None = None


Handler = Callable[[dict[str, Any]], Heard | None]


class _Terms(NamedTuple):
    do: Handler
    lane: str
    tries: int
    waits: tuple[timedelta, ...]  # before each further try; empty: longer and longer ones, an hour at most
    kept: bool


_kinds: dict[str, _Terms] = {}
_lanes: dict[str, int] = {MAIN: 1}


def register(
    kind: str,
    do: Handler,
    *,
    lane: str = MAIN,
    threads: int = 1,
    tries: int = TRIES,
    waits: tuple[timedelta, ...] = (),
    kept: bool = False,
) -> None:
    """Name the function that does this kind of effect; called from AppConfig.ready().

    With `waits` there is one try more than those. What talks to servers that buyers or sellers chose takes a lane of
    its own, with the threads it may keep busy. `kept`: what was done can be looked at for a week, with every try.
    """
    _kinds[kind] = _Terms(do, lane, len(waits) + 1 if waits else tries, waits, kept)
    _lanes[lane] = max(threads, _lanes.get(lane, 1))


def lanes() -> dict[str, int]:
    """Return the lanes and how many threads each has."""
    return dict(_lanes)


def promise(kind: str, payload: dict[str, Any], shop_id: int | None = None) -> Outbox:
    """Add an effect to the running transaction."""
    lane = _kinds[kind].lane
    return Outbox.objects.create(kind=kind, lane=lane, payload=payload, shop_id=shop_id, due_at=timezone.now())


def promise_all(kind: str, promises: Iterable[Promise]) -> None:
    """Add many effects of one kind to the running transaction."""
    lane, now = _kinds[kind].lane, timezone.now()
    Outbox.objects.bulk_create(
        Outbox(
            kind=kind, lane=lane, payload=one.payload, shop_id=one.shop_id, target=one.target, due_at=one.due_at or now
        )
        for one in promises
    )


def do_now(kind: str, one: Promise) -> Outbox:
    """Promise an effect and do it here and now, outside any transaction; return what came of it.

    Whoever is killed meanwhile leaves it to the worker.
    """
    with write():
        row = Outbox.objects.create(
            kind=kind, lane=_kinds[kind].lane, payload=one.payload, shop_id=one.shop_id, target=one.target,
            due_at=timezone.now() + CLAIM, tries=1,
        )  # fmt: skip
    _do(row)
    return row


def deliver_due(now: datetime | None = None, lane: str | None = None) -> int:
    """Do what is due in a lane, one at a time, or in all of them; return how many were tried."""
    if lane is None:
        return sum(deliver_due(now, each) for each in _lanes)
    tried = 0
    while (row := _claim(now or timezone.now(), lane)) is not None:
        tried += 1
        _do(row)
    return tried


def due_lanes() -> dict[str, int]:
    """Return the lanes in which something is due, with how many of their threads it would keep busy."""
    now = timezone.now()
    counts = {lane: len(_due(now, lane).values_list("pk")[:threads]) for lane, threads in _lanes.items()}
    return {lane: count for lane, count in counts.items() if count}


def again(rows: "QuerySet[Outbox]") -> int:
    """Let what is over, done or given up, be done once more with all its tries; return how many that are."""
    with write():
        over = rows.filter(Q(dead=True) | Q(done_at__isnull=False))
        return over.update(dead=False, done_at=None, tries=0, error="", due_at=timezone.now())


def rest(target: str, until: datetime) -> None:
    """Let all that waits for a target wait until then: who does not answer must not keep a lane busy."""
    with write():
        waiting = Outbox.objects.filter(target=target, dead=False, done_at=None, due_at__lt=until)
        waiting.update(due_at=until)


def forget(target: str) -> None:
    """Take all back that was ever promised to a target that is no more, in the running transaction."""
    Outbox.objects.filter(target=target).delete()


def forget_answers(kind: str, shop_id: int, before: datetime | None = None) -> None:
    """Blank what the servers of a shop answered, of all or of what is older: it may repeat what they were told."""
    rows = Outbox.objects.filter(shop=shop_id, kind=kind).exclude(attempts=[])
    with write():
        (rows.filter(created_at__lt=before) if before else rows).update(attempts=[])


def sweep(now: datetime) -> int:
    """Forget what failed for good or was done long ago, at most 10,000 of each; return how many that were."""
    dead = Outbox.objects.filter(dead=True, due_at__lt=now - KEPT).order_by("due_at")
    done = Outbox.objects.filter(done_at__lt=now - DONE_KEPT).order_by("done_at")
    return sum(_swept(old) for old in (dead, done))


def _swept(old: "QuerySet[Outbox]") -> int:
    gone = 0
    for _turn in range(SWEEPS):
        ids = list(old.values_list("pk", flat=True)[:SWEPT])
        if ids:
            with write():
                Outbox.objects.filter(pk__in=ids).delete()
        gone += len(ids)
        if len(ids) < SWEPT:
            break
    return gone


def _due(now: datetime, lane: str) -> "QuerySet[Outbox]":
    return Outbox.objects.filter(lane=lane, dead=False, done_at=None, due_at__lte=now).order_by("due_at", "pk")


def _claim(now: datetime, lane: str) -> Outbox | None:
    """Take the next effect of a lane that nobody else is taking."""
    due = _due(now, lane)
    if not due.exists():  # on SQLite a write transaction would take the one lock for nothing
        return None
    with write():
        row = due.select_for_update(skip_locked=True).first()
        if row is not None:
            row.due_at, row.tries = now + CLAIM, row.tries + 1
            row.save(update_fields=["due_at", "tries"])
    return row


def _do(row: Outbox) -> None:
    """Try it once, and keep what came of it."""
    at, began, terms = timezone.now(), time.monotonic(), _kinds.get(row.kind)
    try:
        heard = _kinds[row.kind].do(row.payload)
    except Exception as error:
        log.warning("outbox %s (%s) failed: %r", row.pk, row.kind, error)
        failed = error if isinstance(error, Failed) else Failed(repr(error))
        row.error = str(failed)[:300]
        _remember(row, terms, at, began, failed.status, failed.answer)
        _put_off(row, terms, failed.final, error.wait if isinstance(error, Later) else 0)
    else:
        if terms is None or not terms.kept:
            row.delete()
            return
        row.error, row.done_at = "", timezone.now()
        _remember(row, terms, at, began, *(heard or Heard(0)))
        _store(row, "done_at")


def _remember(row: Outbox, terms: _Terms | None, at: datetime, began: float, status: int | None, answer: str) -> None:
    if terms is not None and terms.kept:
        took = round((time.monotonic() - began) * 1000)
        told = {"at": serializers.moment(at), "ms": took, "status": status, "error": row.error, "answer": answer}
        row.attempts = [*row.attempts, told][-REMEMBERED:]


def _put_off(row: Outbox, terms: _Terms | None, final: bool, wait: float) -> None:
    delay = timedelta(seconds=min(3600, 5 * 2**row.tries))
    if terms and terms.waits:
        delay = terms.waits[min(row.tries, len(terms.waits)) - 1]
    row.due_at = timezone.now() + max(delay, timedelta(seconds=wait))
    row.dead = final or row.tries >= (terms.tries if terms else TRIES)
    _store(row, "due_at", "dead")


def _store(row: Outbox, *names: str) -> None:
    values = {name: getattr(row, name) for name in (*names, "error", "attempts")}
    with write():
        Outbox.objects.filter(pk=row.pk).update(**values)
