"""The seller center's order list and order page (C20): tabs, search, pages, and the way to the buyer (C7)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import ServiceSession
from commerce import listing
from commerce.models import AfterSale, Order, Shipment
from tests import base
from tests.chat.test_growth import plans

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("C20")]


def aged(line, state, minutes=0):
    found = base.order(line, created_at=timezone.now() - timedelta(days=1, minutes=minutes))
    Order.objects.filter(pk=found.pk).update(state=state)
    found.refresh_from_db()
    return found


def page(member, path="", **query):
    client = base.web(member)
    return client.get(f"/shops/{member.shop_id}/orders/{path}", query)


def numbers(answer):
    return [row["order"].number for row in answer.context["rows"]]


def test_each_tab_shows_its_states_and_each_state_can_be_asked_for_alone():
    shop = base.shop()
    lin, line = base.agent(shop, "Lin", online=False), base.buyer(shop)
    orders = {state: aged(line, state, place) for place, state in enumerate(Order.State)}
    assert numbers(page(lin)) == [order.number for order in orders.values()]
    assert {state for states in Order.GROUPS.values() for state in states} == set(Order.State)
    for tab, states in Order.GROUPS.items():
        assert numbers(page(lin, state=tab)) == [orders[state].number for state in states]
        for state in states:
            assert numbers(page(lin, state=state)) == [orders[state].number]
    assert numbers(page(lin, state="nonsense", before="nonsense")) == numbers(page(lin))


def test_pages_follow_one_another_without_a_gap_in_every_tab(monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)
    shop = base.shop()
    lin, line = base.agent(shop, "Lin", online=False), base.buyer(shop)
    states = [Order.State.IN_TRANSIT, Order.State.DELIVERED, Order.State.COMPLETED]
    orders = [aged(line, states[place % 3], place // 2) for place in range(9)]
    same = sorted(orders, key=lambda order: (order.created_at, order.pk), reverse=True)
    for tab, wanted in (("", same), ("shipped", [order for order in same if order.state != "completed"])):
        found, address = [], f"?state={tab}"
        while address:
            client = base.web(lin)
            answer = client.get(f"/shops/{shop.pk}/orders/{address}")
            found += numbers(answer)
            address = answer.context["next"]
        assert found == [order.number for order in wanted]


def test_the_search_takes_a_number_a_nickname_or_a_uid_of_this_shop_only():
    shop, other = base.shop(), base.shop("Hill")
    lin, zoe = base.agent(shop, "Lin", online=False), base.agent(other, "Zoe", online=False)
    mia, ann = base.order(base.buyer(shop, "mia")), base.order(base.buyer(shop, "ann-7"))
    assert numbers(page(lin, q=mia.number)) == [mia.number]
    assert numbers(page(lin, q="Mi")) == [mia.number]
    assert numbers(page(lin, q="ann-7")) == [ann.number]
    assert numbers(page(lin, q="nobody")) == []
    assert numbers(page(zoe, q=mia.number)) == []
    assert page(zoe, f"{mia.pk}/").status_code == 404
    assert page(lin, "999999/").status_code == 404


def test_an_orders_page_tells_items_parcels_cases_and_who_cancelled_why():
    shop = base.shop(currency="GBP")
    lin, line = base.agent(shop, "Lin", online=False), base.buyer(shop, "mia")
    order = base.order(line)
    order.items.create(product=base.product(shop), quantity=2, price="19.90")
    now = timezone.now()
    events = [{"at": now.isoformat(), "text": "Left the depot"}, {"at": "yesterday", "text": "Packed"}]
    Shipment.objects.create(
        shop=shop, order=order, carrier="Royal Mail", tracking_number="RM77", state="in_transit", events=events,
        updated_at=now,
    )  # fmt: skip
    AfterSale.objects.create(shop=shop, order=order, number="AS77", kind="return", reason="Broken", created_at=now)
    Order.objects.filter(pk=order.pk).update(state="cancelled", cancelled_by="buyer", cancel_reason="Too late")
    client = Client(headers={"accept-language": "en"})
    client.force_login(lin.user)
    words = client.get(f"/shops/{shop.pk}/orders/{order.pk}/").content.decode()
    for said in ("Blue kettle", "£19.90", "Royal Mail", "RM77", "Left the depot", "yesterday", "AS77", "Broken",
                 "Cancelled by: The buyer", "Too late", "Mia"):  # fmt: skip
        assert said in words
    shape = base.desk(lin).get(f"/api/v1/shops/{shop.pk}/buyers/{line.buyer_id}/orders")
    assert shape.status_code == 404, "nobody talks with this buyer yet"
    base.people.came_online(lin, "test", "console")
    base.writes(line)
    [wire] = base.desk(lin).get(f"/api/v1/shops/{shop.pk}/buyers/{line.buyer_id}/orders").json()["results"]
    assert (wire["cancelled_by"], wire["cancel_reason"]) == ("buyer", "Too late")
    assert [parcel["tracking_number"] for parcel in wire["shipments"]] == ["RM77"]
    assert wire["shipments"][0]["events"] == events


@pytest.mark.rule("C7", "P6")
def test_the_button_leads_to_the_conversation_or_says_why_not():
    shop = base.shop()
    lin = base.agent(shop, "Lin", online=False)
    sam = base.agent(shop, "Sam", role="staff", im=False, online=False)
    young, old = base.order(base.buyer(shop)), base.order(base.buyer(shop))
    Order.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    why = {row["order"].pk: row["reason"] for row in page(lin).context["rows"]}
    assert why[young.pk] == ""
    assert "30" in why[old.pk]
    assert all(row["reason"] for row in page(sam).context["rows"])
    client = base.web(lin)
    gone = client.post(f"/shops/{shop.pk}/orders/{young.pk}/contact/")
    session = ServiceSession.objects.get()
    assert (gone.status_code, gone.url) == (302, f"/desk/{shop.pk}/#session={session.pk}")
    back = client.post(f"/shops/{shop.pk}/orders/{old.pk}/contact/", follow=True)
    assert [said.level_tag for said in back.context["messages"]] == ["error"]
    client.force_login(sam.user)
    assert client.post(f"/shops/{shop.pk}/orders/{young.pk}/contact/").status_code == 403
    assert client.get(f"/shops/{shop.pk}/orders/{young.pk}/contact/").status_code == 405
    assert ServiceSession.objects.count() == 1


def test_the_list_asks_the_same_however_many_orders_there_are():
    shop = base.shop()
    lin, line = base.agent(shop, "Lin", online=False), base.buyer(shop)
    client = base.web(lin)
    counts = []
    for _ in range(2):
        for _ in range(3):
            base.order(line).items.create(product=base.product(shop), price="1.00")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/shops/{shop.pk}/orders/", {"state": "shipped"})
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads small tables without their indexes")
def test_every_tab_reads_from_an_index_in_its_order():
    shop = base.shop()
    base.order(base.buyer(shop))
    before = (timezone.now(), 10**9)
    for state, index in (("", "order_newest"), ("shipped", "order_of_state"), ("unpaid", "order_of_state")):
        plan = plans(lambda state=state: listing._keys(shop, listing.Asked(state, "", before)))
        assert index in plan
        assert "TEMP B-TREE" not in plan
