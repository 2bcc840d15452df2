"""Take pictures and videos in, and let go of those that no message carries."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from chat import locks, media
from chat.actions import outbox
from chat.models import Attachment, Conversation
from lib.db import write
from shops.models import Shop

UNBOUND_LIFE = timedelta(hours=24)
SWEEP = 100


def upload(shop: Shop, owner: str, file: UploadedFile, line: Conversation | None = None) -> Attachment:
    """Check, re-encode and store a file for `owner` (a sender key); a message of the same owner may then carry it (C2).

    Raises media.UploadRefused with a stable code and a status, or Busy; NotYours where the buyer of `line`, its
    owner, was erased meanwhile. Slow: never call it on the event loop or inside a transaction.
    """
    kept: list[str] = []
    try:
        with media.disk_errors():
            folder = tempfile.TemporaryDirectory(prefix="upload-", ignore_cleanup_errors=True)
        with folder as path:
            made = media.make(file, Path(path))
            size = made.file.stat().st_size
            kept.append(media.keep(made.file, made.mime))
            kept.append(media.keep(made.preview, made.preview_mime))
        with write():
            if line:
                locks.writing(line.pk)
            return Attachment.objects.create(
                shop=shop,
                owner=owner,
                kind=made.kind,
                mime=made.mime,
                file=kept[0],
                preview=kept[1],
                width=made.width,
                height=made.height,
                duration_ms=made.duration_ms,
                size=size,
            )
    except BaseException:
        for name in kept:
            media.forget(name)
        raise


def sweep(now: datetime) -> int:
    """Drop attachments that no message took within a day, at most 100; their files follow through the outbox."""
    old = Attachment.objects.filter(bound=False, created_at__lt=now - UNBOUND_LIFE).order_by("created_at")
    if not old.exists():  # the usual case: don't take the write lock
        return 0
    with write():
        rows = list(old.select_for_update(skip_locked=True)[:SWEEP])
        Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
        if rows:
            files = [name for row in rows for name in (row.file, row.preview)]
            outbox.promise("attachment.delete", {"files": files})
    return len(rows)


def delete_files(payload: dict[str, Any]) -> None:
    """Outbox handler of `attachment.delete`: remove the files; doing it twice changes nothing."""
    for name in payload["files"]:
        media.forget(name)
