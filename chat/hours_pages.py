"""When the shop serves (E5): the week, special days, holiday mode, and what that makes of now."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from chat import incoming
from chat.actions import policy
from chat.setting_frame import frame, may_set, who
from shops import hours, pages
from shops.errors import Invalid, Refused
from shops.models import Member, Shop

NOTICE, SPAN = 300, 60  # characters; days that one entry of the form may name


@pages.of_shop
def business_hours(request: HttpRequest, member: Member) -> HttpResponse:
    """The week, special days and holiday mode; who may not set them reads them (A3, E5)."""
    wrong: dict[str, str] = {}
    if request.method == "POST":
        wrong = _change(request, member)
        if not wrong:
            return redirect("settings-hours", member.shop_id)
    shop, now, form = member.shop, timezone.now(), request.POST.get("form") if wrong else ""
    typed = request.POST if form == "week" else None
    about: dict[str, Any] = {
        **{"may": may_set(member), "who": who(member), "wrong": wrong, "given": request.POST, "form": form},
        "open": hours.is_open(shop, now),
        "opens_at": hours.next_opening(shop, now),
        "ahead": hours.ahead(shop, now),
        "holiday_now": hours.on_holiday(shop, now),
        "holiday_ended": bool(shop.holiday_mode and shop.holiday_until and shop.holiday_until <= now),
        "now": now,
        "today": now.astimezone(shop.zone).date(),
        "has_week": typed.get("mode") == "week" if typed else bool(shop.business_week),
        "week": list(_week(shop, typed, wrong)),
        "days": hours.special_days(shop),
        "new_periods": list(_pairs(request.POST, "")) if form == "special" else [],
        "most": hours.PERIODS,
        "notice_limit": NOTICE,
        "name_limit": hours.NAME,
    }
    return render(request, "chat/settings/hours.html", frame(member, "hours") | about)


def _week(shop: Shop, typed: QueryDict | None, wrong: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the seven days for the form: as typed where it was refused, else as stored, else the usual hours."""
    for day in range(hours.DAYS):
        if typed is not None:
            periods = [list(pair) for pair in _pairs(typed, f"-{day}")]
        else:
            periods = shop.business_week[day] if shop.business_week else [["09:00", "18:00"]]
        about = {"number": day, "name": WEEKDAYS[day], "key": f"-{day}", "field": f"day-{day}"}
        yield {**about, "periods": periods or [["", ""]], "wrong": wrong.get(f"day-{day}", "")}


def _pairs(given: QueryDict, suffix: str) -> Iterator[tuple[str, str]]:
    """Yield the periods of a day as they were typed, empty ones left out."""
    for start, end in zip(given.getlist(f"start{suffix}"), given.getlist(f"end{suffix}"), strict=False):
        if start.strip() or end.strip():
            yield start, end


def _change(request: HttpRequest, member: Member) -> dict[str, str]:
    """Do what one of the page's forms asks; return what is wrong, by field or part of the page."""
    part = request.POST.get("form", "")
    action = _FORMS.get(part)
    if action is None:
        return {"form": _("This form is not known.")}
    try:
        messages.success(request, action(request.POST, member))
    except Invalid as invalid:
        return dict(invalid.fields)
    except Refused as refusal:
        return {part: refusal.words}
    return {}


def _set_week(given: QueryDict, member: Member) -> str:
    if given.get("mode") != "week":
        policy.set_week(member.shop, [], member)
        return _("Saved: the shop counts as always open, but for its special days.")
    week, wrong = [], {}
    for day in range(hours.DAYS):
        try:
            week.append(hours.checked_periods(_periods(given, f"-{day}")))
        except Refused as refusal:
            wrong[f"day-{day}"] = refusal.words
    if wrong:
        raise Invalid(**wrong)
    policy.set_week(member.shop, week, member)
    return _("Saved.")


def _periods(given: QueryDict, suffix: str) -> list[list[str]]:
    return [hours.read_period(*pair) for pair in _pairs(given, suffix)]


def _add_days(given: QueryDict, member: Member) -> str:
    first = _date(given, "date")
    last = _date(given, "until") if given.get("until") else first
    count = (last - first).days + 1
    if not 1 <= count <= SPAN:
        raise Invalid(until=_("From the first day on, at most %(n)s days.") % {"n": SPAN})
    name = incoming.words(given.get("name", ""), "name", hours.NAME, empty=True)
    periods = _periods(given, "") if given.get("kind") == "own" else []
    if given.get("kind") == "own" and not periods:
        raise Invalid(special=_("Give at least one period, or choose closed."))
    days = [(first + timedelta(days=n)).isoformat() for n in range(count)]
    added = [{"date": day, "name": name, "periods": periods} for day in days]
    policy.change_special_days(member.shop, member, add=added)
    return _("Saved.")


def _drop_days(given: QueryDict, member: Member) -> str:
    """Remove one day, or all that have passed."""
    drop = [given.get("date", "")]
    if given.get("past"):
        today = timezone.localdate(timezone=member.shop.zone).isoformat()
        drop = [one["date"] for one in member.shop.special_days if one["date"] < today]
    policy.change_special_days(member.shop, member, drop=drop)
    return _("Removed.")


def _set_holiday(given: QueryDict, member: Member) -> str:
    on, zone = given.get("on") == "1", member.shop.zone
    notice = incoming.words(given.get("notice", ""), "notice", NOTICE, empty=True)
    start, end = (_moment(given, name) for name in ("from", "until"))
    bounds = [moment and moment.replace(tzinfo=zone) for moment in (start, end)]
    policy.set_holiday(member.shop, on, notice, member, *bounds)
    return _("Holiday mode is on.") if on else _("Holiday mode is off.")


def _date(given: QueryDict, name: str) -> date:
    try:
        found = date.fromisoformat(given.get(name, ""))
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 9000:
        raise Invalid(**{name: _("A day like 2026-11-30, please.")})
    return found


def _moment(given: QueryDict, name: str) -> datetime | None:
    """Return a moment as the browser's field writes it, on the clocks of the shop; None where it is empty."""
    text = given.get(name, "")
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None or not 2000 <= found.year <= 9000:
        raise Invalid(**{f"holiday_{name}": _("A day and a time like 2026-11-30 18:00, please.")})
    return found


_FORMS = {"week": _set_week, "special": _add_days, "drop": _drop_days, "holiday": _set_holiday}
