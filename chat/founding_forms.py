"""What a new shop's fields must look like: one check for the platform's page and `manage.py create_shop` (A7)."""

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext as _

from chat import account_forms, incoming
from chat.actions.founding import Plan
from shops import pages, presets
from shops.errors import Invalid

NAME = 120  # characters of a seller's and a shop's name


def zones() -> list[str]:
    """Return the time zones with a place's name, in order, and UTC behind them."""
    places = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return [*sorted(places), "UTC"]


def plan(given: Mapping[str, Any]) -> Plan:
    """Check a new shop; raise Invalid with words per field, all of them at once."""
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, check in _CHECKS.items():
        try:
            found[name] = check(given.get(name))
        except Invalid as invalid:
            wrong |= invalid.fields
    try:
        found["seller"] = incoming.words(given.get("seller"), "seller", NAME, empty=bool(found.get("seller_id")))
    except Invalid as invalid:
        wrong |= invalid.fields
    if wrong:
        raise Invalid(**wrong)
    return Plan(**found)


def _seller_id(value: Any) -> int | None:
    """Return the id of a known seller; none, empty or 0: a new one."""
    text = str(value or "0")
    if text != "0" and not pages.number(text):
        raise Invalid(seller=_("A positive whole number, please."))
    return pages.number(text) or None


def _zone(value: Any) -> str:
    if not isinstance(value, str) or value not in available_timezones():
        raise Invalid(time_zone=_("There is no such time zone."))
    return value


def _currency(value: Any) -> str:
    text = value.strip().upper() if isinstance(value, str) else ""
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise Invalid(currency=_("Three letters, such as CNY."))
    return text


_CHECKS: dict[str, Any] = {
    "seller_id": _seller_id,
    "name": lambda value: incoming.words(value, "name", NAME),
    "preset": lambda value: incoming.choice(value, "preset", tuple(presets.PRESETS)),
    "time_zone": _zone,
    "language": lambda value: incoming.choice(value, "language", tuple(dict(settings.LANGUAGES))),
    "currency": _currency,
    "nickname": incoming.nickname,
    "username": account_forms.username,
    "email": account_forms.email,
}
