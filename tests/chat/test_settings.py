"""The settings of a shop by page and API (A3, E5, P, C22): the same rules, and words where one may only read."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from chat.actions import policy
from shops import hours
from shops.errors import Refused
from shops.models import Member, Shop
from tests import base

pytestmark = pytest.mark.django_db
NINE_TO_SIX = [[["09:00", "18:00"]]] * 7
PAGES = ["desk-settings", "settings-talk", "settings-hours", "settings-rules", "settings-integration"]
NIGHT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 22 h in Shanghai


@pytest.fixture
def shop() -> Shop:
    return base.shop()


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Mei", role="owner", online=False)


def page(name: str, of: Shop) -> str:
    return reverse(name, args=[of.pk])


def api(of: Shop, what: str) -> str:
    return f"/api/v1/shops/{of.pk}/{what}"


def week(**typed: list[str]) -> dict[str, object]:
    """Return what the form of the week sends: each day's times, such as mon=["9", "12:00"]."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    sent: dict[str, object] = {"form": "week", "mode": "week"}
    for name, times in typed.items():
        sent[f"start-{names.index(name)}"], sent[f"end-{names.index(name)}"] = times[::2], times[1::2]
    return sent


@pytest.mark.rule("A3")
@pytest.mark.parametrize("name", PAGES)
def test_every_member_reads_the_settings_and_no_other_shop_does(shop: Shop, owner: Member, name: str) -> None:
    staff = base.agent(shop, "Staff", online=False, im=False, role="staff")
    stranger = base.agent(base.shop("Other"), "Eve", online=False, role="owner")
    for member, status in ((owner, 200), (staff, 200), (stranger, 404)):
        assert base.web(member).get(page(name, shop)).status_code == status
    assert Client().get(page(name, shop)).status_code == 302


@pytest.mark.rule("A3", "E5")
def test_who_may_not_change_the_shops_settings_reads_them_with_who_may(shop: Shop, owner: Member) -> None:
    lead = base.agent(shop, "Lead", online=False, role="service_lead")
    policy.set_greeting(shop, "Welcome!", owner)
    policy.change_special_days(shop, owner, add=[{"date": "2027-01-01", "name": "New Year", "periods": []}])
    for name, words in (("settings-talk", "Welcome!"), ("settings-hours", "New Year")):
        shown = base.web(lead).get(page(name, shop)).content.decode()
        assert words in shown
        assert 'class="primary"' not in shown
        assert base.web(lead).post(page(name, shop), {"form": "week", "greeting": "Hi"}).status_code == 403
    assert base.desk(lead).get(api(shop, "settings")).json()["may_edit"] is False
    for what in ("settings", "hours"):
        assert base.desk(lead).patch(api(shop, what), {}, format="json").status_code == 403
    assert base.desk(lead).get(api(shop, "hours")).json()["special_days"][0]["name"] == "New Year"


@pytest.mark.rule("A3", "P8", "C22")
def test_conversation_settings_are_one_thing_for_page_and_api(shop: Shop, owner: Member) -> None:
    sent = {"greeting": "Hi!", "queue_order": "lifo", "requeue_after": "10", "off_hours_reply": "At nine.",
            "forbidden_words": "cheap\n\n fake "}  # fmt: skip
    assert base.web(owner).post(page("settings-talk", shop), sent).status_code == 302
    found = base.desk(owner).get(api(shop, "settings")).json()
    assert found == {"greeting": "Hi!", "off_hours_reply": "At nine.", "queue_order": "lifo",
                     "queue_orders": ["fifo", "lifo"], "requeue_after": 10, "may_edit": True}  # fmt: skip
    shop.refresh_from_db()
    assert shop.forbidden_words == ["cheap", "fake"]
    answer = base.desk(owner).patch(api(shop, "settings"), {"requeue_after": None, "greeting": ""}, format="json")
    assert (answer.json()["requeue_after"], answer.json()["greeting"], answer.json()["queue_order"]) == (
        None,
        "",
        "lifo",
    )


@pytest.mark.rule("A3", "C23")
def test_forbidden_words_are_read_and_set_by_the_same_people_on_page_and_by_api(shop: Shop) -> None:
    owner = base.agent(shop, "Boss", role="owner", im=False, online=False)
    staff = base.agent(shop, "Staff", role="staff", im=False, online=False)
    answer = base.desk(owner).put(api(shop, "forbidden-words"), {"words": ["cheap"]}, format="json")
    assert (answer.status_code, answer.json()) == (200, {"words": ["cheap"], "may_edit": True})
    assert "cheap" in base.web(staff).get(page("settings-talk", shop)).content.decode()
    assert base.desk(staff).get(api(shop, "forbidden-words")).json() == {"words": ["cheap"], "may_edit": False}
    assert base.desk(staff).put(api(shop, "forbidden-words"), {"words": []}, format="json").status_code == 403


