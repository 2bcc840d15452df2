"""Spans of time in a shop's own zone: days start at its midnight, whatever the clocks do."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from shops.models import Shop


class Span(NamedTuple):
    """From `start` up to, not including, `end`."""

    start: datetime
    end: datetime


def midnight(shop: Shop, day: date) -> datetime:
    """Return when a day starts in the shop's zone."""
    return datetime.combine(day, time.min, tzinfo=shop.zone)


def today(shop: Shop, now: datetime) -> Span:
    """Return the shop's running day."""
    day = now.astimezone(shop.zone).date()
    return Span(midnight(shop, day), midnight(shop, day + timedelta(days=1)))


def last_days(shop: Shop, days: int, now: datetime) -> Span:
    """Return the last whole days of the shop; they end where today starts.

    The dates are counted, not hours: a week with a change of clocks has 167 or 169 hours.
    """
    day = now.astimezone(shop.zone).date()
    return Span(midnight(shop, day - timedelta(days=days)), midnight(shop, day))
