"""What the open platform's description says and what it does are the same, whichever program calls with whatever."""

import os
from collections import defaultdict
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from schemathesis import GenerationMode

from openplatform import faults, openapi, operations
from openplatform.asked import Asked
from tests import generated, invariants
from tests.openplatform import fed
from tests.openplatform.callers import Caller, Signing, everybody
from tests.openplatform.programs import Program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.system]
CASES = int(os.environ.get("SCHEMATHESIS_CASES", "1000"))  # over all programs
EARLIER = {faults.no_path().code, faults.no_version().code}  # what is refused before anybody asks who it is
SLOW = ("uploadBuyerMessagesImage",)  # each file that is taken costs a process
NOBODY = Caller(None)


class Run(generated.Run):
    """The open platform's operations, called as every program, with right and wrong input."""

    def __init__(self) -> None:
        self.door = Signing(get_wsgi_application())
        super().__init__(schemathesis.openapi.from_wsgi("/openplatform/schema/", self.door), CASES)
        for shape in self.schema.raw_schema["components"]["schemas"].values():
            shape["additionalProperties"] = False  # a field that is not described is a difference
        self.world = fed.World(self.chance)
        self.program = Program(self.world.owner)
        self.people = everybody(self.program)
        fed.other_agent(self.world.shop)
        self.calls = {call.name: call for call in openapi.calls()}
        self.read: defaultdict[str, set[str]] = defaultdict(set)  # by operation: names that its code asked for
        self.name = ""
        self.heard: list[str] = []  # what nobody should have

    def call(self, name: str, case: Any, mode: GenerationMode) -> None:
        who = self.prepare(name, case, mode)
        caller = self.people[who]
        self.name, self.door.caller = name, caller if self.calls[name].at.of else NOBODY
        response = case.call()
        self.judge(name, who, case, response)
        code = response.json()["code"]
        if self.calls[name].at.of == "shop" and caller.code and code not in {caller.code, *EARLIER}:
            self.heard.append(f"{name} {who}: {code}")

    def prepare(self, name: str, case: Any, mode: GenerationMode) -> str:
        """Make a case right, nearly right, or wrong as it was generated; return who calls."""
        chance, who = self.chance, "owner's"
        often = (0.1 if name in SLOW else 0.4) if name in self.done else 1.0  # each is to succeed once
        right = mode == GenerationMode.POSITIVE and chance.random() < often
        if right or (mode == GenerationMode.POSITIVE and chance.random() < 0.5):
            self.world.right(self.program, name, case)
        else:
            who = chance.choice([*self.people, *["owner's"] * (len(self.people) // 2)])
        if not right and chance.random() < 0.7:
            self.world.name(case)
            fed.spoil(case, chance)
        return who


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that hears which parameters and fields each operation's code asks for."""
    found = Run()
    parsed = Asked._parsed

    class Fields(dict[str, Any]):
        def get(self, name: str, default: Any = None) -> Any:
            found.read[found.name].add(name)
            return super().get(name, default)

    def text(self: Asked, name: str) -> str:
        found.read[found.name].add(name)
        return said(self, name)

    said = Asked.text
    monkeypatch.setattr(Asked, "text", text)
    monkeypatch.setattr(Asked, "_parsed", lambda self: Fields(parsed(self)))
    return found


def test_the_open_platform_keeps_to_its_description_whoever_calls_with_whatever(run: Run) -> None:
    run.all()
    run.kept()
    assert run.heard[:5] == []
    assert min(run.asked[who] for who in run.people) >= max(1, CASES // 100), run.asked
    for name, call in run.calls.items():
        fields = [] if call.about.media == operations.FORM else call.about.body
        described = {one.name for one in (*call.query, *fields)}
        assert run.read[name] - {"access_token"} == described, name
    invariants.check()
