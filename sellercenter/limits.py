"""Refuse a request body that is too large before any of it is kept: Django spools the whole body to disk first."""

import errno
import json
import re
from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGIReceiveEvent, ASGISendCallable, Scope

from chat.media import MAX_BYTES, words
from openplatform import envelope, faults

PROGRAMS = ("/customer_service/", "/authorization/", "/event/", "/open/")
MOST = 1 << 20
MOST_UPLOAD = max(MAX_BYTES.values()) + MOST  # the file and its multipart frame
UPLOADS = re.compile(
    r"/(?:attachments|avatar)$|^/api/v1/storefront/[a-z-]+/jobs$|^/api/v1/shops/\d+/(?:faq/questions|quick-replies)/file$|^/customer_service/\d+/images/upload$|^/open/upload/|^/shops/\d+/(settings|settings/quick-replies|bot/move|bot/questions/(new|\d+))/$"
)
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class BodyLimit:
    """ASGI: 413 by the announced length or by what really came, 507 where the disk that spools it is full."""

    def __init__(self, app: Any) -> None:  # an ASGI application; frameworks disagree on its exact type
        self.app = app

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = MOST_UPLOAD if UPLOADS.search(scope["path"]) else MOST
        if announced(scope) > most:
            await answer(send, 413, "too_large", scope["path"])
            return
        count, started = 0, False

        async def counted() -> ASGIReceiveEvent:
            nonlocal count
            event = await receive()
            count += len(event["body"]) if event["type"] == "http.request" and event.get("body") else 0
            return {"type": "http.disconnect"} if count > most else event  # Django lets go of what it has

        async def watched(event: Any) -> None:
            nonlocal started
            started = True
            await send(event)

        try:
            await self.app(scope, counted, watched)
        except OSError as error:
            if started or error.errno not in DISK_FULL:
                raise
            await answer(send, 507, "storage_full", scope["path"])
        else:
            if count > most and not started:
                await answer(send, 413, "too_large", scope["path"])


def announced(scope: Any) -> int:
    """The Content-Length, or 0 where there is none; the server has refused what is no number."""
    value = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(value) if value.isdigit() else 0


async def answer(send: ASGISendCallable, status: int, code: str, path: str) -> None:
    """Say no in the API's words, or with the open platform's number, and close: the rest of the body is not wanted."""
    body = json.dumps({"code": code, "detail": words(code)}).encode()
    if path.startswith(PROGRAMS):
        body = envelope.refusal(faults.bad_body(words(code))).content
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": body, "more_body": False})
