"""What the OpenAPI schema says and what the API does are the same, in thousands of generated calls."""

import os
import subprocess
import sys
from http.cookies import SimpleCookie
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from schemathesis import GenerationMode

from tests import generated, invariants
from tests.hostile.identities import World, right
from tests.model_server import Model, model
from tests.source import ROOT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.system]
CASES = int(os.environ.get("SCHEMATHESIS_CASES", "5000"))  # over all roles; 50000 is the long run
SLOW = ("buyer_upload", "attachment_upload", "avatar_hand_in")  # each file that is taken costs a process


class Run(generated.Run):
    """The API's operations, called as everybody, with right and wrong input."""

    def __init__(self, world: World) -> None:
        super().__init__(schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application()), CASES)
        self.world = world

    def call(self, name: str, case: Any, mode: GenerationMode) -> None:
        often = (0.1 if name in SLOW else 0.4) if name in self.done else 1.0  # each is to succeed once
        fed = mode == GenerationMode.POSITIVE and self.chance.random() < often
        who = self.chance.choice(list(self.world.people))
        who = "who may" if fed else who
        person = right(self.world, name, case, self.chance) if fed else self.world.people[who]
        for forged in ("Authorization", "Cookie", "X-CSRFToken"):
            case.headers.pop(forged, None)
        case.cookies.clear()
        self.judge(name, who, case, case.call(**person))

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
    run.kept()
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
