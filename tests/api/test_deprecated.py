"""An operation that is to go says so in every answer for a year, and answers 410 from then on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from sellercenter.api_examples import complete
from shops import deprecated
from shops.models import Member
from tests import base

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
TOPIC = "api/v1/shops/<int:shop_id>/sessions/<int:session_id>/topic"
HEADERS = {
    "Deprecation": "@1793491200",
    "Sunset": "Mon, 01 Nov 2027 00:00:00 GMT",
    "Link": '<https://desk.example/docs>; rel="deprecation"; type="text/html"',
}


@pytest.fixture
def going(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(deprecated.GOING, f"GET {TOPIC}", deprecated.Going(SINCE, "https://desk.example/docs"))


@pytest.fixture
def lin(db: None) -> Member:
    return base.agent(base.shop(), "Lin", online=False)


def topic(of: Member) -> str:
    return f"/api/v1/shops/{of.shop_id}/sessions/1/topic"


@pytest.mark.usefixtures("going")
def test_every_answer_of_it_says_when_it_ends_and_what_to_use(lin: Member) -> None:
    client = base.desk(lin)
    answer = client.get(topic(lin))
    assert answer.status_code == 404
    assert {name: answer.get(name) for name in HEADERS} == HEADERS
    assert APIClient().get(topic(lin)).get("Sunset"), "a refusal too"
    for other in (client.put(topic(lin)), client.get("/api/v1/me"), client.get("/api/v1/nothing")):
        assert not set(HEADERS) & set(other.headers)


@pytest.mark.usefixtures("going")
def test_a_year_later_it_is_gone(lin: Member) -> None:
    client = APIClient()
    with time_machine.travel(SINCE + timedelta(days=364), tick=False):
        assert client.get(topic(lin)).status_code == 401
    with time_machine.travel(SINCE + timedelta(days=365), tick=False):
        answer = client.get(topic(lin))
        assert client.put(topic(lin)).status_code == 401
    assert (answer.status_code, answer.json()["code"], answer["Link"]) == (410, "gone", HEADERS["Link"])


@pytest.mark.usefixtures("going")
def test_the_description_marks_it() -> None:
    path = "/api/v1/shops/{shop_id}/sessions/{session_id}/topic"
    result: dict[str, Any] = {"components": {}, "paths": {path: {"get": {"operationId": "topic", "responses": {}}}}}
    marked = complete(result, None, None, True)["paths"][path]["get"]
    assert (marked["deprecated"], marked["description"]) == (True, "Ends on 2027-11-01.")


def test_a_row_for_what_there_is_not_spoils_the_description(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(deprecated.GOING, "GET api/v1/nothing", deprecated.Going(SINCE, "/"))
    with pytest.raises(KeyError):
        complete({"components": {}, "paths": {}}, None, None, True)
