"""The team page (SPEC A4) and the agents' settings (A3): who sees them, what they say, when they warn, what rings."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from chat import team
from chat.actions import people, policy
from chat.models import Assignment, ServiceSession
from chat.sockets import db
from shops.models import Member, Presence, Shop, SignIn
from tests import base
from tests.chat import lines

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)  # a Wednesday, noon in Shanghai
WEEK = [[["09:00", "18:00"]]] * 7


def api(shop):
    return f"/api/v1/shops/{shop.pk}/team"


def read(member):
    answer = base.desk(member).get(api(member.shop))
    assert answer.status_code == 200
    return answer.json()


def told(member, name):
    return next(one for one in read(member)["agents"] if one["nickname"] == name)


def page(member, path=""):
    client = Client(headers={"accept-language": "en"})
    client.force_login(member.user)
    return client.get(f"/shops/{member.shop_id}/team/{path}")


def socket(member, shop=None):
    headers = [("host", lines.HOST), ("origin", f"http://{lines.HOST}"), ("cookie", lines.cookie(member))]
    return lines.Line(f"/ws/team/{(shop or member.shop).pk}/", *headers)


@pytest.fixture
def owner():
    return base.agent(base.shop("Harbour"), "Olive", online=False, role="owner", im=False)


@pytest.mark.rule("A4", "A3", "A2")
@pytest.mark.parametrize(
    ("preset", "may"), [("douyin", {"owner"}), ("tiktok_shop", {"owner", "super_admin", "service_lead"})]
)
def test_the_roles_of_the_platform_see_it_by_page_call_and_socket_alike(preset, may):
    shop, other = base.shop("Harbour", preset), base.shop("Meadow", preset)
    cast = [base.agent(shop, role, online=False, role=role, im=role != "staff") for role in Member.Role.values]
    guest = base.agent(other, "Guest", online=False, role="owner")
    for member in cast:
        status = 200 if member.role in may else 403
        seen = (base.desk(member).get(api(shop)), page(member), page(member, "settings/"))
        assert [one.status_code for one in seen] == [status] * 3, member.role
        menu = Client(headers={"accept-language": "en"})
        menu.force_login(member.user)
        assert (f"/shops/{shop.pk}/team/" in menu.get(f"/shops/{shop.pk}/orders/").content.decode()) == (status == 200)
    assert [base.desk(guest).get(api(shop)).status_code, base.desk(cast[0]).get(api(other)).status_code] == [404, 404]
    sockets = [(member.role, socket(member)) for member in cast] + [("guest", socket(guest, shop))]
    evil = socket(cast[0])
    evil.socket.scope["headers"] = [one for one in evil.socket.scope["headers"] if one[0] != b"origin"]

    async def talk():
        assert {role for role, line in sockets if await line.open()} == may
        nobody = lines.Line(f"/ws/team/{shop.pk}/", ("host", lines.HOST), ("origin", f"http://{lines.HOST}"))
        assert not await nobody.open()
        assert not await evil.open()

    lines.run(talk)


@pytest.mark.rule("A4", "B1", "C22")
def test_it_says_how_every_agent_stands_now(owner):
    shop = owner.shop
    lin, max_ = base.agent(shop, "Lin", capacity=4), base.agent(shop, "Max", capacity=2)
    away = base.agent(shop, "Away", online=False)
    people.set_accepting(max_, False)
    first = base.writes(base.buyer(shop))
    base.writes(base.buyer(shop))
    base.writes(base.buyer(shop))
    base.replies(lin, first)
    people.set_break(Member.objects.get(pk=lin.pk), "Lunch")
    found = read(owner)
    assert [one["nickname"] for one in found["agents"]] == ["Away", "Lin", "Max"]  # Olive has no IM permission
    one = told(owner, "Lin")
    assert (one["online"], one["accepting"], one["on_break"], one["break_reason"]) == (True, True, True, "Lunch")
    assert (one["load"], one["capacity"], one["saturation"]) == (3, 4, 0.75)
    assert (one["received_today"], one["unreplied"]) == (3, 2)
    assert one["since"] is not None
    assert (told(owner, "Max")["accepting"], told(owner, "Max")["load"]) == (False, 0)
    assert (told(owner, "Away")["online"], found["available"]) == (False, 0)
    people.disable(away)
    assert "Away" not in [one["nickname"] for one in read(owner)["agents"]]


@pytest.mark.rule("A4", "A6")
def test_another_shops_agents_and_queue_are_not_of_the_team(owner):
    other = base.shop("Meadow")
    base.writes(base.buyer(other))
    base.agent(other, "Far", accepting=False)
    found = read(owner)
    assert (found["agents"], found["queue"]["waiting"], found["queue"]["oldest"]) == ([], 0, None)
    base.agent(owner.shop, "Lin", online=False)
    assert [one.nickname for one in team.settings(owner)] == ["Lin"]


@pytest.mark.rule("A4", "C9")
def test_received_counts_each_buyers_session_of_the_day_once(owner):
    with time_machine.travel(NOON - timedelta(days=1), tick=False):
        lin = base.agent(owner.shop, "Lin", capacity=9)
        base.writes(base.buyer(owner.shop))
    with time_machine.travel(NOON, tick=False):
        people.came_online(lin, "test", "anew")
        today = base.writes(base.buyer(owner.shop))
        ServiceSession.objects.filter(pk=base.writes(base.buyer(owner.shop)).pk).update(started_by="agent")
        Assignment.objects.create(shop=owner.shop, session=today, member=lin, kind="manual", again=True,
                                  started_at=NOON, ended_at=NOON)  # fmt: skip
        assert told(owner, "Lin")["received_today"] == 1
    with time_machine.travel(NOON + timedelta(hours=13), tick=False):  # 01:00 of the next day there
        assert told(owner, "Lin")["received_today"] == 0


@pytest.mark.rule("A4")
def test_it_warns_in_business_hours_and_only_then(owner):
    shop = owner.shop
    policy.set_week(shop, WEEK, owner)
    with time_machine.travel(NOON, tick=False):
        assert read(owner)["warnings"] == {"nobody": True, "waiting": False, "full": []}
        base.writes(base.buyer(shop))
        found = read(owner)
        assert found["warnings"] == {"nobody": True, "waiting": True, "full": []}
        assert (found["queue"]["waiting"], found["queue"]["oldest"]) == (1, "2026-03-04T04:00:00.000Z")
        lin = base.agent(shop, "Lin", capacity=1)
        full = {"nobody": True, "waiting": False, "full": [{"id": lin.pk, "nickname": "Lin"}]}
        base.agent(shop, "Off", online=False)
        base.writes(base.buyer(shop))
        assert read(owner)["warnings"] == full | {"waiting": True}
        people.set_capacity(Member.objects.get(pk=lin.pk), 3)
        assert read(owner)["warnings"] == {"nobody": False, "waiting": False, "full": []}
        assert read(owner)["available"] == 1
        base.leave(lin)
        policy.set_holiday(shop, True, "", owner)
        shut = read(owner)
        assert (shut["open"], shut["opens_at"], shut["warnings"]["nobody"]) == (False, None, False)
        Shop.objects.filter(pk=shop.pk).update(holiday_until=NOON + timedelta(hours=20))  # before it opens
        assert read(owner)["opens_at"] == "2026-03-05T01:00:00.000Z"
        policy.set_holiday(shop, False, "", owner)
    with time_machine.travel(NOON + timedelta(hours=8), tick=False):
        shut = read(owner)
        assert (shut["open"], shut["opens_at"]) == (False, "2026-03-05T01:00:00.000Z")
        assert shut["warnings"] == {"nobody": False, "waiting": False, "full": []}


@pytest.mark.rule("A4")
def test_two_hundred_agents_and_their_past_cost_as_much_as_one(owner, django_assert_num_queries):
    shop, desk = owner.shop, base.desk(owner)
    base.writes(base.buyer(shop))
    base.agent(shop, "First", capacity=1)
    with django_assert_num_queries(COST):
        desk.get(api(shop))
    people_ = [base.agent(shop, f"Agent {n:03}", online=False).pk for n in range(3)]
    proto = Member.objects.get(pk=people_[0])
    users = type(proto.user).objects.bulk_create(type(proto.user)(username=f"crowd-{n}") for n in range(200))
    crowd = Member.objects.bulk_create(
        Member(shop=shop, user=user, nickname=user.username, role="agent", im_permission=True, capacity=5)
        for user in users
    )
    soon = timezone.now() + timedelta(minutes=1)
    Presence.objects.bulk_create(
        Presence(member=one, boot="test", socket=f"crowd-{one.pk}", expires_at=soon) for one in crowd
    )
    base.writes(base.buyer(shop))
    with django_assert_num_queries(COST):
        found = desk.get(api(shop)).json()
    assert (len(found["agents"]), sum(one["online"] for one in found["agents"])) == (204, 201)


# The user, the member with its shop (one trip of two), agents, online, since, received, unreplied, queue and its count.
COST = 10


@pytest.mark.rule("A3")
def test_the_agents_settings_are_listed_to_read(owner):
    base.agent(owner.shop, "Lin", online=False, capacity=7, after_low_rating=True)
    said = page(owner, "settings/").content.decode()
    assert [words in said for words in ("Lin", ">7<", "Comes first", "from 1 to 50")] == [True] * 4
    client = base.web(owner)
    assert client.post(f"/shops/{owner.shop_id}/team/settings/", {"capacity": "9"}).status_code in (403, 405)
    assert Member.objects.get(nickname="Lin").capacity == 7


@pytest.mark.rule("A4", "B1")
def test_its_socket_rings_and_makes_nobody_available():
    shop = base.shop("Harbour", "tiktok_shop")
    lead = base.agent(shop, "Lea", online=False, role="service_lead")
    other = base.agent(shop, "Other", online=False)
    line, again = socket(lead), socket(lead)

    async def talk():
        assert await line.open()
        await line.say("resume")
        assert await line.hear("resumed") == {"type": "resumed"}
        assert not await db(Presence.objects.exists)
        assert (await db(read, lead))["available"] == 0
        await db(people.set_accepting, other, False)
        assert await line.hear("team") == {"type": "team"}
        await line.say("message.send", text="Hello")
        assert (await line.hear("error"))["code"] == "bad_frame"
        await db(people.set_role, lead, "agent")
        assert await line.close_code() == 4503
        assert not await again.open()

    lines.run(talk)


@pytest.mark.rule("A4", "A1")
def test_its_socket_ends_with_the_account():
    shop = base.shop("Harbour", "tiktok_shop")
    lead, boss = (base.agent(shop, role, online=False, role=role) for role in ("service_lead", "super_admin"))
    line, again, watching = socket(lead), socket(lead), socket(boss)

    async def talk():
        for one in (line, watching):
            assert await one.open()
            await one.say("resume")
            await one.hear("resumed")
        await db(people.disable, lead)
        assert await line.close_code() == 4503
        assert not await again.open()
        await watching.say("resume")
        await watching.hear("resumed")
        await watching.leave()

    lines.run(talk)


@pytest.mark.rule("A4", "A1")
def test_its_socket_ends_with_the_sign_in_and_with_the_right_within_five_seconds(owner):
    boss = base.agent(owner.shop, "Boss", online=False, role="super_admin")
    watching, signed = socket(owner), socket(owner)
    policy.set_overrides(owner.shop, {"team_roles": ["owner", "super_admin"]})
    third = socket(boss)

    async def talk():
        for line in (watching, signed, third):
            assert await line.open()
            await line.say("resume")
            await line.hear("resumed")
        cookie = dict(signed.socket.scope["headers"])[b"cookie"].decode().split("=", 1)[1]
        loop = asyncio.get_running_loop()
        began = loop.time()
        await db(_sign_out, cookie)
        await db(_forget, boss)
        assert (await signed.close_code(), await third.close_code()) == (4401, 4403)
        assert loop.time() - began < 5
        await watching.say("resume")
        await watching.hear("resumed")
        await watching.leave()

    lines.run(talk)


def _sign_out(key):
    SignIn.objects.filter(session_key=key).delete()


def _forget(member):
    Member.objects.filter(pk=member.pk).update(role="agent")  # no order went out: the look finds it
