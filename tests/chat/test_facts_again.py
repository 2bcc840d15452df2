"""The facts that figures are made of equal what messages and events say, and are put right where they do not."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from chat.actions import people, ratings, sessions
from chat.models import Assignment, DayMark, Rating, ServiceSession
from shops.errors import Refused
from tests import base, invariants

pytestmark = pytest.mark.django_db


def rebuilt(*options: str) -> str:
    out = StringIO()
    call_command("rebuild_facts", *options, stdout=out)
    return out.getvalue()


@pytest.mark.rule("G9", "G7")
def test_turns_run_from_the_oldest_unanswered_message_to_the_human_reply(time_machine: Any) -> None:
    time_machine.move_to("2026-11-23T04:00:00Z", tick=False)
    shop = base.shop()
    lin, wu, line = base.agent(shop, "Lin"), base.agent(shop, "Wu", accepting=False), base.buyer(shop)
    opened = base.writes(line)
    time_machine.shift(20)
    base.writes(line, "Hello?")
    time_machine.shift(10)
    base.replies(lin, opened)
    base.replies(lin, opened, "And it is blue.")
    sessions.transfer(opened.pk, wu, lin)
    base.writes(line, "Thanks. And the size?")
    time_machine.shift(timedelta(minutes=11))
    base.replies(wu, opened)
    sessions.transfer(opened.pk, lin, wu)
    found = base.session(line)
    assert (found.turns, found.turns_fast, found.turns_slow, found.turns_due) == (2, 1, 1, 2)
    assert (found.turn_us, found.first_reply_us, found.first_human_by) == (690_000_000, 30_000_000, lin)
    had = list(Assignment.objects.order_by("pk").values_list("member__nickname", "turns", "again"))
    assert had == [("Lin", 0, False), ("Wu", 1, False), ("Lin", 2, True)]
    invariants.check()


@pytest.mark.rule("G9")
def test_an_automatic_answer_ends_the_turn_unmeasured(time_machine: Any) -> None:
    time_machine.move_to("2026-11-23T04:00:00Z", tick=False)
    shop = base.shop()
    lin, line = base.agent(shop, "Lin"), base.buyer(shop)
    opened = base.clicks(line, base.question(shop))
    time_machine.shift(timedelta(hours=1))
    base.replies(lin, opened)
    assert base.session(line).turns == 0
    assert base.session(line).first_reply_us == 3600 * 1_000_000


@pytest.mark.rule("C5", "G6")
def test_a_late_reply_into_a_closed_session_is_the_agents_first(time_machine: Any) -> None:
    time_machine.move_to("2026-11-23T04:00:00Z", tick=False)
    lin = base.agent(base.shop(), "Lin")
    opened = base.writes(base.buyer(lin.shop))
    sessions.close(opened.pk, lin)
    marks = DayMark.objects.count()
    time_machine.shift(timedelta(hours=30))
    people.came_online(lin, "test", "again")
    base.replies(lin, opened)
    late = ServiceSession.objects.get(pk=opened.pk)
    assert late.first_reply_us == 30 * 3600 * 1_000_000
    assert Assignment.objects.get(session=opened).first_reply_at == late.first_human_at
    assert DayMark.objects.count() == marks + 1
    invariants.check()


@pytest.mark.rule("E6", "F1")
def test_a_later_rating_of_the_human_replaces_the_bots(time_machine: Any) -> None:
    time_machine.move_to("2026-11-23T04:00:00Z", tick=False)
    shop = base.shop()
    lin, line = base.agent(shop, "Lin"), base.buyer(shop)
    opened = base.clicks(line, base.question(shop))
    ratings.rate(shop.pk, line.pk, opened.pk, 1, "Useless")
    with pytest.raises(Refused, match="already"):
        ratings.rate(shop.pk, line.pk, opened.pk, 5)
    base.replies(lin, opened)
    ratings.rate(shop.pk, line.pk, opened.pk, 5, "Helpful")
    with pytest.raises(Refused, match="already"):
        ratings.rate(shop.pk, line.pk, opened.pk, 1)
    assert [(one.stars, one.member) for one in Rating.objects.all()] == [(5, lin)]
    assert (base.session(line).stars, base.session(line).rated_member) == (5, lin)
    invariants.check()


def test_drift_is_reported_and_put_right(time_machine: Any) -> None:
    time_machine.move_to("2026-11-23T04:00:00Z", tick=False)
    lin = base.agent(base.shop(), "Lin")
    opened = base.writes(base.buyer(lin.shop))
    base.replies(lin, opened)
    assert rebuilt() == "0 sessions put right.\n"
    ServiceSession.objects.update(turns=7, first_reply_us=None)
    Assignment.objects.update(first_reply_at=None)
    assert "turns: stored 7, found 1" in rebuilt("--dry-run")
    with pytest.raises(AssertionError, match="contradict"):
        invariants.check()
    assert rebuilt("--shop", str(lin.shop_id)).endswith("1 sessions put right.\n")
    invariants.check()
