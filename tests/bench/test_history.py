"""The history that measurements run over: it could have been lived, and its figures are those of its messages."""

from datetime import UTC, datetime
from typing import Any

import pytest

from analytics import periods, reports
from analytics.models import DayRoll
from bench import history
from chat.models import DayMark, Event, Message, ServiceSession
from tests import invariants
from tests.analytics.oracle import Oracle
from tests.analytics.test_oracle import expected_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # Monday afternoon in Shanghai


def test_a_made_history_is_one_that_could_have_been_lived(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    shop = history.fill(400, shares=(0.7, 0.3), days=20)
    invariants.check(drained=False)
    assert ServiceSession.objects.closed().count() == 400
    assert ServiceSession.objects.open().exists()
    assert Message.objects.filter(session__state="closed").count() == 400 * 10
    assert Event.objects.filter(kind="session.rated").exists()
    assert DayRoll.objects.filter(shop=shop, member=None).count() >= 19
    assert not DayMark.objects.filter(shop=shop, at__lt=periods.midnight(shop, NOW.date())).exists()
    oracle, asked = Oracle(shop, NOW), periods.chosen(shop, NOW, "last_7_days")
    expected = oracle.shop_figures(asked.days.first, asked.days.last)
    told = reports.overview(shop, asked, NOW)["figures"] + reports.quality(shop, asked, NOW)["figures"]
    found = {one["key"]: one["value"] for one in told}
    assert {key: found[key] for key in expected if key in found} == pytest.approx(expected_of(found, expected))
    assert min(found["late"] or 0, found["unanswered"] or 0, found["auto_solved"] or 0, found["conversion"] or 0) > 0
