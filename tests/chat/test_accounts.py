"""Sub-accounts (SPEC A1): who opens, changes and closes whose, by page and API alike, and the link that lets one in."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat.actions import accounts, outbox, people
from chat.models import DeskEvent, ServiceSession
from chat.sockets import db
from shops import actions, invitations
from shops.errors import NotAllowed
from shops.models import Invitation, Member, User
from tests import base, invariants
from tests.chat import lines

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a-very-long-word-7"
NEW = {"username": "may", "email": "may@shop.example", "nickname": "May", "role": "agent", "im_permission": True}


class Cast:
    """Somebody of every role, and the owner of another seller's shop."""

    def __init__(self, preset="douyin"):
        self.shop, self.other = base.shop("Harbour", preset), base.shop("Meadow", preset)
        for role in Member.Role.values:
            im = role != "staff"
            setattr(self, role, base.agent(self.shop, role.title(), online=False, role=role, im=im))
        self.admin2 = base.agent(self.shop, "Second", online=False, role="super_admin")
        self.guest = base.agent(self.other, "Guest", online=False, role="owner")

    def url(self, *ids, name="account"):
        return reverse(name, args=[self.shop.pk, *ids])

    def api(self, *parts):
        return "/".join([f"/api/v1/shops/{self.shop.pk}/accounts", *map(str, parts)])


@pytest.fixture
def cast():
    return Cast()


def browser(member, language="en"):
    client = Client(headers={"accept-language": language})
    client.force_login(member.user)
    return client


def form(**fields):
    """Return a form as a browser posts it: a tick that is off is not there."""
    return {name: "on" if value is True else value for name, value in fields.items() if value is not False}


def may(shop):
    return Member.objects.select_related("user", "shop").get(shop=shop, user__username="may")


def letters():
    mail.outbox.clear()
    while outbox.deliver_due():
        pass
    return mail.outbox


def link_in(letter):
    return re.search(r"http://testserver(/join/\S+)", letter.body)[1]


@pytest.mark.rule("A1")
def test_an_owner_opens_an_account_and_the_letter_lets_its_person_in(cast):
    page = browser(cast.owner).post(cast.url(name="account-new"), form(**NEW), follow=True)
    made = may(cast.shop)
    assert page.redirect_chain == [(cast.url(made.pk), 302)]
    assert (made.nickname, made.role, made.im_permission, made.capacity) == ("May", "agent", True, 10)
    [letter] = letters()
    assert (letter.to, cast.shop.name in letter.subject, "may" in letter.body) == (["may@shop.example"], True, True)
    link = link_in(letter)
    assert link in page.content.decode()  # to copy as well
    person = Client(headers={"accept-language": "en"})
    assert "Welcome to Harbour" in person.get(link).content.decode()
    refused = person.post(link, {"new_password1": "12345678", "new_password2": "12345678"})
    assert refused.status_code == 200
    assert refused.context["form"].errors
    done = person.post(link, {"new_password1": PASSWORD, "new_password2": PASSWORD}, follow=True)
    assert cast.shop.name in done.content.decode()
    back = Client().post(reverse("login"), {"username": "may", "password": PASSWORD})
    assert (back.status_code, back.headers["Location"]) == (302, reverse("home"))
    assert DeskEvent.objects.filter(shop=cast.shop, kind="member.changed", member=made).exists()


@pytest.mark.rule("A1")
def test_a_link_works_once_and_not_when_old_replaced_forged_or_closed(cast):
    made = accounts.create(cast.owner, accounts.Draft("may", "may@shop.example", "May", "agent", True), "http://x")
    first = invitations.token(Invitation.objects.get(user=made.user))
    tries = {"new_password1": PASSWORD, "new_password2": PASSWORD}

    def status(token):
        return Client().post(reverse("join", args=[token]), tries).status_code

    answer = base.desk(cast.owner).post(cast.api(made.pk, "invitation"), {}, format="json")
    assert answer.status_code == 201
    second = answer.json()["link"].rstrip("/").rsplit("/", 1)[-1]
    assert [status(token) for token in (first, second[:-1] + "x", "x", "")[:3]] == [404, 404, 404]
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert status(second) == 404
        assert "Invitation expired" in browser(cast.owner).get(cast.url(name="accounts")).content.decode()
    people.disable(made)
    assert status(second) == 404
    people.enable(made)
    assert (status(second), status(second)) == (302, 404)
    late = base.desk(cast.owner).post(cast.api(made.pk, "invitation"), {}, format="json")
    assert (late.status_code, late.json()["code"]) == (409, "already_joined")
    assert letters() == []  # the promised letters name a link that is used up


