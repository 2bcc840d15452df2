"""The open platform's description: valid, served as the API's is, and at one with docs/openplatform.md."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema

from openplatform import faults, openapi
from tests.source import ROOT

HERE = "/openplatform/schema/"
GUIDE = (ROOT / "docs/openplatform.md").read_text()


def operations() -> list[dict[str, Any]]:
    return [one for methods in openapi.document()["paths"].values() for one in methods.values()]


def codes(operation: dict[str, Any]) -> dict[int, set[int]]:
    """Return the numbers that an operation may refuse with, by statuses."""
    found = {}
    for status, answer in operation["responses"].items():
        inside = answer["content"]["application/json"]["schema"]
        told = inside["allOf"][1] if "allOf" in inside else inside
        found[int(status)] = set(told["properties"]["code"]["enum"])
    return found


def test_it_is_valid_and_names_each_operation_once() -> None:
    validate_schema(openapi.document())
    names = [one["operationId"] for one in operations()]
    assert len(set(names)) == len(names) == 21


def test_its_refusals_are_those_of_the_guide() -> None:
    table = GUIDE.partition("## Refusals")[2].partition("##")[0]
    said: set[tuple[int, int]] = set()
    for row in re.findall(r"^\| ([\d, ]+) \| ([\d, or]+) \|", table, re.MULTILINE):
        numbers, statuses = ([int(one) for one in re.findall(r"\d+", cell)] for cell in row)
        same = len(statuses) == 1
        last = statuses[len(numbers) :]  # "400 or 413": of the last number
        said |= {(code, statuses[0] if same else statuses[place]) for place, code in enumerate(numbers)}
        said |= set() if same else {(numbers[-1], status) for status in last}
    made = {
        (code, status) for one in operations() for status, those in codes(one).items() for code in those if code
    } | {(fault.code, fault.status) for fault in [faults.no_method()]}
    assert made == said


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("getAuthorizedShops", 401, 105002),
        ("getConversation", 403, 106011),
        ("getConversation", 404, 45101003),
        ("sendMessage", 429, 45101004),
        ("createConversation", 409, 45109003),
        ("uploadBuyerMessagesImage", 415, 36009022),
    ],
)
def test_an_operation_says_what_it_refuses_with(name: str, status: int, code: int) -> None:
    [found] = [one for one in operations() if one["operationId"] == name]
    assert code in codes(found)[status]


def test_what_names_no_shop_takes_no_cipher_and_what_is_not_signed_no_signature() -> None:
    taken = {
        one["operationId"]: {named.get("name") or named["$ref"].rpartition("/")[2] for named in one["parameters"]}
        for one in operations()
    }
    signed = {"app_key", "timestamp", "sign"}
    assert {*signed, "shop_cipher"} <= taken["getAgentSettings"]
    assert taken["getAuthorizedShops"] == {*signed, "version", "locale"}
    assert signed & taken["getAccessToken"] == {"app_key"}


@pytest.mark.django_db
def test_it_is_served_to_anybody_in_two_forms_and_not_again_to_who_has_it() -> None:
    client, headers = Client(), {"Accept": "application/json"}
    first = client.get(HERE, headers=headers)
    assert first.json() == json.loads(json.dumps(openapi.document()))
    assert client.get(HERE).content.startswith(b"openapi: 3.")
    again = client.get(HERE, headers={**headers, "If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
def test_its_page_reads_it_and_the_apis_page_leads_there() -> None:
    client = Client()
    assert 'href="/openplatform/docs/"' in client.get("/api/v1/docs/").content.decode()
    page = client.get("/openplatform/docs/").content.decode()
    assert f'href="{HERE}"' in page
    script = re.search(r'src="([^"]*\?script=[^"]*)"', page)
    assert script
    assert f'"{HERE}"' in client.get(script[1]).content.decode()


@pytest.mark.slow
def test_a_typed_client_is_generated_of_it_without_a_warning(tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(openapi.document()))
    (tmp_path / "config.json").write_text(json.dumps({"post_hooks": []}))
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", "openapi.json", "--config",
               "config.json", "--output-path", "made", "--meta", "none", "--fail-on-warning"]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
