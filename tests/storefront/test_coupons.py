"""Coupons come from the storefront and go to buyers as cards, as they were when they were sent (H2, C2, C10)."""

import json
from typing import Any

import pytest

from commerce.models import Coupon
from shops.models import Member
from tests import base
from tests.openplatform.programs import Program
from tests.storefront.store import Store, at, coupon

pytestmark = pytest.mark.django_db
COUPONS = "/api/v1/shops/{}/coupons"


@pytest.fixture
def store() -> Store:
    return Store(base.shop())


@pytest.fixture
def lin(store: Store) -> Member:
    return base.agent(store.shop, "Lin", role="service_lead")


def sends(lin: Member, ref: int) -> Any:
    session = base.writes(base.buyer(lin.shop))
    body = base.body(kind="coupon_card", ref=ref)
    body.pop("text", None)
    return base.desk(lin).post(f"/api/v1/shops/{lin.shop_id}/sessions/{session.pk}/messages", body, format="json")


@pytest.mark.rule("H2")
def test_a_coupon_comes_changes_and_what_is_wrong_is_refused_by_row(store: Store) -> None:
    assert store.became("coupons", coupon(), coupon("C-6", kind="percent", discount="100", total=3)) == ["added"] * 2
    assert store.became("coupons", coupon(claimed=7, updated_at=at(5))) == ["changed"]
    assert store.became("coupons", coupon(title="Late", updated_at=at(30))) == ["older"]
    found = Coupon.objects.get(number="C-5")
    assert (found.title, found.claimed, found.total) == ("5 off from 50", 7, None)
    wrong = [
        coupon(discount="0"), coupon(kind="percent", discount="100.01"), coupon(ends_at=at(90)), coupon(kind="gift"),
        coupon(link="http://shop.example"), coupon(total=-1), coupon(colour="red"),
    ]  # fmt: skip
    assert store.became("coupons", *wrong) == ["invalid"] * len(wrong)
    assert Coupon.objects.count() == 2


@pytest.mark.rule("C10", "A6")
def test_the_workbench_lists_those_that_buyers_can_take(store: Store, lin: Member) -> None:
    store.put("coupons", coupon("on"), coupon("off", is_on=False), coupon("over", ends_at=at(1)))
    store.put("coupons", coupon("soon", starts_at=at(-5)), coupon("gone", total=2, claimed=2))
    store.put("coupons", coupon("left", total=2, claimed=1))
    Store(base.shop("Other")).put("coupons", coupon("theirs"))
    shown = base.desk(lin).get(COUPONS.format(store.shop.pk)).json()
    assert ([one["number"] for one in shown["results"]], shown["next"]) == (["on", "left"], None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("C2", "A6")
def test_a_card_keeps_the_coupon_as_it_was(store: Store, lin: Member) -> None:
    store.put("coupons", coupon(), coupon("off", is_on=False))
    mine, off = (Coupon.objects.get(number=number) for number in ("C-5", "off"))
    said = sends(lin, mine.pk).json()["event"]["message"]
    assert (said["kind"], said["data"]["coupon"]["discount"]) == ("coupon_card", "5.00")
    store.put("coupons", coupon(title="Renamed", updated_at=at(1)))
    assert said["data"]["coupon"]["title"] == "5 off from 50"
    assert sends(lin, off.pk).json()["code"] == "coupon_not_running"
    Store(base.shop("Other")).put("coupons", coupon("theirs"))
    assert sends(lin, Coupon.objects.get(number="theirs").pk).status_code == 404
    buyers = {"client_msg_id": "2d0e3c0e-6a0e-4a43-8b1a-6f0d3f3c9a10", "kind": "coupon_card", "ref": mine.pk}
    assert base.phone(base.buyer(store.shop)).post("/api/v1/buyer/messages", buyers, format="json").status_code == 400


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("H2")
def test_a_program_sends_a_coupon_and_reads_what_it_says(store: Store) -> None:
    store.put("coupons", coupon(), coupon("off", is_on=False))
    program = Program(base.agent(store.shop, "Boss", role="super_admin"))
    line = base.writes(base.buyer(store.shop)).conversation
    path = f"/customer_service/202309/conversations/{line.pk}/messages"

    def says(number: str) -> Any:
        return program.call("POST", path, {"type": "COUPON_CARD", "content": json.dumps({"coupon_id": number})}).json()

    assert says("C-5")["code"] == 0
    assert says("nobody's")["code"] == 45101003
    assert says("off")["code"] != 0
    found = program.says("GET", path, need_data="true", need_plaintext="true")["messages"][0]
    assert (found["type"], json.loads(found["content"])) == ("COUPON_CARD", {"coupon_id": "C-5"})
    data = json.loads(found["data"])
    assert (data["coupon_title"], data["discount"], data["threshold"]) == ("5 off from 50", "5.00 CNY", "50.00 CNY")
    assert data["end_time"] - data["start_time"] == 7200
