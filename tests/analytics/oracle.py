"""The figures by a second, naive reading of SPEC G: straight from messages and events, one session after the other.

Nothing of the product's arithmetic is used here, on purpose: no stored fact, no shared helper.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chat.models import Event, Message, ServiceSession, UserReport
from commerce.models import Order

HOURS = {"guides": 24, "us_24h": 24, "sea_12h": 12, "human_3min": 24}


@dataclass
class Told:
    """One session as its messages and events tell it."""

    start: datetime
    by_buyer: bool
    buyer: int
    flags: tuple[bool, bool, bool]  # holiday mode, no reply needed, report upheld
    words: list[tuple[str, datetime, int | None]] = field(default_factory=list)  # buyer, human or auto; when; by whom
    assigned: list[tuple[datetime, int]] = field(default_factory=list)
    stars: int | None = None
    rated: int | None = None  # the agent; None for the bot
    turns: list[tuple[datetime, timedelta, int]] = field(default_factory=list)  # begun, took, by whom
    waiting: datetime | None = None


def tell(session: ServiceSession, undone: frozenset[int] = frozenset()) -> Told:
    agents = {one.pk: None for one in session.shop.members.all()}
    names = {one.nickname: one.pk for one in session.shop.members.all()}
    log = list(Event.objects.filter(session=session).select_related("message").order_by("seq"))
    opened = next(one for one in log if one.kind == "session.opened")
    upheld = UserReport.objects.filter(session=session, state="approved").exists()
    flags = session.holiday_mode, session.no_reply_needed, upheld
    told = Told(opened.at, opened.data["by"] == "buyer", session.buyer_id, flags)
    for one in log:
        if one.kind == "session.assigned" and one.pk not in undone:
            told.assigned.append((one.at, names[one.data["agent"]]))
        elif one.kind == "session.rated":
            told.stars, told.rated = one.data["stars"], names.get(one.data["agent"] or "")
        elif one.message is not None:
            _hear(told, one.message)
    assert all(who is None or who in agents for _kind, _at, who in told.words)
    return told


def _hear(told: Told, said: Message) -> None:
    at = said.created_at
    if said.sender_kind == "buyer":
        told.words.append(("buyer", at, None))
        told.waiting = told.waiting or at
    elif said.sender_kind == "agent":
        told.words.append(("human", at, said.member_id))
        if told.waiting:
            told.turns.append((told.waiting, at - told.waiting, said.member_id or 0))
        told.waiting = None
    elif said.kind == "bot_answer" and (said.data["question"] is not None or "order" in said.data):
        told.words.append(("auto", at, None))
        told.waiting = None


def outcome(told: Told, hours: int) -> str:
    human = [at for kind, at, _who in told.words if kind == "human"]
    if human and human[0] - told.start <= timedelta(hours=hours):
        return "human_in_time"
    talk = [kind for kind, _at, _who in told.words if kind != "human"]
    if talk and talk[-1] == "auto":
        return "auto_solved"
    return "late" if human else "unanswered"


class Oracle:
    """All sessions of a shop, read once; questions about spans of days."""

    def __init__(self, shop: Any, now: datetime, undone: frozenset[int] = frozenset()) -> None:
        """`undone` are the events of hand-overs that were taken back, and of taking them back: they never were."""
        self.shop, self.now = shop, now
        self.profile, self.clock = shop.policy.metric_profile, shop.policy.first_response_clock
        self.zone, self.hours = ZoneInfo(shop.time_zone), HOURS[shop.policy.metric_profile]
        rows = ServiceSession.objects.filter(shop=shop).select_related("shop")
        self.all = [tell(one, undone) for one in rows]

    def of_days(self, first: date, last: date) -> list[Told]:
        return [one for one in self.all if first <= one.start.astimezone(self.zone).date() <= last]

    def shop_figures(self, first: date, last: date) -> dict[str, float | None]:
        """Return G1-G6, G8 over these days and G9 of the whole shop."""
        chosen = self.of_days(first, last)
        mine = [one for one in chosen if one.by_buyer]
        stars = [one.stars for one in chosen if one.stars]
        judged = [one.stars for one in chosen if one.stars and not one.flags[2]]
        found = self._common(mine, chosen, [t for one in chosen for t in one.turns])
        found |= {
            "consultations": len(mine),
            "satisfaction": _share(sum(s >= 4 for s in stars), len(stars)),
            "dissatisfaction": _share(sum(s <= 2 for s in judged), len(judged)),
            "people": len({one.buyer for one in mine}),
            "first_response": _mean(self._replies(mine).values()),
        }
        return found | self._orders(mine)

    def heat(self, first: date, last: date) -> list[list[int]]:
        """Return consultations by weekday and hour of the shop."""
        cells = [[0] * 24 for _ in range(7)]
        for one in self.of_days(first, last):
            at = one.start.astimezone(self.zone)
            cells[at.weekday()][at.hour] += one.by_buyer
        return cells

    def _orders(self, mine: list[Told]) -> dict[str, float | None]:
        """Return G14: bought within seven days of a session that somebody or something answered."""
        served = [one for one in mine if any(kind != "buyer" for kind, _at, _who in one.words)]
        bought = [
            order
            for order in Order.objects.filter(shop=self.shop)
            if order.state not in ("unpaid", "cancelling", "cancelled")
            and any(
                one.buyer == order.buyer_id and timedelta(0) <= order.created_at - one.start <= timedelta(days=7)
                for one in served
            )
        ]
        return {
            "conversion": _share(len({one.buyer_id for one in bought}), len({one.buyer for one in served})),
            "guided_value": float(sum(one.total for one in bought)),
        }

    def agent_figures(self, first: date, last: date, member: int) -> dict[str, float | None]:
        """Return G7 and the agent's part of G9."""
        chosen = self.of_days(first, last)
        had = [one for one in chosen if one.by_buyer and member in [who for _at, who in one.assigned]]
        stars = [one.stars for one in chosen if one.stars and one.rated == member]
        turns = [t for one in chosen for t in one.turns if t[2] == member]
        waiting = [one for one in chosen if one.assigned and one.assigned[-1][1] == member]
        found = self._common(had, waiting, turns)
        mine = [one for one in chosen if one.by_buyer and _first_replier(one) == member]
        kinds = [outcome(one, self.hours) for one in had]
        needing = len(had) - kinds.count("auto_solved")
        found |= {
            "assigned": len(had),
            "needing": needing,
            "human_rate": _share(kinds.count("human_in_time"), needing),
            "satisfaction": _share(sum(s >= 4 for s in stars), len(stars)),
            "first_response": _mean(self._replies(mine).values()),
            "people": len({one.buyer for one in had}),
        }
        return found

    def _common(
        self, sessions: list[Told], waiting: list[Told], turns: list[tuple[datetime, timedelta, int]]
    ) -> dict[str, float | None]:
        kinds = [outcome(one, self.hours) for one in sessions]
        running = [one.waiting for one in waiting if one.waiting]
        slow = sum(took > timedelta(minutes=10) for _at, took, _who in turns)
        return {
            **{name: kinds.count(name) for name in ("human_in_time", "auto_solved", "late", "unanswered")},
            "response_rate": self._rate(sessions, running, turns),
            "response_time": _mean(took.total_seconds() for _at, took, _who in turns),
            "turns_fast": sum(took <= timedelta(seconds=30) for _at, took, _who in turns),
            "turns_slow": slow + sum(self.now - at > timedelta(minutes=10) for at in running),
        }

    def _rate(
        self, sessions: list[Told], running: list[datetime], turns: list[tuple[datetime, timedelta, int]]
    ) -> float | None:
        if self.profile == "human_3min":
            due = [took for at, took, _who in turns if 8 <= at.astimezone(self.zone).hour < 23]
            open_ones = sum(8 <= at.astimezone(self.zone).hour < 23 for at in running)
            return _share(sum(took <= timedelta(minutes=3) for took in due), len(due) + open_ones)
        counted = [one for one in sessions if not any(one.flags)]
        if self.profile != "guides":
            counted = [one for one in counted if outcome(one, self.hours) != "auto_solved"]
        good = [one for one in counted if outcome(one, self.hours) == "human_in_time" or self._automatic(one)]
        return _share(len(good), len(counted))

    def _automatic(self, one: Told) -> bool:
        return self.profile == "guides" and outcome(one, self.hours) == "auto_solved"

    def _replies(self, sessions: list[Told]) -> dict[int, float]:
        taken: dict[int, float] = defaultdict(float)
        for place, one in enumerate(sessions):
            human = [at for kind, at, _who in one.words if kind == "human"]
            if human and not one.flags[0] and outcome(one, self.hours) != "auto_solved":
                begin = one.assigned[0][0] if self.clock == "assignment" else one.start
                taken[place] = (human[0] - begin).total_seconds()
        return taken


def _first_replier(one: Told) -> int | None:
    return next((who for kind, _at, who in one.words if kind == "human"), None)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: Any) -> float | None:
    found = list(values)
    return sum(found) / len(found) if found else None
