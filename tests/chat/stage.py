"""A shop with everybody listening: clients that keep their state by frames alone, and compare it with a fresh fetch."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from chat.actions import people
from chat.hub import hub
from chat.models import Conversation, ServiceSession
from shops.models import Member
from tests import base, invariants
from tests.listening import Ears, running, until

LISTS = ("open", "unassigned", "history")
STATE = (
    "id",
    "nickname",
    "role",
    "online",
    "accepting",
    "on_break",
    "break_reason",
)  # what a colleague may see of another


class Console:
    """An agent's client: its lists, colleagues and logs, kept by frames alone."""

    def __init__(self, member: Member) -> None:
        self.member, self.ears, self.done = member, Ears(member.pk), 0
        self.state = self.fetch()

    def fetch(self) -> dict[str, Any]:
        """Read everything anew, as a page that has just been opened."""
        desk, here = base.desk(self.member), f"/api/v1/shops/{self.member.shop_id}"
        rows: dict[int, Any] = {}
        for name in LISTS:
            rows |= {row["id"]: row for row in desk.get(f"{here}/sessions", {"list": name}).json()["results"]}
        found = desk.get(f"{here}/members").json()["results"]
        members = {row["id"]: {name: row[name] for name in STATE} for row in found}
        return {"rows": rows, "members": members, "desk": desk.get(f"{here}/desk/events").json()["last_seq"]}

    def apply(self) -> list[Any]:
        """Apply what was heard since the last time, as docs/wire.md says."""
        new, self.done = self.ears.frames[self.done :], len(self.ears.frames)
        for frame in new:
            self._apply(frame)
        return new

    def _apply(self, frame: dict[str, Any]) -> None:
        rows = self.state["rows"]
        match frame["type"]:
            case "desk":
                assert frame["seq"] == self.state["desk"] + 1
                self.state["desk"] = frame["seq"]
                if frame["row"]:
                    rows[frame["session"]] = frame["row"]
                elif frame["session"]:
                    rows.pop(frame["session"], None)
                if frame["member"]:
                    self.state["members"][frame["member"]["id"]] = {n: frame["member"][n] for n in STATE}
            case "event" | "row":
                rows.setdefault(frame["row"]["id"], {}).update(frame["row"])
            case "receipt":
                pass
            case other:
                raise AssertionError(f"an agent hears {other}")


class Page:
    """A buyer's client: the log of the conversation and the place in the queue, kept by frames alone."""

    def __init__(self, line: Conversation) -> None:
        self.line, self.ears, self.done = line, Ears(), 0
        self.state = self.fetch()

    def fetch(self) -> dict[str, Any]:
        found = base.phone(self.line).get("/api/v1/buyer/events").json()
        place = found["session"]["place"] if found["session"] else None
        return {"log": found["results"], "receipts": found["receipts"], "place": place}

    def apply(self) -> list[Any]:
        new, self.done = self.ears.frames[self.done :], len(self.ears.frames)
        for frame in new:
            self._apply(dict(frame))
        return new

    def _apply(self, frame: dict[str, Any]) -> None:
        match frame.pop("type"):
            case "event":
                assert frame.pop("conversation") == self.line.pk
                assert frame["seq"] == len(self.state["log"]) + 1
                self.state["log"].append(frame)
                if frame["kind"] in ("session.assigned", "session.closed"):
                    self.state["place"] = None
            case "receipt":
                assert frame.pop("conversation") == self.line.pk
                self.state["receipts"] = frame
            case "queue":
                self.state["place"] = frame["place"]
            case other:
                raise AssertionError(f"a buyer hears {other}")


class Stage:
    """A shop with two agents, a lead and two buyers, all of them listening."""

    def __init__(self, **settings: Any) -> None:
        self.shop = base.shop(**settings)
        self.lin, self.wu = base.agent(self.shop, "Lin"), base.agent(self.shop, "Wu", accepting=False)
        self.lead = base.agent(self.shop, "Lead", role="service_lead", accepting=False)
        self.line, self.other = base.buyer(self.shop, "ann"), base.buyer(self.shop, "bob")

    @contextmanager
    def listening(self) -> "Iterator[Stage]":
        """Let everybody fetch, then listen."""
        self.consoles = {member.nickname: Console(member) for member in (self.lin, self.wu, self.lead)}
        self.pages = {line.pk: Page(line) for line in (self.line, self.other)}
        with ExitStack() as stack:
            loop = stack.enter_context(running(hub))
            for console in self.consoles.values():
                for topic in (f"m{console.member.pk}", f"s{self.shop.pk}"):
                    loop.do(hub.listen, topic, console.ears)
                stack.callback(loop.do, hub.unlisten, console.ears)
            for page in self.pages.values():
                loop.do(hub.listen, f"c{page.line.pk}", page.ears)
                stack.callback(loop.do, hub.unlisten, page.ears)
            self.loop = loop
            yield self

    def heard(self) -> dict[Any, list[Any]]:
        """Wait until everything that was committed was told; return what each heard, and check all the states."""
        until(lambda: not self.loop.do(lambda: any(hub._held.values())))
        told: dict[Any, list[Any]] = {name: console.apply() for name, console in self.consoles.items()}
        told |= {line: page.apply() for line, page in self.pages.items()}
        for name, console in self.consoles.items():
            if self._is_agent(console.member):
                assert self._told(console.state) == self._told(console.fetch()), f"{name} differs from a fresh fetch"
        for page in self.pages.values():
            assert page.state == page.fetch(), f"{page.line.buyer} differs from a fresh fetch"
        invariants.check()
        return told

    def _told(self, state: dict[str, Any]) -> dict[str, Any]:
        """Leave out what no frame carries: who lost the right to be listed, the line's end in its older sessions."""
        agents = set(self.shop.members.agents().values_list("pk", flat=True))
        members = {pk: member for pk, member in state["members"].items() if pk in agents}
        newest = {base.session(line).pk for line in (self.line, self.other) if line.sessions.exists()}
        rows = {pk: row if pk in newest else {**row, "last_seq": None} for pk, row in state["rows"].items()}
        return {**state, "members": members, "rows": rows}

    def _is_agent(self, member: Member) -> bool:
        member.refresh_from_db()
        return member.is_agent


def held(stage: Stage, line: Conversation | None = None) -> ServiceSession:
    """Let a session be with Lin, answered once."""
    session = base.writes(line or stage.line)
    assert session.assignee == stage.lin
    base.replies(stage.lin, session)
    return base.session(session.conversation)


def waiting(stage: Stage, line: Conversation | None = None) -> ServiceSession:
    """Let a session wait in the queue."""
    people.set_accepting(stage.lin, False)
    session = base.writes(line or stage.line)
    assert session.state == "queued"
    return session
