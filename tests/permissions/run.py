"""Make the calls of the table's cells, one after the other, and say what is wrong with their answers."""

from __future__ import annotations

import http.cookies
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.test import override_settings

from chat.writer import writer
from tests.permissions.bodies import BODIES, PHONE, UPLOADS
from tests.permissions.cells import PROGRAMS, Cell, cells
from tests.permissions.world import Ears, Traces, World

SEEN = "shops_auditentry"  # a lead has looked at a colleague's session, whatever came of it
ADMITTED = ("in", "any", "open", "home")


class Run:
    """All cells against one world; what a cell changed is undone before the next."""

    def __init__(self, world: World) -> None:
        self.world, self.ears, self.traces = world, Ears(), Traces()
        self.cells = list(cells(world))
        self.done: set[str] = set()

    @classmethod
    def of_a_new_world(cls, preset: str = "douyin") -> Run:
        return cls(World(preset))

    def wrong(self, some: Iterable[Cell]) -> Iterable[str]:
        """Yield what is wrong with these cells."""
        with override_settings(PHONE_APPS=[PHONE["app"]], APNS={**settings.APNS, "key": "x.p8"}):
            for cell in some:
                if found := self.one(cell):
                    yield f"{cell}; {found}"

    def first_wrong(self, some: Iterable[Cell]) -> str:
        """Return the first cell that is wrong, or nothing."""
        found = next(iter(self.wrong(some)), "")
        self.traces.undo()
        return found

    def one(self, cell: Cell) -> str:
        """Make one call; return what is wrong with its answer."""
        answer = self._call(cell)
        admitted = cell.verdict in ADMITTED
        if admitted and cell.method != "GET":
            writer.stop()  # it tells after it has answered
        wrote = self.traces.wrote()
        heard = self.ears.heard() if wrote or cell.method != "GET" else []
        changed = self.traces.changed() if wrote and not admitted else []
        if wrote:
            self.traces.undo()
        if answer.status_code < 400 and cell.verdict == "in":
            self.done.add(f"{cell.method} {cell.address}")
        wrong = status(cell, answer)
        if not admitted and (heard or set(changed) - ({SEEN} if cell.verdict == "409" else set())):
            return f"{wrong} it left a trace: {changed or heard[:1]}"
        elsewhere = [text for shop, text in heard if shop != self.world.shop.pk]
        if elsewhere and cell.person.name != "owner of another shop":
            return f"{wrong} told another shop {elsewhere[0][:200]}"
        return wrong or leak(cell, b"" if answer.streaming else answer.content)

    def _call(self, cell: Cell) -> Any:
        person, name = cell.person, f"{cell.method} {cell.address}"
        make = BODIES.get(name) if cell.method != "GET" else None
        body = make(self.world, cell.things) if make else {}
        bearer = person.bearer or person.token or person.key
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        if person.program and cell.address.startswith(PROGRAMS):
            return person.program.call(cell.method, cell.path, body, upload=name in UPLOADS)
        as_json = cell.address.startswith("api/") and name not in UPLOADS and cell.method != "GET"
        more = {"content_type": "application/json"} if as_json else {}
        if cell.method in ("PUT", "PATCH", "DELETE") and not as_json:
            more, body = {"content_type": "application/x-www-form-urlencoded"}, {}
        saved = person.client.cookies
        person.client.cookies = http.cookies.SimpleCookie({key: one.value for key, one in saved.items()})
        try:
            return getattr(person.client, cell.method.lower())(cell.path, body, headers=headers, **more)
        finally:
            person.client.cookies = saved


def status(cell: Cell, answer: Any) -> str:
    """Return what is wrong with the status of an answer."""
    found = answer.status_code
    to_login = found == 302 and answer.headers["Location"].startswith("/login/")
    fits = {
        "any": found < 500,
        "open": found < 500 and found not in (401, 403),
        "home": found < 500 and found not in (401, 403),
        "in": (found < 400 or found == 409) and not to_login,
        "login": to_login,
        "login or 405": to_login or found == 405,
        "404 or 405": found in (404, 405),
    }
    said = b"a file" if answer.streaming else answer.content[:150]
    return "" if fits.get(cell.verdict, str(found) == cell.verdict) else f"{found} came. {said!r}"


def leak(cell: Cell, content: bytes) -> str:
    """Return which words of somebody else's the answer holds."""
    person = cell.person
    if cell.verdict in ("any", "open", "home"):
        return ""
    hidden = [b"Stranger"] if person.role or person.bearer else []
    if cell.verdict != "in":
        hidden += [b"Secret", b"Hidden"]
    if person.role in ("staff", "agent") or person.bearer:
        hidden += [b"Secret Wu", b"Hidden Wu"]
    return "".join(f" it shows {words!r}" for words in hidden if words in content)
