"""What is asked all day starts from an index and reads no further than it shows, however long the history (DESIGN)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from analytics.reception import reception
from chat import contacts, inbox, past, routing, suggesting
from chat.actions import ratings, sessions
from commerce import listing
from shops import names
from tests import base

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads small tables without their indexes"),
]


def plans(ask: Callable[[], object]) -> str:
    """Return how SQLite goes about the queries of `ask`."""
    asked: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        asked.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(keep):
        ask()
    steps: list[str] = []
    with connection.cursor() as cursor:
        for sql, parameters in asked:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
            steps += [row[3] for row in cursor.fetchall()]
    return "\n".join(steps)


def test_the_history_of_one_name_reads_the_buyers_who_have_it():
    lin = base.agent(base.shop(), "Lin")
    sessions.close(base.writes(base.buyer(lin.shop, "mia")).pk, lin)
    steps = [
        line for line in plans(lambda: past.page(lin, past.Asked(buyer="mia"))).split("\n") if "shops_buyer" in line
    ]
    assert any("buyer_nickname (shop_id=? AND nickname=?)" in step for step in steps)
    assert all("SEARCH" in step and ("rowid=?" in step or "AND" in step) for step in steps), steps


def test_a_later_page_of_the_history_starts_where_the_one_before_ended(monkeypatch):
    lin = base.agent(base.shop(), "Lin")
    for _ in range(3):
        sessions.close(base.writes(base.buyer(lin.shop)).pk, lin)
    monkeypatch.setattr(inbox, "PAGE", 1)
    cursor = inbox.page(lin, inbox.Asked(list="history"), timezone.now())[1] or ""
    plan = plans(lambda: inbox.page(lin, inbox.Asked(list="history", cursor=cursor), timezone.now()))
    assert "session_history (last_assignee_id=? AND last_message_at<?)" in plan
    assert "TEMP B-TREE" not in plan


def test_the_queue_and_a_place_in_it_are_read_in_the_order_of_arrival():
    lin = base.agent(base.shop(), "Lin", online=False)
    waiting = base.writes(base.buyer(lin.shop))
    plan = plans(lambda: inbox.page(lin, inbox.Asked(list="unassigned", sort="waiting"), timezone.now()))
    assert "session_queue (shop_id=?)" in plan
    assert "TEMP B-TREE" not in plan
    assert "session_queue (shop_id=? AND queued_at<?)" in plans(lambda: routing.place(waiting))


def test_the_reception_strip_reads_no_assignment_older_than_its_span():
    lin = base.agent(base.shop(), "Lin")
    base.writes(base.buyer(lin.shop))
    assert plans(lambda: reception(lin, timezone.now())).count("(member_id=? AND started_at>?)") == 2


@pytest.mark.rule("E8")
def test_earlier_good_answers_are_looked_for_in_the_newest_ratings_only():
    lin = base.agent(base.shop(), "Lin")
    good = base.writes(base.buyer(lin.shop))
    base.replies(lin, good)
    ratings.rate(lin.shop_id, good.conversation_id, good.pk, 5)
    session = base.writes(base.buyer(lin.shop))
    plan = plans(lambda: suggesting.suggest(lin, session))
    _before, after = plan.split("rating_newest (shop_id=?)")
    assert not after.startswith("\nUSE TEMP B-TREE")
    assert "SCAN" not in plan


@pytest.mark.rule("C7", "C20")
def test_a_nickname_is_found_without_reading_all_buyers(monkeypatch):
    lin = base.agent(base.shop(), "Lin")
    base.buyer(lin.shop, "mia")
    monkeypatch.setattr(names, "WINDOW", 1)
    names.index_due()
    for ask in (
        lambda: contacts.find(lin, "mi", timezone.now()),
        lambda: listing.page(lin.shop, listing.Asked(q="mi")),
    ):
        plan = plans(ask)
        assert "SCAN shops_buyer" not in plan
        assert "shops_names VIRTUAL TABLE" in plan
        steps = [line for line in plan.split("\n") if "shops_buyer" in line]
        whole = [line for line in steps if line.endswith("(shop_id=?)") and "buyer_newest" not in line]
        assert [line for line in whole if "buyer_unnamed" not in line] == []


@pytest.mark.rule("C8")
def test_a_search_finds_what_is_not_indexed_without_looking_at_an_agents_whole_past():
    lin = base.agent(base.shop(), "Lin")
    for _ in range(3):
        sessions.close(base.writes(base.buyer(lin.shop)).pk, lin)
    plan = plans(lambda: inbox.search(lin, inbox.Asked(list="history", q="kettle"), timezone.now()))
    assert "session_unindexed (shop_id=?)" in plan
