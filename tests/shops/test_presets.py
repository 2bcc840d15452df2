"""The platforms' numbers (SPEC P) against the table of the specification, and a shop's own numbers on top."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from chat.actions import people, policy
from chat.models import ServiceSession
from shops import actions, presets
from shops.errors import NotAllowed, Refused
from shops.models import Member, Seller, Shop
from tests import base

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LEADS = ("owner", "super_admin", "service_lead")

# Written off SPEC.md by hand: (douyin, tiktok_shop); tiktok_shop_us takes tiktok_shop's.
TABLE: dict[str, dict[str, tuple[Any, ...]]] = {
    "P1": {
        "capacity_min": (1, 1),
        "capacity_default": (10, 200),
        "capacity_max": (50, 1000),
        "capacity_advised": (None, 200),
    },
    "P2": {"buyer_silent_close": (15 * MINUTE, None)},
    "P3": {"shop_silent_close": (None, 7 * DAY)},
    "P4": {"open_reply_window": (24 * HOUR, None)},
    "P5": {"closed_reply_window": (72 * HOUR, 30 * DAY)},
    "P6": {"contact_order_age": (30 * DAY, 60 * DAY), "contact_open_after_sale": (False, True)},
    "P7": {"owner_nickname_set_by": ("registration", "owner"), "member_nickname_set_by": ("owner", "member")},
    "P8": {"queue_orders": (("fifo", "lifo"), ("fifo",))},
    "P9": {"survey_at_close": (False, True), "survey_by_invitation": (True, False)},
    "P10": {"quick_reply_scopes": (("agent",), ("shop", "agent"))},
    "P11": {"first_response_clock": ("assignment", "session")},
    "P12": {"expiring_after": (20 * HOUR, 20 * HOUR)},
    "P13": {"sole_agent_takes_all": (False, True)},
    "P14": {"metric_profile": ("guides", "guides")},
    "A3": {
        "desk_setting_roles": (("owner",), LEADS),
        "bot_setting_roles": (("owner",), LEADS),
        "bot_set_by_every_agent": (True, False),
    },
    "A4": {"team_roles": (("owner",), LEADS)},
    "G10": {"targets": ({"dissatisfaction": 0.15}, {"dissatisfaction": 0.15})},
}
ROWS = [(rule, name, values) for rule, row in TABLE.items() for name, values in row.items()]
# A stored override of every value, and what it then is.
OWN = {
    "capacity_min": (2, 2),
    "capacity_default": (20, 20),
    "capacity_max": (60, 60),
    "capacity_advised": (None, None),
    "buyer_silent_close": (60, MINUTE),
    "shop_silent_close": (None, None),
    "open_reply_window": (7200, 2 * HOUR),
    "closed_reply_window": (86400, DAY),
    "contact_order_age": (86400 * 10, 10 * DAY),
    "contact_open_after_sale": (True, True),
    "owner_nickname_set_by": ("owner", "owner"),
    "member_nickname_set_by": ("member", "member"),
    "queue_orders": (["lifo"], ("lifo",)),
    "survey_at_close": (True, True),
    "survey_by_invitation": (False, False),
    "quick_reply_scopes": (["shop"], ("shop",)),
    "first_response_clock": ("session", "session"),
    "expiring_after": (3600.5, timedelta(seconds=3600.5)),
    "sole_agent_takes_all": (True, True),
    "metric_profile": ("sea_12h", "sea_12h"),
    "targets": ({"response_rate": 0.9}, {"response_rate": 0.9}),
    "desk_setting_roles": (["owner", "agent"], ("owner", "agent")),
    "bot_setting_roles": (["super_admin"], ("super_admin",)),
    "bot_set_by_every_agent": (False, False),
    "team_roles": (["owner", "service_lead"], ("owner", "service_lead")),
}


@pytest.mark.rule("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P13", "P14")
@pytest.mark.parametrize(("rule", "name", "values"), ROWS)
def test_each_platform_has_the_values_of_the_table(rule, name, values):
    douyin, tiktok = values
    found = {preset: getattr(presets.policy(preset), name) for preset in presets.PRESETS}
    assert found == {"douyin": douyin, "tiktok_shop": tiktok, "tiktok_shop_us": tiktok}


@pytest.mark.rule("P14")
def test_the_table_and_the_overrides_leave_no_value_out():
    names = set(presets._TYPES)
    assert {name for _rule, name, _values in ROWS} == names == set(OWN)


@pytest.mark.rule("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P13", "P14")
@pytest.mark.django_db
@pytest.mark.parametrize("name", OWN)
def test_a_shop_has_its_own_value_where_it_was_given_one_and_no_other_shop_has(name):
    shop, other = base.shop(), base.shop("Meadow")
    stored, meant = OWN[name]
    policy.set_overrides(shop, {name: stored})
    changed, plain = Shop.objects.get(pk=shop.pk).policy, presets.policy("douyin")
    assert getattr(changed, name) == meant
    rest = set(OWN) - {name}
    assert {n: getattr(changed, n) for n in rest} == {n: getattr(plain, n) for n in rest}
    assert Shop.objects.get(pk=other.pk).policy == plain
    policy.set_overrides(shop, {})
    assert Shop.objects.get(pk=shop.pk).policy == plain


@pytest.mark.rule("P1")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "bad",
    [
        {"capacity_max": 0},
        {"capacity_max": -5},
        {"capacity_min": 1.5},
        {"capacity_max": "50"},
        {"capacity_max": True},
        {"capacity_max": None},
        {"capacity_max": 10**9},
        {"capacity_max": 5},
        {"capacity_min": 11},
        {"capacity_default": 51},
        {"closed_reply_window": None},
        {"closed_reply_window": 0},
        {"closed_reply_window": -1},
        {"closed_reply_window": 400 * 86400},
        {"closed_reply_window": float("nan")},
        {"closed_reply_window": "3 days"},
        {"buyer_silent_close": True},
        {"survey_at_close": 1},
        {"survey_at_close": None},
        {"queue_orders": []},
        {"queue_orders": "fifo"},
        {"queue_orders": ["fifo", 1]},
        {"queue_orders": ["random"]},
        {"quick_reply_scopes": ["planet"]},
        {"first_response_clock": "moon"},
        {"first_response_clock": ""},
        {"owner_nickname_set_by": "anybody"},
        {"member_nickname_set_by": "anybody"},
        {"metric_profile": "mine"},
        {"team_roles": ["wizard"]},
        {"desk_setting_roles": None},
        {"unknown": 1},
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_changes_nothing(bad):
    shop = base.shop()
    with pytest.raises(Refused) as refused:
        policy.set_overrides(shop, bad)
    assert refused.value.code == "bad_policy"
    assert next(iter(bad)).split("_")[0] in refused.value.words
    assert Shop.objects.get(pk=shop.pk).overrides == {}


@pytest.mark.rule("P1", "A3")
@pytest.mark.django_db
@pytest.mark.parametrize(("preset", "default", "most"), [("douyin", 10, 50), ("tiktok_shop", 200, 1000)])
def test_a_new_agent_has_the_platforms_capacity_and_sets_its_own_within_the_bounds(preset, default, most):
    lin = base.agent(base.shop(preset=preset), "Lin")
    assert lin.capacity == default
    assert people.set_capacity(lin, most).capacity == most
    for capacity in (0, most + 1):
        with pytest.raises(Refused) as refused:
            people.set_capacity(lin, capacity)
        assert refused.value.code == "capacity_out_of_range"
    here, desk = f"/api/v1/shops/{lin.shop_id}/presence", base.desk(lin)
    answer = desk.patch(here, {"capacity": most + 1}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "capacity_out_of_range")
    shown = desk.get(here).json()
    assert (shown["capacity"], shown["capacity_min"], shown["capacity_max"]) == (most, 1, most)
    assert shown["capacity_advised"] == {"douyin": None, "tiktok_shop": 200}[preset]


@pytest.mark.rule("P8", "A3")
@pytest.mark.django_db
@pytest.mark.parametrize(("preset", "allowed"), [("douyin", ("owner",)), ("tiktok_shop", LEADS)])
@pytest.mark.parametrize("role", Member.Role.values)
def test_queue_order_and_greeting_are_set_by_the_roles_of_the_platform_only(preset, allowed, role):
    shop = base.shop(preset=preset)
    by = base.agent(shop, "By", role=role, online=False)
    for change, value in ((policy.set_queue_order, "fifo"), (policy.set_greeting, "Hi")):
        if role in allowed:
            change(shop, value, by)
        else:
            with pytest.raises(NotAllowed):
                change(shop, value, by)
    assert Shop.objects.get(pk=shop.pk).greeting == ("Hi" if role in allowed else "")


@pytest.mark.django_db
@pytest.mark.rule("P14")
def test_the_database_refuses_a_platform_that_is_not_known():
    seller = Seller.objects.create(name="Harbour Ltd")
    for values in ({"preset": "mars"}, {"queue_order": "any"}, {"identity_secret": ""}):
        shop = actions.create_shop(seller, "Harbour", "douyin")
        with pytest.raises(IntegrityError), transaction.atomic():
            Shop.objects.filter(pk=shop.pk).update(**values)


@pytest.mark.django_db
@pytest.mark.rule("A1")
def test_the_database_refuses_unknown_roles_a_second_owner_and_namesakes():
    shop = base.shop()
    base.agent(shop, "Owner", role="owner", online=False)
    lin = base.agent(shop, "Lin", online=False)
    for values in ({"role": "wizard"}, {"role": "owner"}, {"nickname": "Owner"}, {"capacity": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Member.objects.filter(pk=lin.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.add_member(shop, lin.user, "Lin again")


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("B7")
def test_the_database_refuses_states_that_can_not_be():
    lin = base.agent(base.shop(), "Lin")
    session = base.writes(base.buyer(lin.shop))
    row = ServiceSession.objects.filter(pk=session.pk)
    for values in (
        {"state": "lost"},
        {"state": "queued"},
        {"state": "closed", "assignee": None},
        {"assignee": None},
        {"closed_at": session.started_at},
        {"state": "queued", "assignee": None, "queued_at": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**values)
    twin = row.get()
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
