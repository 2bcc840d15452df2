"""The platform changes a shop's own numbers on a page (SPEC A7, P): what it shows, takes, refuses and tells."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client

from chat import policy_forms, policy_words, serializers
from chat.actions import policy
from chat.models import DeskEvent
from chat.sockets import db
from shops import audit, presets
from shops.audit_entry import AuditEntry
from shops.models import Shop, User
from tests import base
from tests.chat import lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    return browser(User.objects.create_user(username="platform", is_staff=True))


browser = partial(base.web, language="en")


def url(shop: Shop) -> str:
    return f"/platform/shops/{shop.pk}/rules/"


def own(shop: Shop) -> dict[str, Any]:
    return Shop.objects.get(pk=shop.pk).overrides


def save(staff: Client, shop: Shop, rule: str, **fields: Any) -> Any:
    return staff.post(url(shop), {"rule": rule, "do": "save", **{n.replace("__", "-"): v for n, v in fields.items()}})


CAPACITY = {"capacity_min": "2", "capacity_default": "5", "capacity_max": "20", "capacity_advised": ""}


@pytest.mark.rule("A7")
def test_every_value_of_the_policy_has_its_place_on_the_page(staff: Client) -> None:
    shop = base.shop("Harbour", "tiktok_shop")
    found = [name for _h, rows in policy_words.groups(shop.policy) for line in rows for name in line.fields]
    assert sorted(found) == sorted(presets._TYPES)
    said = staff.get(url(shop)).content.decode()
    assert [name for name in found if f'name="{name}"' not in said] == []
    assert said.count("as the preset says") == sum(len(rows) for _h, rows in policy_words.groups(shop.policy))


@pytest.mark.rule("A7")
def test_a_rule_has_one_key_by_rest_and_on_the_page_its_first_field_in_the_policys_order(staff: Client) -> None:
    owner = base.agent(base.shop("Harbour", "tiktok_shop"), "Olive", role="owner")
    lines = [line for _h, rows in policy_words.groups(owner.shop.policy) for line in rows]
    for line in lines:
        assert list(line.fields) == sorted(line.fields, key=list(presets._TYPES).index)
    told = base.desk(owner).get(f"/api/v1/shops/{owner.shop_id}/rules").json()["results"]
    on_page = re.findall(r'name="rule" value="(\w+)"', staff.get(url(owner.shop)).content.decode())
    assert [row["key"] for row in told] == [line.fields[0] for line in lines]
    assert set(on_page) == {line.fields[0] for line in lines}


@pytest.mark.rule("A7", "P1", "P2")
def test_a_number_of_its_own_is_set_shown_and_taken_back(staff: Client) -> None:
    shop = base.shop()
    lin = base.agent(shop, "Lin", capacity=40)
    answer = save(staff, shop, "capacity_min", **CAPACITY)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{url(shop)}#capacity_min")
    assert own(shop) == {"capacity_min": 2, "capacity_default": 5, "capacity_max": 20}  # advised is the preset's: none
    save(staff, shop, "buyer_silent_close", buyer_silent_close="2", buyer_silent_close__unit="hours")
    assert own(shop)["buyer_silent_close"] == 7200
    lin.refresh_from_db()
    assert lin.capacity == 20
    said = staff.get(url(shop)).content.decode()
    assert [words in said for words in ("2 to 20, 5 at first", "Preset: 1 to 50, 10 at first", "2 hours")] == [True] * 3
    save(staff, shop, "buyer_silent_close", buyer_silent_close="")
    assert own(shop)["buyer_silent_close"] is None
    staff.post(url(shop), {"rule": "capacity_min", "do": "reset"})
    assert own(shop) == {"buyer_silent_close": None}
    save(staff, shop, "buyer_silent_close", buyer_silent_close="15", buyer_silent_close__unit="minutes")
    assert own(shop) == {}  # as the preset says: nothing of its own


@pytest.mark.rule("A7", "P8", "P9", "P14", "A4")
@pytest.mark.parametrize(
    ("rule", "fields", "stored"),
    [
        ("queue_orders", {"queue_orders": ["fifo"]}, {"queue_orders": ["fifo"]}),
        ("team_roles", {"team_roles": ["service_lead", "owner"]}, {"team_roles": ["owner", "service_lead"]}),
        ("survey_at_close", {"survey_at_close": "yes", "survey_by_invitation": "yes"}, {"survey_at_close": True}),
        ("metric_profile", {"metric_profile": "sea_12h"}, {"metric_profile": "sea_12h"}),
        ("targets", {"targets": "12.5"}, {"targets": {"dissatisfaction": 0.125}}),
        ("targets", {"targets": ""}, {"targets": {}}),
        ("expiring_after", {"expiring_after": "1", "expiring_after__unit": "days"}, {"expiring_after": 86400}),
    ],
)
def test_each_kind_of_value_can_be_set(staff: Client, rule: str, fields: Any, stored: Any) -> None:
    shop = base.shop()
    assert save(staff, shop, rule, **fields).status_code == 302
    assert own(shop) == stored
    line = next(one for _h, rows in policy_words.groups(shop.policy) for one in rows if rule in one.fields)
    in_form = policy_forms.fields(line, Shop.objects.get(pk=shop.pk).policy)
    sent: dict[str, list[str]] = {f.name: [v for v, _w, on in f.options if on] or [f.value] for f in in_form}
    sent |= {f"{f.name}-unit": sent[f.name] for f in in_form if f.kind == "span"}
    sent |= {f.name: [f.value] for f in in_form if f.kind == "span"}
    assert staff.post(url(shop), {"rule": rule, "do": "save", **sent}).status_code == 302
    assert own(shop) == stored  # saved as the form shows it, nothing changes


@pytest.mark.rule("A7")
@pytest.mark.parametrize(
    ("rule", "fields", "words"),
    [
        ("capacity_min", {**CAPACITY, "capacity_max": "0"}, "A whole number from 1 to 100000"),
        ("capacity_min", {**CAPACITY, "capacity_default": "30"}, "must not be below the one before"),
        ("capacity_min", {**CAPACITY, "capacity_min": "１"}, "A whole number"),
        ("closed_reply_window", {"closed_reply_window": "", "closed_reply_window__unit": "days"}, "at most 366 days"),
        ("closed_reply_window", {"closed_reply_window": "367", "closed_reply_window__unit": "days"}, "at most 366"),
        ("closed_reply_window", {"closed_reply_window": "3", "closed_reply_window__unit": "moons"}, "at most 366"),
        ("team_roles", {}, "Choose at least one"),
        ("team_roles", {"team_roles": ["wizard"]}, "Choose at least one"),
        ("first_response_clock", {"first_response_clock": "moon"}, "Choose at least one"),
        ("targets", {"targets": "120"}, "A share from 0 to 100"),
        ("targets", {"targets": "nan"}, "A share from 0 to 100"),
    ],
)
def test_what_does_not_fit_is_said_in_words_and_changes_nothing(
    staff: Client, rule: str, fields: Any, words: str
) -> None:
    shop = base.shop()
    answer = save(staff, shop, rule, **fields)
    said = answer.content.decode()
    assert (answer.status_code, words in said, "<details open>" in said) == (200, True, True)
    assert own(shop) == {}
    assert not DeskEvent.objects.filter(shop=shop, kind="rules.changed").exists()


@pytest.mark.rule("A7")
def test_others_find_nothing_and_staff_leave_their_own_shop_to_a_colleague(staff: Client) -> None:
    owner = base.agent(base.shop(), "Olive", role="owner")
    shop, sent = owner.shop, {"rule": "team_roles", "do": "save", "team_roles": ["agent"]}
    for client, status in ((browser(owner.user), 404), (Client(), 302)):
        assert (client.get(url(shop)).status_code, client.post(url(shop), sent).status_code) == (status, status)
    User.objects.filter(pk=owner.user_id).update(is_staff=True)
    assert browser(User.objects.get(pk=owner.user_id)).post(url(shop), sent).status_code == 404
    assert staff.post(url(shop), {**sent, "rule": "nothing"}).status_code == 404
    assert own(shop) == {}


@pytest.mark.rule("A7")
def test_a_change_keeps_what_another_changed_and_leaves_a_line_in_the_audit_log(staff: Client) -> None:
    shop = base.shop()
    stale = Shop.objects.get(pk=shop.pk)
    save(staff, shop, "expiring_after", expiring_after="3", expiring_after__unit="hours")
    policy.override(stale, {"survey_at_close": True})
    assert own(shop) == {"expiring_after": 10800, "survey_at_close": True}
    line = AuditEntry.objects.filter(shop=shop, kind=audit.Kind.SETTING).earliest("pk")
    assert (line.who, line.data["after"]) == ("platform", {"overrides": {"expiring_after": 10800}})


@pytest.mark.rule("A7", "P12")
@pytest.mark.django_db(transaction=True)
def test_open_consoles_are_told_to_read_again() -> None:
    lin = base.agent(base.shop(), "Lin", online=False)
    session = base.writes(base.buyer(lin.shop))
    console = lines.agent(lin)

    async def talk() -> None:
        await lines.enter(console)
        await db(policy.override, lin.shop, {"expiring_after": 3600})
        told = await console.hear("desk", kind="rules.changed")
        assert (told["session"], told["member"], told["row"]) == (None, None, None)
        await db(policy.override, lin.shop, {"expiring_after": 3600})  # as it is: nothing to tell

    lines.run(talk)
    assert DeskEvent.objects.filter(shop=lin.shop, kind="rules.changed").count() == 1
    rows = base.desk(lin).get(f"/api/v1/shops/{lin.shop_id}/sessions", {"list": "unassigned"}).json()["results"]
    rows += base.desk(lin).get(f"/api/v1/shops/{lin.shop_id}/sessions", {"list": "open"}).json()["results"]
    assert [row["id"] for row in rows] == [session.pk]
    assert rows[0]["expires_at"] == serializers.moment(session.started_at + timedelta(hours=1))
