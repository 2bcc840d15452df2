"""Replies that a language model writes from what was suggested: streamed, masked, ended, and when it fails (E8)."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.asgi import get_asgi_application
from django.middleware.csrf import _get_new_csrf_string

from chat import drafting
from chat.actions import quick_replies, ratings, sessions
from chat.models import Suggestion
from sellercenter.calls import Calls
from tests import base
from tests.model_server import Model, model

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("E8")]
SHIP, NOON = "When do you ship my parcel?", "We ship every day at noon."


@pytest.fixture
def writer(settings: Any) -> Iterator[Model]:
    with model() as running:
        settings.SUGGEST = {"engine": "openai", "url": running.url, "key": "k", "model": "m"}
        settings.SUGGEST_TIMEOUT = 5
        yield running


@pytest.fixture
def lin():
    found = base.agent(base.shop(language="en"), "Lin")
    base.question(found.shop, SHIP, NOON, place=None)
    return found


def asked(member, text=SHIP):
    """A buyer asks; the indexes are there."""
    session = base.writes(base.buyer(member.shop, "momo"), text)
    for _again in range(100):
        if (found := offered(member, session))["ready"]:
            break
    assert found["results"], "nothing to write from"
    return session


def offered(member, session):
    answer = base.desk(member).get(f"/api/v1/shops/{member.shop_id}/sessions/{session.pk}/suggestions")
    assert answer.status_code == 200, answer.content
    return answer.json()


def ask(member, session, seq=0):
    path = f"/api/v1/shops/{session.shop_id}/sessions/{session.pk}/suggestions/draft"
    return base.desk(member).post(path, {"seq": seq or session.last_buyer_seq}, "json")


def lines(answer):
    async def gathered():
        return b"".join([piece async for piece in answer.streaming_content])

    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in async_to_sync(gathered)().splitlines()]


def text(found):
    return "".join(line["text"] for line in found if line["type"] == "text")


def test_it_writes_from_the_sources_found_and_names_them(writer, lin):
    quick_replies.create(lin, "agent", "When is my parcel shipped", "At noon, {buyer}.")
    session = asked(lin)
    assert offered(lin, session)["writes"] is True
    first, *found, last = lines(ask(lin, session))
    assert (first["type"], first["seq"]) == ("sources", session.last_buyer_seq)
    assert {(one["source"], one["title"]) for one in first["sources"]} == {
        ("faq", SHIP),
        ("quick", "When is my parcel shipped"),
    }
    assert [line["text"] for line in found] == ["Every day ", "at noon."], "as they came"
    assert last == {"type": "done", "empty": False}
    assert (writer.keys, writer.asked[0]["model"]) == (["Bearer k"], "m")
    assert {one["text"] for one in writer.told["sources"]} == {NOON, "At noon, {buyer}."}
    assert writer.told["talk"] == [{"by": "buyer", "text": SHIP}]
    assert session.messages.count() == 1, "nothing is sent"


def test_nothing_is_asked_where_nothing_was_found_or_somebody_else_answers(writer, lin):
    session = asked(lin)
    wu = base.agent(lin.shop, "Wu", role="service_lead", online=False)
    far = base.agent(base.shop("Meadow"), "Far")
    assert ask(wu, session).json()["code"] == "not_assignee"
    assert offered(wu, session)["writes"] is False
    assert ask(far, session).status_code == 404
    assert ask(lin, session, seq=session.last_buyer_seq + 1).json()["code"] == "nothing_suggested"
    other = base.writes(base.buyer(lin.shop), "Qwerty asdfgh")
    assert (ask(lin, other).status_code, ask(lin, other).json()["code"]) == (409, "nothing_suggested")
    assert ask(lin, session, seq="x").status_code == 400
    base.replies(lin, session, "At noon.")
    assert ask(lin, session).json()["code"] == "nothing_suggested"
    assert writer.asked == []


def test_without_a_model_nothing_is_offered(lin):
    session = asked(lin)
    assert offered(lin, session)["writes"] is False
    assert (ask(lin, session).status_code, ask(lin, session).json()["code"]) == (409, "no_model")


def test_what_is_personal_does_not_leave_and_comes_back(writer, lin):
    line = base.buyer(lin.shop)
    one = base.writes(line, "What day does my parcel ship?")
    base.replies(lin, one, "It ships at noon to 12 Green Park Road.")
    ratings.rate(lin.shop_id, line.pk, one.pk, 5)
    sessions.close(one.pk, lin)
    session = asked(lin, f"{SHIP} Call momo at 13800138000 or a.b@example.com, order SF100200300")
    writer.pieces = ["We call [pho", "ne 3", "] about [number 9]."]
    assert text(lines(ask(lin, session))) == "We call 13800138000 about [number 9]."
    sent = json.dumps(writer.asked, ensure_ascii=False)
    for part in ("13800138000", "example.com", "SF100200300", "momo", "Momo", "Green Park"):
        assert part not in sent
    assert NOON in sent


@pytest.mark.parametrize("said", ["NONE", "NO|NE", "NONE|.\n", "", " \n"])
def test_nothing_is_shown_where_the_sources_hold_no_answer(writer, lin, said):
    writer.pieces = said.split("|")
    assert [line["type"] for line in lines(ask(lin, asked(lin)))] == ["sources", "done"]


@pytest.mark.parametrize("said", ["No| problem.", "NONE| of it is late.", "N", "\nNoon."])
def test_words_that_begin_like_nothing_are_shown_whole(writer, lin, said):
    writer.pieces = said.split("|")
    found = lines(ask(lin, asked(lin)))
    assert (text(found), found[-1]["empty"]) == (said.replace("|", "").lstrip(), False)


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        ("unknown_key", "model_failed"),
        ("ill", "model_failed"),
        ("moved", "model_failed"),
        ("garbage", "model_failed"),
        ("broken", "model_failed"),
        ("silent", "model_slow"),
    ],
)
def test_a_failing_model_is_told_and_takes_no_suggestion_away(writer, settings, lin, mode, code):
    settings.SUGGEST_TIMEOUT = 0.3 if mode == "silent" else 5
    session, writer.mode = asked(lin), mode
    last = lines(ask(lin, session))[-1]
    assert (last["type"], last["code"], bool(last["detail"])) == ("failed", code, True)
    assert [one["text"] for one in offered(lin, session)["results"]] == [NOON]


def test_a_model_that_is_not_there_is_told_too(writer, settings, lin):
    settings.SUGGEST["url"] = "http://127.0.0.1:9"
    assert lines(ask(lin, asked(lin)))[-1]["code"] == "model_failed"


def test_a_model_without_end_is_cut(writer, lin):
    writer.mode = "endless"
    found = lines(ask(lin, asked(lin)))
    assert found[-1]["type"] == "done"
    assert drafting.LONGEST <= len(text(found)) < 2 * drafting.LONGEST
    assert writer.hung_up.wait(30)


def test_too_many_at_once_are_told(writer, lin):
    session = asked(lin)
    for _call in range(drafting.AT_ONCE):
        assert drafting._busy.acquire(blocking=False)
    try:
        assert lines(ask(lin, session))[-1]["code"] == "model_busy"
    finally:
        drafting._busy.release(drafting.AT_ONCE)
    assert lines(ask(lin, session))[-1]["type"] == "done"


def through_the_server(member: Any, session: Any, until: Any) -> list[Any]:
    """Ask as a browser does; hang up when `until` says so of what has come. Return what was sent."""
    calls, sent, read = Calls(get_asgi_application()), list[Any](), list[bool]()
    token = _get_new_csrf_string()
    client = base.web(member)
    cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}"
    body = json.dumps({"seq": session.last_buyer_seq}).encode()
    given = {
        "host": "localhost", "content-type": "application/json", "content-length": str(len(body)), "cookie": cookie,
        "x-csrftoken": token, "referer": "https://localhost/",
    }  # fmt: skip
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "https",
        "path": f"/api/v1/shops/{session.shop_id}/sessions/{session.pk}/suggestions/draft", "query_string": b"",
        "client": ("127.0.0.1", 1), "server": ("localhost", 443),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip

    async def run() -> None:
        gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if not read:
                read.append(True)
                return {"type": "http.request", "body": body, "more_body": False}
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(event: dict[str, Any]) -> None:
            sent.append(event)
            if until(event.get("body", b"")):
                assert calls.busy == 0, "it holds no thread while it streams"
                gone.set()

        await asyncio.wait_for(calls(scope, receive, send), 10)

    async_to_sync(run)()
    calls.threads.shutdown()
    return sent


def test_the_first_words_leave_before_the_last_are_written(writer, lin):
    session, writer.mode = asked(lin), "paced"
    seen = []

    def heard(body: bytes) -> bool:
        if b"Every day " in body:
            seen.append(writer.go.is_set())
            writer.go.set()
        return False

    sent = through_the_server(lin, session, heard)
    assert seen == [False]
    assert sent[0]["status"] == 200
    whole = b"".join(event.get("body", b"") for event in sent)
    assert [json.loads(line)["type"] for line in whole.splitlines()] == ["sources", "text", "text", "done"]


def test_whoever_goes_away_ends_the_call_to_the_model(writer, lin):
    session, writer.mode = asked(lin), "paced"
    through_the_server(lin, session, lambda body: b"Every day " in body)
    assert writer.hung_up.wait(30)
    assert not writer.go.is_set()
    assert drafting._busy.acquire(blocking=False), "its place is free again"
    drafting._busy.release()


def test_its_use_is_counted_as_that_of_the_others(writer, lin):
    session = asked(lin)
    here = f"/api/v1/shops/{lin.shop_id}/sessions/{session.pk}/suggestions"
    body = {"seq": session.last_buyer_seq, "outcome": "changed", "source": "model"}
    assert base.desk(lin).post(here, body, "json").status_code == 204
    row = Suggestion.objects.get()
    assert (row.outcome, row.source) == ("changed", Suggestion.Source.MODEL)
