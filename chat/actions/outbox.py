"""Effects outside the database: promised in the transaction, done at least once, in the end dead-lettered.

Each kind has a lane, and each lane its own threads: a slow server of somebody else's keeps only its own kind waiting.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from chat.models import Outbox
from lib.db import write

log = logging.getLogger(__name__)
TRIES = 8
CLAIM = timedelta(seconds=60)  # how long one process has an effect to itself
KEPT = timedelta(days=14)  # how long what failed for good can be looked at
SWEPT = 1000  # at a time
MAIN = "main"


class _Terms(NamedTuple):
    do: Callable[[dict[str, Any]], None]
    lane: str
    tries: int


_kinds: dict[str, _Terms] = {}
_lanes: dict[str, int] = {MAIN: 1}


def register(
    kind: str, do: Callable[[dict[str, Any]], None], *, lane: str = MAIN, threads: int = 1, tries: int = TRIES
) -> None:
    """Name the function that does this kind of effect; called from AppConfig.ready().

    What talks to servers that buyers or sellers chose takes a lane of its own, with the threads it may keep busy.
    """
    _kinds[kind] = _Terms(do, lane, tries)
    _lanes[lane] = max(threads, _lanes.get(lane, 1))


def lanes() -> dict[str, int]:
    """Return the lanes and how many threads each has."""
    return dict(_lanes)


def promise(kind: str, payload: dict[str, Any], shop_id: int | None = None) -> Outbox:
    """Add an effect to the running transaction."""
    lane = _kinds[kind].lane
    return Outbox.objects.create(kind=kind, lane=lane, payload=payload, shop_id=shop_id, due_at=timezone.now())


def deliver_due(now: datetime | None = None, lane: str | None = None) -> int:
    """Do what is due in a lane, one at a time, or in all of them; return how many were tried."""
    if lane is None:
        return sum(deliver_due(now, each) for each in _lanes)
    tried = 0
    while (row := _claim(now or timezone.now(), lane)) is not None:
        tried += 1
        try:
            _kinds[row.kind].do(row.payload)
        except Exception as error:
            log.warning("outbox %s (%s) failed: %r", row.pk, row.kind, error)
            _put_off(row, repr(error))
        else:
            row.delete()
    return tried


def sweep(now: datetime) -> int:
    """Forget what failed for good long ago, at most 1,000; return how many that were."""
    old = Outbox.objects.filter(dead=True, due_at__lt=now - KEPT).order_by("due_at")
    ids = list(old.values_list("pk", flat=True)[:SWEPT])
    if ids:
        with write():
            Outbox.objects.filter(pk__in=ids).delete()
    return len(ids)


def _claim(now: datetime, lane: str) -> Outbox | None:
    """Take the next effect of a lane that nobody else is taking."""
    due = Outbox.objects.filter(lane=lane, dead=False, due_at__lte=now).order_by("due_at")
    if not due.exists():  # on SQLite a write transaction would take the one lock for nothing
        return None
    with write():
        row = due.select_for_update(skip_locked=True).first()
        if row is not None:
            row.due_at, row.tries = now + CLAIM, row.tries + 1
            row.save(update_fields=["due_at", "tries"])
    return row


def _put_off(row: Outbox, error: str) -> None:
    terms = _kinds.get(row.kind)
    delay = timedelta(seconds=min(3600, 5 * 2**row.tries))
    with write():
        Outbox.objects.filter(pk=row.pk).update(
            due_at=timezone.now() + delay, error=error[:300], dead=row.tries >= (terms.tries if terms else TRIES)
        )
