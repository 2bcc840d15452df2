"""The API's description is made once, is the same for everybody, and is not sent to who has it."""

import threading
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer2

from sellercenter import description
from tests import base
from tests.api.description import described

HERE = "/api/v1/schema/"
JSON = {"Accept": "application/json"}


@pytest.fixture
def makings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often it is made, from now on."""
    done: list[int] = []
    whole = SchemaGenerator.get_schema

    def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        done.append(1)
        return whole(self, *args, **kwargs)

    description._made.cache_clear()
    monkeypatch.setattr(SchemaGenerator, "get_schema", counted)
    return done


@pytest.mark.django_db
def test_it_is_made_once_and_the_same_for_whoever_asks(makings: list[int]) -> None:
    owner = base.agent(base.shop(), "Olga", role="owner", online=False)
    everybody = [
        Client(),
        base.web(owner, "en"),
        base.web(owner, "zh-hans"),
        base.web(base.agent(base.shop("Far"), "Eve")),
    ]
    told = [who.get(HERE + query, headers=JSON) for who in everybody for query in ("", "?lang=en&version=9")]
    assert {one.status_code for one in told} == {200}
    assert len({one.content for one in told}) == 1
    assert sum(makings) == 1
    assert told[0].json() == described()
    assert (told[0]["Content-Type"], told[0]["Cache-Control"]) == ("application/json; charset=utf-8", "no-cache")
    assert "Accept" in told[0]["Vary"]


@pytest.mark.django_db
def test_who_has_it_is_told_so_in_each_form_by_itself(makings: list[int]) -> None:
    client = Client()
    as_yaml, as_json = client.get(HERE), client.get(HERE, headers=JSON)
    assert as_yaml.content.startswith(b"openapi: 3.")
    assert as_yaml["ETag"] != as_json["ETag"]
    for form, first in (({}, as_yaml), (JSON, as_json)):
        again = client.get(HERE, headers={**form, "If-None-Match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        other = client.get(HERE, headers={**form, "If-None-Match": '"another"'})
        assert (other.status_code, other.content) == (200, first.content)
    assert client.get(HERE, headers={"Accept": "text/html"}).status_code == 406
    assert client.post(HERE).status_code in (403, 405)
    assert sum(makings) == 2


def test_those_who_come_while_it_is_made_wait_for_it(makings: list[int]) -> None:
    several = [threading.Thread(target=description.in_form, args=[OpenApiJsonRenderer2]) for _ in range(4)]
    for one in several:
        one.start()
    for one in several:
        one.join(60)
    assert sum(makings) == 1
