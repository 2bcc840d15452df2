"""The first shop of a seller, and further ones (SPEC A7, A1): by the platform's page and by the command."""

import io
import re
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db.models.signals import post_init
from django.test import Client

from botfaq.models import Question
from chat.actions import founding, outbox
from shops import invitations
from shops.audit_entry import AuditEntry
from shops.errors import NotYours, Refused
from shops.models import Invitation, Member, Seller, Shop, User
from tests import base

pytestmark = pytest.mark.django_db
PASSWORD = "a-very-long-word-7"
NEW = "/platform/shops/new/"
FORM = {
    "seller": "Lantern Ltd", "name": "Lantern", "preset": "tiktok_shop", "time_zone": "Asia/Singapore",
    "language": "en", "currency": "sgd", "nickname": "Mei", "username": "mei", "email": "mei@lantern.example",
}  # fmt: skip


browser = partial(base.web, language="en")


@pytest.fixture
def staff() -> Client:
    return browser(User.objects.create_user(username="platform", is_staff=True))


def letters() -> list[Any]:
    mail.outbox.clear()
    while outbox.deliver_due():
        pass
    return list(mail.outbox)


def join(link: str) -> Client:
    person = Client(headers={"accept-language": "en"})
    done = person.post(link, {"new_password1": PASSWORD, "new_password2": PASSWORD}, follow=True)
    assert "Your shops" in done.content.decode()
    return person


def command(**options: str) -> str:
    out = io.StringIO()
    given = {**{k: v for k, v in FORM.items() if k != "username"}, "owner": "mei", **options}
    call_command("create_shop", *[f"--{k.replace('_', '-')}={v}" for k, v in given.items() if v], stdout=out)
    return out.getvalue()


def test_a_shop_may_keep_no_places_time(staff: Client) -> None:
    assert "<option>UTC</option>" in staff.get(NEW).content.decode()
    assert staff.post(NEW, {**FORM, "time_zone": "UTC"}).status_code == 302
    assert Shop.objects.get(name="Lantern").time_zone == "UTC"


@pytest.mark.rule("A7", "A1", "E1")
def test_a_shop_opens_with_its_owner_whom_a_letter_lets_in(staff: Client) -> None:
    page = staff.post(NEW, FORM, follow=True)
    shop = Shop.objects.select_related("seller").get(name="Lantern")
    assert page.redirect_chain == [(f"/platform/shops/{shop.pk}/", 302)]
    assert (shop.seller.name, shop.preset, shop.time_zone) == ("Lantern Ltd", "tiktok_shop", "Asia/Singapore")
    assert (shop.language, shop.currency, shop.desk.last_seq, shop.overrides) == ("en", "SGD", 0, {})
    owner = Member.objects.get(shop=shop)
    assert (owner.nickname, owner.role, owner.im_permission, owner.capacity) == ("Mei", "owner", True, 200)
    assert Question.objects.filter(shop=shop, published=False).exists()
    assert list(AuditEntry.objects.filter(shop=shop).values_list("kind", "who")) == [("shop.created", "platform")]
    [letter] = letters()
    link = re.search(r"http://testserver(/join/\S+)", letter.body)
    assert letter.to == ["mei@lantern.example"]
    assert link
    assert link[1] in page.content.decode()
    person = join(link[1])
    for inside in (f"/desk/{shop.pk}/", f"/shops/{shop.pk}/accounts/", f"/shops/{shop.pk}/bot/"):
        assert person.get(inside).status_code == 200
    assert "Active" in staff.get(f"/platform/shops/{shop.pk}/").content.decode()


@pytest.mark.rule("A7")
def test_the_owners_letter_speaks_the_language_of_the_shop(staff: Client) -> None:
    for name, language, words in (("Lantern", "en", "Set your password here:"), ("Hua", "zh-hans", "请通过以下链接")):
        called = {"name": name, "seller": f"{name} Ltd", "username": name.lower(), "language": language}
        staff.post(NEW, {**FORM, **called}, headers={"accept-language": "zh-hans" if language == "en" else "en"})
        [letter] = letters()
        assert words in letter.body
        owner = Member.objects.get(shop__name=name)
        staff.post(f"/platform/shops/{owner.shop_id}/", {"email": FORM["email"]}, headers={"accept-language": "ja"})
        [again] = letters()
        assert words in again.body
    command(seller="Third Ltd", name="Third", owner="thea", language="zh-hans")
    assert "请通过以下链接" in letters()[0].body
    command(seller="Fourth Ltd", name="Fourth", owner="fay", language="zh-hans", letter_language="en")
    assert "Set your password here:" in letters()[0].body


