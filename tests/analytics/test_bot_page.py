"""What the bot did, in figures: answers and verdicts per question, hand-overs and why, each with its sessions (E4)."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from analytics import rollups
from chat.actions import answers, bot, ratings, sessions, suggestions
from chat.models import Conversation, DayMark, Message, ServiceSession
from shops.models import Member, Shop
from tests import base

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday noon in Shanghai
DAY: dict[str, Any] = {"range": "custom", "start": "2026-11-21", "end": "2026-11-21"}


@pytest.fixture
def shop(time_machine: Any) -> Shop:
    time_machine.move_to(NOW, tick=False)
    return base.shop("Harbour", "tiktok_shop", bot_enabled=True, language="en")


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Boss", role="owner", im=False, online=False)


@pytest.fixture
def lived(shop: Shop, time_machine: Any) -> dict[str, Any]:
    """On the 21st: ship asked 3 times (2 solved, 1 not), back once; handed over on request, by misses, by 1 star."""
    time_machine.move_to(NOW - timedelta(days=2), tick=False)
    ship, back = base.question(shop), base.question(shop, "How do I return it?", "In the order.", None)
    lines = {name: base.buyer(shop, name) for name in ("happy", "glad", "cross", "asked", "lost")}
    for name, solved in (("happy", True), ("glad", True), ("cross", False)):
        answers.judge(shop.pk, lines[name].pk, base.answered(lines[name], ship), solved)
    ratings.rate(shop.pk, lines["cross"].pk, base.session(lines["cross"]).pk, 1)
    base.answered(lines["asked"], back)
    sessions.ask_human(shop.pk, lines["asked"].pk)
    for text in ("Qwerty", "Asdfgh"):
        bot.answer(base.writes(lines["lost"], text).pk)
    time_machine.move_to(NOW, tick=False)
    return {**lines, "ship": ship, "back": back}


def ask(who: Member, name: str, **query: Any) -> Any:
    answer = base.desk(who).get(f"/api/v1/shops/{who.shop_id}/analytics/{name}", {**DAY, **query})
    assert answer.status_code == 200, answer.content
    return answer.json()


def buyers(who: Member, **query: Any) -> set[str]:
    return {one["buyer"] for one in ask(who, "sessions", **query)["results"]}


@pytest.mark.rule("E4", "E3")
def test_answers_verdicts_and_hand_overs_are_counted(owner: Member, lived: dict[str, Any]) -> None:
    told = ask(owner, "bot")
    values = {one["key"]: one["value"] for one in told["figures"]}
    assert (values["received"], values["handed_over"], values["bot_answers"]) == (5, 3 / 5, 4)
    assert (values["solve_rate"], values["feedback_rate"]) == (2 / 4, 2 / 3)
    assert {one["key"]: one["count"] for one in told["reasons"]} == {
        **{"asked": 1, "misses": 1, "rated_low": 1, "switched_off": 0, "taken": 0}
    }
    assert told["questions"] == [
        {"id": lived["ship"].pk, "text": "When do you ship?", "hits": 3, "solved": 2, "unsolved": 1,
         "solve_rate": 2 / 3, "feedback_rate": 2 / 3},
        {"id": lived["back"].pk, "text": "How do I return it?", "hits": 1, "solved": 0, "unsolved": 0,
         "solve_rate": 0.0, "feedback_rate": None},
    ]  # fmt: skip


@pytest.mark.rule("E4", "E8", "G12")
def test_the_numbers_are_the_same_once_the_day_is_added_up(owner: Member, lived: dict[str, Any]) -> None:
    lin = base.agent(owner.shop, "Lin")
    for name in ("asked", "lost", "cross"):
        session = base.session(lived[name])
        taken = session if session.assignee else sessions.take(session.pk, lin)
        suggestions.note(taken, lin, taken.last_buyer_seq, "offered")
        base.replies(lin, taken)
        sessions.close(taken.pk, lin)
    before = ask(owner, "bot")
    assert before["figures"][-3]["value"] == 3, "suggested"
    assert rollups.add_up_due(NOW + timedelta(hours=1)) > 0
    assert not DayMark.objects.exists()
    assert ask(owner, "bot") == before
    answers.judge(
        owner.shop_id, lived["asked"].pk, Message.objects.get(conversation=lived["asked"], kind="bot_answer").pk, True
    )
    suggestions.note(taken, lin, taken.last_buyer_seq, "sent", "faq")  # as it was read before its close
    after = ask(owner, "bot")
    values = {one["key"]: one["value"] for one in after["figures"]}
    assert (values["solve_rate"], values["suggestion_use"]) == (3 / 4, pytest.approx(1 / 3))
    assert [one["solved"] for one in after["questions"]] == [2, 1]
    rollups.add_up_due(NOW + timedelta(hours=1))
    assert ask(owner, "bot") == after


@pytest.mark.rule("E4")
def test_each_number_opens_its_sessions(owner: Member, lived: dict[str, Any]) -> None:
    ship = lived["ship"].pk
    assert buyers(owner, figure="bot_answers", question=ship) == {"Happy", "Glad", "Cross"}
    assert buyers(owner, figure="solve_rate", part="over", question=ship) == {"Happy", "Glad"}
    assert buyers(owner, figure="feedback_rate", part="rest", question=ship) == {"Cross"}
    assert buyers(owner, figure="solve_rate", part="over", question=lived["back"].pk) == set()
    assert buyers(owner, question=lived["back"].pk) == {"Asked"}
    assert buyers(owner, figure="handed_over", part="over") == {"Cross", "Asked", "Lost"}
    assert buyers(owner, figure="handed_over", part="rest") == {"Happy", "Glad"}
    assert buyers(owner, figure="handed_misses") == {"Lost"}


@pytest.mark.rule("E4", "G12")
def test_the_trend_adds_up_and_another_shop_counts_nothing(owner: Member, lived: dict[str, Any]) -> None:
    week = base.desk(owner).get(f"/api/v1/shops/{owner.shop_id}/analytics/bot/trend?range=last_7_days").json()
    days = [one["values"] for one in week["results"]]
    assert [one["bot_answers"] for one in days] == [0, 0, 0, 0, 0, 4, 0]
    assert [one["received"] for one in days] == [0, 0, 0, 0, 0, 5, 0]
    assert [one["solve_rate"] for one in days][5] == 0.5
    far = base.agent(base.shop("Meadow", "tiktok_shop"), "Far", role="owner", online=False)
    assert [one["value"] for one in ask(far, "bot")["figures"]][4:] == [0, None, 0, None, None, 0, None, None]
    assert ask(far, "bot")["questions"] == []


@pytest.mark.rule("E4", "A2")
def test_the_page_shows_the_same_with_the_way_to_the_sessions(owner: Member, lived: dict[str, Any]) -> None:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(owner.user)
    here = f"/shops/{owner.shop_id}/analytics/"
    html = unescape(client.get(here + "bot/", DAY).content.decode())
    assert "50.0 %" in html
    assert "66.7 %" in html
    rows = re.findall(r'data-table="bot_questions".*?</table>', html, re.DOTALL)[0]
    assert "When do you ship?" in rows
    link = re.findall(r'href="([^"]*figure=solve_rate&part=over[^"]*question=\d+)"', rows)[0]
    listed = client.get(link).content.decode()
    assert ("Happy" in listed, "Cross" in listed) == (True, False)
    assert 'name="question"' in listed
    assert "figure=handed_misses" in html
    taken = client.get(here + "exports/bot_questions.csv", DAY).content.decode("utf-8-sig")
    assert "When do you ship?,3,2,1" in taken


def test_the_cast_is_as_the_numbers_say(lived: dict[str, Any]) -> None:
    parts = {name: base.session(one).bot_part for name, one in lived.items() if isinstance(one, Conversation)}
    part = ServiceSession.BotPart
    assert parts == {
        **{"happy": part.KEPT, "glad": part.KEPT, "cross": part.RATED_LOW, "asked": part.ASKED, "lost": part.MISSES}
    }
