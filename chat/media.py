"""Pictures and videos: what is taken, how it is made harmless, where the files are, who gets a link."""

import contextlib
import errno
import json
import os
import re
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import gettext

from chat.models import Attachment
from shops.errors import Busy, Refused

MAX_BYTES = {"image": 10 << 20, "video": 50 << 20}
SECONDS = {"image": 15, "video": 30}  # wall clock of the worker; its CPU limit is lower
PATIENCE = 10  # seconds that an upload waits for its turn
PERIOD, LIFE = 300, 900  # a link changes every five minutes and lives ten to fifteen
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/webm": "webm",
}
MIMES = {extension: mime for mime, extension in EXTENSIONS.items()}
NAME = re.compile(r"[0-9a-f]{32}\.(?:jpg|png|webp|mp4|webm)")
WORKER = Path(__file__).with_name("media_worker.py")
STATUS = {
    "bad_image": 400,
    "bad_video": 400,
    "too_large": 413,
    "too_many_pixels": 413,
    "too_many_frames": 413,
    "too_long": 413,
    "bad_type": 415,
    "storage_full": 507,
}
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_turns = threading.BoundedSemaphore(2)


class UploadRefused(Refused):
    """This file is not taken; `status` is the HTTP status that says so."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(code, why or words(code))
        self.status = STATUS[code]


@dataclass(frozen=True)
class Made:
    """The harmless copy of an upload and its preview, still in the working folder."""

    kind: str
    mime: str
    preview_mime: str
    width: int
    height: int
    duration_ms: int
    file: Path
    preview: Path


def words(code: str) -> str:
    """Say to a person why the file is not taken."""
    return {
        "bad_image": gettext("This picture can't be read."),
        "bad_video": gettext("This video can't be read."),
        "too_large": gettext("The file is too large: pictures up to 10 MB, videos up to 50 MB."),
        "too_many_pixels": gettext("The picture is too big: at most 25 million pixels."),
        "too_many_frames": gettext("The animation is too long: at most 100 frames."),
        "too_long": gettext("The video is too long: at most 3 minutes."),
        "bad_type": gettext("Only JPG, PNG, WebP and GIF pictures and MP4, MOV and WebM videos can be sent."),
        "storage_full": gettext("The file can't be stored right now. Please try again later."),
    }[code]


# --- taking a file in -------------------------------------------------------------------------------------------


def make(upload: UploadedFile, folder: Path) -> Made:
    """Check an upload and make its harmless copy in `folder`, decoding in a process of its own; at most two at once."""
    kind = check(upload)
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy(retry_after=5)
    try:
        source = folder / "source"
        with disk_errors():
            spill(upload, source, MAX_BYTES[kind])
        return made(kind, folder, run_worker(kind, source, folder))
    finally:
        _turns.release()


def check(upload: UploadedFile) -> str:
    """Tell the kind from size and first bytes; the name and the type that the sender claims count for nothing."""
    size = upload.size or 0
    if size > max(MAX_BYTES.values()):
        raise UploadRefused("too_large")
    upload.seek(0)
    kind = sniff(upload.read(64)).partition("/")[0]
    if not kind:
        raise UploadRefused("bad_type")
    if size > MAX_BYTES[kind]:
        raise UploadRefused("too_large")
    return kind


def sniff(head: bytes) -> str:
    """The type that the first 64 bytes claim, or nothing. Only decides who decodes; the decoder has the last word."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] not in (b"avif", b"avis", b"heic", b"heix", b"hevc", b"mif1", b"msf1"):
        return "video/mp4"
    if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head:
        return "video/webm"
    return ""


def spill(upload: UploadedFile, source: Path, most: int) -> None:
    """Write the upload where the worker can read it, counting what really comes."""
    upload.seek(0)
    count = 0
    with source.open("wb") as out:
        for chunk in upload.chunks(1 << 18):
            count += len(chunk)
            if count > most:
                raise UploadRefused("too_large")
            out.write(chunk)


