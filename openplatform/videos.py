"""Videos in chunks: `file/init` gives an address that opens for an hour, the last chunk answers the number to send."""

import re
import secrets
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils import timezone

from chat import media, pacing
from chat.actions import attachments
from lib.db import write
from openplatform import faults, signing
from openplatform.asked import Asked
from openplatform.gate import ShopCaller
from openplatform.models import FileUpload
from openplatform.operations import BYTES, must, operation
from openplatform.shapes import ChunkShape, UploadShape
from shops.pages import base_of

LIFE = timedelta(hours=1)
CHUNK, CHUNKS = 30 << 20, 100  # bytes of one and how many, at most
MOST = media.MAX_BYTES["video"]
SWEPT = 100
RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(?:\d{1,12}|\*)", re.ASCII)


@operation(
    "Init File Upload",
    body=[
        must("file_type", {"type": "string", "enum": ["video"]}),
        must("file_size", {"type": "integer", "minimum": 1, "maximum": MOST}, "Bytes."),
        must("total_chunk_count", {"type": "integer", "minimum": 1, "maximum": CHUNKS}),
    ],
)
def init(caller: ShopCaller, asked: Asked) -> UploadShape:
    """Announce a video; return where its chunks are PUT, in their order."""
    if asked.field("file_type").lower() != "video":
        raise faults.bad("file_type must be video")
    size, count = asked.whole("file_size"), asked.whole("total_chunk_count")
    if not 0 < size <= MOST:
        raise faults.bad_body(f"A video has at most {MOST >> 20} MB here")
    if not 1 <= count <= CHUNKS or size > count * CHUNK:
        raise faults.bad("total_chunk_count does not fit: a chunk has at most 30 MB")
    pacing.uploads(caller.speaker)
    token, until = secrets.token_urlsafe(24), timezone.now() + LIFE
    with write():
        FileUpload.objects.create(
            grant=caller.grant, token=signing.hashed(token), size=size, count=count, expires_at=until
        )
    return {"upload_url": f"{base_of(asked.request)}/open/upload/{token}", "upload_token": token}


@operation("Upload File Chunk", media=BYTES, body=[], faults=[faults.not_found()])
def chunk(_nobody: None, asked: Asked, token: str) -> ChunkShape:
    """Take the next chunk, or the last one once more; the last answers `resource_id`, the `vid` to send."""
    rows = FileUpload.objects.select_related("grant__shop", "grant__speaker")
    row = rows.filter(token=signing.hashed(token), expires_at__gt=timezone.now()).first()
    if row is None:
        raise faults.not_found("Upload")
    data = _data(asked.request)
    found = RANGE.fullmatch(asked.request.headers.get("Content-Range", ""))
    start = int(found[1]) if found else row.taken
    if row.done == row.count or start + len(data) == row.taken:  # sent again: its answer was lost
        return _answer(row)
    if start != row.taken or row.taken + len(data) > row.size:
        raise faults.bad_body(f"Expected the bytes from {row.taken} on, {row.size} in all")
    media.forget(row.piece(row.done))  # of a try that ended half way: it would be saved under another name
    default_storage.save(row.piece(row.done), ContentFile(data))
    with write():
        mine = FileUpload.objects.filter(pk=row.pk, done=row.done)
        if not mine.update(done=row.done + 1, taken=row.taken + len(data)):
            raise faults.bad_body("Another chunk came at the same time")
    row.refresh_from_db(fields=["done", "taken"])
    if row.done == row.count:
        _finish(row)
    return _answer(row)


def sweep(now: datetime) -> int:
    """Forget uploads whose hour is over, with their chunks; at most 100."""
    rows = list(FileUpload.objects.filter(expires_at__lt=now)[:SWEPT])
    for row in rows:
        _forget(row)
    if rows:
        with write():
            FileUpload.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _answer(row: FileUpload) -> ChunkShape:
    return {"resource_id": str(row.attachment_id)} if row.attachment_id else {"received": row.taken}


def _finish(row: FileUpload) -> None:
    """Put the chunks together and take the video in as any other, for the speaker of the program."""
    try:
        if row.taken != row.size:
            raise faults.bad_body(f"{row.taken} of {row.size} bytes came")
        with tempfile.TemporaryFile() as whole:
            for piece in _pieces(row):
                whole.write(piece)
            made = attachments.upload(row.grant.shop, f"a:{row.grant.speaker_id}", _video(whole, row.size))
        with write():
            FileUpload.objects.filter(pk=row.pk).update(attachment=made)
        row.attachment = made
    except Exception:
        with write():
            FileUpload.objects.filter(pk=row.pk).delete()
        raise
    finally:
        _forget(row)


def _video(whole: IO[bytes], size: int) -> UploadedFile:
    whole.seek(0)
    found = UploadedFile(whole, "video", size=size)
    if media.check(found) != "video":
        raise faults.bad_body("This is no video")
    return found


def _pieces(row: FileUpload) -> Iterator[bytes]:
    for number in range(row.count):
        with default_storage.open(row.piece(number)) as file:
            yield from file.chunks()


def _forget(row: FileUpload) -> None:
    for number in range(row.count):
        media.forget(row.piece(number))


def _data(request: HttpRequest) -> bytes:
    data = request.read(CHUNK + 1)
    if not data or len(data) > CHUNK:
        raise faults.bad_body("A chunk has 1 byte to 30 MB")
    return data
