"""Many rows at once (H2): received as a file, stored by the worker piece by piece, each piece with its report.

How far a job is stands in the transaction of its rows: who goes on after a break begins with the first row that is not
stored, and no row is reported twice.
"""

import logging
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import IO, Any

import orjson
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, OperationalError
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chat.actions import outbox
from lib.db import write
from shops.access import MAX_ID
from shops.errors import NotYours, Refused
from shops.models import Shop
from storefront import storing
from storefront.models import Job, JobRow, ShopKey
from storefront.settling import REFUSED, RESULTS
from storefront.storing import Outcome, Read

log = logging.getLogger(__name__)
KIND = "storefront.job"
State = Job.State
WAITING = 5  # jobs of one shop that may wait or run at a time
PIECES = 20  # before another shop's job has its turn
LOST = timedelta(days=1)  # the outbox has given it up
HALF = timedelta(hours=1)  # its upload broke off
KEPT = timedelta(days=30)
OPEN = (State.RECEIVING, State.QUEUED, State.RUNNING)


class _Overtaken(Exception):
    """Another worker has gone on with the job meanwhile."""


def of_shop(shop: Shop) -> "QuerySet[Job]":
    return Job.objects.filter(shop=shop).order_by("-pk")


def one(shop: Shop, job_id: int) -> Job:
    """Return a job of the shop; raise NotYours."""
    found = of_shop(shop).filter(pk=job_id).first() if 0 < job_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found


def order(key: ShopKey, kind: str, lines: IO[bytes], total: int) -> Job:
    """Take a file with one row a line; the worker stores it. Refused `jobs_waiting`.

    The file's name stands in the row before there is a file, so none is ever lost.
    """
    now = timezone.now()
    with write():
        Shop.objects.select_for_update(no_key=True).filter(pk=key.shop_id).values_list("pk").first()
        if Job.objects.filter(shop_id=key.shop_id, state__in=OPEN).count() >= WAITING:
            raise Refused("jobs_waiting", _("Five jobs of this shop are not done yet. Please wait for them."))
        job = Job.objects.create(
            shop=key.shop, key_name=key.name, kind=kind, file=f"storefront/{uuid.uuid4().hex}.jsonl", total=total,
            created_at=now, touched_at=now,
        )  # fmt: skip
    default_storage.save(job.file, File(lines))
    with write():
        Job.objects.filter(pk=job.pk).update(state=State.QUEUED, touched_at=timezone.now())
        outbox.promise(KIND, {"job": job.pk}, job.shop_id)
    job.state = State.QUEUED
    return job


def run(payload: dict[str, Any]) -> None:
    """Outbox handler: store some pieces more, and promise the rest, so that each shop has its turn."""
    job = Job.objects.select_related("shop").filter(pk=payload["job"]).first()
    if job is None or job.is_over:
        return
    try:
        # The report is for programs and those who write them.
        with translation.override("en"), default_storage.open(job.file) as file:
            whole = _go_on(job, file)
    except FileNotFoundError:
        log.exception("storefront job %s has lost its file", job.pk)
        _end(job, State.FAILED)
    except _Overtaken:
        pass
    else:
        if whole:
            _end(job, State.DONE)
            return
        with write():
            outbox.promise(KIND, payload, job.shop_id)


def _go_on(job: Job, file: IO[bytes]) -> bool:
    """Store the next pieces; say whether that was all."""
    file.seek(job.position)
    now, before, ends = timezone.now(), job.done, {}

    def rows() -> Iterator[Read]:
        position = job.position
        # Not by iterating: Django's files begin anew then.
        for number, line in enumerate(iter(file.readline, b""), job.done + 1):
            position += len(line)
            ends[number] = position
            yield storing.read(str(job.kind), number, _row(line), now)

    for piece in islice(storing.pieces(rows()), PIECES):
        _store(job, piece, ends)
    if job.done == before:
        raise FileNotFoundError("the file is shorter than it was")
    return job.done >= job.total


def _row(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _store(job: Job, piece: list[Read], ends: dict[int, int]) -> None:
    """Store a piece with its report; where the database refuses it, its rows one by one."""
    try:
        _commit(job, piece, ends)
    except OperationalError:
        raise  # busy or gone: the whole is tried again later
    except DatabaseError:
        log.exception("storefront job %s: rows %s to %s", job.pk, piece[0].number, piece[-1].number)
        words = _("The database does not take this row.")
        for one in piece:
            refused = Outcome(one.number, one.ref, REFUSED, "failed", words)
            again = [one] if len(piece) > 1 else [Read(one.number, None, refused)]
            _store(job, again, ends)


def _commit(job: Job, piece: list[Read], ends: dict[int, int]) -> None:
    end = ends[piece[-1].number]
    with write():
        found = Job.objects.select_for_update().get(pk=job.pk)
        if found.is_over or found.done != job.done:
            raise _Overtaken
        outcomes = storing.store(job.shop, str(job.kind), piece)
        JobRow.objects.bulk_create(JobRow(job=job, **one._asdict()) for one in outcomes)
        counts = Counter(one.result for one in outcomes)
        Job.objects.filter(pk=job.pk).update(
            state=State.RUNNING, touched_at=timezone.now(), position=end, done=F("done") + len(piece),
            **{name: F(name) + counts[name] for name in RESULTS if counts[name]},
        )  # fmt: skip
    job.done, job.position = job.done + len(piece), end


def _end(job: Job, state: str) -> None:
    """Say that it is over, and let the file go: it holds names and addresses."""
    with write():
        Job.objects.filter(pk=job.pk).update(state=state, finished_at=timezone.now(), file="")
    if job.file:
        default_storage.delete(job.file)


def report(job: Job, above: int, limit: int, only_refused: bool) -> list[JobRow]:
    """Return what became of the rows above a number, so many at most."""
    rows = JobRow.objects.filter(job=job, number__gt=above).order_by("number")
    return list((rows.filter(result=REFUSED) if only_refused else rows)[:limit])


def sweep(now: datetime) -> int:
    """Fail what was given up or broke off in the upload, forget jobs older than 30 days; return how many failed."""
    half = Job.objects.filter(state=State.RECEIVING, touched_at__lt=now - HALF)
    lost = [*half[:100], *Job.objects.filter(state__in=OPEN, touched_at__lt=now - LOST)[:100]]
    for job in lost:
        _end(job, State.FAILED)
    old = Job.objects.filter(created_at__lt=now - KEPT).order_by("created_at")
    for job in old[:10]:
        with write():
            JobRow.objects.filter(job=job).delete()
            job.delete()
    return len(lost)