def run_worker(kind: str, source: Path, folder: Path) -> dict[str, Any]:
    """Let the worker decode; killed, crashed or late means that the file can't be read."""
    # No environment: a decoder that is taken over finds no secret. -I: nor anything of the project to import.
    env = {key: os.environ[key] for key in ("LD_LIBRARY_PATH",) if key in os.environ}
    command = [sys.executable, "-I", str(WORKER), kind, str(source), str(folder)]
    try:
        done = subprocess.run(
            command,
            env=env | {"MALLOC_ARENA_MAX": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS[kind],
            check=True,
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise UploadRefused(f"bad_{kind}") from error
    return answer if isinstance(answer, dict) else {}


def made(kind: str, folder: Path, answer: dict[str, Any]) -> Made:
    """Believe the worker only what can be seen: it has read a stranger's file."""
    if "refused" in answer:
        code = str(answer["refused"])
        raise UploadRefused(code if code in STATUS else f"bad_{kind}")
    file, preview = folder / "file", folder / "preview"
    mimes = [sniff_file(path) for path in (file, preview)]
    numbers = [number_in(answer, name) for name in ("width", "height", "duration_ms")]
    if min(numbers) < 0 or not (mimes[0].startswith(kind) and mimes[1].startswith("image")):
        raise UploadRefused(f"bad_{kind}")
    width, height, duration_ms = numbers
    return Made(kind, mimes[0], mimes[1], width, height, duration_ms, file, preview)


def number_in(answer: dict[str, Any], name: str) -> int:
    """A size or a length that can be true, or -1."""
    number = answer.get(name)
    return number if isinstance(number, int) and 0 <= number < 1 << 20 else -1


def sniff_file(path: Path) -> str:
    """What `sniff` says of a plain file; nothing for a link or a missing one."""
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as file:
        return sniff(file.read(64))


# --- keeping files ----------------------------------------------------------------------------------------------


def keep(path: Path, mime: str, storage: Storage | None = None) -> str:
    """Store a file under a random name, whole or not at all; answer the name."""
    storage = storage or default_storage
    stem = secrets.token_hex(16)
    name = f"{stem[:2]}/{stem}.{EXTENSIONS[mime]}"
    with disk_errors(), path.open("rb") as source:
        if isinstance(storage, FileSystemStorage):
            place(source, Path(storage.path(name)))
        else:
            storage.save(name, File(source))  # an object store shows an object only when it is whole
    return name


def place(source: BinaryIO, target: Path) -> None:
    """Write beside, flush to disk, rename; Django's own storage leaves a truncated file on a full disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    try:
        with part.open("wb") as out:
            while chunk := source.read(1 << 18):
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def forget(name: str) -> None:
    """Delete a stored file; one that is gone already is fine."""
    with contextlib.suppress(FileNotFoundError):
        default_storage.delete(name)


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn a full disk into a refusal."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL:
            raise UploadRefused("storage_full") from error
        raise


# --- links ------------------------------------------------------------------------------------------------------


def url(attachment: Attachment) -> str:
    """A link to the file. Whoever asks for it must have checked that its reader may see the attachment."""
    return link(attachment.file)


def preview_url(attachment: Attachment) -> str:
    """A link to the thumbnail or poster, under the same duty as `url`."""
    return link(attachment.preview)


def link(stored: str) -> str:
    """Sign a stored name; the same link for five minutes, so that browsers can keep the file."""
    name = stored.rpartition("/")[2]
    expires = int(time.time()) // PERIOD * PERIOD + LIFE
    signature = Signer(salt="chat.media").signature(f"{name}:{expires}")
    return reverse("media", args=[f"{expires}-{signature}", name])


def expires(url: str) -> int:
    """Return when a link that `link` made ends, in seconds."""
    return int(url.rsplit("/", 2)[-2].partition("-")[0])


def verify(token: str, name: str) -> int | None:
    """The moment a link expires, or None for one that was not made here."""
    expires, _, signature = token.partition("-")
    if not NAME.fullmatch(name) or not re.fullmatch(r"[0-9]{1,12}", expires, re.ASCII):
        return None
    try:
        Signer(salt="chat.media").unsign(f"{name}:{expires}:{signature}")
    except BadSignature:
        return None
    return int(expires)