def test_the_command_refuses_in_its_own_language() -> None:
    command(language="zh-hans")
    with pytest.raises(CommandError, match="There is a seller of this name"):
        command(language="zh-hans")


@pytest.mark.rule("A7", "A6")
def test_a_second_shop_keeps_its_owners_sign_in(staff: Client) -> None:
    staff.post(NEW, FORM)
    seller, [letter] = Seller.objects.get(), letters()
    base.agent(base.shop("Later", language="zh-hans"), "Zed", role="owner", online=False)  # another seller's
    first_value = staff.get(f"{NEW}?seller={seller.pk}").content.decode()
    assert 'value="mei"' in first_value
    assert 'name="seller"' not in first_value
    second = {**FORM, "name": "Lantern Home"}
    staff.post(f"{NEW}?seller={seller.pk}", second)
    assert letters() == []  # the first letter is still on its way, and lets into both
    person = join(re.findall(r"http://testserver(/join/\S+)", letter.body)[0])
    staff.post(f"{NEW}?seller={seller.pk}", {**FORM, "name": "Lantern Garden"})
    assert letters() == []
    home = person.get("/").content.decode()
    assert [name in home for name in ("Lantern Home", "Lantern Garden")] == [True, True]
    assert (User.objects.filter(username="mei").count(), Shop.objects.filter(seller=seller).count()) == (1, 3)
    again = staff.post(f"{NEW}?seller={seller.pk}", second)
    assert "a shop of this name already" in again.content.decode()


