"""What a page of figures is asked for by its address: a range, filters, and the links that change one of them."""

from collections.abc import Mapping
from copy import copy
from datetime import timedelta
from typing import Any, NamedTuple

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from rest_framework.request import Request

from analytics import params, periods
from analytics.periods import Range
from shops.errors import Invalid
from shops.models import Shop

NAMES = ("last_7_days", "last_28_days", "week", "month", "custom")
RATINGS_MOST = 30  # days of a custom range of ratings (G9)


class Picked(NamedTuple):
    """The range of a page, and in words what was wrong with the one asked for."""

    range: Range
    problem: str


def names() -> dict[str, str]:
    """Return the ranges as the picker calls them."""
    labels = (_("Last 7 days"), _("Last 28 days"), _("Week"), _("Month"), _("Custom"))
    return dict(zip(NAMES, labels, strict=True))


def picked(request: HttpRequest, shop: Shop, most: int = periods.LOOK_BACK) -> Picked:
    """Return the range that the address names; the last 7 days where it names none that exists."""
    now = timezone.now()
    try:
        found = params.chosen_range(as_rest(request), shop)
    except Invalid as wrong:
        return Picked(periods.chosen(shop, now, NAMES[0]), " ".join(wrong.fields.values()))
    if found.key == "custom" and found.days.count > most:
        words = _("At most %(days)s days here, please.") % {"days": most}
        return Picked(periods.chosen(shop, now, NAMES[0]), words)
    return Picked(found, "")


def as_rest(request: HttpRequest) -> Request:
    """Return the same request as the readers of parameters know it, without what a form left empty."""
    asked, request = request.GET.copy(), copy(request)
    for name in [name for name, value in asked.items() if not value]:
        del asked[name]
    request.GET = QueryDict(asked.urlencode())
    return Request(request)


def address(request: HttpRequest, **changes: Any) -> str:
    """Return the query of this address with some of it changed; None takes a part away."""
    kept = {**request.GET.dict(), **{name: None if value is None else str(value) for name, value in changes.items()}}
    return "?" + urlencode({name: value for name, value in kept.items() if value})


def query_of(found: Range, **more: Any) -> str:
    """Return the query that asks for the days of a range."""
    return urlencode({**named(found), **{name: value for name, value in more.items() if value}})


def named(found: Range) -> Mapping[str, str]:
    """Return the parameters that ask for a range."""
    if found.key in ("last_7_days", "last_28_days"):
        return {"range": found.key}
    if found.key == "custom":
        return {"range": "custom", "start": found.days.first.isoformat(), "end": found.days.last.isoformat()}
    return {"range": found.key, "start": found.days.first.isoformat()}


def picker(request: HttpRequest, shop: Shop, chosen: Picked, most: int = periods.LOOK_BACK) -> dict[str, Any]:
    """Return what the range picker shows: the choices, the days, and the way to the week or month beside."""
    found, today = chosen.range, periods.local_day(shop, timezone.now())
    earliest = today - timedelta(days=periods.LOOK_BACK)
    around: dict[str, str] = {}
    if found.key in ("week", "month"):
        before, after = found.days.first - timedelta(days=1), found.days.last + timedelta(days=1)
        first = before.replace(day=1) if found.key == "month" else before - timedelta(days=6)
        if first >= earliest:
            around["before"] = address(request, start=first, cursor=None)
        if after <= today:
            around["after"] = address(request, start=after, cursor=None)
    return {
        "choices": [
            {"key": key, "label": label, "on": key == found.key,
             "address": address(request, range=key, start=None, end=None, cursor=None)}
            for key, label in names().items() if key != "custom" and not (key == "last_28_days" and most < 28)
        ],
        "first": found.days.first, "last": found.days.last, "previous": found.previous,
        "custom": found.key == "custom", "earliest": earliest, "today": today, "problem": chosen.problem,
        "kept": [(n, v) for n, v in request.GET.items() if n not in (*params.RANGE_NAMES, "cursor") and v],
        **around,
    }  # fmt: skip
