"""When a shop is open (SPEC E5): several periods a day, special days, the shop's own time zone, clocks that change."""

from datetime import UTC, datetime, timedelta

import pytest

from shops import hours
from shops.errors import Refused
from shops.models import Shop

WEEK = [[["09:00", "12:00"], ["13:30", "18:00"]]] * 5 + [[["10:00", "14:00"]], []]
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def shop(week=WEEK, zone="Asia/Shanghai", special_days=()):
    return Shop(time_zone=zone, business_week=week, special_days=list(special_days))


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.rule("E5")
@pytest.mark.parametrize(("moment", "expected"), [
    ("2026-11-23T08:59:59+08:00", False), ("2026-11-23T09:00:00+08:00", True), ("2026-11-23T11:59:59+08:00", True),
    ("2026-11-23T12:00:00+08:00", False), ("2026-11-23T13:30:00+08:00", True), ("2026-11-23T18:00:00+08:00", False),
    ("2026-11-28T13:00:00+08:00", True), ("2026-11-29T10:00:00+08:00", False),
])  # fmt: skip
def test_a_day_has_several_periods_in_the_shops_own_time(moment, expected):
    assert hours.is_open(shop(), at(moment)) is expected
    assert hours.is_open(shop(zone="UTC"), at(moment)) is hours.is_open(shop(), at(moment) - timedelta(hours=8))


@pytest.mark.rule("E5")
def test_without_hours_a_shop_is_always_open():
    assert hours.is_open(shop([]), MONDAY)
    assert not hours.has_hours(shop([]))
    assert hours.next_opening(shop([]), MONDAY) == MONDAY


@pytest.mark.rule("E5")
def test_a_special_day_replaces_the_weekdays_hours():
    days = [
        {"date": "2026-11-23", "name": "Stocktaking", "periods": []},
        {"date": "2026-11-29", "name": "Sale", "periods": [["00:00", "24:00"]]},
    ]
    assert not hours.is_open(shop(special_days=days), at("2026-11-23T10:00:00+08:00"))
    assert hours.is_open(shop(special_days=days), at("2026-11-29T23:59:59+08:00"))
    assert not hours.is_open(shop([], special_days=days), at("2026-11-23T10:00:00+08:00"))
    assert hours.is_open(shop([], special_days=days), at("2026-11-24T03:00:00+08:00"))


@pytest.mark.rule("E5")
@pytest.mark.parametrize(("moment", "opens"), [
    ("2026-11-23T10:00:00+08:00", "2026-11-23T10:00:00+08:00"),
    ("2026-11-23T12:30:00+08:00", "2026-11-23T13:30:00+08:00"),
    ("2026-11-27T18:00:00+08:00", "2026-11-28T10:00:00+08:00"),
    ("2026-11-28T20:00:00+08:00", "2026-12-01T09:00:00+08:00"),
])  # fmt: skip
def test_the_next_opening_skips_what_is_closed(moment, opens):
    closed = [{"date": "2026-11-30", "name": "", "periods": []}]
    assert hours.next_opening(shop(special_days=closed), at(moment)) == at(opens)


@pytest.mark.rule("E5")
def test_a_shop_that_never_opens_has_no_next_opening():
    assert hours.next_opening(shop([[]] * 7), MONDAY) is None


@pytest.mark.rule("E5")
@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"])
@pytest.mark.parametrize("opening", ["00:00", "01:15", "02:15", "02:30", "09:00"])
@pytest.mark.parametrize("day", ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"])
def test_the_next_opening_is_the_first_open_minute_also_where_the_clocks_change(zone, opening, day):
    place = shop([[[opening, "24:00"]]] * 7, zone)
    start = datetime.fromisoformat(f"{day}T00:00:00+00:00") - timedelta(hours=14)
    minutes = [start + timedelta(minutes=n) for n in range(0, 40 * 60, 15)]
    openings = [minute for minute in minutes if hours.is_open(place, minute)]
    for asked in minutes[::7]:
        first = next((minute for minute in openings if minute >= asked), None)
        if first is not None:
            assert hours.next_opening(place, asked) == first


@pytest.mark.rule("E5")
@pytest.mark.parametrize("week", [
    None, {}, "x", [[]], [[]] * 8, [[["9:00", "18:00"]]] + [[]] * 6, [[["09:00", "25:00"]]] + [[]] * 6,
    [[["18:00", "09:00"]]] + [[]] * 6, [[["09:00", "09:00"]]] + [[]] * 6,
    [[["09:00", "12:00"], ["11:00", "13:00"]]] + [[]] * 6,
    [[["09:00"]]] + [[]] * 6, [[[9, 18]]] + [[]] * 6, [[["09:00", "10:00"]] * 7] + [[]] * 6, [5] * 7,
])  # fmt: skip
def test_a_week_that_makes_no_sense_is_refused(week):
    with pytest.raises(Refused) as refused:
        hours.checked_week(week)
    assert refused.value.code == "bad_hours"


@pytest.mark.rule("E5")
@pytest.mark.parametrize("days", [
    None, {}, [5], [{"date": "2026-10-01"}], [{"date": "2026-13-01", "periods": []}], [{"date": 5, "periods": []}],
    [{"date": "2026-10-01", "periods": [], "more": 1}], [{"date": "2026-10-01", "periods": []}] * 2,
    [{"date": "2026-10-01", "periods": [], "name": "x" * 41}], [{"date": "2026-10-01", "periods": [], "name": "\n"}],
])  # fmt: skip
def test_special_days_that_make_no_sense_are_refused(days):
    with pytest.raises(Refused) as refused:
        hours.checked_special_days(days)
    assert refused.value.code == "bad_hours"


@pytest.mark.rule("E5")
def test_hours_are_kept_in_order():
    week = [[["13:30", "18:00"], ["09:00", "12:00"]], *[[]] * 6]
    assert hours.checked_week(week)[0] == [["09:00", "12:00"], ["13:30", "18:00"]]
    assert hours.checked_week([]) == []
    days = [{"date": "2026-10-02", "periods": []}, {"date": "2026-10-01", "periods": [], "name": " 国庆 "}]
    found = hours.checked_special_days(days)
    assert [(day["date"], day["name"]) for day in found] == [("2026-10-01", "国庆"), ("2026-10-02", "")]
