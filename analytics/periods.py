"""Spans of time in a shop's own zone: days start at its midnight, whatever the clocks do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from shops.errors import Invalid
from shops.models import Shop

RANGES = ("last_7_days", "last_28_days", "day", "week", "month", "custom")
LOOK_BACK = 90  # days, all ranges [000]
DISSATISFACTION_DAYS = 60  # G8
_DAY = timedelta(days=1)


class Span(NamedTuple):
    """From `start` up to, not including, `end`; both in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days of a shop, both ends included."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range(self.count))

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> "Days":
        """Return as many days right before these."""
        return Days(self.first - timedelta(days=self.count), self.first - _DAY)


class Range(NamedTuple):
    """What a page is asked for: its days, and those it is compared with (none beyond the 90 days)."""

    key: str
    days: Days
    previous: Days | None


def midnight(shop: Shop, day: date) -> datetime:
    """Return when a day starts in the shop's zone."""
    return datetime.combine(day, time.min, tzinfo=shop.zone).astimezone(UTC)


def span(shop: Shop, days: Days) -> Span:
    """Return the moments between which these days lie."""
    return Span(midnight(shop, days.first), midnight(shop, days.last + _DAY))


def local_day(shop: Shop, at: datetime) -> date:
    """Return the shop's date at a moment."""
    return at.astimezone(shop.zone).date()


def today(shop: Shop, now: datetime) -> Span:
    """Return the shop's running day."""
    day = local_day(shop, now)
    return span(shop, Days(day, day))


def last_days(shop: Shop, days: int, now: datetime) -> Span:
    """Return the last whole days of the shop; they end where today starts."""
    return span(shop, last(shop, days, now))


def last(shop: Shop, days: int, now: datetime) -> Days:
    """Return the last N whole days; the dates are counted, not hours: a change of clocks makes 167 or 169 of them."""
    day = local_day(shop, now)
    return Days(day - timedelta(days=days), day - _DAY)


def chosen(shop: Shop, now: datetime, key: str, start: date | None = None, end: date | None = None) -> Range:
    """Return a range by its name; `start` is any day of a day, week or month. Raise Invalid."""
    current = local_day(shop, now)
    days = _days(shop, now, key, start or current, end)
    if key == "custom" and (start is None or end is None):
        raise Invalid(**{"start" if start is None else "end": _("A date, please.")})
    if days.last < days.first:
        raise Invalid(end=_("The end lies before the start."))
    if days.first > current or (key == "custom" and days.last > current):
        raise Invalid(**{"start" if days.first > current else "end": _("This day has not come yet.")})
    if days.first < current - timedelta(days=LOOK_BACK):
        raise Invalid(start=_("Figures go back 90 days at most."))
    previous = _previous(key, days, current)
    return Range(key, days, previous if previous.first >= current - timedelta(days=LOOK_BACK) else None)


def _days(shop: Shop, now: datetime, key: str, start: date, end: date | None) -> Days:
    match key:
        case "last_7_days" | "last_28_days":
            return last(shop, 7 if key == "last_7_days" else 28, now)
        case "week":
            monday = start - timedelta(days=start.weekday())
            return Days(monday, monday + timedelta(days=6))
        case "month":
            return Days(start.replace(day=1), (start.replace(day=28) + timedelta(days=4)).replace(day=1) - _DAY)
        case "custom":
            return Days(start, end or start)
    return Days(start, start)


def _previous(key: str, days: Days, current: date) -> Days:
    """Return what a range is compared with: the span before; a running week or month with as much of the last one."""
    before = days.before()
    if key == "month":
        before = Days(before.last.replace(day=1), before.last)
    if key in ("week", "month") and days.last > current:
        so_far = (current - days.first).days
        return Days(before.first, min(before.first + timedelta(days=so_far), before.last))
    return before
