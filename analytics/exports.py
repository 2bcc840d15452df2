"""Big tables made in the background: ordered, written row by row with progress, kept for a week (G11)."""

import contextlib
import logging
import tempfile
import threading
import uuid
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import close_old_connections
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from analytics import kinds, listing, writing
from analytics.models import Export
from analytics.periods import Days, local_day
from analytics.tables import Table
from lib.db import write
from shops.errors import Refused
from shops.models import Member, Shop

log = logging.getLogger(__name__)
KEPT = timedelta(days=7)
SILENT, HOUR = timedelta(minutes=1), timedelta(hours=1)
TRIES = 3
WAITING = 5  # exports of one shop that may wait or run at a time
AN_HOUR = 20  # of one member
_running: list[threading.Thread] = []


class _Overtaken(Exception):
    """The export is not this maker's any more: begun anew, since it fell silent or somebody in it was erased."""


def order(member: Member, kind: str, form: str, asked: listing.Asked | listing.RatingsAsked, language: str) -> Export:
    """Ask for a table as a file; raise Refused when many of the shop's are not done yet."""
    now = timezone.now()
    with write():
        open_ones = Export.objects.filter(shop=member.shop, state__in=[Export.State.QUEUED, Export.State.RUNNING])
        if open_ones.count() >= WAITING:
            raise Refused("exports_waiting", _("Five exports of this shop are not done yet. Please wait for them."))
        asked_at = Export.objects.filter(shop=member.shop, member=member).order_by("-pk").values_list("created_at")
        if any(at > now - HOUR for (at,) in asked_at[AN_HOUR - 1 : AN_HOUR]):
            raise Refused("exports_too_many", _("Twenty exports in an hour are enough. Please wait a while."))
        return Export.objects.create(
            shop=member.shop, member=member, kind=kind, form=form, asked=_stored(asked), language=language,
            created_at=now, touched_at=now,
        )  # fmt: skip


def _stored(asked: listing.Asked | listing.RatingsAsked) -> dict[str, Any]:
    found = asked._asdict()
    days = found.pop("days")
    return {**found, "days": [days.first.isoformat(), days.last.isoformat()] if days else None}


def run_due() -> None:
    """Begin what waits, beside the worker's loop: a file of minutes must not keep a queue waiting."""
    _running[:] = [one for one in _running if one.is_alive()]
    if not _running and _due(timezone.now()).exists():
        thread = threading.Thread(target=_run_all, name="exports", daemon=True)
        _running.append(thread)
        thread.start()


def _run_all() -> None:
    try:
        while make_next(timezone.now()):
            pass
    finally:
        close_old_connections()


def _due(now: datetime) -> Any:
    silent = Q(state=Export.State.RUNNING, touched_at__lt=now - SILENT, tries__lt=TRIES)
    return Export.objects.filter(Q(state=Export.State.QUEUED) | silent)


def make_next(now: datetime) -> bool:
    """Make the export that has waited longest; say whether there was one."""
    found = _claim(now)
    if found is None:
        return False
    try:
        _make(found)
    except _Overtaken:
        default_storage.delete(found.file)
    except Exception:
        log.exception("export %s failed", found.pk)
        default_storage.delete(found.file)
        again = Export.State.QUEUED if found.tries < TRIES else Export.State.FAILED
        with contextlib.suppress(_Overtaken):
            _change(found, state=again, file="", finished_at=timezone.now() if again == Export.State.FAILED else None)
    return True


def _claim(now: datetime) -> Export | None:
    """Take the next one: whoever moves its moment first has it.

    The file's name stands in the row before there is a file, so none is ever lost, and says whose the export is.
    """
    found = _due(now).select_related("shop", "member").order_by("touched_at").first()
    if found is None:
        return None
    name = f"exports/{uuid.uuid4().hex}.{found.form}"
    with write():
        same = Export.objects.filter(pk=found.pk, touched_at=found.touched_at, state=found.state)
        moved = same.update(
            state=Export.State.RUNNING, touched_at=now, tries=found.tries + 1, rows=0, total=None, file=name
        )
    if not moved:
        return _claim(now)
    if found.file:  # of a maker that was killed or overtaken
        default_storage.delete(found.file)
    found.tries, found.file = found.tries + 1, name
    return found


def _make(export: Export) -> None:
    with translation.override(export.language), tempfile.TemporaryDirectory(dir=_scratch()) as folder:
        total, table = _table(export)
        _change(export, total=total)
        path = Path(folder) / f"export.{export.form}"
        rows = writing.WRITERS[export.form](table, export.shop, path, partial(_progress, export))
        with path.open("rb") as file:
            default_storage.save(export.file, File(file))
        done = timezone.now()
        size = path.stat().st_size
    _change(export, state=Export.State.DONE, rows=rows, total=rows, size=size, finished_at=done)


def _progress(export: Export, rows: int) -> None:
    _change(export, rows=rows)


def _scratch() -> Path:
    folder = Path(settings.DATA_DIR) / "scratch"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _change(export: Export, **values: Any) -> None:
    with write():
        mine = Export.objects.filter(pk=export.pk, state=Export.State.RUNNING, file=export.file)
        if not mine.update(touched_at=timezone.now(), **values):
            raise _Overtaken


def _table(export: Export) -> tuple[int, Table]:
    """Return how many rows there will be, and the table that reads them as it is written."""
    shop, asked = export.shop, dict(export.asked)
    days = asked.pop("days")
    span = Days(*(date.fromisoformat(day) for day in days)) if days else None
    if export.kind == kinds.RATINGS_LATEST:
        wanted = listing.RatingsAsked(days=span, **asked)
        return listing.chosen_ratings(shop, wanted).count(), kinds.latest_ratings(shop, wanted)
    assert span is not None
    filters, now = listing.Asked(days=span, **asked), timezone.now()
    return listing.chosen(shop, filters, now).count(), kinds.sessions(shop, filters, now)


def sweep(now: datetime) -> int:
    """Remove files older than a week; their rows stay and say that there was one. Return how many.

    What fell silent at its last try, with the process that made it, has failed.
    """
    lost = Export.objects.filter(state=Export.State.RUNNING, touched_at__lt=now - SILENT, tries__gte=TRIES)
    lost.update(state=Export.State.FAILED, finished_at=now)
    old = Export.objects.filter(finished_at__lt=now - KEPT).exclude(file="")
    found = list(old.values_list("pk", "file")[:1000])
    for pk, name in found:
        default_storage.delete(name)
        with write():
            Export.objects.filter(pk=pk).update(file="")
    return len(found)


def forget_files(shop: Shop, before: datetime | None) -> None:
    """Remove the shop's files, or those that may hold what is older than a moment; what is being made begins anew.

    They name buyers, and one of them is erased or has words that were removed. They can be asked for again.
    """
    until = local_day(shop, before) if before else None
    for one in Export.objects.filter(shop=shop).exclude(file=""):
        days = one.asked.get("days")
        if until and days and date.fromisoformat(days[0]) > until:
            continue
        with write():
            running = Export.objects.filter(pk=one.pk, state=Export.State.RUNNING)
            if running.update(state=Export.State.QUEUED, tries=0):
                continue  # its maker, or who begins anew, removes the file
        default_storage.delete(one.file)
        with write():
            Export.objects.filter(pk=one.pk, file=one.file).exclude(state=Export.State.RUNNING).update(file="")


def of_shop(shop: Shop, limit: int = 50) -> list[Export]:
    """Return the newest exports of a shop."""
    return list(Export.objects.filter(shop=shop).select_related("member").order_by("-pk")[:limit])
