"""Serve stored pictures and videos by signed link, in ranges, without blocking the event loop."""

import asyncio
import re
import time
from typing import Any, BinaryIO

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.http.response import HttpResponseNotAllowed

from chat import media as files

CHUNK = 1 << 18
RANGE = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{1,18})?|-([0-9]{1,18}))", re.ASCII)


class Slice:
    """Some bytes of an open file, read in threads; Django closes it when the response ends, however it ends."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        self.file, self.start, self.length = file, start, length

    def __aiter__(self) -> "Slice":
        return self

    async def __anext__(self) -> bytes:
        if self.length <= 0:
            raise StopAsyncIteration
        chunk = await asyncio.to_thread(self.read, min(CHUNK, self.length))
        if not chunk:
            raise StopAsyncIteration
        self.start += len(chunk)
        self.length -= len(chunk)
        return chunk

    def read(self, count: int) -> bytes:
        self.file.seek(self.start)
        return self.file.read(count)

    def close(self) -> None:
        self.file.close()


async def media(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """One stored file. The link itself is the permission: it was signed for somebody who may see it (S-14)."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    expires, now = files.verify(token, name), time.time()
    if expires is None:
        return plain(404, "Not found.")
    if expires <= now:
        return plain(410, "This link has expired.")
    try:
        file = await asyncio.to_thread(default_storage.open, f"{name[:2]}/{name}")
        size = await asyncio.to_thread(lambda: file.size)
    except FileNotFoundError:
        return plain(404, "Not found.")
    response = answer(request, file, size, etag=f'"{name}"')
    if not response.streaming:
        file.close()
    return with_headers(response, name, int(expires - now))


def download(name: str, size: int, headers: dict[str, str]) -> HttpResponseBase:
    """A stored file as a whole, in slices read beside the loop: an ordinary file response would be read into memory.

    Raises Http404 where there is none, or none any more.
    """
    if not name or not default_storage.exists(name):
        raise Http404
    content: Any = default_storage.open(name)
    return StreamingHttpResponse(Slice(content, 0, size), headers={**headers, "Content-Length": str(size)})


def answer(request: HttpRequest, file: Any, size: int, etag: str) -> HttpResponseBase:
    """The whole, a part, or the word that there is no such part; names are never reused, so the name is the tag."""
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    span = wanted(request, size, etag)
    start, end = span or (0, size)
    response: HttpResponseBase
    if etag in known:
        response = HttpResponse(status=304)
    elif span and start >= end:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    elif request.method == "HEAD":
        response = HttpResponse(headers={"Content-Length": str(size)})
    else:
        response = StreamingHttpResponse(Slice(file, start, end - start), headers={"Content-Length": str(end - start)})
    if span and response.streaming:
        response.status_code = 206
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response["ETag"] = etag
    return response


def wanted(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """The span asked for, empty if it lies outside; None for the whole, as for unclear or outdated wishes."""
    match = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not match or request.method != "GET" or request.headers.get("If-Range", etag) != etag:
        return None
    first, last, suffix = (None if group is None else int(group) for group in match.groups())
    if first is None:
        return max(0, size - (suffix or 0)), size
    if last is not None and last < first:
        return None
    return first, size if last is None else min(last + 1, size)


def with_headers(response: HttpResponseBase, name: str, seconds: int) -> HttpResponseBase:
    """Nothing here may run, be sniffed, be framed by strangers or be kept by a shared cache."""
    response["Content-Type"] = files.MIMES[name.rpartition(".")[2]]
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = f"private, max-age={seconds}"
    return response


def plain(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain", headers={"Cache-Control": "no-store"})
