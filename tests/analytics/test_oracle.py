"""Random histories, played through the real actions under a moved clock: every figure equals the naive oracle's."""

import os
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics import conditions, periods, reports, rollups
from chat.actions import bot, contact, figures, people, ratings, rebuilding, sessions, undoing
from chat.actions import policy as rules
from chat.actions import reports as user_reports
from chat.models import Event, ServiceSession, UserReport
from commerce.models import Order
from shops.errors import NotAllowed, Refused
from shops.models import Member, Shop, User
from tests import base, invariants
from tests.analytics.oracle import Oracle

# A world is a shop with ten buyers, each with a history of its own: 10 worlds are 100 histories, on each database.
WORLDS = int(os.environ.get("HISTORIES", "100")) // 10
STEPS = 60
STARTS = {
    "Asia/Shanghai": datetime(
        2026, 11, 26, 15, 30, tzinfo=UTC
    ),  # half an hour before midnight, four days before a month
    "America/New_York": datetime(2026, 10, 30, 2, 0, tzinfo=UTC),  # the clocks go back on November 1st
    "Europe/London": datetime(2026, 3, 27, 22, 0, tzinfo=UTC),  # and forward on March 29th
    "Asia/Kathmandu": datetime(2026, 12, 30, 17, 45, tzinfo=UTC),  # a quarter of an hour, over the turn of the year
}


