"""Figures are found by their indexes, never by looking through a shop's past, or everybody's (DESIGN, growth)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics import bot_reports, listing, periods, reports, rollups
from shops.models import Shop
from tests.analytics import test_rollups as lived

pytestmark = pytest.mark.django_db
shop = lived.shop  # six days with two sessions each
GROWING = (
    "chat_servicesession",
    "chat_daymark",
    "analytics_dayroll",
    "chat_assignment",
    "commerce_order",
    "chat_botanswer",
    "chat_suggestion",
)
Ask = Callable[[Shop, Any, datetime], Any]
ASKED: dict[str, Ask] = {
    "overview": reports.overview,
    "trend": reports.trend,
    "agents": reports.agents,
    "quality": reports.quality,
    "ratings": reports.ratings,
    "heatmap": reports.heatmap,
    "distribution": reports.distribution,
    "bot": bot_reports.bot,
    "dissatisfaction": lambda shop, asked, now: reports.dissatisfaction(shop, now),
    "sessions": lambda shop, asked, now: listing.page(shop, listing.Asked(days=asked.days), "", now),
}


def plan(sql: str) -> str:
    """Return how the database would answer, in its words; PostgreSQL as if the tables were not tiny."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}")
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def looked_through(sql: str, found: str) -> list[str]:
    """Return the growing tables of a question that are read from one end to the other."""
    names = {table: {table} for table in GROWING}
    for table, alias in re.findall(r'"(\w+)" (U\d)', sql):
        names.setdefault(table, {table}).add(alias)
    wrong = []
    for table in GROWING:
        for name in names[table]:
            if connection.vendor == "postgresql":
                wrong += re.findall(rf"Seq Scan on {table}\b.*", found)
            else:
                wrong += re.findall(rf"^SCAN {name}\b.*", found, re.MULTILINE)
    return wrong


@pytest.mark.parametrize("name", sorted(ASKED))
@pytest.mark.parametrize("added_up", [True, False])
def test_no_report_looks_through_a_table_that_grows(shop: Shop, name: str, added_up: bool) -> None:
    if added_up:
        rollups.add_up_due()
    now = datetime.now(UTC)
    asked = periods.chosen(shop, now, "last_7_days")
    with CaptureQueriesContext(connection) as told:
        ASKED[name](shop, asked, now)
    questions = [one["sql"] for one in told if any(table in one["sql"] for table in GROWING)]
    assert questions
    assert [wrong for sql in questions for wrong in looked_through(sql, plan(sql))] == []


def test_the_search_for_scans_finds_one(shop: Shop) -> None:
    if connection.vendor == "postgresql":
        assert looked_through("", "Seq Scan on chat_daymark  (cost=0.00..1.0)")
    else:
        sql = 'SELECT "topic" FROM "chat_servicesession"'
        assert looked_through(sql, plan(sql))
