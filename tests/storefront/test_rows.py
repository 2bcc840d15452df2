"""Products, orders and after-sale cases from the storefront: whole or not at all, and never back in time (H2, C20)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chat.actions import data_jobs, outbox
from chat.models import DayMark, ServiceSession
from commerce.models import AfterSale, Order, OrderItem, Product, Shipment
from shops.models import Buyer
from tests import base
from tests.storefront.store import V1, Store, at, case, order, product

pytestmark = [pytest.mark.django_db, pytest.mark.rule("H2")]
RECIPIENT = {"name": "王小雨", "phone": "19900008000", "city": "浙江省杭州市", "address": "西湖区文三路 18 号"}
PARCEL = {"carrier": "SF", "tracking_number": "SF-1", "state": "in_transit"}


@pytest.fixture
def store(db: None) -> Store:
    return Store(base.shop())


def test_a_product_comes_changes_and_what_comes_late_undoes_nothing(store: Store) -> None:
    assert store.became("products", product(stock=7, picture="https://x.example/a.png")) == ["added"]
    newer = product(price="17.50", on_sale=False, updated_at=at(10))
    assert store.became("products", newer) == ["changed"]
    assert store.became("products", newer) == ["unchanged"]
    assert store.became("products", product(price="99.00", updated_at=at(30))) == ["older"]
    found = Product.objects.get()
    # What was left out stays as it was.
    assert (str(found.price), found.on_sale, found.stock, found.picture) == (
        "17.50", False, 7, "https://x.example/a.png",
    )  # fmt: skip


def test_the_same_twice_in_one_call_is_taken_in_its_order(store: Store) -> None:
    rows = [product(title="A", updated_at=at(9)), product(title="B", updated_at=at(8)), product(updated_at=at(20))]
    assert store.became("products", *rows) == ["added", "changed", "older"]
    assert Product.objects.get().title == "B"


@pytest.mark.rule("C20")
def test_an_order_comes_with_buyer_items_parcels_and_recipient(store: Store) -> None:
    store.put("products", product("A"), product("B", price="5.00"))
    items = [{"sku": "A", "quantity": 2, "price": "19.90"}]
    whole = order(state="in_transit", items=items, recipient=RECIPIENT, shipments=[PARCEL])
    assert store.became("orders", whole) == ["added"]
    found = Order.objects.get()
    assert (found.buyer.uid, found.buyer.nickname, found.recipient_city) == ("u-77", "Mei", "浙江省杭州市")
    assert [(one.product.sku, one.quantity) for one in found.items.all()] == [("A", 2)]
    # The desk reads it, masked.
    lead = base.agent(store.shop, "Lead", role="service_lead")
    shown = base.desk(lead).get(f"/api/v1/shops/{store.shop.pk}/buyers/{found.buyer_id}/orders").json()["results"][0]
    assert (shown["number"], shown["state"], shown["recipient"]["name"]) == ("W-1", "in_transit", "王**")
    assert shown["shipments"][0]["tracking_number"] == "SF-1"

    items = [{"sku": "B", "quantity": 1, "price": "5.00"}]
    delivered = {**PARCEL, "state": "delivered", "events": [{"at": at(5), "text": "Signed"}]}
    changed = order(state="delivered", total="5.00", items=items, shipments=[delivered], updated_at=at(5))
    assert store.became("orders", changed) == ["changed"]
    assert store.became("orders", changed) == ["unchanged"]
    found.refresh_from_db()
    assert (found.state, str(found.total), found.recipient_name) == ("delivered", "5.00", "王小雨")
    assert [one.product.sku for one in found.items.all()] == ["B"]
    assert [(one.state, len(one.events)) for one in found.shipments.all()] == [("delivered", 1)]
    assert store.became("orders", order(updated_at=at(50))) == ["older"]
    assert store.became("orders", order(state="delivered", total="5.00", items=[], shipments=[], updated_at=at(4))) == [
        "changed"
    ]
    assert (OrderItem.objects.count(), Shipment.objects.count()) == (0, 0)


@pytest.mark.rule("P6", "C7")
def test_an_after_sale_case_lets_an_agent_write_first(store: Store) -> None:
    store.put("orders", order(created_at=at(days=400)))
    lead = base.agent(store.shop, "Lead", role="service_lead")
    store.shop.overrides = {"contact_open_after_sale": True}
    store.shop.save()
    start = f"/api/v1/shops/{store.shop.pk}/sessions"
    body = {"order": Order.objects.get().pk}
    assert base.desk(lead).post(start, body, format="json").json()["code"] == "contact_not_allowed"
    assert store.became("after-sales", case()) == ["added"]
    assert base.desk(lead).post(start, body, format="json").status_code == 201
    assert store.became("after-sales", case(state="completed", updated_at=at(5))) == ["changed"]
    assert store.became("after-sales", case(updated_at=at(9))) == ["older"]
    assert AfterSale.objects.get().state == "completed"


def test_a_row_that_is_not_right_is_refused_alone_and_leaves_nothing(store: Store) -> None:
    store.put("products", product("A"))
    item = {"sku": "A", "quantity": 1, "price": "1.00"}
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("invalid", order("W-2", state="lost")),
        ("invalid", order("W-3", total=39.8)),
        ("invalid", order("W-3", total="-1.00")),
        ("invalid", order("W-3", total="1.999")),
        ("invalid", order("W-4", "~visitor")),
        ("invalid", order("W-5", updated_at=at(-30))),
        ("invalid", order("W-5", updated_at="2026-11-26T08:00:00")),
        ("invalid", order("W-6", colour="red")),
        ("invalid", order("W-6", recipient={"name": "x" * 101})),
        ("invalid", order("W-6", items=[{**item, "quantity": 0}])),
        ("invalid", {}),
        ("no_product", order("W-7", "u-new", items=[item, {**item, "sku": "unknown"}])),
    ]
    rows = [order("W-1"), *(row for _code, row in wrong), order("W-9")]
    assert store.became("orders", *rows) == ["added", *(code for code, _row in wrong), "added"]
    assert sorted(Order.objects.values_list("number", flat=True)) == ["W-1", "W-9"]
    assert not Buyer.objects.filter(uid="u-new").exists()
    first = store.put("orders", *[row for _code, row in wrong][:1])[0]
    assert (first["row"], first["id"], "state" in first["detail"]) == (1, "W-2", True)
    for kind, row in (("products", product(picture="http://x.example/a.png")), ("after-sales", case(of="unknown"))):
        assert store.became(kind, row) in (["invalid"], ["no_order"])
    assert Product.objects.count() == 1


def test_what_belongs_to_somebody_else_is_not_taken(store: Store) -> None:
    store.put("orders", order("W-1", shipments=[PARCEL]), order("W-2", "u-2"))
    store.put("after-sales", case())
    assert store.became("orders", order("W-1", "u-2")) == ["other_buyer"]
    assert store.became("orders", order("W-2", "u-2", shipments=[PARCEL], updated_at=at(1))) == ["other_parcel"]
    twice = [order("W-3", shipments=[{**PARCEL, "tracking_number": "SF-3"}]),
             order("W-4", shipments=[{**PARCEL, "tracking_number": "SF-3"}])]  # fmt: skip
    assert store.became("orders", *twice) == ["added", "other_parcel"]
    assert store.became("after-sales", case(of="W-2")) == ["other_order"]
    # Another shop has numbers of its own.
    other = Store(base.shop("Other"))
    assert other.became("orders", order("W-1", "u-2", shipments=[PARCEL])) == ["added"]
    assert other.became("after-sales", case(of="W-2")) == ["no_order"]
    assert Order.objects.get(shop=store.shop, number="W-1").buyer.uid == "u-77"


def test_nothing_is_written_of_an_erased_buyer(store: Store) -> None:
    store.put("orders", order(recipient=RECIPIENT))
    buyer = Buyer.objects.get()
    data_jobs.order(buyer, "erase", store.owner)
    assert store.became("orders", order("W-2"), order(recipient=RECIPIENT, updated_at=at(1))) == ["erased", "erased"]
    while outbox.deliver_due(lane="privacy"):
        pass
    assert store.became("orders", order(recipient=RECIPIENT, updated_at=at(1))) == ["erased"]
    assert store.became("after-sales", case()) == ["erased"]
    assert Order.objects.get().recipient_name == ""


@pytest.mark.rule("G14")
def test_the_figures_are_told_of_new_orders_and_sums_and_of_nothing_else(store: Store) -> None:
    lead = base.agent(store.shop, "Lead", role="service_lead")
    line = base.buyer(store.shop, "u-77")
    session = base.writes(line)
    base.replies(lead, session)
    base.desk(lead).post(f"/api/v1/shops/{store.shop.pk}/sessions/{session.pk}/close", {}, format="json")
    ServiceSession.objects.update(started_at=timezone.now() - timedelta(days=2))
    for count, row in (
        (1, order(created_at=at(days=1))),
        (0, order(created_at=at(days=1), recipient=RECIPIENT, updated_at=at(9))),
        (1, order(created_at=at(days=1), total="50.00", updated_at=at(8))),
        (0, order(created_at=at(days=1), total="50.00", updated_at=at(7))),
        (0, order("W-2", created_at=at(days=9))),
    ):
        DayMark.objects.all().delete()
        store.put("orders", row)
        assert DayMark.objects.count() == count, row


@pytest.mark.rule("E11")
def test_a_parcel_that_moved_long_ago_is_no_news_to_its_buyer(store: Store) -> None:
    fresh = {**PARCEL, "tracking_number": "SF-2", "updated_at": at(5)}
    store.put("orders", order(shipments=[{**PARCEL, "updated_at": at(days=5)}, fresh]))
    told = {one.tracking_number: one.told_state for one in Shipment.objects.all()}
    assert told == {"SF-1": "in_transit", "SF-2": ""}


def test_a_call_takes_a_hundred_rows_and_each_is_an_object(store: Store) -> None:
    wrong: list[Any] = [[], [1], [[]], {}, None, [product()] * 101]
    for rows in wrong:
        answer = store.client.put(V1 + "products", {"rows": rows}, format="json")
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["rows"])
    assert store.client.put(V1 + "products", {"rows": [product()], "x": 1}, format="json").status_code == 400
    assert len(store.put("products", *[product(f"K-{n}") for n in range(100)])) == 100


def test_how_many_queries_a_piece_takes_does_not_depend_on_its_rows(
    store: Store, django_assert_max_num_queries: Any
) -> None:
    store.put("products", product("A"))
    items = [{"sku": "A", "quantity": 2, "price": "19.90"}]
    for updated in (at(30), at(20)):
        with django_assert_max_num_queries(26):
            store.put("orders", *[
                order(f"W-{n}", f"u-{n}", items=items, updated_at=updated, total=f"{updated[-8]}.00",
                      shipments=[{**PARCEL, "tracking_number": f"SF-{n}"}]) for n in range(50)
            ])  # fmt: skip
