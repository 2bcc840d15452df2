"""The API's calls pass their middlewares and the view in one thread, and answer as Django's own handler does."""

import asyncio
import inspect
import threading
from typing import Any

import orjson
import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import connection
from django.http import StreamingHttpResponse
from django.middleware.csrf import _get_new_csrf_string
from django.urls import URLPattern, get_resolver

from sellercenter.calls import PAGES_ONLY, THREADS, Calls
from shops.models import Seller
from tests import base

pytestmark = pytest.mark.django_db(transaction=True)
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def calls():
    made = Calls(get_asgi_application())
    yield made
    made.threads.shutdown()


@pytest.fixture
def lin():
    return base.agent(base.shop(), "Lin")


def ask(app: Any, path: str, body: Any = None, **headers: str) -> Answer:
    said: list[Any] = []
    sent = b"" if body is None else orjson.dumps(body)

    async def receive() -> dict[str, Any]:
        if said or receive.asked:  # type: ignore[attr-defined]
            await asyncio.Event().wait()
        receive.asked = True  # type: ignore[attr-defined]
        return {"type": "http.request", "body": sent, "more_body": False}

    async def send(event: dict[str, Any]) -> None:
        said.append(event)

    receive.asked = False  # type: ignore[attr-defined]
    given = {"host": "localhost", "content-type": "application/json", "content-length": str(len(sent)), **headers}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET" if body is None else "POST",
        "scheme": "https", "path": path, "query_string": b"", "client": ("127.0.0.1", 1), "server": ("localhost", 443),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    async_to_sync(app)(scope, receive, send)
    heads = {name.decode().lower(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], heads, b"".join(event.get("body", b"") for event in said)


def cookie(member: Any, csrf: str = "") -> str:
    session = base.desk(member).cookies["sessionid"].value
    return f"sessionid={session}; csrftoken={csrf}" if csrf else f"sessionid={session}"


@pytest.mark.parametrize(
    "path", ["/api/v1/me", "/api/v1/shops/{shop}/sessions", "/api/v1/shops/0/sessions", "/api/v1/x"]
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_answer_is_the_one_that_django_would_give(calls, lin, path, language):
    how = {"cookie": cookie(lin), "accept_language": language}
    here, there = (ask(app, path.format(shop=lin.shop_id), **how) for app in (calls, get_asgi_application()))
    assert here == there


@pytest.mark.postgres
def test_an_answer_that_is_sent_as_it_is_made_keeps_no_connection(calls, monkeypatch):
    """The thread may wait long for its next call, and the pool is small."""
    held: list[bool] = []

    def made(request: Any) -> StreamingHttpResponse:
        Seller.objects.exists()
        return StreamingHttpResponse([b"x"])

    def answer(*given: Any) -> Any:
        found = Calls.answer(calls, *given)
        held.append(connection.connection is not None)
        return found

    monkeypatch.setattr(calls, "get_response", made)
    monkeypatch.setattr(calls, "answer", answer)
    assert ask(calls, "/api/v1/me")[2] == b"x"
    assert held == [False]


@pytest.mark.rule("A1")
def test_a_lost_right_ends_the_next_call(calls, lin):
    path, known = f"/api/v1/shops/{lin.shop_id}/sessions", cookie(lin)
    assert ask(calls, path, cookie=known)[0] == 200
    lin.im_permission = False
    lin.save()
    assert ask(calls, path, cookie=known)[0] == 403
    lin.is_active = False
    lin.save()
    assert ask(calls, path, cookie=known)[0] == 404


def test_whoever_is_switched_off_or_gone_is_nobody(calls, lin):
    path, known = f"/api/v1/shops/{lin.shop_id}/sessions", cookie(lin)
    lin.user.is_active = False
    lin.user.save()
    assert ask(calls, path, cookie=known)[0] == 401
    lin.user.is_active = True
    lin.user.set_password("another-secret-9")
    lin.user.save()
    assert ask(calls, path, cookie=known)[0] == 401  # a new password ends the sessions before it
    assert ask(calls, path, cookie="sessionid=nobody")[0] == 401


def test_a_write_needs_the_token_of_the_page(calls, lin):
    session, token = base.writes(base.buyer(lin.shop)), _get_new_csrf_string()
    path, known = f"/api/v1/shops/{lin.shop_id}/sessions/{session.pk}/mark", cookie(lin, token)
    from_here = {"cookie": known, "referer": "https://localhost/"}
    assert ask(calls, path, {"marked": True}, **from_here)[0] == 403
    assert ask(calls, path, {"marked": True}, **from_here, x_csrftoken=_get_new_csrf_string())[0] == 403
    status, _heads, body = ask(calls, path, {"marked": True}, **from_here, x_csrftoken=token)
    assert (status, orjson.loads(body)["marked"]) == (200, True)


def test_when_every_thread_is_taken_the_call_is_served_as_a_page_is(calls, lin):
    seen = []

    async def otherwise(scope, receive, send):
        seen.append(threading.current_thread().name)
        await calls.handle(scope, receive, send)

    calls.otherwise = otherwise
    assert ask(calls, "/api/v1/me", cookie=cookie(lin))[0] == 200
    calls.busy = THREADS
    assert ask(calls, "/api/v1/me", cookie=cookie(lin))[0] == 200
    assert len(seen) == 1
    assert calls.busy == THREADS


def test_only_what_serves_pages_is_left_out_and_nothing_goes_back_to_the_loop(calls):
    assert set(PAGES_ONLY) < set(settings.MIDDLEWARE)
    assert not inspect.iscoroutinefunction(calls._middleware_chain)
    views = [one.callback for one in patterns(get_resolver()) if str(one.pattern).startswith("api/")]
    assert len(views) > 40
    assert not [view for view in views if inspect.iscoroutinefunction(view)]


def patterns(of: Any) -> list[URLPattern]:
    found = []
    for one in of.url_patterns:
        found += [one] if isinstance(one, URLPattern) else patterns(one)
    return found