class World:
    """A shop, its people and ten buyers; each step is one thing that somebody does."""

    def __init__(self, rng: random.Random, preset: str, zone: str, profile: str, clock: Any) -> None:
        self.rng, self.clock = rng, clock
        clock.move_to(STARTS[zone], tick=False)
        self.shop = base.shop(preset=preset, time_zone=zone, bot_enabled=rng.random() < 0.5)
        self.shop = rules.set_overrides(self.shop, {"metric_profile": profile})
        self.owner = base.agent(self.shop, "Owner", role="owner", im=False, online=False)
        self.team = [base.agent(self.shop, name, online=False) for name in ("Lin", "Wu", "Mei")]
        self.reviewer = User.objects.create_user(username=f"reviewer-{self.shop.pk}")
        self.undone: set[int] = set()  # events of hand-overs that were taken back
        self.seen: set[str] = set()  # of what is rare, what happened
        self.question = base.question(self.shop)
        self.lines = [base.buyer(self.shop) for _ in range(10)]
        for line in self.lines:
            base.order(line, created_at=STARTS[zone] - timedelta(days=1))

    def play(self, steps: int = STEPS) -> None:
        for _ in range(steps):
            self.clock.shift(timedelta(seconds=self.rng.choice((0, 5, 30, 31, 180, 601, 3600, 5 * 3600, 12 * 3600))))
            try:
                self.step()
            except (Refused, NotAllowed):
                continue

    def step(self) -> None:
        line = self.rng.choice(self.lines)
        current = ServiceSession.objects.filter(conversation=line).order_by("-pk").first()
        acts = [self.buyer_acts, self.buyer_acts, self.shop_changes, self.orders]
        if current is not None:
            acts += [self.agent_acts] * 4 + [self.rated, self.flagged]
        self.rng.choice(acts)(line, current)

    def buyer_acts(self, line: Any, current: Any) -> None:
        if self.rng.random() < 0.35:
            base.clicks(line, self.question)
        elif self.rng.random() < 0.2 and current is not None:
            sessions.ask_human(self.shop.pk, line.pk)
        else:
            said = base.writes(line, self.rng.choice(("When do you ship?", "Hello?", "And how much is it?")))
            if said.state == "bot" and self.rng.random() < 0.8:
                bot.answer(said.pk)

    def orders(self, line: Any, current: Any) -> None:
        """An order is placed, or one of the buyer's is paid for, cancelled or dearer than it was."""
        if self.rng.random() < 0.6:
            ago = timedelta(days=self.rng.choice((0, 0, 1, 6, 7)), seconds=self.rng.choice((0, 1)))
            state, total = self.rng.choice(list(Order.State)), f"{self.rng.randrange(10**6) / 100:.2f}"
            base.order(line, created_at=datetime.now(UTC) - ago, state=state, total=total)
            return
        one = self.rng.choice(list(Order.objects.filter(buyer=line.buyer_id)))
        one.state, one.total = self.rng.choice(list(Order.State)), Decimal(self.rng.randrange(10**6)) / 100
        one.save()
        figures.ordered([one])

    def agent_acts(self, line: Any, current: Any) -> None:
        current = ServiceSession.objects.get(pk=current.pk)
        someone = self.rng.choice(self.team)
        if current.state == "queued":
            sessions.give(current.pk, someone, someone)
        elif current.state == "closed" and self.rng.random() < 0.2:
            contact.start(someone, line.buyer)
        elif current.state == "closed" and current.last_assignee and self.rng.random() < 0.3:
            undoing.close(current.pk, current.last_assignee)
        elif current.state == "closed" and current.last_assignee:
            base.replies(current.last_assignee, current)
        elif current.state == "assigned":
            self._with(line, current, someone)

    def _with(self, line: Any, current: Any, someone: Member) -> None:
        what = self.rng.random()
        if what < 0.6:
            base.replies(current.assignee, current)
        elif what < 0.75:
            sessions.transfer(current.pk, someone, current.assignee)
            if self.rng.random() < 0.5:
                self._taken_back(line, current)
        else:
            sessions.close(current.pk, current.assignee, self.rng.choice(("", "Good bye")))

    def _taken_back(self, line: Any, current: Any) -> None:
        """Undo a hand-over; meanwhile the buyer may have written, and an answer of the receiver makes it too late."""
        given = Event.objects.filter(session=current, kind="session.assigned").latest("pk")
        self.clock.shift(timedelta(seconds=self.rng.choice((0, 5, 14))))
        if self.rng.random() < 0.4:
            base.writes(line, "Are you there?")
        receiver = ServiceSession.objects.get(pk=current.pk).assignee
        if receiver is not None and self.rng.random() < 0.2:
            base.replies(receiver, current)
        undoing.transfer(current.pk, current.assignee)
        self.seen.add("undone")
        self.undone |= {given.pk, Event.objects.filter(session=current, kind="session.assigned").latest("pk").pk}

    def rated(self, line: Any, current: Any) -> None:
        ratings.rate(self.shop.pk, line.pk, current.pk, self.rng.randint(1, 5))

    def flagged(self, line: Any, current: Any) -> None:
        """No reply needed; a report made, decided, reversed: one that is under way goes on before another is made."""
        current = ServiceSession.objects.get(pk=current.pk)
        known = UserReport.objects.filter(shop=self.shop, state__in=["pending", "approved"]).order_by("-pk").first()
        if known is not None and self.rng.random() < 0.7:
            if known.state == "pending":
                self.seen.add(user_reports.decide(known, self.reviewer, self.rng.random() < 0.6).state)
            else:
                self.seen.add(user_reports.reverse(known, self.reviewer).state)
        elif current.assignee and self.rng.random() < 0.5:
            sessions.no_reply_needed(current.pk, current.assignee, not current.no_reply_needed)
        elif current.last_assignee:
            user_reports.submit(current.pk, current.last_assignee, "abuse", "Rude")

    def shop_changes(self, line: Any, current: Any) -> None:
        someone = self.rng.choice(self.team)
        if self.rng.random() < 0.5:
            people.came_online(someone, "test", f"console-{someone.pk}")
        elif self.rng.random() < 0.5:
            Shop.objects.filter(pk=self.shop.pk).update(holiday_mode=self.rng.random() < 0.4)
        elif self.rng.random() < 0.2:
            self.moves()
        else:
            sessions.close_due()

    def moves(self) -> None:
        """The shop moves to another zone: its days are others, and its turns began at other hours."""
        zone = self.rng.choice(sorted(STARTS))
        shop = rules.set_time_zone(self.shop, zone)
        drift = [name for one in rebuilding.rebuild(shop) for name in one.facts]
        self.seen |= {"moved"} if drift else set()
        assert all("due" in name for name in drift), drift


