"""A forgotten password is set anew by a letter's link, a known one is changed; who was signed in before is out."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from chat.actions import mails, outbox
from chat.models import Outbox
from chat.sockets import db
from shops.models import LinkRequest, Member, User
from tests import base
from tests.chat import lines

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = "not-a-secret-9", "a-very-long-word-7"
TWICE = {"new_password1": NEW, "new_password2": NEW}


@pytest.fixture
def lin() -> Member:
    member = base.agent(base.shop(), "Lin", online=False)
    User.objects.filter(pk=member.user_id).update(email="lin@shop.example")
    member.user.refresh_from_db()
    return member


def browser(member: Member | None = None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if member:
        client.force_login(member.user, backend="shops.sign_in.Backend")
    return client


def ask(email: str, address: str = "198.51.100.1"):
    return browser().post(reverse("password-forgotten"), {"email": email}, REMOTE_ADDR=address)


def letters():
    mail.outbox.clear()
    while outbox.deliver_due():
        pass
    return mail.outbox


def link() -> str:
    [letter] = letters()
    assert letter.to == ["lin@shop.example"]
    found = re.search(r"http://testserver(/password/new/\S+)", letter.body)
    assert found
    return found[1]


def signs_in(member: Member, password: str) -> bool:
    about = {"username": member.user.username, "password": password}
    return Client().post(reverse("login"), about).status_code == 302


def test_a_letters_link_sets_a_new_password_once_and_ends_other_sign_ins(lin: Member) -> None:
    before = browser(lin)
    assert "on its way" in ask("LIN@shop.example").content.decode()
    address = link()
    person = browser()
    form = person.get(address, follow=True)
    done = person.post(form.redirect_chain[-1][0], TWICE, follow=True)
    assert "Please sign in" in done.content.decode()
    assert (signs_in(lin, OLD), signs_in(lin, NEW)) == (False, True)
    assert before.get(reverse("home")).status_code == 302
    assert "run out" in browser().get(address, follow=True).content.decode()


def test_a_link_runs_out_after_an_hour(lin: Member) -> None:
    ask("lin@shop.example")
    address = link()
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert "run out" in browser().get(address, follow=True).content.decode()


def test_nobody_learns_which_address_has_an_account(lin: Member) -> None:
    def page(email: str) -> str:
        return re.sub(r'csrfmiddlewaretoken" value="\w+', "", ask(email).content.decode())

    known, unknown = page("lin@shop.example"), page("nobody@shop.example")
    assert known == unknown
    assert Outbox.objects.count() == 2  # the same is done for both
    assert len(letters()) == 1
    off = base.agent(lin.shop, "Off", online=False)
    User.objects.filter(pk=off.user_id).update(email="off@shop.example", is_active=False)
    new = User.objects.create_user("invited", "new@shop.example")  # no password yet: the invitation is its way in
    assert not new.has_usable_password()
    ask("off@shop.example", "198.51.100.2")
    ask("new@shop.example", "198.51.100.2")
    assert letters() == []


def test_asking_is_slowed_down_for_one_account_and_from_one_place(lin: Member) -> None:
    first = [ask("lin@shop.example", f"198.51.100.{n}").status_code for n in range(1, 5)]
    assert first == [200, 200, 200, 429]
    assert [ask("nobody@shop.example", f"203.0.113.{n}").status_code for n in range(1, 5)] == first
    many = [ask(f"a{n}@shop.example", "192.0.2.1") for n in range(11)]
    assert [answer.status_code for answer in many] == [200] * 10 + [429]
    assert many[-1].headers["Retry-After"] == "3600"
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert ask("lin@shop.example").status_code == 200
        mails.sweep(timezone.now())
        assert LinkRequest.objects.count() == 1


@pytest.mark.rule("H1")
def test_an_app_asks_for_the_letter_as_the_page_does(lin: Member) -> None:
    def asks(email: str, address: str = "198.51.100.1") -> int:
        body = {"email": email}
        answer = APIClient().post("/api/v1/auth/password/forgotten", body, format="json", REMOTE_ADDR=address)
        return int(answer.status_code)

    assert (asks("LIN@shop.example"), asks("nobody@shop.example")) == (204, 204)
    assert browser().get(link(), follow=True).status_code == 200
    assert asks("nowhere") == 400
    assert ask("lin@shop.example", "198.51.100.2").status_code == 200, "one count for both"
    assert [asks("lin@shop.example", f"198.51.100.{n}") for n in (3, 4)] == [204, 429]


def test_a_change_needs_the_old_password_and_keeps_only_this_browser_signed_in(lin: Member) -> None:
    here, there = browser(lin), browser(lin)
    address = reverse("password-change")
    assert here.post(address, {"old_password": "wrong", **TWICE}).status_code == 200
    assert signs_in(lin, OLD)
    console = lines.agent(lin)

    async def talk() -> None:
        await lines.enter(console)
        done = await db(lambda: here.post(address, {"old_password": OLD, **TWICE}))
        assert done.status_code == 302
        assert await console.close_code() == 4503

    lines.run(talk)
    assert (here.get(reverse("home")).status_code, there.get(reverse("home")).status_code) == (200, 302)
    assert (signs_in(lin, OLD), signs_in(lin, NEW)) == (False, True)
    assert browser().get(address).status_code == 302


def test_a_wrong_address_is_pointed_out(lin: Member) -> None:
    page = ask("nowhere").content.decode()
    assert "An e-mail address, please." in page
    assert Outbox.objects.count() == 0
