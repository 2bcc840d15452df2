"""Effects outside the database: promised in the transaction, done at least once, in the end dead-lettered."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from chat.models import Outbox
from lib.db import write

log = logging.getLogger(__name__)
TRIES = 8
CLAIM = timedelta(seconds=60)  # how long one process has an effect to itself
_handlers: dict[str, Callable[[dict[str, Any]], None]] = {}


def register(kind: str, handler: Callable[[dict[str, Any]], None]) -> None:
    """Name the function that does this kind of effect; called from AppConfig.ready()."""
    _handlers[kind] = handler


def promise(kind: str, payload: dict[str, Any], shop_id: int | None = None) -> Outbox:
    """Add an effect to the running transaction."""
    return Outbox.objects.create(kind=kind, payload=payload, shop_id=shop_id, due_at=timezone.now())


def deliver_due(now: datetime | None = None) -> int:
    """Do what is due, one at a time; return how many were tried."""
    tried = 0
    while (row := _claim(now or timezone.now())) is not None:
        tried += 1
        try:
            _handlers[row.kind](row.payload)
        except Exception as error:
            log.warning("outbox %s (%s) failed: %r", row.pk, row.kind, error)
            _put_off(row, repr(error))
        else:
            row.delete()
    return tried


def _claim(now: datetime) -> Outbox | None:
    """Take the next effect: whoever moves its due time first has it."""
    row = Outbox.objects.filter(dead=False, due_at__lte=now).order_by("due_at").first()
    if row is None:
        return None
    with write():
        moved = Outbox.objects.filter(pk=row.pk, due_at=row.due_at, dead=False).update(
            due_at=now + CLAIM, tries=row.tries + 1
        )
    row.tries += 1
    return row if moved else None


def _put_off(row: Outbox, error: str) -> None:
    delay = timedelta(seconds=min(3600, 5 * 2**row.tries))
    with write():
        Outbox.objects.filter(pk=row.pk).update(
            due_at=timezone.now() + delay, error=error[:300], dead=row.tries >= TRIES
        )
