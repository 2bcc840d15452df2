"""What a buyer brings and sees (SPEC D1, D3): the entry, the place in the queue, who answers, earlier sessions."""

from datetime import UTC, datetime

import pytest

from chat import incoming, sending
from chat.actions import people, sessions
from chat.models import ServiceSession
from commerce.models import AfterSale, OrderItem
from shops import identity
from shops.identity import read
from tests import base, invariants

pytestmark = pytest.mark.django_db(transaction=True)
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def lin():
    return base.agent(base.shop(), "Lin")


def order(line, number):
    """Add an order with one item and a return in progress."""
    made = base.order(line, number)
    OrderItem.objects.create(order=made, product=base.product(line.shop), quantity=2, price="19.90")
    return made, AfterSale.objects.create(
        shop=line.shop, order=made, number=f"R-{number}", kind="return", reason="Broken", created_at=made.created_at
    )


def enter(line, kind, ref, shop=None):
    """Open the page as the buyer."""
    signed = identity.sign(shop or line.shop, line.buyer.uid, line.buyer.nickname)
    body = {"shop": (shop or line.shop).pk, "identity": signed, "entry": {"kind": kind, "ref": str(ref)}}
    return base.APIClient().post("/api/v1/buyer/entry", body, format="json")


def seen(line):
    """Return the session as the buyer sees it."""
    return base.phone(line).get("/api/v1/buyer/events").json()["session"]


@pytest.mark.rule("D1")
@pytest.mark.parametrize("kind", ["product", "order", "after_sale"])
def test_the_entry_travels_with_the_session_and_is_shown_to_the_agent(lin, kind):
    line = base.buyer(lin.shop, "ann")
    bought, case = order(line, "SO-1")
    ref = {"product": bought.items.get().product.sku, "order": "SO-1", "after_sale": "R-SO-1"}[kind]
    entered = enter(line, kind, ref)
    assert (entered.status_code, entered.json()["entry"]["kind"]) == (201, kind)
    phone = base.phone(line, read(entered.json()["token"]).entry)
    assert phone.post("/api/v1/buyer/messages", base.body(), format="json").status_code == 201
    session = base.session(line)
    assert session.entry == kind
    shown = base.desk(lin).get(f"/api/v1/shops/{lin.shop_id}/sessions/{session.pk}").json()
    assert shown["session"]["entry"] == kind
    assert shown["entry"] == entered.json()["entry"]
    there = {name for name in ("product", "order", "after_sale") if shown["entry"][name]}
    assert there == {"product": {"product"}, "order": {"order"}, "after_sale": {"order", "after_sale"}}[kind]
    if kind != "product":
        assert (shown["entry"]["order"]["id"], shown["entry"]["order"]["number"]) == (bought.pk, "SO-1")
        assert shown["entry"]["order"]["items"][0]["quantity"] == 2
    if kind == "after_sale":
        assert (shown["entry"]["after_sale"]["id"], shown["entry"]["after_sale"]["state"]) == (case.pk, "in_progress")
    opened = phone.get("/api/v1/buyer/events").json()["results"][0]
    assert (opened["kind"], opened["data"]) == ("session.opened", {"by": "buyer", "entry": kind})


@pytest.mark.rule("D1")
def test_each_session_keeps_the_entry_it_came_by(lin):
    line = base.buyer(lin.shop)
    bought, _case = order(line, "SO-1")
    first = base.writes(line)
    sessions.close(first.pk, lin)
    base.phone(line, {"kind": "order", "order": bought.pk}).post("/api/v1/buyer/messages", base.body(), format="json")
    kinds = ServiceSession.objects.order_by("pk").values_list("entry", "entry_order_id")
    assert list(kinds) == [("product", None), ("order", bought.pk)]


@pytest.mark.rule("D1")
@pytest.mark.parametrize("by", ["number", "id"])
@pytest.mark.parametrize(
    ("kind", "whose"),
    [("product", "another shop's"), ("product", "nobody's")]
    + [
        (kind, whose) for kind in ("order", "after_sale") for whose in ("another buyer's", "another shop's", "nobody's")
    ],
)
def test_the_entry_must_be_the_buyers_own_and_the_shops(lin, kind, whose, by):
    line = base.buyer(lin.shop, "ann")
    order(line, "SO-1")
    holder = base.buyer(base.shop("Meadow") if whose == "another shop's" else lin.shop, "bob")
    bought, case = order(holder, "SO-2")
    product = bought.items.get().product
    refs = {
        "order": (bought.number, bought.pk), "after_sale": (case.number, case.pk), "product": (product.sku, product.pk)
    }  # fmt: skip
    ref = refs[kind][by == "id"] if whose != "nobody's" else {"number": "SO-404", "id": 10**9}[by]
    answer = enter(line, kind, ref)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.rule("D1")