@pytest.mark.rule("A1")
@pytest.mark.parametrize(
    ("who", "of", "allowed"),
    [
        ("owner", "super_admin", {"nickname", "role", "im_permission", "is_active"}),
        ("owner", "owner", {"im_permission"}),
        ("super_admin", "service_lead", {"nickname", "role", "im_permission", "is_active"}),
        ("super_admin", "owner", set()),
        ("super_admin", "admin2", set()),
        ("super_admin", "super_admin", set()),
    ],
)
def test_who_may_change_what_is_the_same_by_api_and_page(cast, who, of, allowed):
    by, target = getattr(cast, who), getattr(cast, of)
    tries = {"nickname": "Renamed", "role": "staff", "im_permission": not target.im_permission, "is_active": False}
    for name, value in tries.items():
        before = Member.objects.values().get(pk=target.pk)
        answer = base.desk(by).patch(cast.api(target.pk), {name: value}, format="json")
        assert answer.status_code == (200 if name in allowed else 403), name
        after = Member.objects.values().get(pk=target.pk)
        assert (after == before) == (name not in allowed)
        Member.objects.filter(pk=target.pk).update(**before)
    assert set(base.desk(by).get(cast.api(target.pk)).json()["may_change"]) == allowed
    page = browser(by).get(cast.url(target.pk)).content.decode()
    assert ('value="disable"' in page, 'name="role"' in page) == ("is_active" in allowed, "role" in allowed)
    posted = browser(by).post(cast.url(target.pk), {"form": "disable"})
    assert posted.status_code == (302 if "is_active" in allowed else 403)
    target.refresh_from_db()
    assert target.is_active == ("is_active" not in allowed)


@pytest.mark.rule("A1")
@pytest.mark.parametrize(("who", "status"), [("service_lead", 403), ("agent", 403), ("staff", 403), ("guest", 404)])
def test_others_see_and_write_nothing(cast, who, status):
    member, before = getattr(cast, who), Member.objects.count()
    desk = base.desk(member)
    for address in (cast.api(), cast.api(cast.agent.pk)):
        assert desk.get(address).status_code == status
    assert desk.post(cast.api(), NEW, format="json").status_code == status
    assert desk.patch(cast.api(cast.agent.pk), {"role": "super_admin"}, format="json").status_code == status
    assert desk.post(cast.api(cast.agent.pk, "invitation"), {}, format="json").status_code == status
    for name, ids in (("accounts", ()), ("account-new", ()), ("account", (cast.agent.pk,))):
        assert browser(member).get(cast.url(*ids, name=name)).status_code == status
        assert browser(member).post(cast.url(*ids, name=name), form(**NEW)).status_code in (status, 405)
    assert Member.objects.count() == before
    cast.agent.refresh_from_db()
    assert cast.agent.role == "agent"


@pytest.mark.rule("A1")
def test_nobody_gives_a_role_that_is_not_below_the_own(cast):
    for by, role, status in (
        (cast.super_admin, "super_admin", 403),
        (cast.super_admin, "service_lead", 201),
        (cast.owner, "owner", 400),
    ):
        body = {**NEW, "username": f"{role}-x", "nickname": role, "role": role}
        assert base.desk(by).post(cast.api(), body, format="json").status_code == status
    raised = base.desk(cast.super_admin).patch(cast.api(cast.agent.pk), {"role": "super_admin"}, format="json")
    assert raised.status_code == 403


@pytest.mark.rule("A1")
def test_a_manager_who_has_just_lost_the_role_changes_nothing(cast):
    stale = Member.objects.select_related("shop", "user").get(pk=cast.super_admin.pk)
    people.set_role(cast.super_admin, "agent")
    with pytest.raises(NotAllowed):
        accounts.change(stale, cast.service_lead, "http://x", role="staff")
    with pytest.raises(NotAllowed):
        accounts.create(stale, accounts.Draft("may", "m@x.example", "May", "agent", True), "http://x")


@pytest.mark.rule("P7")
@pytest.mark.parametrize(("preset", "status"), [("douyin", 200), ("tiktok_shop", 403)])
def test_the_employee_name_is_the_owners_where_the_platform_says_so(preset, status):
    cast = Cast(preset)
    answer = base.desk(cast.owner).patch(cast.api(cast.agent.pk), {"nickname": "Lotus"}, format="json")
    assert answer.status_code == status
    shown = browser(cast.owner).get(cast.url(cast.agent.pk)).content.decode()
    assert ('name="nickname"' in shown) == (status == 200)
    taken = base.desk(cast.owner).patch(cast.api(cast.agent.pk), {"nickname": "Staff"}, format="json")
    assert taken.status_code == (409 if status == 200 else 403)


