"""Conversion (G14): who ordered within 7 days of being answered, and for how much."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from analytics import conditions, listing, metrics, people
from analytics.periods import Days
from commerce.models import Order
from tests import base

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
DAYS = Days(START.date(), START.date())


@pytest.mark.rule("G14")
def test_orders_within_seven_days_of_an_answered_session_count(time_machine: Any) -> None:
    time_machine.move_to(START, tick=False)
    shop = base.shop("Harbour", "tiktok_shop")
    lin = base.agent(shop, "Lin")
    lines = {name: base.buyer(shop, name) for name in ("soon", "twice", "late", "before", "unpaid", "nobody")}
    opened = {name: base.writes(line) for name, line in lines.items()}
    for name, session in opened.items():
        if name != "nobody":
            base.replies(lin, session)
    ordered = (
        ("soon", 7, "in_transit"),
        ("twice", 1, "completed"),
        ("twice", 2, "to_process"),
        ("late", 8, "delivered"),
    )
    for name, days, state in (
        *ordered,
        ("before", -1, "delivered"),
        ("unpaid", 1, "unpaid"),
        ("nobody", 1, "completed"),
    ):
        made = base.order(lines[name], created_at=START + timedelta(days=days))
        Order.objects.filter(pk=made.pk).update(state=state)
    found = people.orders(shop, DAYS, conditions.rules(shop))
    assert found == {"served": 5, "ordering": 2, "order_value": Decimal("119.40")}
    assert metrics.CONVERSION.value(found) == 0.4
    rows = listing.chosen(shop, listing.Asked(DAYS, figure="conversion", part="over"), START)
    assert {row.pk for row in rows} == {opened["soon"].pk, opened["twice"].pk}
