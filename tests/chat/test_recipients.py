"""To whom an order goes: masked wherever the desk reads it, in plain for a reason, and written down (S-26)."""

from typing import Any

import pytest
from django.test import Client

from chat import pacing
from chat.actions import data_files, sessions
from chat.models import Conversation, ServiceSession
from commerce import erasing
from commerce.models import Order
from lib.pace import Pace
from shops import audit
from shops.models import AuditEntry, Member, Shop
from tests import base

pytestmark = pytest.mark.django_db
HIDDEN = ("小雨", "19900008000", "0000", "文三路", "402")
PLAIN = {"name": "王小雨", "phone": "19900008000", "city": "浙江省杭州市", "address": "西湖区文三路 18 号 402 室"}
MASKED = {"name": "王**", "phone": "199****8000", "city": "浙江省杭州市", "address": "***"}


@pytest.fixture
def shop() -> Shop:
    return base.shop(preset="tiktok_shop")


@pytest.fixture
def ann(shop: Shop) -> Member:
    return base.agent(shop, "Ann")


@pytest.fixture
def line(shop: Shop) -> Conversation:
    return base.buyer(shop)


@pytest.fixture
def order(line: Conversation) -> Order:
    return base.order(line, "O-1", **base.RECIPIENT)


@pytest.fixture
def session(ann: Member, line: Conversation) -> ServiceSession:
    return base.writes(line)


def asked(member: Member, order: Order, shop: Shop | None = None, **body: str) -> Any:
    address = f"/api/v1/shops/{(shop or member.shop).pk}/orders/{order.pk}/recipient"
    return base.desk(member).post(address, body or {"reason": "delivery"}, format="json")


def orders_of(member: Member, line: Conversation) -> Any:
    return base.desk(member).get(f"/api/v1/shops/{line.shop_id}/buyers/{line.buyer_id}/orders").json()["results"]


def page(member: Member, path: str, **given: str) -> str:
    client = Client(headers={"accept-language": "en"})
    client.force_login(member.user)
    return client.get(f"/shops/{member.shop_id}/{path}", given).content.decode()


@pytest.mark.rule("C10", "C20")
def test_wherever_the_desk_reads_an_order_its_recipient_is_masked(
    ann: Member, line: Conversation, order: Order, session: ServiceSession
) -> None:
    base.writes(line, kind="order_card", ref=order.pk)
    detail = page(ann, f"orders/{order.pk}/")
    assert "王**" in detail
    assert "199****8000" in detail
    (wire,) = orders_of(ann, line)
    assert (wire["recipient"], wire["may_unmask"]) == (MASKED, True)
    talk = base.desk(ann).get(f"/api/v1/shops/{line.shop_id}/sessions/{session.pk}/messages").content.decode()
    assert "O-1" in talk, "the card is there"
    assert "recipient" not in talk, "cards are kept for ever, and know of none"
    for words in (detail, page(ann, "orders/"), str(wire), talk):
        assert [one for one in HIDDEN if one in words.replace("0000-00-00", "")] == []


def test_an_order_without_a_recipient_says_so(ann: Member, line: Conversation, session: ServiceSession) -> None:
    bare = base.order(line)
    assert "The storefront told no recipient." in page(ann, f"orders/{bare.pk}/")
    (wire,) = orders_of(ann, line)
    assert (wire["recipient"], wire["may_unmask"]) == (None, False)
    answer = asked(ann, bare)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_recipient")
    assert not AuditEntry.objects.exists()


@pytest.mark.rule("C20")
@pytest.mark.parametrize("words", ["19900008000", "8000", "0000", "王小雨", "文三路", "杭州"])
def test_no_search_finds_an_order_by_its_recipient(ann: Member, order: Order, words: str) -> None:
    assert "O-1" not in page(ann, "orders/", q=words).replace(f'value="{words}"', "")
    found = base.desk(ann).get(f"/api/v1/shops/{ann.shop_id}/contacts", {"q": words}).json()["results"]
    listed = base.desk(ann).get(f"/api/v1/shops/{ann.shop_id}/sessions", {"q": words}).json()["results"]
    assert (found, listed) == ([], [])