@pytest.mark.rule("A1", "A6")
def test_a_person_of_another_shop_of_the_same_seller_is_added_without_a_new_password(cast):
    sister = actions.create_shop(cast.shop.seller, "Sister", "douyin")
    boss = base.agent(sister, "Boss", online=False, role="owner")
    address = f"/api/v1/shops/{sister.pk}/accounts"
    body = {**NEW, "username": cast.agent.user.username}
    answer = base.desk(boss).post(address, body, format="json")
    assert (answer.status_code, answer.json()["state"]) == (201, "active")
    assert Member.objects.get(shop=sister, nickname="May").user == cast.agent.user
    assert letters() == []
    again = base.desk(boss).post(address, {**body, "nickname": "Other"}, format="json")
    assert again.json()["code"] == "already_member"
    strangers = {**NEW, "username": cast.guest.user.username.upper(), "nickname": "Third"}
    assert base.desk(boss).post(address, strangers, format="json").json()["code"] == "username_taken"
    invited = accounts.create(cast.owner, accounts.Draft("new", "n@x.example", "New", "agent", True), "http://x")
    waits = base.desk(boss).post(address, {**NEW, "username": "new", "nickname": "Fourth"}, format="json")
    assert waits.json()["code"] == "not_joined"  # or the second shop's link would open the first
    assert not User.objects.get(pk=invited.user_id).has_usable_password()


@pytest.mark.rule("A1")
@pytest.mark.parametrize("how", ["im_permission", "disable"])
def test_on_the_page_a_member_is_sent_away_its_socket_ends_and_its_sessions_wait_in_their_places(cast, how):
    Member.objects.filter(shop=cast.shop).exclude(pk=cast.agent.pk).update(accepting=False)
    line = base.buyer(cast.shop)
    held = base.writes(line)
    console, later = lines.agent(cast.agent), lines.agent(cast.agent)
    page = browser(cast.owner)
    fields = {"form": "change", "nickname": "Agent", "role": "agent"} if how == "im_permission" else {"form": how}

    async def talk():
        await lines.enter(console)
        assert (await db(lambda: ServiceSession.objects.get(pk=held.pk))).assignee_id == cast.agent.pk
        assert (await db(page.post, cast.url(cast.agent.pk), fields)).status_code == 302
        assert await console.close_code() == 4403
        assert not await later.open()

    lines.run(talk)
    place = held.queued_at
    held.refresh_from_db()
    assert (held.state, held.assignee, held.queued_at) == (ServiceSession.State.QUEUED, None, place)
    desk = base.desk(cast.agent).get(f"/api/v1/shops/{cast.shop.pk}/presence")
    assert desk.status_code == (403 if how == "im_permission" else 404)
    invariants.check()
    back = {**fields, "im_permission": "on"} if how == "im_permission" else {"form": "enable"}
    page.post(cast.url(cast.agent.pk), back)
    assert base.desk(cast.agent).get(f"/api/v1/shops/{cast.shop.pk}/presence").status_code == 200


@pytest.mark.rule("A1")
def test_another_role_lets_open_consoles_come_anew(cast):
    console, again = lines.agent(cast.service_lead), lines.agent(cast.service_lead)

    async def talk():
        await lines.enter(console)
        await db(lambda: accounts.change(cast.owner, cast.service_lead, "http://x", role="agent"))
        assert await console.close_code() == 4503  # come back
        await lines.enter(again)
        await again.leave()

    lines.run(talk)


def test_what_is_wrong_with_a_new_account_stands_beside_its_field(cast):
    wrong = {**NEW, "username": "two words", "email": "nowhere", "nickname": " ", "role": "king"}
    page = browser(cast.owner).post(cast.url(name="account-new"), form(**wrong))
    assert set(page.context["wrong"]) == {"username", "email", "nickname", "role"}
    for code, field, words in (("Agent", "nickname", "nickname"), (cast.guest.user.username, "username", "taken")):
        page = browser(cast.owner).post(cast.url(name="account-new"), form(**{**NEW, field: code}))
        assert words in page.context["wrong"][field]
    assert Member.objects.filter(shop=cast.shop).count() == 6


def test_an_address_is_mended_until_the_person_has_joined(cast):
    made = accounts.create(cast.owner, accounts.Draft("may", "wrong@x.example", "May", "agent", True), "http://x")
    answer = base.desk(cast.owner).patch(cast.api(made.pk), {"email": "right@x.example"}, format="json")
    assert answer.status_code == 200
    assert {letter.to[0] for letter in letters()} == {"right@x.example"}
    invitations.accept(Invitation.objects.get(), PASSWORD)
    late = base.desk(cast.owner).patch(cast.api(made.pk), {"email": "mine@x.example"}, format="json")
    assert late.status_code == 403  # it would be a way into the account


def test_the_list_is_a_page_at_a_time_and_searched(cast, monkeypatch):
    monkeypatch.setattr("chat.account_api.PAGE", 4)
    first = base.desk(cast.owner).get(cast.api()).json()
    rest = base.desk(cast.owner).get(f"{cast.api()}?cursor={first['next']}").json()
    names = [row["nickname"] for page in (first, rest) for row in page["results"]]
    assert names == ["Owner", "Super_Admin", "Service_Lead", "Agent", "Staff", "Second"]
    found = base.desk(cast.owner).get(f"{cast.api()}?q=STAF").json()
    assert [row["nickname"] for row in found["results"]] == ["Staff"]
    page = browser(cast.owner).get(cast.url(name="accounts") + "?q=staf\0&after=x").content.decode()
    assert ("Staff" in page, "Service_Lead" in page) == (True, False)
