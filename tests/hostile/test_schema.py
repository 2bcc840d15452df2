"""What the OpenAPI schema says and what the API does are the same, in thousands of generated calls."""

import contextlib
import os
import subprocess
import sys
from collections import Counter
from http.cookies import SimpleCookie
from random import Random
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import invariants
from tests.hostile.identities import World, right
from tests.model_server import Model, model
from tests.source import ROOT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.system]
CASES = int(os.environ.get("SCHEMATHESIS_CASES", "5000"))  # over all roles; 50000 is the long run
SLOW = ("buyer_upload", "attachment_upload", "avatar_hand_in")  # each file that is taken costs a process
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


class Run:
    """All operations of the schema, called as everybody, with right and wrong input."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance = Random(20261123)
        self.schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())
        self.broken: list[str] = []
        self.answers: Counter[tuple[str, int]] = Counter()
        self.done: set[str] = set()  # operations that have succeeded
        self.asked: Counter[str] = Counter()  # by who asked

    def all(self) -> None:
        operations = []
        for found in self.schema.get_all_operations():
            assert isinstance(found, Ok), found
            operations.append(found.ok())
        names = [operation.definition.raw["operationId"] for operation in operations]
        share = CASES // len(operations) + 1
        for name, operation in zip(names, operations, strict=True):
            wrong = self.some(name, operation, GenerationMode.NEGATIVE, share // 2)
            self.some(name, operation, GenerationMode.POSITIVE, share - wrong)
        self.names = names

    def some(self, name: str, operation: Any, mode: GenerationMode, count: int) -> int:
        """Call one operation many times; return how often: some take nothing that could be wrong."""
        done = 0

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=count, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        def call(case: Any) -> None:
            nonlocal done
            done += 1
            self.call(name, case, mode)

        with contextlib.suppress(Unsatisfiable):
            while done < count:  # one with few possible inputs is asked again
                call()
        return done

    def call(self, name: str, case: Any, mode: GenerationMode) -> None:
        often = (0.1 if name in SLOW else 0.4) if name in self.done else 1.0  # each is to succeed once
        fed = mode == GenerationMode.POSITIVE and self.chance.random() < often
        who = self.chance.choice(list(self.world.people))
        who = "who may" if fed else who
        person = right(self.world, name, case, self.chance) if fed else self.world.people[who]
        for forged in ("Authorization", "Cookie", "X-CSRFToken"):
            case.headers.pop(forged, None)
        case.cookies.clear()
        response = case.call(**person)
        self.asked[who] += 1
        self.answers[name, response.status_code] += 1
        if 200 <= response.status_code < 300:
            self.done.add(name)
        try:
            case.validate_response(response, checks=CHECKS)
        except BaseExceptionGroup as broken:  # collected: raised here, Hypothesis would look for smaller ones
            self.broken += [f"{name} as {who}: {error}"[:1500] for error in broken.exceptions]

    def nobody(self) -> set[str]:
        """Return who is nobody to an address for people: no more at the end than at the start."""
        found = set()
        for name, who in self.world.people.items():
            client = Client(headers=who["headers"])
            client.cookies = SimpleCookie(who["cookies"])
            if client.get("/api/v1/me").status_code == 401:
                found.add(name)
        return found


@pytest.fixture
def writer(settings: Any) -> Any:
    """A language model, which one operation asks, and push to phones, which another wants to be set up."""
    settings.PHONE_APPS, settings.APNS = ["com.example.desk"], {**settings.APNS, "key": "x.p8"}
    with model() as running:
        settings.SUGGEST = {"engine": "openai", "url": running.url, "key": "", "model": ""}
        yield running


def test_the_api_keeps_to_its_schema_whoever_asks_whatever(writer: Model) -> None:
    run = Run(World())
    run.all()
    assert run.broken[:3] == []
    never = set(run.names) - run.done
    assert never == set(), sorted(item for item in run.answers.items() if item[0][0] in never)
    assert sum(run.answers.values()) >= CASES
    assert [key for key in run.answers if key[1] >= 500] == []
    assert min(run.asked[who] for who in run.world.people) >= CASES // 40, run.asked
    assert run.nobody() == {"anonymous", "buyer", "other buyer", "storefront", "expired token"}
    invariants.check()


def test_the_schema_is_made_without_a_warning(tmp_path: Any) -> None:
    command = [
        sys.executable,
        "manage.py",
        "spectacular",
        "--fail-on-warn",
        "--validate",
        "--file",
        str(tmp_path / "schema"),
    ]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "SECRET_KEY": "x" * 60}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "operationId: buyer_entry" in (tmp_path / "schema").read_text()