@pytest.mark.rule("P8")
def test_a_refusal_stands_at_its_field_and_nothing_is_half_set() -> None:
    shop = base.shop("Harbour UK", "tiktok_shop")
    owner = base.agent(shop, "Boss", role="owner", online=False)
    answer = base.desk(owner).patch(api(shop, "settings"), {"greeting": "Hi", "queue_order": "lifo"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_offered")
    sent = {"greeting": "Hi", "queue_order": "fifo", "requeue_after": "0", "forbidden_words": "x" * 41}
    shown = base.web(owner).post(page("settings-talk", shop), sent)
    assert set(shown.context["form"].errors) == {"requeue_after", "forbidden_words"}
    shop.refresh_from_db()
    assert shop.greeting == ""


@pytest.mark.rule("E5")
def test_a_week_is_typed_as_people_type_it(shop: Shop, owner: Member) -> None:
    typed = week(mon=["9", "12:00", "1330", "18：00"], sat=["22.00", "0:00"], sun=["", ""])
    assert base.web(owner).post(page("settings-hours", shop), typed).status_code == 302
    shop.refresh_from_db()
    assert shop.business_week[0] == [["09:00", "12:00"], ["13:30", "18:00"]]
    assert shop.business_week[5:] == [[["22:00", "24:00"]], []]
    base.web(owner).post(page("settings-hours", shop), {"form": "week", "mode": "always"})
    shop.refresh_from_db()
    assert shop.business_week == []


@pytest.mark.rule("E5")
def test_what_is_wrong_with_a_week_is_said_at_its_day_and_what_was_typed_stays(shop: Shop, owner: Member) -> None:
    policy.set_week(shop, NINE_TO_SIX, owner)
    answer = base.web(owner).post(page("settings-hours", shop), week(mon=["9", "25:00"], tue=["9", "12", "11", "13"]))
    assert set(answer.context["wrong"]) == {"day-0", "day-1"}
    assert 'value="25:00"' in answer.content.decode()
    shop.refresh_from_db()
    assert shop.business_week == NINE_TO_SIX


@pytest.mark.rule("E5")
def test_special_days_are_added_for_several_days_replaced_and_removed(shop: Shop, owner: Member) -> None:
    golden = {"form": "special", "date": "2026-10-01", "until": "2026-10-03", "name": "国庆节", "kind": "closed"}
    half = {"form": "special", "date": "2026-10-03", "kind": "own", "start": ["10"], "end": ["14"]}
    for sent in (golden, half):
        assert base.web(owner).post(page("settings-hours", shop), sent).status_code == 302
    shop.refresh_from_db()
    assert [(one["date"][-2:], one["periods"]) for one in shop.special_days] == [
        ("01", []), ("02", []), ("03", [["10:00", "14:00"]])]  # fmt: skip
    base.web(owner).post(page("settings-hours", shop), {"form": "drop", "date": "2026-10-02"})
    shop.refresh_from_db()
    assert [one["date"][-2:] for one in shop.special_days] == ["01", "03"]
    base.web(owner).post(page("settings-hours", shop), {"form": "drop", "past": "1"})
    shop.refresh_from_db()
    assert [one["date"] for one in shop.special_days if one["date"] < "2026-11-01"] == []


@pytest.mark.rule("E5")
@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"form": "special", "date": "soon"}, "date"),
        ({"form": "special", "date": "2026-10-02", "until": "2026-10-01"}, "until"),
        ({"form": "special", "date": "2026-10-02", "until": "2027-10-01"}, "until"),
        ({"form": "special", "date": "2026-10-02", "name": "x" * 41}, "name"),
        ({"form": "special", "date": "2026-10-02", "kind": "own"}, "special"),
        ({"form": "special", "date": "2026-10-02", "kind": "own", "start": "9", "end": "8"}, "special"),
        ({"form": "holiday", "on": "1", "from": "tomorrow"}, "holiday_from"),
        ({"form": "holiday", "on": "1", "from": "2026-10-02T00:00", "until": "2026-10-01T00:00"}, "holiday"),
        ({"form": "nothing"}, "form"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(shop: Shop, owner: Member, sent: dict[str, str], field: str) -> None:
    answer = base.web(owner).post(page("settings-hours", shop), sent)
    assert (answer.status_code, list(answer.context["wrong"])) == (200, [field])
    shop.refresh_from_db()
    assert (shop.special_days, shop.holiday_mode) == ([], False)


@pytest.mark.rule("E5", "G2")
def test_holiday_mode_holds_between_its_bounds_on_the_shops_clocks(time_machine, shop: Shop, owner: Member) -> None:
    sent = {
        "form": "holiday",
        "on": "1",
        "from": "2026-11-24T00:00",
        "until": "2026-11-26T00:00",
        "notice": "Back soon.",
    }
    assert base.web(owner).post(page("settings-hours", shop), sent).status_code == 302
    lines = [base.buyer(shop) for _ in range(3)]
    for line, now, held in zip(lines, ("2026-11-23T15:59Z", "2026-11-23T16:00Z", "2026-11-25T16:00Z"),
                               (False, True, False), strict=True):  # fmt: skip
        time_machine.move_to(datetime.fromisoformat(now), tick=False)
        assert base.writes(line).holiday_mode is held
        found = base.desk(owner).get(api(shop, "hours")).json()["holiday"]
        assert (found["on"], found["in_force"], found["notice"]) == (True, held, "Back soon.")


@pytest.mark.rule("E5")
def test_holiday_bounds_fall_where_clocks_change(shop: Shop, owner: Member) -> None:
    Shop.objects.filter(pk=shop.pk).update(time_zone="Europe/Berlin")
    sent = {"form": "holiday", "on": "1", "from": "2026-03-29T02:30", "until": "2026-10-25T02:30"}  # skipped, and twice
    assert base.web(owner).post(page("settings-hours", shop), sent).status_code == 302
    shop.refresh_from_db()
    assert shop.holiday_from == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # when the clocks show 03:30
    assert shop.holiday_until == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first of the two
    assert hours.on_holiday(shop, datetime(2026, 3, 29, 1, 30, tzinfo=UTC))
    assert not hours.on_holiday(shop, datetime(2026, 10, 25, 0, 30, tzinfo=UTC))


@pytest.mark.rule("E5")
def test_the_page_says_whether_the_shop_is_open_and_when_next(time_machine, shop: Shop, owner: Member) -> None:
    time_machine.move_to(NIGHT, tick=False)
    policy.set_week(shop, NINE_TO_SIX, owner)
    about = base.web(owner).get(page("settings-hours", shop)).context
    assert (about["open"], about["opens_at"]) == (False, datetime(2026, 11, 24, 1, 0, tzinfo=UTC))
    answer = base.desk(owner).get(api(shop, "hours")).json()
    assert (answer["open"], answer["opens_at"], answer["time_zone"]) == (
        False,
        "2026-11-24T01:00:00.000Z",
        "Asia/Shanghai",
    )


@pytest.mark.rule("E5")
def test_the_api_sets_hours_together_or_not_at_all(shop: Shop, owner: Member) -> None:
    days = [{"date": "2026-12-25", "periods": []}]
    sent = {"week": NINE_TO_SIX, "special_days": days, "holiday": {"on": True, "until": "2026-12-27T00:00:00Z"}}
    answer = base.desk(owner).patch(api(shop, "hours"), sent, format="json").json()
    assert (answer["week"], answer["special_days"][0]["date"]) == (NINE_TO_SIX, "2026-12-25")
    assert answer["holiday"]["until"] == "2026-12-27T00:00:00.000Z"
    bad = {"week": [], "holiday": {"on": True, "from": "2026-12-28T00:00:00Z"}}
    refused = base.desk(owner).patch(api(shop, "hours"), bad, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "bad_holiday")
    wrong = base.desk(owner).patch(api(shop, "hours"), {"week": [[["9", "8"]]]}, format="json")
    assert (wrong.status_code, list(wrong.json()["fields"])) == (400, ["week"])
    shop.refresh_from_db()
    assert (shop.business_week, shop.holiday_from) == (NINE_TO_SIX, None)


@pytest.mark.rule("P1")
def test_the_rules_say_what_is_the_shops_own_beside_what_is_usual(shop: Shop, owner: Member) -> None:
    policy.set_overrides(shop, {"capacity_max": 40})
    rows = base.desk(owner).get(api(shop, "rules")).json()["results"]
    own = [row for row in rows if row["overridden"]]
    assert [(row["key"], "40" in row["value"], "50" in row["usual"]) for row in own] == [("capacity_min", True, True)]
    assert len({row["key"] for row in rows}) == len(rows) > 12
    with pytest.raises(Refused):
        policy.set_overrides(shop, {"capacity_max": 0})


@pytest.mark.rule("C22")
def test_a_break_begins_and_ends_on_the_page(shop: Shop) -> None:
    member = base.agent(shop, "Ann")
    for sent, reason, rests in (({"on": "1", "reason": "Lunch"}, "Lunch", True), ({"on": "0"}, "", False)):
        assert base.web(member).post(page("desk-settings", shop), {"form": "break", **sent}).status_code == 302
        member.refresh_from_db()
        assert (member.break_reason, bool(member.on_break_since)) == (reason, rests)
    staff = base.agent(shop, "Staff", im=False, online=False, role="staff")
    for form in ("break", "own", "notices"):
        assert base.web(staff).post(page("desk-settings", shop), {"form": form, "capacity": "5"}).status_code == 403


@pytest.mark.rule("B4")
def test_the_only_agent_whom_everything_comes_to_is_offered_no_tick_and_keeps_what_was_set() -> None:
    shop = base.shop("Harbour", "tiktok_shop")
    ann = base.agent(shop, "Ann")
    for alone in (True, False):
        if not alone:
            base.agent(shop, "Ben")
        shown = base.web(ann).get(page("desk-settings", shop)).content.decode()
        assert ('name="accepting"' not in shown) is alone
        sent = {"form": "own", "capacity": "7"}
        assert base.web(ann).post(page("desk-settings", shop), sent).status_code == 302
        ann.refresh_from_db()
        assert (ann.accepting, ann.capacity) == (alone, 7)