@pytest.mark.parametrize(
    "entry", [None, [], {}, {"kind": "ad", "ref": "1"}, {"kind": "order"}, {"kind": "order", "ref": 7}]
)
def test_a_page_that_comes_from_nowhere_is_refused_in_words(lin, entry):
    signed = identity.sign(lin.shop, "ann", "Ann")
    body = {"shop": lin.shop_id, "identity": signed, "entry": entry}
    answer = base.APIClient().post("/api/v1/buyer/entry", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.rule("D3", "P8")
@pytest.mark.parametrize(("queue_order", "places"), [("fifo", [1, 2, 3]), ("lifo", [3, 2, 1])])
@pytest.mark.parametrize("apart", [0, 1])
def test_who_waits_sees_the_place_in_the_shops_order(time_machine, queue_order, places, apart):
    time_machine.move_to(START, tick=False)
    shop = base.shop(queue_order=queue_order)
    lines = [base.buyer(shop) for _ in range(3)]
    for line in lines:
        base.writes(line)
        time_machine.shift(apart)
    assert [seen(line)["place"] for line in lines] == places
    lin = base.agent(shop, "Lin", accepting=False)
    sessions.take(base.session(lines[1]).pk, lin)
    left = [seen(line)["place"] for line in lines]
    assert left == {"fifo": [1, None, 2], "lifo": [2, None, 1]}[queue_order]
    invariants.check()


@pytest.mark.rule("D3", "B8")
def test_who_is_put_back_sees_the_old_place(time_machine):
    time_machine.move_to(START, tick=False)
    shop = base.shop()
    lin = base.agent(shop, "Lin", capacity=1)
    first, second = base.buyer(shop), base.buyer(shop)
    base.writes(first)
    time_machine.shift(1)
    base.writes(second)
    assert (seen(first)["place"], seen(second)["place"]) == (None, 1)
    people.set_im_permission(lin, False)
    assert (seen(first)["place"], seen(second)["place"]) == (1, 2)


@pytest.mark.rule("D3")
def test_the_buyer_sees_who_answers_and_no_break_at_a_transfer(lin):
    wu = base.agent(lin.shop, "Wu", accepting=False)
    session = base.writes(base.buyer(lin.shop))
    line = session.conversation
    told = [(seen(line)["state"], seen(line)["agent"])]
    sessions.transfer(session.pk, wu, lin)
    told.append((seen(line)["state"], seen(line)["agent"]))
    sessions.close(session.pk, wu)
    told.append((seen(line)["state"], seen(line)["agent"]))
    assert told == [("assigned", "Lin"), ("assigned", "Wu"), ("closed", "Wu")]
    kinds = [e["kind"] for e in base.phone(line).get("/api/v1/buyer/events").json()["results"]]
    assert kinds == ["session.opened", "message", "session.assigned", "session.assigned", "session.closed"]


@pytest.mark.rule("D3")
def test_with_the_bot_nobody_is_named():
    line = base.buyer(base.shop(bot_enabled=True))
    base.writes(line)
    assert (seen(line)["state"], seen(line)["agent"], seen(line)["place"]) == ("bot", None, None)


@pytest.mark.rule("D3")
def test_earlier_sessions_stay_readable_page_by_page(lin):
    line = base.buyer(lin.shop)
    for number in range(4):
        session = base.writes(line, f"Question {number}")
        base.replies(lin, session, f"Answer {number}")
        sessions.close(session.pk, lin)
    phone = base.phone(line)
    whole = phone.get("/api/v1/buyer/events").json()
    texts = [event["message"]["text"] for event in whole["results"] if event["message"]]
    assert texts == [f"{word} {number}" for number in range(4) for word in ("Question", "Answer")]
    assert len({event["session"] for event in whole["results"]}) == 4
    forward, backward = [], []
    while len(forward) < whole["last_seq"]:
        after = forward[-1]["seq"] if forward else 0
        forward += phone.get(f"/api/v1/buyer/events?after={after}&limit=7").json()["results"]
        before = backward[0]["seq"] if backward else whole["last_seq"] + 1
        backward = phone.get(f"/api/v1/buyer/events?before={before}&limit=7").json()["results"] + backward
    assert forward == backward == whole["results"]
    assert phone.get(f"/api/v1/buyer/events?after={whole['last_seq']}").json()["results"] == []


@pytest.mark.rule("D3")
def test_delivery_and_reading_are_shown_to_the_other_side(lin):
    session = base.writes(base.buyer(lin.shop))
    base.replies(lin, session)
    phone, desk = base.phone(session.conversation), base.desk(lin)
    here = f"/api/v1/shops/{lin.shop_id}/sessions/{session.pk}"
    assert phone.post("/api/v1/buyer/receipts", {"delivered": 4, "read": 3}, format="json").status_code == 204
    assert desk.post(f"{here}/read", {"seq": 2}, format="json").status_code == 200
    phone.post("/api/v1/buyer/receipts", {"delivered": 2, "read": 1}, format="json")
    expected = {"buyer": {"delivered": 4, "read": 3}, "shop": {"delivered": 2, "read": 2}}
    assert phone.get("/api/v1/buyer/events").json()["receipts"] == desk.get(here).json()["receipts"] == expected
    phone.post("/api/v1/buyer/receipts", {"delivered": 10**6, "read": 10**6}, format="json")
    assert desk.get(here).json()["receipts"]["buyer"] == {"delivered": 4, "read": 4}


@pytest.mark.rule("D1")
def test_a_product_that_is_gone_meanwhile_does_not_stop_the_buyer():
    shop = base.shop()
    line, product = base.buyer(shop), base.product(shop)
    post = sending.from_buyer(base.token(line, {"kind": "product", "product": product.pk}), incoming.draft(base.body()))
    product.delete()
    base.done(base.send(post)[0])
    session = base.session(line)
    assert (session.entry, session.entry_product) == ("product", None)
