"""A body that is too large is refused while it comes in, announced or not."""

import asyncio
import errno
import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.asgi import get_asgi_application

from sellercenter.limits import MOST, MOST_UPLOAD, BodyLimit

pytestmark = pytest.mark.rule("C2")
UPLOAD = "/api/v1/buyer/attachments"
TALK = "/api/v1/buyer/messages"


def post(path: str, chunks: int, chunk: bytes, app: Any = None, **headers: str) -> tuple[int, dict[str, Any], int]:
    """Status, body and how many chunks were read of a POST that Django itself answers."""
    taken, said = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal taken
        if taken == chunks:  # the client waits for its answer
            await asyncio.Event().wait()
        taken += 1
        return {"type": "http.request", "body": chunk, "more_body": taken < chunks}

    async def send(event: dict[str, Any]) -> None:
        said.append(event)

    given = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    given += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: Any = {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": given,
        "query_string": b"",
        "scheme": "http",
    }
    scope |= {"asgi": {"version": "3.0"}, "http_version": "1.1", "client": ("127.0.0.1", 1), "server": ("x", 80)}
    limited: Any = BodyLimit(app or get_asgi_application())
    async_to_sync(limited)(scope, receive, send)
    text = b"".join(event.get("body", b"") for event in said)
    return said[0]["status"], json.loads(text), taken


@pytest.mark.parametrize(("path", "most"), [(TALK, MOST), (UPLOAD, MOST_UPLOAD)])
def test_an_announced_giant_is_refused_unread(path: str, most: int) -> None:
    status, body, taken = post(path, 9, b"x", content_length=str(most + 1))
    assert (status, body["code"], taken) == (413, "too_large", 0)
    assert body["detail"]


@pytest.mark.parametrize(("path", "most"), [(TALK, MOST), (UPLOAD, MOST_UPLOAD)])
def test_a_giant_that_hides_its_size_is_cut_off(path: str, most: int) -> None:
    chunk = bytes(1 << 18)
    status, body, taken = post(path, 10_000, chunk)
    assert (status, body["code"]) == (413, "too_large")
    assert taken == most // len(chunk) + 1


@pytest.mark.django_db(transaction=True)
def test_what_is_small_enough_reaches_the_product() -> None:
    status, body, taken = post(TALK, 3, b" " * 1000, content_length="3000")
    assert (status, body["code"], taken) == (401, "unauthenticated", 3)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_spool_is_said_and_is_no_crash(number: int) -> None:
    async def full(scope: Any, receive: Any, send: Any) -> None:
        raise OSError(number, "disk")

    status, body, _ = post(UPLOAD, 1, b"x", app=full)
    assert (status, body["code"]) == (507, "storage_full")


def test_other_errors_stay_errors() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise OSError(5, "input/output error")

    with pytest.raises(OSError, match="input/output"):
        post(UPLOAD, 1, b"x", app=broken)


PAGES = ("settings", "settings/quick-replies", "bot/move", "bot/questions/new", "bot/questions/7")
FILES = ("faq/questions/file", "quick-replies/file")


@pytest.mark.parametrize("path", [*(f"/shops/1/{page}/" for page in PAGES), *(f"/api/v1/shops/1/{f}" for f in FILES)])
def test_what_takes_a_file_takes_it_whole(path: str) -> None:
    async def taken(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    assert post(path, 9, b"x", taken, content_length=str(MOST * 2))[0] == 200
    assert post(f"{path}/more", 9, b"x", taken, content_length=str(MOST * 2))[0] == 413
