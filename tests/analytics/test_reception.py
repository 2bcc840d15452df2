"""The first figures, each compared with a recount from the raw messages that knows nothing of stored facts."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analytics import conditions, metrics, periods, reading
from analytics.reception import reception
from chat.actions import bot, people, ratings, sessions
from chat.models import Assignment, Message, Rating, ServiceSession
from shops.models import Member, Shop
from tests import base

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # noon in Shanghai


@pytest.fixture
def clock(time_machine: Any) -> Any:
    time_machine.move_to(NOW - timedelta(days=10), tick=False)
    return time_machine


@pytest.fixture
def shop() -> Shop:
    return base.shop("Harbour", "tiktok_shop", time_zone="Asia/Shanghai")


def naive(shop: Shop, start: datetime, end: datetime, member: Member | None = None) -> dict[str, float | None]:
    """Recount G1-G4 by reading every message of every session, one after the other."""
    chosen = [one for one in ServiceSession.objects.filter(shop=shop) if start <= one.started_at < end]
    if member:
        had = set(Assignment.objects.filter(member=member).values_list("session_id", flat=True))
        chosen = [one for one in chosen if one.pk in had]
    answered, counted, taken, stars = 0, 0, [], []
    for one in chosen:
        said = list(Message.objects.filter(session=one).order_by("seq"))
        human = [m.created_at for m in said if m.sender_kind == "agent"]
        in_time = any(at - one.started_at <= DAY for at in human)
        talk = [m for m in said if m.sender_kind == "buyer" or (m.kind == "bot_answer" and m.data["question"])]
        unfollowed = bool(talk) and talk[-1].sender_kind == "bot"
        if not one.holiday_mode:
            counted += 1
            answered += in_time or unfollowed
            if human and not (unfollowed and not in_time):
                assigned = Assignment.objects.filter(session=one).order_by("pk").first()
                by_assignment = shop.policy.first_response_clock == "assignment"
                begin = assigned.started_at if by_assignment and assigned else one.started_at
                taken.append((human[0] - begin).total_seconds())
        for rating in Rating.objects.filter(session=one):
            if member is None or rating.member_id == member.pk:
                stars.append(rating.stars)
    return {
        "consultations": len(chosen),
        "response_rate": answered / counted if counted else None,
        "satisfaction": sum(s >= 4 for s in stars) / len(stars) if stars else None,
        "first_response": sum(taken) / len(taken) if taken else None,
    }


KEYS = ("consultations", "response_rate", "satisfaction", "first_response")


def figures(shop: Shop, days: periods.Days | None = None) -> dict[str, float | None]:
    around = days or periods.Days(NOW.date() - timedelta(days=30), NOW.date() + timedelta(days=30))
    numbers = reading.total(shop, around, conditions.rules(shop), NOW)
    return {key: metrics.METRICS[key].value(numbers) for key in KEYS}


@pytest.mark.rule("G2")
@pytest.mark.parametrize(("after", "rate"), [(DAY, 1.0), (DAY + timedelta(seconds=1), 0.0)])
def test_a_reply_counts_up_to_24_hours_after_the_start(shop: Shop, clock: Any, after: timedelta, rate: float) -> None:
    lin = base.agent(shop, "Lin")
    opened = base.writes(base.buyer(shop))
    clock.shift(after)
    base.replies(lin, opened)
    assert figures(shop)["response_rate"] == rate


@pytest.mark.rule("G2")
def test_an_unanswered_session_counts_as_such_at_once(shop: Shop, clock: Any) -> None:
    base.agent(shop, "Lin")
    base.writes(base.buyer(shop))
    assert figures(shop)["response_rate"] == 0.0


@pytest.mark.rule("G2")
def test_an_automatic_answer_answers_until_the_buyer_follows_up(shop: Shop, clock: Any) -> None:
    lin, line = base.agent(shop, "Lin"), base.buyer(shop)
    opened = base.clicks(line, base.question(shop))
    assert figures(shop) == {"consultations": 1, "response_rate": 1.0, "satisfaction": None, "first_response": None}
    base.writes(line, "And how much is it?")
    assert figures(shop)["response_rate"] == 0.0
    clock.shift(60)
    base.replies(lin, opened)
    assert figures(shop)["response_rate"] == 1.0


@pytest.mark.rule("G2")
def test_put_it_another_way_is_no_answer(shop: Shop, clock: Any) -> None:
    Shop.objects.filter(pk=shop.pk).update(bot_enabled=True)
    bot.answer(base.writes(base.buyer(shop), "qwerty").pk)
    assert Message.objects.filter(kind="bot_answer").count() == 1
    assert figures(shop)["response_rate"] == 0.0


@pytest.mark.rule("G2", "G4")
def test_holiday_mode_leaves_the_rate_and_the_first_response_alone(shop: Shop, clock: Any) -> None:
    lin = base.agent(shop, "Lin")
    Shop.objects.filter(pk=shop.pk).update(holiday_mode=True)
    opened = base.writes(base.buyer(shop))
    base.replies(lin, opened)
    found = figures(shop)
    assert (found["consultations"], found["response_rate"], found["first_response"]) == (1, None, None)


@pytest.mark.rule("G4", "P11")
@pytest.mark.parametrize(("preset", "seconds"), [("tiktok_shop", 90.0), ("douyin", 30.0)])
def test_the_first_response_clock_is_the_platforms(clock: Any, preset: str, seconds: float) -> None:
    shop = base.shop("Clock", preset)
    line, lin = base.buyer(shop), base.agent(shop, "Lin", online=False)
    base.agent(shop, "Wu", online=False)
    opened = base.writes(line)
    clock.shift(60)
    sessions.take(opened.pk, lin)
    clock.shift(30)
    base.replies(lin, opened)
    assert figures(shop)["first_response"] == seconds


@pytest.mark.rule("G4")
def test_words_long_after_an_automatic_answer_are_no_first_response(shop: Shop, clock: Any) -> None:
    lin, line = base.agent(shop, "Lin"), base.buyer(shop)
    opened = base.clicks(line, base.question(shop))
    clock.shift(DAY + timedelta(hours=1))
    base.replies(lin, opened)
    assert figures(shop)["first_response"] is None
    assert figures(shop)["response_rate"] == 1.0


@pytest.mark.rule("G3")
def test_three_stars_are_rated_but_not_satisfied(shop: Shop, clock: Any) -> None:
    lin = base.agent(shop, "Lin")
    for stars in (5, 4, 3, 1):
        line = base.buyer(shop)
        base.replies(lin, base.writes(line))
        ratings.rate(shop.pk, line.pk, base.session(line).pk, stars)
    assert figures(shop)["satisfaction"] == 0.5


@pytest.mark.rule("C9")
def test_the_strip_counts_own_sessions_of_today_and_the_week_before(shop: Shop, clock: Any) -> None:
    lin, wu = base.agent(shop, "Lin"), base.agent(shop, "Wu", accepting=False)
    clock.move_to(NOW - timedelta(days=2), tick=False)
    people.came_online(lin, "test", "again")
    late = base.writes(base.buyer(shop))
    base.replies(lin, base.writes(base.buyer(shop)))
    sessions.transfer(late.pk, wu, lin)
    clock.move_to(NOW, tick=False)
    people.came_online(lin, "test", "today")
    line = base.buyer(shop)
    base.replies(lin, base.writes(line))
    ratings.rate(shop.pk, line.pk, base.session(line).pk, 5)
    assert reception(lin, NOW) == {"response_rate": 0.5, "satisfaction": 1.0, "received_today": 1}
    assert reception(wu, NOW) == {"response_rate": 0.0, "satisfaction": None, "received_today": 0}


@pytest.mark.rule("C9")
def test_a_rating_belongs_to_the_agent_rated_not_to_who_had_the_session_before(shop: Shop, clock: Any) -> None:
    clock.move_to(NOW, tick=False)
    lin, wu, line = base.agent(shop, "Lin"), base.agent(shop, "Wu", accepting=False), base.buyer(shop)
    opened = base.writes(line)
    sessions.transfer(opened.pk, wu, lin)
    base.replies(wu, base.session(line))
    ratings.rate(shop.pk, line.pk, opened.pk, 2)
    assert reception(lin, NOW)["satisfaction"] is None
    assert reception(lin, NOW)["received_today"] == 1
    assert reception(wu, NOW)["satisfaction"] == 0.0


@pytest.mark.rule("G1", "G2", "G3", "G4")
@pytest.mark.parametrize("seed", range(4))
def test_a_random_week_equals_the_recount(shop: Shop, clock: Any, seed: int) -> None:
    rng = random.Random(seed)
    agents = [base.agent(shop, name, online=False) for name in ("Lin", "Wu")]
    question = base.question(shop)
    lines = [base.buyer(shop) for _ in range(6)]
    for _ in range(70):
        clock.shift(timedelta(minutes=rng.choice((1, 7, 45, 200, 600))))
        _random_step(shop, rng, agents, lines, question)
    for days in (periods.last(shop, 7, NOW), periods.Days(NOW.date() - timedelta(days=30), NOW.date())):
        assert figures(shop, days) == pytest.approx(naive(shop, *periods.span(shop, days)))
    for member in agents:
        start, end = periods.last_days(shop, 7, NOW)
        expected = naive(shop, start, end, member)["response_rate"]
        assert reception(member, NOW)["response_rate"] == pytest.approx(expected)


def _random_step(shop: Shop, rng: random.Random, agents: list[Member], lines: list[Any], question: Any) -> None:
    line = rng.choice(lines)
    opened = ServiceSession.objects.open().filter(conversation=line).first()
    step = rng.random()
    if opened is None or step < 0.3:
        Shop.objects.filter(pk=shop.pk).update(holiday_mode=rng.random() < 0.15)
        base.clicks(line, question) if rng.random() < 0.4 else base.writes(line)
    elif opened.state == "queued":
        sessions.give(opened.pk, rng.choice(agents), agents[0])
    elif opened.assignee and step < 0.65:
        base.replies(opened.assignee, opened)
    elif opened.assignee and step < 0.75:
        sessions.transfer(opened.pk, next(a for a in agents if a != opened.assignee), opened.assignee)
    elif opened.assignee:
        sessions.close(opened.pk, opened.assignee)
        if opened.last_answer_at:
            ratings.rate(shop.pk, line.pk, opened.pk, rng.randint(1, 5))


@pytest.mark.rule("G1")
@pytest.mark.parametrize(
    ("zone", "now", "hours"),
    [
        ("America/New_York", datetime(2026, 11, 5, 15, tzinfo=UTC), 169),  # the clocks went back on the 1st
        ("America/New_York", datetime(2026, 3, 12, 15, tzinfo=UTC), 167),  # and forward on March 8th
        ("Asia/Shanghai", NOW, 168),
    ],
)
def test_days_are_the_shops_own_even_when_clocks_change(shop: Shop, zone: str, now: datetime, hours: int) -> None:
    shop.time_zone = zone
    start, end = periods.last_days(shop, 7, now)
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)
    assert [at.astimezone(shop.zone).hour for at in (start, end)] == [0, 0]
    assert end == periods.today(shop, now).start


@pytest.mark.rule("A2")
@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("super_admin", 200), ("service_lead", 403), ("agent", 403), ("staff", 403)]
)
def test_only_owner_and_super_admin_see_the_shops_figures(shop: Shop, role: str, status: int) -> None:
    member = base.agent(shop, "Somebody", online=False, role=role)
    client = Client()
    client.force_login(member.user, backend="shops.sign_in.Backend")
    page = client.get(reverse("analytics", args=[shop.pk]))
    assert page.status_code == status


@pytest.mark.rule("C9", "A2")
def test_the_strip_is_served_to_agents_of_the_shop_only(shop: Shop) -> None:
    address = f"/api/v1/shops/{shop.pk}/analytics/reception"
    for member, status in ((base.agent(shop, "Lin"), 200), (base.agent(base.shop("Other"), "Eve"), 404)):
        client = Client()
        client.force_login(member.user, backend="shops.sign_in.Backend")
        assert client.get(address).status_code == status
    assert Client().get(address).status_code == 401
