"""The worked examples of the guides [000], [002], [003], played through the real actions: their numbers come out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from analytics import listing, periods, reports
from botfaq.models import Question
from chat import routing
from chat.actions import bot, figures, people, ratings, sessions
from chat.models import Conversation, ServiceSession
from shops.models import Member, Shop
from tests import base

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday noon in Shanghai
SATURDAY = NOW - timedelta(days=2)


@pytest.fixture
def clock(time_machine: Any) -> Any:
    time_machine.move_to(SATURDAY, tick=False)
    return time_machine


@pytest.fixture
def shop(clock: Any) -> Shop:
    """A shop in which everything counts from the session's start; greeting and FAQ card come by themselves."""
    return base.shop("ABC", "tiktok_shop", greeting="Welcome to ABC", off_hours_reply="We are back at nine.")


@pytest.fixture
def lin(shop: Shop) -> Member:
    return base.agent(shop, "Lin")


@pytest.fixture
def question(shop: Shop) -> Question:
    return base.question(shop, "Do you have free gifts?", "Gifts are given during the LIVE.")


def overview(shop: Shop) -> dict[str, float | None]:
    asked = periods.chosen(shop, timezone.now(), "custom", SATURDAY.date(), timezone.now().date())
    return {one["key"]: one["value"] for one in reports.overview(shop, asked, timezone.now())["figures"]}


def of_agent(member: Member) -> dict[str, float | None]:
    asked = periods.chosen(member.shop, timezone.now(), "custom", SATURDAY.date(), timezone.now().date())
    rows = reports.agents(member.shop, asked, timezone.now())["results"]
    return next(one["values"] for one in rows if one["member"]["id"] == member.pk)


def rated(shop: Shop, agent: Member, *stars: int) -> list[ServiceSession]:
    """So many finished chats with an agent, rated so."""
    found = []
    for given in stars:
        line = base.buyer(shop)
        opened = base.writes(line)
        base.replies(agent, opened)
        sessions.close(opened.pk, agent)
        ratings.rate(shop.pk, line.pk, opened.pk, given)
        found.append(opened)
    return found


def uphold(session: ServiceSession) -> None:
    """The platform finds a report of this session right."""
    session = ServiceSession.objects.get(pk=session.pk)
    session.report_upheld = True
    session.save(update_fields=["report_upheld"])
    figures.changed(session)


def dissatisfaction(shop: Shop) -> Any:
    return reports.dissatisfaction(shop, timezone.now())


@pytest.mark.rule("G8")
def test_three_of_five_rated_chats_were_low_makes_60_percent(shop: Shop, lin: Member, clock: Any) -> None:
    rated(shop, lin, 1, 2, 1, 4, 5)
    base.replies(lin, base.writes(base.buyer(shop)))  # a chat without a rating is in neither number
    clock.move_to(NOW, tick=False)
    report = dissatisfaction(shop)
    assert (report["figure"]["value"], report["rated"], report["dissatisfied"]) == (0.6, 5, 3)
    assert report["figure"]["target"] == 0.15
    low = listing.Asked(periods.Days(SATURDAY.date(), NOW.date()), figure="dissatisfaction", part="over")
    assert listing.chosen(shop, low, timezone.now()).count() == 3


@pytest.mark.rule("G3", "G8")
def test_three_stars_are_neutral_they_are_rated_and_nothing_else(shop: Shop, lin: Member, clock: Any) -> None:
    rated(shop, lin, 3, 3, 5, 1)
    assert overview(shop)["satisfaction"] == 0.25
    clock.move_to(NOW, tick=False)
    assert dissatisfaction(shop)["figure"]["value"] == 0.25


@pytest.mark.rule("G8")
def test_a_chat_of_more_than_60_days_ago_counts_no_more(shop: Shop, lin: Member, clock: Any) -> None:
    clock.move_to(NOW - timedelta(days=61), tick=False)
    rated(shop, lin, 1)
    clock.move_to(NOW - timedelta(days=60), tick=False)
    rated(shop, lin, 2, 5)
    clock.move_to(NOW, tick=False)
    report = dissatisfaction(shop)
    assert (report["rated"], report["figure"]["value"]) == (2, 0.5)


@pytest.mark.rule("G8")
def test_an_approved_report_takes_the_chat_out(shop: Shop, lin: Member, clock: Any) -> None:
    first, *_others = rated(shop, lin, 1, 2, 1, 4, 5)
    uphold(first)
    clock.move_to(NOW, tick=False)
    assert dissatisfaction(shop)["figure"]["value"] == 0.5


@pytest.mark.rule("E6", "G8")
def test_the_bots_low_rating_is_replaced_by_the_humans_after_the_problem_is_solved(
    shop: Shop, lin: Member, question: Question, clock: Any
) -> None:
    Shop.objects.filter(pk=shop.pk).update(bot_enabled=True)
    line = base.buyer(shop)
    opened = base.clicks(line, question)
    ratings.rate(shop.pk, line.pk, opened.pk, 1)
    clock.move_to(SATURDAY + timedelta(days=1), tick=False)
    assert dissatisfaction(shop)["figure"]["value"] == 1.0  # bots are counted
    bot.answer(base.writes(line, "What an answer").pk)
    sessions.ask_human(shop.pk, line.pk)
    base.replies(lin, base.session(line))
    ratings.rate(shop.pk, line.pk, opened.pk, 5)
    report = dissatisfaction(shop)
    assert (report["figure"]["value"], report["rated"]) == (0.0, 1)


