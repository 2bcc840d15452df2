"""What cards say to a program: the documented fields, the shop's own numbers, links that open from anywhere."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from commerce.models import AfterSale, Coupon, Order, OrderItem, Shipment
from tests import base
from tests.openplatform.programs import Program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("C10")]
ORDER = {
    "order_id", "order_status", "product_id", "product_name", "product_image", "paid_price", "quantity", "order_link",
}  # fmt: skip
PRODUCT = {
    "product_id", "product_name", "product_image", "product_highest_price", "product_lowest_price", "sold_quantity",
    "product_link",
}  # fmt: skip
COUPON = {
    "coupon_id", "coupon_title", "coupon_type", "discount", "threshold", "scope", "start_time", "end_time",
    "coupon_link",
}  # fmt: skip
PACKAGE = {
    "package_id", "product_name", "product_image", "paid_price", "quantity", "delivery_option", "tracking_number",
    "shipping_provider_name", "tracking",
}  # fmt: skip
PICTURE = "http://testserver/static/kettle.svg"


class Desk:
    """A program, a buyer who has written, and an order of a kettle on its way."""

    def __init__(self) -> None:
        self.program = Program(base.agent(base.shop(), "Owner", role="owner"))
        self.shop = self.program.grant.shop
        base.writes(line := base.buyer(self.shop))
        self.path = f"/customer_service/202309/conversations/{line.pk}/messages"
        self.product, self.order = base.product(self.shop), base.order(line)
        type(self.product).objects.filter(pk=self.product.pk).update(picture="kettle.svg")
        OrderItem.objects.create(order=self.order, product=self.product, quantity=2, price="19.90")
        second = base.product(self.shop, "Red cup")
        OrderItem.objects.create(order=self.order, product=second, quantity=1, price="5.00")

    def card(self, kind: str, **content: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Send a card; return its content and its data as they are read."""
        said = self.program.says("POST", self.path, {"type": kind, "content": json.dumps(content)})
        found = self.program.says("GET", self.path, need_data="true")["messages"]
        [one] = [one for one in found if one["id"] == said["message_id"]]
        assert one["type"] == kind
        return json.loads(one["content"]), json.loads(one["data"])


@pytest.fixture
def desk() -> Desk:
    return Desk()


def parcel(of: Order, number: str) -> None:
    told = [{"at": "2026-11-20T08:00:00Z", "text": "Collected"}]
    about = {"carrier": "SF", "state": "in_transit", "events": told, "updated_at": timezone.now()}
    Shipment.objects.create(shop_id=of.shop_id, order=of, tracking_number=number, **about)


def test_an_order_names_its_first_product(desk: Desk) -> None:
    content, data = desk.card("ORDER_CARD", order_id=desk.order.number)
    assert content == {"order_id": desk.order.number}
    assert set(data) == ORDER
    assert (data["product_id"], data["product_image"], data["quantity"]) == (desk.product.sku, PICTURE, 3)
    assert (data["paid_price"], data["order_status"]) == ("39.80 CNY", "IN_TRANSIT")


def test_a_product_has_its_price_and_its_picture(desk: Desk) -> None:
    content, data = desk.card("PRODUCT_CARD", product_id=desk.product.sku)
    assert content == {"product_id": desk.product.sku}
    assert set(data) == PRODUCT
    assert (data["product_lowest_price"], data["product_image"]) == ("19.90 CNY", PICTURE)


@pytest.mark.parametrize(("asked", "shown"), [({}, ["SF1", "SF2"]), ({"package_id": "SF2"}, ["SF2"])])
def test_logistics_show_every_parcel_or_the_one_that_was_named(
    asked: dict[str, str], shown: list[str], desk: Desk
) -> None:
    for number in ("SF1", "SF2"):
        parcel(desk.order, number)
    content, data = desk.card("LOGISTICS_CARD", order_id=desk.order.number, **asked)
    assert content == {"order_id": desk.order.number, "package_id": asked.get("package_id", "")}
    assert [one["package_id"] for one in data["packages"]] == shown
    one = data["packages"][0]
    assert set(one) == PACKAGE
    assert (one["product_image"], one["shipping_provider_name"]) == (PICTURE, "SF")
    assert one["tracking"] == [{"description": "Collected", "update_time_millis": 1795161600000}]


def test_a_case_shows_its_order_and_the_product(desk: Desk) -> None:
    now = timezone.now()
    AfterSale.objects.create(shop=desk.shop, order=desk.order, number="AS-1", kind="refund", created_at=now)
    content, data = desk.card("RETURN_REFUND_CARD", order_id=desk.order.number)
    assert content == {"order_id": desk.order.number, "sku_id": desk.product.sku}
    assert set(data) == ORDER | {"sku_id"}
    assert (data["product_id"], data["sku_id"], data["product_image"]) == (desk.product.sku, desk.product.sku, PICTURE)


@pytest.mark.parametrize(("kind", "said"), [("percent", "10.00%"), ("amount", "10.00 CNY")])
def test_a_coupon_says_what_it_takes_off_and_until_when(kind: str, said: str, desk: Desk) -> None:
    begin = timezone.now().replace(microsecond=0) - timedelta(days=1)
    about = {"starts_at": begin, "ends_at": begin + timedelta(days=9), "link": "https://shop.example/c"}
    Coupon.objects.create(shop=desk.shop, number="C-1", title="Autumn", kind=kind, discount=10, minimum=50, **about)
    content, data = desk.card("COUPON_CARD", coupon_id="C-1")
    assert content == {"coupon_id": "C-1"}
    assert set(data) == COUPON
    assert (data["discount"], data["threshold"], data["coupon_type"]) == (said, "50.00 CNY", kind.upper())
    assert (data["start_time"], data["end_time"] - data["start_time"]) == (int(begin.timestamp()), 9 * 86_400)
