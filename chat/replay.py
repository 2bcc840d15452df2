"""The facts of a session once more, from what was said and logged: what rebuild_facts compares with. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chat import turns
from chat.models import Assignment, Event, Message, Rating, ServiceSession

FACTS = (
    "started_by", "first_assigned_at", "last_buyer_at", "last_buyer_seq", "last_automatic_seq", "last_human_seq",
    "first_human_at", *turns.TOUCHED, *turns.FIRST, *turns.RATED,
)  # fmt: skip
OF_ASSIGNMENT = ("first_reply_at", "again", *turns.COUNTS)


@dataclass(slots=True)
class Replay:
    """One session played again: `events` in their order, each with its message; `assignments` in theirs."""

    session: ServiceSession
    assignments: list[Assignment]
    found: ServiceSession = field(init=False)
    placed: list[Assignment] = field(init=False)

    def __post_init__(self) -> None:
        self.found = ServiceSession(shop=self.session.shop, started_at=self.session.started_at)
        self.placed = []

    def play(self, events: Iterable[Event]) -> "Replay":
        for event in events:
            if event.message is not None:
                self._said(event.message)
            elif event.kind == Event.Kind.OPENED:
                self.found.started_by = event.data["by"]
            elif event.kind == Event.Kind.ASSIGNED:
                self._assigned(event.at)
            elif event.kind == Event.Kind.RATED:
                self._rated(event.data)
        return self

    def drift(self) -> dict[str, tuple[Any, Any]]:
        """Return the facts that are not as stored, each with what is stored and what was found."""
        pairs: list[tuple[Any, Any, tuple[str, ...], str]] = [(self.session, self.found, FACTS, "")]
        pairs += [
            (row, one, OF_ASSIGNMENT, f"assignment {row.pk}: ")
            for row, one in zip(self.assignments, self.placed, strict=False)
        ]
        wrong: dict[str, tuple[Any, Any]] = {}
        if len(self.assignments) != len(self.placed):
            wrong["assignments"] = len(self.assignments), len(self.placed)
        for stored, found, names, before in pairs:
            for name in names:
                attribute = type(stored)._meta.get_field(name).attname
                was, is_now = getattr(stored, attribute), getattr(found, attribute)
                if was != is_now:
                    wrong[before + name] = was, is_now
        return wrong

    def settle(self) -> None:
        """Take what was found for what the session and its assignments say."""
        pairs: list[tuple[Any, Any, tuple[str, ...]]] = [(self.session, self.found, FACTS)]
        pairs += [(row, one, OF_ASSIGNMENT) for row, one in zip(self.assignments, self.placed, strict=False)]
        for stored, found, names in pairs:
            for name in names:
                attribute = type(stored)._meta.get_field(name).attname
                setattr(stored, attribute, getattr(found, attribute))

    def _assigned(self, at: datetime) -> None:
        self.found.first_assigned_at = self.found.first_assigned_at or at
        row = next(iter(self.assignments[len(self.placed) :]), None)
        if row is None or row.started_at != at:
            return  # a hand-over that was undone, or the agent who has it back
        again = any(one.member_id == row.member_id for one in self.placed)
        counts = {name: getattr(self.found, name) for name in turns.COUNTS}
        self.placed.append(Assignment(pk=row.pk, member_id=row.member_id, again=again, **counts))

    def _said(self, said: Message) -> None:
        found, now = self.found, said.created_at
        if said.sender_kind == Message.Sender.BUYER:
            found.last_buyer_at, found.last_buyer_seq = now, said.seq
            turns.begins(found, now)
        elif said.sender_kind == Message.Sender.AGENT:
            found.last_human_seq = said.seq
            found.first_human_at = found.first_human_at or now
            turns.answered(found, now, said.member_id)
            mine = next((one for one in reversed(self.placed) if one.member_id == said.member_id), None)
            if mine is not None:
                mine.first_reply_at = mine.first_reply_at or now
        elif turns.is_automatic(said.kind, said.data):
            found.last_automatic_seq = said.seq
            turns.answered_automatically(found)

    def _rated(self, data: dict[str, Any]) -> None:
        """Before a human has said anything it is the bot that was rated; a later rating replaces it (E6)."""
        member = self.placed[-1].member_id if self.found.first_human_at and self.placed else None
        turns.rated(self.found, data["stars"], member, data.get("source") or Rating.Source.BUYER)
