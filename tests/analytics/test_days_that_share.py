"""What days share is counted once: buyers, their orders; and hours are the shop's own, whatever its clocks do."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics import conditions, listing, people, periods, reports, rollups
from analytics.models import DayRoll, DayRound
from analytics.periods import Days, Range
from chat.actions import contact, figures, ratings, sessions
from chat.models import Conversation, DayMark
from commerce.models import Order
from lib.db import snapshot, write
from shops.models import Shop
from tests import base

START = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)  # 12:30 in New York; the clocks go back on the next day
DAYS = Days(START.date(), START.date() + timedelta(days=3))


def received(shop: Shop, line: Any, *, closed: bool = True) -> Any:
    lin = shop.members.get(nickname="Lin")
    opened = base.writes(line)
    base.replies(lin, opened)
    if closed:
        sessions.close(opened.pk, lin)
    return opened


@pytest.fixture
def shop(time_machine: Any) -> Shop:
    """Saturday 31 October to Tuesday: one buyer on two days, one on one day, one whose session is open."""
    time_machine.move_to(START, tick=False)
    shop = base.shop("Harbour", "tiktok_shop", time_zone="America/New_York")
    base.agent(shop, "Lin", online=False)
    often, once, now = (base.buyer(shop, name) for name in ("often", "once", "now"))
    received(shop, often)
    time_machine.move_to(datetime(2026, 11, 1, 5, 30, tzinfo=UTC), tick=False)  # 01:30, in summer time
    received(shop, once)
    time_machine.shift(timedelta(hours=1))  # 01:30 once more
    received(shop, often)
    time_machine.move_to(datetime(2026, 11, 3, 17, 0, tzinfo=UTC), tick=False)  # Tuesday noon
    base.order(often, created_at=datetime(2026, 11, 2, 15, 0, tzinfo=UTC), total="100.10")
    received(shop, now, closed=False)
    return shop


def asked() -> Range:
    return Range("custom", DAYS, None)


def everything(shop: Shop) -> Any:
    now = datetime.now(UTC)
    by = conditions.rules(shop)
    steps = [Days(day, day) for day in DAYS]
    return (
        people.orders(shop, DAYS, by), people.of_steps(shop, steps, by), people.of_steps(shop, [DAYS], by),
        people.of_agents(shop, DAYS, by), reports.heatmap(shop, asked(), now), reports.overview(shop, asked(), now),
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.rule("G9", "G12", "G14")
def test_a_buyer_of_several_days_counts_once_however_the_days_are_read(shop: Shop) -> None:
    live = everything(shop)
    assert live[1:4] == ([1, 2, 0, 1], [3], {shop.members.get(nickname="Lin").pk: 3})
    assert live[0] == {"served": 3, "ordering": 1, "order_value": Decimal("100.10")}
    assert rollups.add_up_due() == 2
    assert everything(shop) == live
    figures.changed(shop.sessions.closed().earliest("pk"))  # one day stored, one read live
    assert everything(shop) == live


@pytest.mark.django_db
@pytest.mark.rule("G9")
def test_the_hour_that_comes_twice_is_one_hour_of_the_heat_map(shop: Shop) -> None:
    rollups.add_up_due()
    told = reports.heatmap(shop, asked(), datetime.now(UTC))
    busy = {(day, hour): n for day, cells in enumerate(told["cells"]) for hour, n in enumerate(cells) if n}
    assert busy == {(5, 12): 1, (6, 1): 2, (1, 12): 1}
    assert (told["days"], told["busiest"]) == ([1, 1, 0, 0, 0, 1, 1], 2)


@pytest.mark.django_db
@pytest.mark.rule("G14")
def test_orders_that_come_or_change_later_mark_the_days_they_belong_to(shop: Shop) -> None:
    rollups.add_up_due()
    by, line = conditions.rules(shop), Conversation.objects.get(buyer__uid="once")
    made = base.order(line, created_at=datetime(2026, 11, 2, 15, 0, tzinfo=UTC), state="unpaid")
    marked = [periods.local_day(shop, at) for at in DayMark.objects.values_list("at", flat=True)]
    assert marked == [DAYS.first + timedelta(days=1)]
    assert people.orders(shop, DAYS, by)["ordering"] == 1
    rollups.add_up_due()
    for state, value in (("to_process", "139.90"), ("cancelled", "100.10")):
        Order.objects.filter(pk=made.pk).update(state=state)
        figures.ordered([made])
        assert people.orders(shop, DAYS, by)["order_value"] == Decimal(value)
        rollups.add_up_due()
        assert people.orders(shop, DAYS, by)["order_value"] == Decimal(value)
    base.order(line, created_at=datetime(2026, 11, 8, 6, 31, tzinfo=UTC))  # a minute more than seven days later
    assert not DayMark.objects.exists()


@pytest.mark.django_db
@pytest.mark.rule("G3", "G7", "G9")
def test_what_an_agent_started_is_rated_like_any_other_and_is_no_consultation(shop: Shop, time_machine: Any) -> None:
    lin, now = shop.members.get(nickname="Lin"), datetime.now(UTC)
    first = shop.sessions.earliest("pk")
    ratings.rate(shop.pk, first.conversation_id, first.pk, 5)
    time_machine.shift(60)
    for uid, stars in (("often", 1), ("once", 2)):
        line = Conversation.objects.get(buyer__uid=uid)
        started = contact.start(lin, line.buyer, base.order(line)).session
        base.replies(lin, started)
        base.writes(line, "Thanks")
        ratings.rate(shop.pk, line.pk, started.pk, stars)
        sessions.close(started.pk, lin)
    for _round in range(2):
        told = reports.ratings(shop, asked(), now + timedelta(hours=1))
        of_shop = {one["key"]: one["value"] for one in told["figures"]}
        (row,) = told["results"]
        assert of_shop == row["values"] == {
            "ratings": 3, "rating_rate": 1 / 4, "mean_stars": 8 / 3, "satisfaction": 1 / 3
        }  # fmt: skip
        rollups.add_up_due(now + timedelta(hours=1))
    of_agent = reports.agents(shop, asked(), now)["results"][0]["values"]
    assert of_agent["satisfaction"] == 1 / 3
    behind = {
        part: listing.chosen(shop, listing.Asked(DAYS, member=lin.pk, figure="rating_rate", part=part), now).count()
        for part in listing.PARTS
    }
    assert behind == {"over": 1, "under": 4, "rest": 3}


@pytest.mark.django_db
def test_a_new_process_goes_on_where_the_last_one_was(shop: Shop, monkeypatch: Any, time_machine: Any) -> None:
    monkeypatch.setattr(rollups, "SHOPS", 1)
    other = base.shop("Hill", "tiktok_shop")
    base.agent(other, "Lin", online=False)
    received(other, base.buyer(other))
    assert [rollups.add_up_due(), rollups.add_up_due(), rollups.add_up_due()] == [2, 1, 0]
    assert DayRound.objects.count() == 2
    for one in (shop, other):
        figures.everything_changed(one)
        time_machine.shift(1)
    # Whoever comes next looks after the one that has waited longer; nothing in memory says which.
    DayRound.objects.filter(shop=other).update(looked_at=START)
    assert rollups.add_up_due() == 1
    assert set(DayMark.objects.values_list("shop", flat=True)) == {shop.pk}


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_add_up_one_shop_at_a_time(shop: Shop) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    held, done = threading.Event(), threading.Event()

    def other() -> None:
        with write():
            assert rollups._mine(shop, datetime.now(UTC))
            held.set()
            done.wait(10)
        connection.close()

    DayRound.objects.create(shop=shop)
    thread = threading.Thread(target=other)
    thread.start()
    assert held.wait(10)
    assert rollups.add_up_due() == 0
    done.set()
    thread.join()
    assert (rollups.add_up_due(), DayRoll.objects.filter(member=None).count()) == (2, 2)


@pytest.mark.django_db
def test_reports_of_one_moment_read_their_days_once(shop: Shop) -> None:
    rollups.add_up_due()
    figures.changed(shop.sessions.closed().earliest("pk"))  # one day stored, one read live
    now = datetime.now(UTC)
    made = [reports.overview, reports.heatmap, reports.quality, reports.trend, reports.agents, reports.distribution]
    apart = [report(shop, asked(), now) for report in made]
    with CaptureQueriesContext(connection) as told, snapshot():
        assert [report(shop, asked(), now) for report in made] == apart
    said = [one["sql"] for one in told if one["sql"].startswith("SELECT")]
    marks = [sql for sql in said if "chat_daymark" in sql]
    days = [sql for sql in said if 'FROM "analytics_dayroll"' in sql]
    assert (len(marks), len(days), len(set(days))) == (1, 6, 6)
