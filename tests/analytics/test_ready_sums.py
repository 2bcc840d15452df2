"""Sums that are compiled once for a shop's rules say the same whenever they are asked (SPEC G)."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection

from analytics import conditions, sums
from tests import base


def said(preset: str, at: datetime) -> list[Any]:
    """Return SQL and values of what would be kept at this time."""
    with time_machine.travel(at, tick=False):
        by = conditions.rules(base.shop(preset, preset))
        kept = (sums._of_shop.__wrapped__(by, connection.vendor), *sums._of_agents.__wrapped__(by, connection.vendor))
    return [(name, one.sql, one.params) for some in kept for name, one in some.items()]


@pytest.mark.django_db
@pytest.mark.rule("G1", "G9")
@pytest.mark.parametrize("preset", ["douyin", "tiktok_shop", "tiktok_shop_us"])
def test_nothing_kept_depends_on_when_it_was_made(preset: str) -> None:
    first, later = (said(preset, datetime(2026, month, 1, tzinfo=UTC)) for month in (3, 9))
    assert first == later
    assert len(first) > 30
