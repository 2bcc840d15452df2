"""Members sign in, guessing is slowed down, and everybody gets to the own shops only."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from shops.models import Feedback, Member, Shop, User
from tests import base

pytestmark = pytest.mark.django_db
SECRET = "not-a-secret-9"


@pytest.fixture
def shop() -> Shop:
    return base.shop()


def signed_in(member: Member, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(member.user, backend="shops.sign_in.Backend")
    return client


def attempt(client: Client, username: str, password: str, **headers: str):
    return client.post(reverse("login"), {"username": username, "password": password}, headers=headers)


@pytest.mark.rule("A1")
def test_the_right_password_opens_the_own_shops(shop: Shop) -> None:
    member = base.agent(shop, "Ann", online=False)
    client = Client()
    answer = attempt(client, member.user.username, SECRET)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("home"))
    page = client.get(reverse("home")).content.decode()
    assert shop.name in page
    assert reverse("desk", args=[shop.pk]) in page


def test_signing_out_closes_the_pages(shop: Shop) -> None:
    client = signed_in(base.agent(shop, "Ann", online=False))
    client.post(reverse("logout"))
    assert client.get(reverse("home")).status_code == 302


def test_passwords_are_kept_as_argon2() -> None:
    from sellercenter import settings as product

    assert product.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


@pytest.mark.parametrize("as_json", [False, True])
def test_after_five_wrong_passwords_the_right_one_has_to_wait(shop: Shop, as_json: bool) -> None:
    member = base.agent(shop, "Ann", online=False)
    client = Client()
    wrong = [attempt(client, member.user.username, "wrong").status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert wrong[:-1] == [200] * (settings.AXES_FAILURE_LIMIT - 1)
    headers = {"accept": "application/json"} if as_json else {"accept-language": "en"}
    answer = attempt(client, member.user.username, SECRET, **headers)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    if as_json:
        assert answer.json()["code"] == "throttled"
    else:
        assert "Too many attempts" in answer.content.decode()


def test_one_locked_account_does_not_lock_a_colleague(shop: Shop) -> None:
    ann, bob = base.agent(shop, "Ann", online=False), base.agent(shop, "Bob", online=False)
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT + 1):
        attempt(client, ann.user.username, "wrong")
    assert attempt(client, bob.user.username, SECRET).status_code == 302


@pytest.mark.rule("A1")
def test_without_im_permission_there_is_no_way_to_the_desk(shop: Shop) -> None:
    member = base.agent(shop, "Staff", online=False, role=Member.Role.STAFF, im=False)
    page = signed_in(member).get(reverse("home")).content.decode()
    assert shop.name in page
    assert reverse("desk", args=[shop.pk]) not in page
    assert signed_in(member).get(reverse("desk", args=[shop.pk])).status_code == 403


@pytest.mark.rule("A6")
def test_each_shop_shows_its_own_unread_and_queued_counts(shop: Shop) -> None:
    member = base.agent(shop, "Ann")
    other = base.shop("Other", "tiktok_shop")
    Member.objects.create(shop=other, user=member.user, role=Member.Role.AGENT, nickname="Ann", capacity=1)
    Member.objects.filter(shop=other).update(im_permission=True)
    base.agent(other, "Second", online=False)  # two agents: nobody gets everything (B4)
    base.writes(base.buyer(shop))
    for _ in range(2):
        base.writes(base.buyer(other))
    third = base.shop("Third")
    rows = {row["member"].shop_id: row for row in signed_in(member).get(reverse("home")).context["shops"]}
    assert (rows[shop.pk]["unread"], rows[shop.pk]["queued"]) == (1, 0)
    assert (rows[other.pk]["unread"], rows[other.pk]["queued"]) == (0, 2)
    assert third.pk not in rows


@pytest.mark.parametrize("name", ["desk-settings", "analytics", "bot", "feedback", "bot-question-new"])
def test_a_foreign_shop_is_not_there(shop: Shop, name: str) -> None:
    stranger = base.agent(base.shop("Other"), "Eve", online=False, role=Member.Role.OWNER)
    assert signed_in(stranger).get(reverse(name, args=[shop.pk])).status_code == 404
    assert Client().get(reverse(name, args=[shop.pk])).status_code == 302


@pytest.mark.rule("P8", "A3")
def test_only_what_the_platform_offers_and_the_role_may_set_is_saved(shop: Shop) -> None:
    owner = base.agent(shop, "Boss", online=False, role=Member.Role.OWNER)
    lead = base.agent(shop, "Lead", online=False, role=Member.Role.SERVICE_LEAD)
    address = reverse("settings-talk", args=[shop.pk])
    data = {"greeting": "Welcome!", "queue_order": "lifo"}
    assert 'name="greeting"' not in signed_in(lead).get(address).content.decode()
    assert signed_in(lead).post(address, data).status_code == 403
    shop.refresh_from_db()
    assert (shop.greeting, shop.queue_order) == ("", "fifo")
    signed_in(owner).post(address, data)
    shop.refresh_from_db()
    assert (shop.greeting, shop.queue_order) == ("Welcome!", "lifo")


@pytest.mark.rule("P8")
def test_a_platform_without_the_choice_refuses_it() -> None:
    shop = base.shop("Harbour UK", "tiktok_shop")
    owner = base.agent(shop, "Boss", online=False, role=Member.Role.OWNER)
    data = {"greeting": "", "queue_order": "lifo"}
    answer = signed_in(owner).post(reverse("settings-talk", args=[shop.pk]), data)
    shop.refresh_from_db()
    assert answer.status_code == 200  # the form again, with its error
    assert shop.queue_order == "fifo"


@pytest.mark.rule("P1", "A3")
@pytest.mark.parametrize(("number", "kept"), [("7", 7), ("0", 10), ("51", 10), ("many", 10)])
def test_an_agent_sets_the_own_capacity_within_the_bounds(shop: Shop, number: str, kept: int) -> None:
    member = base.agent(shop, "Ann", online=False)
    address = reverse("desk-settings", args=[shop.pk])
    signed_in(member).post(address, {"form": "own", "accepting": "on", "capacity": number})
    member.refresh_from_db()
    assert member.capacity == kept


def test_accepting_is_switched_on_the_settings_page(shop: Shop) -> None:
    member = base.agent(shop, "Ann", online=False)
    signed_in(member).post(reverse("desk-settings", args=[shop.pk]), {"form": "own", "capacity": "10"})
    member.refresh_from_db()
    assert member.accepting is False


@pytest.mark.rule("C14")
def test_feedback_is_kept_with_who_sent_it(shop: Shop) -> None:
    member = base.agent(shop, "Ann", online=False)
    signed_in(member).post(reverse("feedback", args=[shop.pk]), {"text": "More shortcuts, please."})
    signed_in(member).post(reverse("feedback", args=[shop.pk]), {"text": " "})
    assert list(Feedback.objects.values_list("shop", "member", "text")) == [
        (shop.pk, member.pk, "More shortcuts, please.")
    ]


@pytest.mark.parametrize(("language", "words"), [("en", "Sign in to the desk"), ("zh-hans", "登录客服工作台")])
def test_the_language_can_be_chosen_before_signing_in(language: str, words: str) -> None:
    client = Client()
    client.post(reverse("set_language"), {"language": language, "next": "/login/"})
    assert words in client.get(reverse("login")).content.decode()


def test_a_switched_off_user_cannot_sign_in(shop: Shop) -> None:
    member = base.agent(shop, "Ann", online=False)
    User.objects.filter(pk=member.user_id).update(is_active=False)
    assert attempt(Client(), member.user.username, SECRET).status_code == 200
