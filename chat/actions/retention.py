"""Remove what a shop keeps no longer: of each conversation the oldest numbers, in small steps, figures untouched.

What goes are messages, events, files, translations and written words of closed sessions; the sessions themselves, their
facts, stars and assignments stay. A step done again finds nothing to do (decision 0020).
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from botfaq import unmatched
from chat import locks
from chat.actions import data_jobs, erasing, indexing, outbox
from chat.models import (
    Attachment,
    BotAnswer,
    Conversation,
    Event,
    Message,
    MessageTranslation,
    Outbox,
    ServiceSession,
    Translation,
    UserReport,
)
from lib.db import write
from shops.models import Shop

STEP = 200  # numbers in one transaction: a buyer who writes meanwhile waits for milliseconds
STEPS = 50  # before other work of the lane goes on
SESSIONS = 50  # of one conversation that are looked at in a step


class Prefix(NamedTuple):
    """What a step takes: the numbers below `stop`, and the sessions that end there and those that it only shortens."""

    stop: int
    finished: list[ServiceSession]
    shortened: list[ServiceSession]


def sweep(now: datetime) -> int:
    """Promise the removal where a shop has something due, once at a time; return for how many shops."""
    promised = 0
    for shop in Shop.objects.exclude(retention_days=None).order_by("pk"):
        before = _before(shop, now)
        if before is None or _next(shop.pk, before) is None or _is_promised(shop.pk):
            continue
        with write():
            outbox.promise("shop.retention", {"shop": shop.pk}, shop.pk)
        promised += 1
    return promised


def remove(payload: dict[str, Any]) -> None:
    """Outbox handler of `shop.retention`: some steps, by the setting as it is now; the rest is promised anew."""
    shop = Shop.objects.get(pk=payload["shop"])
    now = timezone.now()
    before = _before(shop, now)
    if before is None:
        return
    with write():
        Translation.objects.filter(shop=shop, made_at__lt=before).delete()
        unmatched.forget_older(shop.pk, before)
    for _turn in range(STEPS):
        line_id = _next(shop.pk, before)
        if line_id is None:
            break
        remove_some(line_id, before)
    else:
        with write():
            outbox.promise("shop.retention", {"shop": shop.pk}, shop.pk)
    # Files made before hold what is gone now; also after a try that broke off, which had removed something.
    data_jobs.forget_shortened(shop.pk)
    erasing.forget_elsewhere(shop, before)


def remove_some(line_id: int, before: datetime) -> int:
    """Remove at most a step's numbers from the start of a conversation; return how many."""
    with write():
        locks.conversations([line_id])
        line = Conversation.objects.select_related("buyer").get(pk=line_id)
        prefix = _prefix(line, before)
        if prefix is None:
            return 0
        gone = [*prefix.finished, *prefix.shortened]
        indexing.forget(gone, line)
        _delete_below(line, prefix.stop)
        ids = [one.pk for one in prefix.finished]
        erasing.blank_beside(line, ids)
        # No message comes into them any more, nor anything else (gone.py): it would stay, they are not looked at again.
        now = timezone.now()
        at = Value(now)
        ServiceSession.objects.filter(pk__in=ids).update(
            removed_at=now, read_only_at=Least(Coalesce("read_only_at", at), at)
        )
        Conversation.objects.filter(pk=line.pk).update(first_seq=prefix.stop)
    return prefix.stop - line.first_seq


def _before(shop: Shop, now: datetime) -> datetime | None:
    return now - timedelta(days=shop.retention_days) if shop.retention_days else None


def _is_promised(shop_id: int) -> bool:
    return Outbox.objects.filter(shop_id=shop_id, kind="shop.retention", dead=False).exists()


def _staying(before: datetime) -> Q:
    """What keeps a session: it is open, something happened in it since, or a report on it is being looked at."""
    pending = UserReport.objects.filter(session=OuterRef("pk"), state=UserReport.State.PENDING)
    return Q(closed_at=None) | Q(closed_at__gte=before) | Q(last_message_at__gte=before) | Q(Exists(pending))


def _next(shop_id: int, before: datetime) -> int | None:
    """Return a conversation whose oldest kept session may go; what stands behind one that may not waits for it."""
    kept = ServiceSession.objects.filter(removed_at=None)
    earlier = kept.filter(conversation=OuterRef("conversation"), first_seq__lt=OuterRef("first_seq"))
    due = kept.closed().filter(shop_id=shop_id, last_message_at__lt=before).exclude(_staying(before))
    oldest = due.filter(~Exists(earlier.filter(_staying(before)))).order_by("last_message_at", "pk")
    return oldest.values_list("conversation_id", flat=True).first()


def _prefix(line: Conversation, before: datetime) -> Prefix | None:
    """Return what may go now, under the conversation's lock; None where the oldest kept session stays."""
    kept = ServiceSession.objects.filter(conversation=line, removed_at=None).order_by("first_seq")
    rows = list(kept.select_for_update()[: SESSIONS + 1])
    may_go = set(kept.exclude(_staying(before)).values_list("pk", flat=True)[:SESSIONS])
    ends = [*(row.first_seq for row in rows[1:]), line.last_seq + 1]
    going: list[tuple[ServiceSession, int]] = []
    for row, end in zip(rows, ends, strict=False):
        if row.pk not in may_go:
            break
        going.append((row, end))
    if not going:
        return None
    stop = min(going[-1][1], line.first_seq + STEP)
    return Prefix(
        stop,
        [row for row, end in going if end <= stop],
        [row for row, end in going if row.first_seq < stop < end],
    )


def _delete_below(line: Conversation, stop: int) -> None:
    """Delete the numbers below one with what hangs on their messages; the bot's answers stay, they are counted."""
    said = list(Message.objects.filter(conversation=line, seq__lt=stop))
    ids = [one.pk for one in said]
    MessageTranslation.objects.filter(message__in=ids).delete()
    BotAnswer.objects.filter(message__in=ids).update(message=None)
    Event.objects.filter(conversation=line, seq__lt=stop).delete()
    Message.objects.filter(pk__in=ids).delete()
    erasing.drop_files(Attachment.objects.filter(pk__in=erasing.own_files(said)))
