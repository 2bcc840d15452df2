"""Visitors without an identity (SPEC D2, S-06, S-07): by a secret of the server, and nobody reads another's line."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.actions import visits
from chat.models import Conversation, ServiceSession
from shops import identity
from shops.models import Buyer, Visitor, Widget
from tests import base

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("D2")]
SHOP_PAGE = {"kind": "shop"}


@pytest.fixture
def shop():
    made = base.shop(language="en")
    Widget.objects.create(shop=made, anonymous=True)
    return made


def come(shop, client=None, keep="page", key="", **more):
    body = {"shop": shop.pk, "entry": SHOP_PAGE, "visitor": {"keep": keep, **({"key": key} if key else {})}, **more}
    return (client or base.APIClient()).post("/api/v1/buyer/entry", body, format="json")


def test_visitors_are_off_unless_the_shop_allows_them(shop):
    closed = base.shop("Meadow")
    answer = come(closed)
    assert (answer.status_code, answer.json()["code"]) == (409, "anonymous_off")
    key = come(shop).json()["visitor"]
    Widget.objects.update(anonymous=False)
    assert come(shop, key=key).json()["code"] == "anonymous_off"
    assert Buyer.objects.count() == 1


def test_a_visitor_writes_and_comes_back_to_the_same_line(shop):
    first = come(shop).json()
    client = base.APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {first['token']}")
    assert client.post("/api/v1/buyer/messages", base.body(), format="json").status_code == 201
    session = ServiceSession.objects.get()
    assert (session.entry, session.buyer.nickname.split()[0], session.buyer.uid[0]) == ("shop", "Visitor", "~")
    again = come(shop, key=first["visitor"]).json()
    assert (again["conversation"], again["visitor"]) == (first["conversation"], first["visitor"])
    assert again["last_seq"] > 0


def test_the_secret_has_128_bits_and_is_not_kept_in_the_clear(shop):
    keys = {come(shop).json()["visitor"] for _ in range(5)}
    assert len(keys) == 5
    assert {len(key) for key in keys} == {22}  # 16 bytes in base64
    stored = set(Visitor.objects.values_list("key_hash", flat=True))
    assert not stored & keys


def test_where_a_cookie_is_possible_no_script_sees_the_secret(shop):
    client = base.APIClient()
    first = come(shop, client, keep="cookie")
    assert first.json()["visitor"] is None
    cookie = first.cookies[f"visitor-{shop.pk}"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/api/v1/buyer/entry")
    assert come(shop, client, keep="cookie").json()["conversation"] == first.json()["conversation"]


@pytest.mark.parametrize("key", ["", "x", "A" * 22, "0" * 64])
def test_a_guessed_or_ended_secret_opens_a_new_line(shop, key):
    known = come(shop).json()
    assert come(shop, key=key).json()["conversation"] != known["conversation"]
    Visitor.objects.update(created_at=timezone.now() - timedelta(days=181))
    assert come(shop, key=known["visitor"]).json()["conversation"] != known["conversation"]


def test_a_secret_of_one_shop_opens_nothing_in_another(shop):
    other = base.shop("Meadow")
    Widget.objects.create(shop=other, anonymous=True)
    first = come(shop).json()
    elsewhere = come(other, key=first["visitor"]).json()
    assert elsewhere["conversation"] != first["conversation"]
    assert elsewhere["shop"]["id"] == other.pk


@pytest.mark.parametrize("keep", ["page", "cookie"])
def test_who_is_identified_later_reads_nothing_of_the_visitors_line_and_ends_its_secret(shop, keep):
    client = base.APIClient()
    visitor = come(shop, client, keep).json()
    conversation = Conversation.objects.get(pk=visitor["conversation"])
    base.writes(conversation, "A secret")
    signed = identity.sign(shop, "mia", "Mia")
    mia = come(shop, client, keep, key=visitor["visitor"] or "", identity=signed).json()
    assert mia["conversation"] != visitor["conversation"]
    assert (mia["visitor"], mia["session"], mia["last_seq"]) == (None, None, 0)
    phone = base.APIClient()
    phone.credentials(HTTP_AUTHORIZATION=f"Bearer {mia['token']}")
    assert "A secret" not in phone.get("/api/v1/buyer/events").content.decode()
    next_one = come(shop, client, keep, key=visitor["visitor"] or "").json()  # the next on this computer
    assert next_one["conversation"] not in (visitor["conversation"], mia["conversation"])


def test_no_identity_can_name_a_visitor(shop):
    come(shop)
    uid = Buyer.objects.get().uid
    body = {"shop": shop.pk, "entry": SHOP_PAGE, "identity": identity.sign(shop, uid, "Eve")}
    assert base.APIClient().post("/api/v1/buyer/entry", body, format="json").status_code == 401


def test_one_address_starts_ten_chats_a_minute(shop, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    known = come(shop).json()["visitor"]
    assert [come(shop).status_code for _ in range(9)] == [201] * 9
    refused = come(shop)
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert int(refused.headers["Retry-After"]) > 0
    assert come(shop, key=known).status_code == 201  # who has a line keeps it
    elsewhere = base.APIClient(REMOTE_ADDR="192.0.2.7")
    assert come(shop, elsewhere).status_code == 201
    time_machine.shift(61)
    assert come(shop).status_code == 201


def test_an_ipv6_network_is_one_address(shop):
    for n in range(10):
        assert come(shop, base.APIClient(REMOTE_ADDR=f"2001:db8::{n:x}")).status_code == 201
    assert come(shop, base.APIClient(REMOTE_ADDR="2001:db8::ffff")).status_code == 429
    assert come(shop, base.APIClient(REMOTE_ADDR="2001:db8:0:1::1")).status_code == 201


def test_lines_that_stay_empty_are_dropped_after_two_days(shop):
    used, _empty = come(shop).json(), come(shop).json()
    base.writes(Conversation.objects.get(pk=used["conversation"]))
    now = timezone.now()
    assert visits.sweep(now + timedelta(days=1)) == 0
    assert visits.sweep(now + timedelta(days=3)) == 1
    assert list(Conversation.objects.values_list("pk", flat=True)) == [used["conversation"]]


@pytest.mark.parametrize(
    "visitor", [{}, "x", [], {"keep": "for ever"}, {"keep": "page", "key": 5}, {"keep": "page", "more": 1}]
)
def test_anything_else_is_refused(shop, visitor):
    body = {"shop": shop.pk, "entry": SHOP_PAGE, "visitor": visitor}
    answer = base.APIClient().post("/api/v1/buyer/entry", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not Buyer.objects.exists()