def spans(shop: Shop, now: datetime) -> list[periods.Range]:
    """Every way to ask for days around what happened."""
    asked = [periods.chosen(shop, now, key) for key in periods.RANGES if key != "custom"]
    today = periods.local_day(shop, now)
    return [*asked, periods.chosen(shop, now, "custom", today - timedelta(days=13), today)]


def compare(made: World, now: datetime) -> None:
    shop, rng = Shop.objects.get(pk=made.shop.pk), made.rng
    oracle = Oracle(shop, now, frozenset(made.undone))
    for asked in rng.sample(spans(shop, now), 3):
        first, last = asked.days.first, asked.days.last
        expected = oracle.shop_figures(first, last)
        found = _values(reports.overview(shop, asked, now)) | _values(reports.quality(shop, asked, now))
        assert {key: found[key] for key in expected if key in found} == pytest.approx(expected_of(found, expected))
        assert reports.heatmap(shop, asked, now)["cells"] == oracle.heat(first, last)
        rows = {one["member"]["id"]: one["values"] for one in reports.agents(shop, asked, now)["results"]}
        monitored = {one["member"]["id"]: one["values"] for one in reports.quality(shop, asked, now)["employees"]}
        for member in Member.objects.filter(shop=shop):
            expected = oracle.agent_figures(first, last, member.pk)
            if member.pk not in rows:
                assert not expected["assigned"]
                continue
            found = rows[member.pk] | monitored[member.pk]
            assert {key: found[key] for key in expected if key in found} == pytest.approx(expected_of(found, expected))
    whole = periods.last(shop, 60, now)
    report = reports.dissatisfaction(shop, now)
    wanted = oracle.shop_figures(whole.first, whole.last)["dissatisfaction"]
    assert report["figure"]["value"] == pytest.approx(wanted)
    assert report["results"][-1]["values"]["dissatisfaction"] == pytest.approx(wanted)
    _days_add_up(shop, oracle, now)


def _days_add_up(shop: Shop, oracle: Oracle, now: datetime) -> None:
    for one in reports.trend(shop, periods.chosen(shop, now, "last_28_days"), now)["results"]:
        day = date.fromisoformat(one["day"])
        expected = oracle.shop_figures(day, day)
        assert one["values"]["consultations"] == expected["consultations"]
        assert one["values"]["response_rate"] == pytest.approx(expected["response_rate"])


def expected_of(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in expected.items() if key in found}


def _values(report: Any) -> dict[str, Any]:
    return {one["key"]: one["value"] for one in report["figures"]}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.rule("G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9", "G12", "P11", "P14")
def test_every_figure_equals_the_oracles(time_machine: Any) -> None:
    seen: set[str] = set()

    @settings(
        max_examples=WORLDS, deadline=None, database=None, derandomize="HISTORIES" not in os.environ,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck), print_blob=True,
    )  # fmt: skip
    @given(
        seed=st.integers(0, 2**32), preset=st.sampled_from(["douyin", "tiktok_shop"]),
        zone=st.sampled_from(sorted(STARTS)), profile=st.sampled_from(["guides", "us_24h", "sea_12h", "human_3min"]),
    )  # fmt: skip
    def world(seed: int, preset: str, zone: str, profile: str) -> None:
        made = World(random.Random(seed), preset, zone, profile, time_machine)
        made.play()
        now = datetime.now(UTC)
        if seed % 2:
            rollups.add_up_due()
            made.play(10)  # some days are marked again
            now = datetime.now(UTC)
        seen.update(made.seen)
        compare(made, now)
        assert conditions.rules(made.shop).profile.key == profile
        assert not list(rebuilding.rebuild(Shop.objects.get(pk=made.shop.pk), dry_run=True))

    world()
    assert seen == {"undone", "approved", "rejected", "reversed", "moved"}
    invariants.check(drained=False)
