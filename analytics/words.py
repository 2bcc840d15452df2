"""Figures as people read them."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commerce.templatetags.money import money
from shops.models import Shop

NONE = "–"
KEPT = 5_000  # words kept, since a page of ninety days says the same numbers and days over and over


def shown(unit: str, value: float | None, language: str | None = None) -> str:
    """Return a figure with its unit; a dash where nothing could be measured. See cell() for `language`."""
    return NONE if value is None else _shown(unit, value, language or get_language())


@lru_cache(KEPT, typed=True)
def _shown(unit: str, value: float, language: str | None) -> str:
    if unit == "rate":
        return f"{_rounded(value * 100, 1)} %"
    if unit == "seconds":
        return duration(value)
    if unit == "stars":
        return _rounded(value, 2)
    return _rounded(value, 0)


def _rounded(value: float, digits: int) -> str:
    """Django's number_format cuts digits off: 91.66 would be 91.6."""
    return number_format(round(value, digits), digits, force_grouping=True)


def cell(unit: str, value: Any, shop: Shop, language: str | None = None) -> str:
    """Return what a table shows of a value of any unit, in the shop's time and currency.

    `language` is the one in force: who says a thousand values asks for it once.
    """
    if value is None or value == "":
        return NONE
    match unit:
        case "money":
            return money(value, shop.currency)
        case "moment":
            at = datetime.fromisoformat(value).astimezone(shop.zone)
            return f"{day(at)} {at:%H:%M}"
        case "day":
            return day(date.fromisoformat(value), language)
        case "flag":
            return _("Yes") if value else NONE
        case "text":
            return str(value)
    return shown(unit, value, language)


def day(found: date, language: str | None = None) -> str:
    """Return a day with its month, as charts and tables show it. See cell() for `language`."""
    return _day(date(found.year, found.month, found.day), language or get_language())


@lru_cache(KEPT)
def _day(found: date, language: str | None) -> str:
    # Translators: a day without its year, as Django's filter `date` writes it; M is the month's short name.
    return date_format(found, _("M j"))


def change(unit: str, value: float | None, shop: Shop) -> str:
    """Return by how much a figure grew or shrank; a rate by percentage points, nothing where nothing is to be seen."""
    if value is None:
        return ""
    if unit == "rate":
        return _("%(points)s pp") % {"points": _signed(round(value * 100, 1), _rounded(abs(value) * 100, 1))}
    if unit == "seconds":
        return _signed(round(value), duration(abs(value)))
    if unit == "money":
        return _signed(value, money(abs(value), shop.currency))
    digits = 2 if unit == "stars" else 0
    return _signed(round(value, digits), _rounded(abs(value), digits))


def _signed(value: float, said: str) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{said}"


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units."""
    whole = round(seconds)
    if whole < 60:
        return _("%(s)s s") % {"s": whole}
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return _("%(m)s min %(s)s s") % {"m": minutes, "s": rest} if rest else _("%(m)s min") % {"m": minutes}
    hours, minutes = divmod(minutes, 60)
    return _("%(h)s h %(m)s min") % {"h": hours, "m": minutes} if minutes else _("%(h)s h") % {"h": hours}


def response_class(above: int, upto: int | None) -> str:
    """Return a class of the distribution of first responses in words."""
    if upto is None:
        return _("more than %(time)s") % {"time": duration(above)}
    return _("up to %(time)s") % {"time": duration(upto)}


def weekdays() -> list[str]:
    """Return the names of the days, Monday first."""
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