@pytest.mark.rule("A7")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seller": ""}, "Please write something."),
        ({"seller": "harbour LTD"}, "There is a seller of this name."),
        ({"preset": "amazon"}, "Choose one of"),
        ({"time_zone": "Mars/Base"}, "There is no such time zone."),
        ({"currency": "€"}, "Three letters"),
        ({"username": "m e i"}, "Letters, digits"),
        ({"username": "GUEST"}, "does not work for this seller"),
        ({"email": "mei"}, "An e-mail address, please."),
        ({"name": "x" * 121}, "At most 120 characters."),
        ({"nickname": "a\0b"}, "stored"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_opens_nothing(staff: Client, change: Any, words: str) -> None:
    shop = base.shop("Harbour")
    User.objects.create_user(username="guest", password=PASSWORD)
    page = staff.post(NEW, {**FORM, **change})
    assert (page.status_code, words in page.content.decode()) == (200, True)
    assert [one.pk for one in Shop.objects.all()] == [shop.pk]
    assert (Seller.objects.count(), Invitation.objects.count()) == (1, 0)


@pytest.mark.rule("A7")
def test_nobody_else_finds_these_pages(staff: Client) -> None:
    owner = base.agent(base.shop(), "Lin", role="owner")
    shop = owner.shop_id
    for client, status in ((browser(owner.user), 404), (Client(), 302)):
        for address in ("/platform/shops/", NEW, f"/platform/shops/{shop}/"):
            assert client.get(address).status_code == status
            assert client.post(address, FORM).status_code == status
    assert (Shop.objects.count(), User.objects.count()) == (1, 2)
    assert staff.get("/platform/shops/999999/").status_code == 404
    assert staff.get(f"{NEW}?seller=999999").status_code == 404


@pytest.mark.rule("A7")
def test_staff_who_work_in_a_shop_leave_it_to_a_colleague(staff: Client) -> None:
    own = base.agent(base.shop("Own"), "Both")
    other = base.shop("Other")
    User.objects.filter(pk=own.user_id).update(is_staff=True)
    client = browser(User.objects.get(pk=own.user_id))
    listed = client.get("/platform/shops/").content.decode()
    assert (f"/platform/shops/{own.shop_id}/" in listed, f"/platform/shops/{other.pk}/" in listed) == (False, True)
    assert client.get(f"/platform/shops/{own.shop_id}/").status_code == 404


@pytest.mark.rule("A7")
def test_the_list_goes_on_page_by_page_and_costs_the_same(staff: Client, django_assert_num_queries: Any) -> None:
    seller = Seller.objects.create(name="Meadow Ltd")
    made = Shop.objects.bulk_create(
        Shop(seller=seller, name=f"Meadow {n:03}", preset="douyin", identity_secret="s") for n in range(60)
    )
    with django_assert_num_queries(4):  # the session, the user, the shops, their owners
        first = staff.get("/platform/shops/").content.decode()
    assert [f"Meadow {n:03}" in first for n in (59, 10, 9, 0)] == [True, True, False, False]
    following = re.search(r"before=(\d+)", first)
    assert following
    second = staff.get(f"/platform/shops/?before={following[1]}").content.decode()
    assert [f"Meadow {n:03}" in second for n in (10, 9, 0)] == [False, True, True]
    owner = base.agent(made[7], "Rose", online=False, role="owner").user.username
    assert "Meadow 007" in staff.get(f"/platform/shops/?q={owner}").content.decode()


@pytest.mark.rule("A7")
def test_of_the_shops_on_a_page_alone_the_owners_are_read(staff: Client) -> None:
    own, _other = (base.agent(base.shop(name), name, role="owner", online=False) for name in ("Rose", "Lily"))
    read: list[int] = []

    def note(instance: Member, **_more: Any) -> None:
        read.append(instance.shop_id)

    post_init.connect(note, sender=Member)
    try:
        assert "Rose" in staff.get(f"/platform/shops/{own.shop_id}/").content.decode()
    finally:
        post_init.disconnect(note, sender=Member)
    assert read == [own.shop_id]


@pytest.mark.rule("A7", "A1")
def test_the_invitation_goes_again_to_a_corrected_address(staff: Client) -> None:
    staff.post(NEW, {**FORM, "email": "typo@lantern.example"})
    shop, [first] = Shop.objects.get(), letters()
    staff.post(f"/platform/shops/{shop.pk}/", {"email": "mei@lantern.example"})
    [letter] = letters()
    assert letter.to == ["mei@lantern.example"]
    old, fresh = (re.findall(r"http://testserver(/join/\S+)", one.body)[0] for one in (first, letter))
    assert Client().get(old).status_code == 404
    join(fresh)
    late = staff.post(f"/platform/shops/{shop.pk}/", {"email": "thief@elsewhere.example"})
    assert "has a password already" in late.content.decode()
    assert (letters(), User.objects.get(username="mei").email) == ([], "mei@lantern.example")


@pytest.mark.rule("A7")
def test_a_link_sets_one_password(staff: Client) -> None:
    staff.post(NEW, FORM)
    first, second = (Invitation.objects.get() for _window in range(2))
    user = invitations.accept(first, PASSWORD)
    with pytest.raises(NotYours):
        invitations.accept(second, "another-long-word-8")
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.rule("A1", "A7")
def test_an_owner_who_joins_meanwhile_keeps_the_address_and_gets_no_further_link(staff: Client) -> None:
    staff.post(NEW, FORM)
    seen = Member.objects.select_related("user", "shop").get(nickname="Mei")  # as the page of the staff has it
    invitations.accept(Invitation.objects.get(user=seen.user), PASSWORD)
    for late in (
        lambda: founding.readdress(seen, "other@lantern.example", "https://x"),
        lambda: founding.invite_again(seen, "https://x"),
    ):
        seen.user = User(pk=seen.user_id, password="!")
        with pytest.raises(Refused, match="already_joined"):
            late()
    assert User.objects.get(username="mei").email == FORM["email"]
    assert not Invitation.objects.exists()


@pytest.mark.rule("A7")
def test_nobody_of_the_platform_opens_a_further_shop_for_a_seller_of_its_own() -> None:
    boss = base.agent(base.shop("Harbour"), "Boss", role="owner", online=False)
    User.objects.filter(pk=boss.user_id).update(is_staff=True)
    boss.user.refresh_from_db()
    mine, count = browser(boss.user), Shop.objects.count()
    assert mine.get(f"{NEW}?seller={boss.shop.seller_id}").status_code == 404
    assert mine.post(f"{NEW}?seller={boss.shop.seller_id}", {**FORM, "seller": ""}).status_code == 404
    assert Shop.objects.count() == count


def test_the_command_prints_the_link(settings: Any) -> None:
    settings.PUBLIC_URL = "https://desk.example.com"
    said = command()
    link = re.search(r"https://desk\.example\.com(/join/\S+)", said)
    assert link
    join(link[1])
    assert [letter.to for letter in letters()] == []  # used before it was sent
    seller = Seller.objects.get()
    assert "signs in as before" in command(seller="", seller_id=str(seller.pk), name="Lantern Home")
    with pytest.raises(CommandError, match="seller_taken"):
        command(owner="other", name="Third")
    with pytest.raises(CommandError, match="There is no seller 999"):
        command(seller="", seller_id="999", name="Third")
    with pytest.raises(CommandError, match="email"):
        command(seller="Other Ltd", owner="other", email="x")
    assert Shop.objects.count() == 2


@pytest.mark.rule("A7")
def test_without_a_name_for_this_server_the_command_opens_nothing(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    with pytest.raises(CommandError, match="PUBLIC_URL"):
        command()
    assert not Shop.objects.exists()