@pytest.mark.rule("C16", "G2", "G5")
def test_a_click_on_the_card_without_follow_up_is_answered_but_stays_unreplied(
    shop: Shop, lin: Member, question: Question, clock: Any
) -> None:
    opened = base.clicks(base.buyer(shop), question)
    clock.shift(timedelta(hours=25))
    found = overview(shop)
    assert (found["consultations"], found["response_rate"], found["auto_solved"]) == (1, 1.0, 1)
    assert found["unanswered"] == 0
    assert base.session(opened.conversation).waiting_since is not None


@pytest.mark.rule("G2", "G5", "G6")
@pytest.mark.parametrize(("hours", "rate", "late"), [(23, 1.0, 0), (25, 0.0, 1)])
def test_a_follow_up_after_the_card_needs_a_human_within_24_hours(
    shop: Shop, lin: Member, question: Question, clock: Any, hours: int, rate: float, late: int
) -> None:
    line = base.buyer(shop)
    base.clicks(line, question)
    opened = base.writes(line, "Which gifts?")
    assert overview(shop)["response_rate"] == 0.0
    clock.shift(timedelta(hours=hours))
    base.replies(lin, opened)
    found = overview(shop)
    assert (found["response_rate"], found["late"], found["auto_solved"]) == (rate, late, 0)


@pytest.mark.rule("G2", "G5")
def test_greeting_and_off_hours_reply_are_no_automatic_reception(shop: Shop) -> None:
    Shop.objects.filter(pk=shop.pk).update(business_week=[[["01:00", "01:30"]]] * 7)
    base.writes(base.buyer(shop))
    found = overview(shop)
    assert (found["auto_solved"], found["response_rate"], found["unanswered"]) == (0, 0.0, 1)


@pytest.mark.rule("G1", "G2")
def test_weekends_count_and_holiday_mode_does_not(shop: Shop, lin: Member, clock: Any) -> None:
    assert SATURDAY.weekday() == 5
    base.writes(base.buyer(shop))
    base.replies(lin, base.writes(base.buyer(shop)))
    Shop.objects.filter(pk=shop.pk).update(holiday_mode=True)
    away = base.writes(base.buyer(shop))
    clock.shift(timedelta(hours=3))
    base.replies(lin, away)
    found = overview(shop)
    assert (found["consultations"], found["response_rate"]) == (3, 0.5)
    assert found["first_response"] == 0.0  # the one answered in holiday mode is left out


@pytest.mark.rule("G2")
def test_no_reply_needed_and_approved_reports_are_left_out(shop: Shop, lin: Member) -> None:
    base.replies(lin, base.writes(base.buyer(shop)))
    thanks, abuse, lost = (base.writes(base.buyer(shop)) for _ in range(3))
    assert overview(shop)["response_rate"] == 0.25
    sessions.no_reply_needed(thanks.pk, lin, True)
    uphold(abuse)
    found = overview(shop)
    assert (found["consultations"], found["response_rate"]) == (4, 0.5)
    assert base.session(lost.conversation).is_open


@pytest.mark.rule("G1")
def test_one_buyer_has_several_sessions_in_a_day_and_each_is_a_consultation(
    shop: Shop, lin: Member, question: Question
) -> None:
    line: Conversation = base.buyer(shop)
    number = base.order(line).pk
    for start in (
        lambda: base.writes(line, "Hello"),
        lambda: base.writes(line, "😀", kind="emoji"),
        lambda: base.writes(line, kind="order_card", ref=number),
        lambda: base.clicks(line, question),
    ):
        opened = start()
        sessions.take(opened.pk, lin) if opened.state == "queued" else None
        sessions.close(opened.pk, lin)
    assert overview(shop)["consultations"] == 4


@pytest.mark.rule("G4", "G6", "G7")
def test_an_agents_table(shop: Shop, lin: Member, question: Question, clock: Any) -> None:
    """Five assigned: one solved by the card, two answered in time (one and three minutes), one late, one not."""
    base.clicks(base.buyer(shop), question)
    quick, steady, late, _lost = (base.writes(base.buyer(shop)) for _ in range(4))
    clock.shift(60)
    base.replies(lin, quick)
    clock.shift(120)
    base.replies(lin, steady)
    clock.shift(timedelta(hours=24) - timedelta(seconds=180 - 3))
    base.replies(lin, late)
    found = of_agent(lin)
    assert (found["assigned"], found["needing"], found["human_in_time"]) == (5, 4, 2)
    assert (found["human_rate"], found["late"], found["unanswered"]) == (0.5, 1, 1)
    assert found["first_response"] == pytest.approx((60 + 180 + 86_403) / 3)


@pytest.mark.rule("B1", "P12")
def test_what_waits_more_than_20_hours_is_about_to_expire(shop: Shop, lin: Member) -> None:
    opened = base.writes(base.buyer(shop))
    assert opened.expires_at == SATURDAY + timedelta(hours=20)


@pytest.mark.rule("B1", "B3")
def test_without_an_agent_or_without_a_place_the_buyer_waits_unassigned(shop: Shop) -> None:
    assert base.writes(base.buyer(shop)).state == "queued"  # nobody is online
    wu, mei = (base.agent(shop, name, capacity=1, online=False) for name in ("Wu", "Mei"))
    people.came_online(wu, "test", "console-1")
    routing.drain(shop.pk)
    assert ServiceSession.objects.get(shop=shop).assignee_id == wu.pk
    assert base.writes(base.buyer(shop)).state == "queued"  # Wu is saturated
    people.came_online(mei, "test", "console-2")
    routing.drain(shop.pk)
    assert not ServiceSession.objects.queued().filter(shop=shop).exists()