def test_for_a_reason_it_is_shown_and_the_log_keeps_who_and_why_but_not_what(
    ann: Member, order: Order, session: ServiceSession
) -> None:
    answer = asked(ann, order, reason="other", words="Courier of 王小雨 rang, 13800138000")
    assert (answer.status_code, answer.json()) == (200, PLAIN)
    (kept,) = AuditEntry.objects.all()
    assert (kept.kind, kept.subject, kept.subject_id) == (audit.Kind.UNMASKED, "order", order.pk)
    assert (kept.actor_id, kept.data["reason"], kept.data["buyer"]) == (ann.user_id, "other", order.buyer_id)
    assert kept.data["words"] == "Courier of *** rang, 138******00"
    owner = base.agent(ann.shop, "Olga", role="owner", online=False)
    told = page(owner, "audit/")
    assert "Showed a buyer" in told
    assert [one for one in HIDDEN if one in told] == []
    (wire,) = orders_of(ann, session.conversation)
    assert wire["recipient"] == MASKED, "once is once"


@pytest.mark.parametrize("body", [{"reason": "curious"}, {"reason": "other"}, {"reason": "other", "words": " "}])
def test_without_a_reason_nothing_is_shown(ann: Member, order: Order, session: ServiceSession, body: Any) -> None:
    answer = asked(ann, order, **body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not AuditEntry.objects.exists()


@pytest.mark.rule("A1", "A6")
def test_it_is_there_for_who_serves_or_has_served_the_buyer_and_for_leads(
    shop: Shop, ann: Member, order: Order, session: ServiceSession
) -> None:
    leads = [base.agent(shop, role, role=role, online=False, im=role != "super_admin") for role in
             ("owner", "super_admin", "service_lead")]  # fmt: skip
    assert [asked(lead, order).status_code for lead in leads] == [200, 200, 200]
    bo, sam = base.agent(shop, "Bo", online=False), base.agent(shop, "Sam", role="staff", im=False, online=False)
    far = base.agent(base.shop("Far"), "Far", role="owner", online=False)
    count = AuditEntry.objects.count()
    assert [asked(bo, order).status_code, asked(sam, order).status_code] == [404, 403]
    assert [asked(far, order).status_code, asked(far, order, shop).status_code] == [404, 404]
    assert AuditEntry.objects.count() == count
    for nobody in (bo, sam):
        assert "data-unmask" not in page(nobody, f"orders/{order.pk}/")
    sessions.transfer(session.pk, bo, ann)
    sessions.close(session.pk, bo)
    assert [asked(ann, order).status_code, asked(bo, order).status_code] == [200, 200], "had it, and had it last"


def test_who_only_sees_the_buyer_waiting_reads_the_order_masked() -> None:
    shop = base.shop()
    idle, line = base.agent(shop, "Idle", online=False), base.buyer(shop)
    order = base.order(line, **base.RECIPIENT)
    assert base.writes(line).state == "queued"
    (wire,) = orders_of(idle, line)
    assert (wire["recipient"], wire["may_unmask"]) == (MASKED, False)
    assert asked(idle, order).status_code == 404


def test_the_twenty_first_look_within_an_hour_waits(
    ann: Member, order: Order, session: ServiceSession, settings, monkeypatch
) -> None:
    settings.PACE = True
    assert (pacing.UNMASKS.limit, pacing.UNMASKS.span) == (20, 3600)
    monkeypatch.setattr(pacing, "UNMASKS", Pace(20, 3600))
    assert {asked(ann, order).status_code for _look in range(20)} == {200}
    late = asked(ann, order)
    assert (late.status_code, late.json()["code"]) == (429, "throttled")
    assert 3500 < int(late.headers["Retry-After"]) <= 3600
    assert AuditEntry.objects.count() == 20
    lead = base.agent(ann.shop, "Lea", role="service_lead", online=False)
    assert asked(lead, order).status_code == 200, "each is counted alone"


def test_the_buyers_own_data_holds_it_and_erasing_leaves_none(order: Order, line: Conversation) -> None:
    assert data_files._about(line.buyer)["orders"][0]["recipient"] == PLAIN
    erasing.blank_orders(line.buyer)
    order.refresh_from_db()
    assert {name: getattr(order, name) for name in base.RECIPIENT} == dict.fromkeys(base.RECIPIENT, "")
    assert data_files._about(line.buyer)["orders"][0]["recipient"] is None
