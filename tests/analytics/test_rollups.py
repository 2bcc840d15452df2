"""Roll-ups: a page gives the same numbers from clean days, from marked ones, and from none at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics import conditions, periods, reports, rollups, sums
from analytics.models import DayRoll
from chat.actions import policy, ratings, sessions
from chat.models import DayMark
from shops import profiles
from shops.errors import Invalid
from shops.models import Shop
from tests import base

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def shop(time_machine: Any) -> Shop:
    """Six days with two sessions each, one of them closed and rated."""
    time_machine.move_to(NOW - timedelta(days=6), tick=False)
    shop = base.shop(preset="tiktok_shop")
    lin = base.agent(shop, "Lin", online=False)
    base.agent(shop, "Wu", online=False)
    for _ in range(6):
        for place in range(2):
            line = base.buyer(shop)
            opened = base.writes(line)
            sessions.take(opened.pk, lin)
            time_machine.shift(60)
            base.replies(lin, opened)
            if place:
                sessions.close(opened.pk, lin)
                ratings.rate(shop.pk, line.pk, opened.pk, 4)
        time_machine.shift(timedelta(days=1, minutes=-2))
    time_machine.move_to(NOW, tick=False)
    return shop


def everything(shop: Shop) -> list[Any]:
    now = datetime.now(UTC)
    asked = periods.chosen(shop, now, "last_7_days")
    made = (reports.overview, reports.trend, reports.agents, reports.quality, reports.ratings, reports.distribution)
    return [report(shop, asked, now) for report in made] + [reports.dissatisfaction(shop, now)]


@pytest.mark.rule("G12")
def test_clean_marked_and_missing_days_give_the_same_numbers(shop: Shop) -> None:
    live = everything(shop)
    assert (DayRoll.objects.count(), rollups.add_up_due()) == (0, 6)
    assert not DayMark.objects.exists()
    assert DayRoll.objects.filter(member=None).count() == 6
    assert everything(shop) == live


def test_a_page_is_exact_before_the_worker_has_come(shop: Shop) -> None:
    rollups.add_up_due()
    before = everything(shop)[0]["figures"][2]["value"]
    line = base.buyer(shop)
    assert before == 1.0
    session = ratings.ServiceSession.objects.filter(state="closed").latest("pk")
    ratings.Rating.objects.filter(session=session).delete()
    ratings.rate(shop.pk, session.conversation_id, session.pk, 1)
    assert DayMark.objects.count() == 1
    assert everything(shop)[0]["figures"][2]["value"] == 5 / 6
    rollups.add_up_due()
    assert not DayMark.objects.exists()
    assert everything(shop)[0]["figures"][2]["value"] == 5 / 6
    assert line.shop_id == shop.pk


@pytest.mark.rule("P14")
def test_another_profile_counts_every_day_anew(shop: Shop) -> None:
    rollups.add_up_due()
    changed = policy.set_overrides(shop, {"metric_profile": "sea_12h", "first_response_clock": "assignment"})
    exact = everything(changed)
    assert "12" in exact[0]["figures"][1]["label"]
    rollups.add_up_due()
    assert not DayMark.objects.exists()
    assert everything(changed) == exact
    assert set(DayRoll.objects.values_list("basis", flat=True)) == {"sea_12h.1/assignment/Asia/Shanghai"}


@pytest.mark.rule("G9")
def test_a_turn_about_to_be_slow_keeps_its_day_live(shop: Shop, time_machine: Any) -> None:
    rollups.add_up_due()
    line, lin = base.buyer(shop), shop.members.get(nickname="Lin")
    opened = base.writes(line)
    sessions.take(opened.pk, lin)
    sessions.close(opened.pk, lin)
    assert rollups.add_up_due() == 0
    today = periods.chosen(shop, datetime.now(UTC), "day")
    for minutes, slow in ((9, 0), (2, 1)):
        time_machine.shift(timedelta(minutes=minutes))
        found = {one["key"]: one["value"] for one in reports.quality(shop, today, datetime.now(UTC))["figures"]}
        assert found["turns_slow"] == slow
    assert rollups.add_up_due() == 1


def test_the_number_of_queries_does_not_grow_with_sessions_or_days(shop: Shop) -> None:
    now = datetime.now(UTC)
    rollups.add_up_due()
    counts = []
    for key in ("day", "last_28_days"):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            reports.overview(shop, periods.chosen(shop, now, key, periods.local_day(shop, now)), now)
        counts.append(len([one for one in asked if "SAVEPOINT" not in one["sql"]]))
    assert max(counts) <= 26


@pytest.mark.rule("G12")
def test_a_shop_that_moves_counts_every_day_anew(shop: Shop) -> None:
    rollups.add_up_due()
    moved = policy.set_time_zone(shop, "America/New_York")
    exact = everything(moved)
    assert rollups.add_up_due() > 0
    assert not DayMark.objects.exists()
    assert DayRoll.objects.filter(member=None, basis="guides.1/session/America/New_York").count() == 6
    assert everything(moved) == exact
    with pytest.raises(Invalid, match="time_zone"):
        policy.set_time_zone(moved, "Atlantis/Main")


def test_shops_whose_days_are_not_settled_keep_no_other_shop_waiting(time_machine: Any, monkeypatch: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    monkeypatch.setattr(rollups, "SHOPS", 1)
    busy, quiet = base.shop(), base.shop("Hill")
    for one, said in ((busy, "Thanks"), (quiet, "")):
        lin = base.agent(one, "Lin")
        opened = base.writes(base.buyer(one))
        base.replies(lin, opened)
        if said:
            base.writes(opened.conversation, said)
        sessions.close(opened.pk, lin)
    assert [rollups.add_up_due(), rollups.add_up_due()] == [0, 1]
    assert set(DayMark.objects.values_list("shop", flat=True)) == {busy.pk}


@pytest.mark.rule("P11", "P14")
def test_sums_kept_ready_for_some_rules_are_not_those_of_others(shop: Shop) -> None:
    days, mine, now = list(periods.last(shop, 7, NOW)), sums.sessions_of(shop), datetime.now(UTC)
    for profile in profiles.PROFILES.values():
        for within in (timedelta(seconds=30), timedelta(minutes=3)):  # each was answered after a minute
            ours = replace(profile, answer_within=within, counts=profiles.SESSIONS)
            by = conditions.Rules(ours, "session", shop.time_zone)
            which = conditions.of(by, now)
            one_by_one = {name: mine.filter(which[name]).count() for name in sums.COUNTED}
            total = sums.add(*sums.of_shop(mine, shop, days, by, now).values())
            assert {name: total[name] for name in sums.COUNTED} == one_by_one
            of_agents = sums.add(*sums.of_agents(mine, shop, days, by, now).values())
            assert [of_agents[name] for name in sums.OF_ASSIGNED] == [one_by_one[name] for name in sums.OF_ASSIGNED]
            assert one_by_one["human_in_time"] == (0 if within.seconds == 30 else 12)
