"""When a shop is open (E5): weekly periods and special days in the shop's own time zone. Pure: no query, no clock."""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from shops.errors import Refused
from shops.models import Shop

DAYS, PERIODS, SPECIAL_DAYS, NAME = 7, 6, 400, 40
ALL_DAY = [["00:00", "24:00"]]
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")
_TYPED = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?")
Period = Sequence[str]


class Day(NamedTuple):
    """A day of the shop's calendar: its periods, and the name of a special day."""

    date: date
    periods: Sequence[Period]
    name: str = ""
    special: bool = False


def has_hours(shop: Shop) -> bool:
    """Whether the shop has set any hours; without them it is always open."""
    return bool(shop.business_week or shop.special_days)


def is_open(shop: Shop, at: datetime) -> bool:
    """Whether the shop serves at this moment; holiday mode is told apart and does not count here."""
    if not has_hours(shop):
        return True
    local = at.astimezone(shop.zone)
    wall = f"{local:%H:%M}"  # of equal width, so that texts compare as times
    return any(start <= wall < end for start, end in periods(shop, local.date()))


def on_holiday(shop: Shop, at: datetime) -> bool:
    """Whether holiday mode is in force: switched on, and within its bounds where it has any (E5)."""
    begun = shop.holiday_from is None or shop.holiday_from <= at
    return shop.holiday_mode and begun and not (shop.holiday_until and shop.holiday_until <= at)


def bot_receives(shop: Shop, at: datetime) -> bool:
    """Whether a session that starts at this moment goes to the bot: on, and not kept for the off hours only (E3)."""
    return shop.bot_enabled and not (shop.bot_only_off_hours and is_open(shop, at))


def next_opening(shop: Shop, at: datetime) -> datetime | None:
    """Return the first moment from `at` on that the shop is open, in UTC: `at` itself if it is; None if never again."""
    if is_open(shop, at):
        return at
    first = at.astimezone(shop.zone).date()
    special = _special(shop)
    for day in (first + timedelta(days=n) for n in range(SPECIAL_DAYS)):
        moments = [moment for start, _end in _on(shop, day, special).periods for moment in _moments(shop, day, start)]
        found = min((moment for moment in moments if moment > at and is_open(shop, moment)), default=None)
        if found:
            return found
    return None


def periods(shop: Shop, day: date) -> Sequence[Period]:
    """Return the day's periods, earliest first: a special day's own, else those of its weekday."""
    return on(shop, day).periods


def on(shop: Shop, day: date) -> Day:
    """Return what holds on a day: a special day's own periods, else those of its weekday."""
    mine = day.isoformat()
    special = next((_of(one) for one in shop.special_days if one["date"] == mine), None)
    return special or _usual(shop, day)


def special_days(shop: Shop) -> list[Day]:
    """Return the days with hours of their own, in order."""
    return list(_special(shop).values())


def _special(shop: Shop) -> dict[date, Day]:
    return {day.date: day for day in map(_of, shop.special_days)}


def _of(one: dict[str, Any]) -> Day:
    return Day(date.fromisoformat(one["date"]), list(one["periods"]), one.get("name", ""), special=True)


def _on(shop: Shop, day: date, special: dict[date, Day]) -> Day:
    return special.get(day) or _usual(shop, day)


def _usual(shop: Shop, day: date) -> Day:
    return Day(day, list(shop.business_week[day.weekday()]) if shop.business_week else ALL_DAY)


def ahead(shop: Shop, at: datetime, days: int = DAYS) -> list[Day]:
    """Return what holds on this day of the shop and those after it."""
    first = at.astimezone(shop.zone).date()
    special = _special(shop)
    return [_on(shop, first + timedelta(days=n), special) for n in range(days)]


def read_period(start: str, end: str) -> list[str]:
    """Return a period as people type one: 9, 9:00, 9.00, 0900, full width too; midnight as an end is 24:00."""
    found = [_typed(start), _typed(end)]
    return [found[0], "24:00" if found[1] == "00:00" else found[1]]


def _typed(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip()
    hit = _TYPED.fullmatch(plain)
    return f"{int(hit[1]):02}:{hit[2] or '00'}" if hit else plain


def checked_week(value: Any) -> list[list[list[str]]]:
    """Return seven days of periods, Monday first, or none at all; raise Refused `bad_hours`."""
    if value == []:
        return []
    if not isinstance(value, list) or len(value) != DAYS:
        raise Refused("bad_hours", _("Seven days are needed, Monday first."))
    return [checked_periods(day) for day in value]


def checked_special_days(value: Any) -> list[dict[str, Any]]:
    """Return the days with hours of their own, in order; no periods: closed. Raise Refused `bad_hours`."""
    if not isinstance(value, list) or len(value) > SPECIAL_DAYS:
        raise Refused("bad_hours", _("At most %(number)s special days.") % {"number": SPECIAL_DAYS})
    days: dict[str, dict[str, Any]] = {}
    for one in value:
        if not isinstance(one, dict) or not {"date", "periods"} <= set(one) <= {"date", "periods", "name"}:
            raise Refused("bad_hours", _("A special day has a date, a name and its periods."))
        name = one.get("name", "")
        if not isinstance(name, str) or len(name) > NAME or not name.isprintable():
            raise Refused(
                "bad_hours", _("The name of a special day has at most %(number)s characters.") % {"number": NAME}
            )
        day = _checked_date(one["date"])
        if day in days:
            raise Refused("bad_hours", _("%(date)s is there twice.") % {"date": day})
        days[day] = {"date": day, "name": name.strip(), "periods": checked_periods(one["periods"])}
    return [days[day] for day in sorted(days)]


def _checked_date(value: Any) -> str:
    try:
        if not isinstance(value, str):
            raise ValueError
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise Refused("bad_hours", _("Give dates as 2026-10-01.")) from error


def checked_periods(value: Any) -> list[list[str]]:
    """Return the periods of one day, earliest first; raise Refused `bad_hours`."""
    if not isinstance(value, list) or len(value) > PERIODS:
        raise Refused("bad_hours", _("At most %(number)s periods a day.") % {"number": PERIODS})
    for one in value:
        if not (
            isinstance(one, list) and len(one) == 2 and all(isinstance(t, str) and _TIME.fullmatch(t) for t in one)
        ):
            raise Refused("bad_hours", _("Give a period as two times, such as 09:00 and 18:00."))
        if one[0] >= one[1]:
            raise Refused("bad_hours", _("A period must end after it starts; past midnight, use the next day too."))
    found = sorted(value)
    if any(earlier[1] > later[0] for earlier, later in itertools.pairwise(found)):
        raise Refused("bad_hours", _("The periods of a day must not overlap."))
    return found


def _moments(shop: Shop, day: date, wall: str) -> Iterator[datetime]:
    """Yield when the shop's clocks show this time: once, twice when they go back, and after the gap when forward."""
    local = datetime.combine(day, time.fromisoformat(wall))
    earlier, later = sorted(local.replace(tzinfo=shop.zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if earlier == later:
        yield earlier
    elif earlier.astimezone(shop.zone).replace(tzinfo=None) == local:
        yield from (earlier, later)
    else:  # a time that the clocks skip: the shop opens when they jump over it
        minutes = int((later - earlier).total_seconds() // 60)
        yield from (earlier + timedelta(minutes=n) for n in range(1, minutes + 1))
