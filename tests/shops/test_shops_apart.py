"""Two shops know nothing of each other, and only IM permission opens the chat tool (SPEC A1, A6)."""

import uuid

import pytest

from chat.actions import attachments, people, sessions
from chat.models import Event, Message, Rating, ServiceSession
from shops import actions, identity
from shops.identity import BuyerToken
from tests import base
from tests.chat import lines, samples

pytestmark = pytest.mark.django_db(transaction=True)


class Cast:
    """The first shop with everything in it, and a member and a buyer of the second."""

    def __init__(self):
        self.shop, self.other = base.shop(), base.shop("Meadow")
        self.lin = base.agent(self.shop, "Lin")
        self.guest = base.agent(self.other, "Guest", role="owner")
        self.line, self.outsider = base.buyer(self.shop, "ann"), base.buyer(self.other, "zoe")
        self.session = base.writes(self.line, "A secret")
        base.people.set_accepting(self.lin, False)
        self.queued = base.writes(base.buyer(self.shop), "Another secret")
        self.question = base.question(self.shop)
        self.product, self.order = base.product(self.shop), base.order(self.line)
        self.own = base.writes(self.outsider)


@pytest.fixture
def cast():
    return Cast()


def rows():
    """What a stranger's call must not change."""
    return (
        Event.objects.count(), Message.objects.count(), Rating.objects.count(),
        list(ServiceSession.objects.order_by("pk").values_list("pk", "state", "assignee", "marked", "unread")),
    )  # fmt: skip


@pytest.mark.rule("A6")
def test_what_the_own_session_refers_to_must_be_of_the_own_shop(cast):
    desk = base.desk(cast.guest)
    here = f"/api/v1/shops/{cast.other.pk}/sessions/{cast.own.pk}"
    for kind, ref in (("product_card", cast.product.pk), ("order_card", cast.order.pk)):
        message = {"client_msg_id": str(uuid.uuid4()), "kind": kind, "ref": ref}
        assert desk.post(f"{here}/messages", message, format="json").status_code == 404
    file = attachments.upload(cast.shop, f"a:{cast.guest.pk}", samples.sent(samples.GOOD["png"](), "x"))
    message = {"client_msg_id": str(uuid.uuid4()), "kind": "image", "attachment": file.pk}
    assert desk.post(f"{here}/messages", message, format="json").json()["code"] == "attachment_gone"
    for verb in ("assign", "transfer"):
        assert desk.post(f"{here}/{verb}", {"member": cast.lin.pk}, format="json").status_code == 404
    assert base.session(cast.outsider).assignee == cast.guest


@pytest.mark.rule("A6")
def test_lists_counts_people_and_search_hold_the_own_shop_only(cast):
    desk, here = base.desk(cast.guest), f"/api/v1/shops/{cast.other.pk}"
    base.product(cast.other, "Own kettle")
    seen = {row["id"] for name in ("open", "unassigned", "history") for row in list_of(desk, here, name)}
    assert seen == {cast.own.pk}
    assert list_of(desk, here, "open", q="secret") == list_of(desk, here, "unassigned", q="secret") == []
    assert desk.get(f"{here}/sessions/counts").json()["unassigned"] == 0
    assert [row["nickname"] for row in desk.get(f"{here}/members").json()["results"]] == ["Guest"]
    assert [row["title"] for row in desk.get(f"{here}/products").json()["results"]] == ["Own kettle"]
    events = desk.get(f"{here}/desk/events").json()["results"]
    assert {event["session"] for event in events} == {None, cast.own.pk}


def list_of(desk, here, name, **query):
    return desk.get(f"{here}/sessions", {"list": name, **query}).json()["results"]


@pytest.mark.rule("A6")
def test_a_buyer_of_another_shop_finds_nothing(cast):
    phone = base.phone(cast.outsider)
    texts = [e["message"]["text"] for e in phone.get("/api/v1/buyer/events").json()["results"] if e["message"]]
    assert texts == ["Is it in stock?"]
    calls = [
        ("rating", {"session": cast.session.pk, "stars": 1}),
        ("faq-click", {"client_msg_id": str(uuid.uuid4()), "question": cast.question.pk}),
        ("messages", {"client_msg_id": str(uuid.uuid4()), "kind": "product_card", "ref": cast.product.pk}),
        ("messages", {"client_msg_id": str(uuid.uuid4()), "kind": "order_card", "ref": cast.order.pk}),
    ]
    before = rows()
    for address, sent in calls:
        assert phone.post(f"/api/v1/buyer/{address}", sent, format="json").status_code == 404, address
    assert rows() == before


@pytest.mark.rule("A6")
def test_an_identity_of_one_shop_opens_no_other(cast):
    signed = identity.sign(cast.other, "ann", "Ann")
    entry = {"kind": "product", "ref": cast.product.sku}
    answer = base.APIClient().post(
        "/api/v1/buyer/entry", {"shop": cast.shop.pk, "identity": signed, "entry": entry}, format="json"
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    mixed = identity.issue(BuyerToken(cast.other.pk, cast.line.buyer_id, cast.line.pk, {"kind": "product"}))
    phone = base.APIClient()
    phone.credentials(HTTP_AUTHORIZATION=f"Bearer {mixed}")
    assert phone.get("/api/v1/buyer/events").status_code == 401


@pytest.mark.rule("A1", "A6")
def test_a_console_of_another_shop_is_refused_and_the_own_one_hears_and_reaches_nothing_of_it(cast):
    foreign, console = lines.agent(cast.guest, shop_id=cast.shop.pk), lines.agent(cast.guest)
    own, there = lines.buyer(cast.outsider), lines.buyer(cast.line)

    async def talk():
        assert not await foreign.open()
        await lines.enter(console, own, there)
        await console.say("resume", desk=1, cursors={str(cast.line.pk): 1})
        heads = (await console.hear("resumed"))["heads"]
        assert set(heads) == {str(cast.outsider.pk)}
        for session in (cast.session, cast.queued):
            for frame in ({"type": "message.send", **base.body()}, {"type": "read", "seq": 1}):
                answer = await console.ask(**{**frame, "session": session.pk})
                assert (answer["type"], answer["code"]) == ("error", "not_found")
        await there.send("Secret three")
        await own.send("Ours")
        await console.hear("event", kind="message", conversation=cast.outsider.pk)
        for line in (console, own):
            assert "ecret" not in str(line.heard)
            assert {f["conversation"] for f in line.heard if "conversation" in f} <= {cast.outsider.pk}
        for line in (console, own, there):
            await line.leave()

    lines.run(talk)


@pytest.mark.rule("A1")
def test_a_closed_account_and_a_person_without_any_find_nothing(cast):
    people.disable(cast.lin)
    assert base.desk(cast.lin).get(f"/api/v1/shops/{cast.shop.pk}/sessions").status_code == 404
    assert base.desk(cast.lin).get("/api/v1/me").json()["shops"] == []
    nobody = base.APIClient().get(f"/api/v1/shops/{cast.shop.pk}/sessions")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "unauthenticated")


@pytest.mark.rule("A6")
def test_a_seller_with_several_shops_sees_each_with_its_own_unread_and_queued():
    first, second, third = base.shop("Alpha"), base.shop("Beta"), base.shop("Gamma")
    lin = base.agent(first, "Lin", capacity=2)
    there = actions.add_member(second, lin.user, "Lin B", role="owner")
    bare = actions.add_member(third, lin.user, "Lin C", role="staff", im=False)
    base.writes(base.buyer(first))
    seen = base.writes(base.buyer(first))
    base.replies(lin, seen)
    for shop in (first, second, second, third):
        base.writes(base.buyer(shop))
    me = base.desk(lin).get("/api/v1/me").json()
    assert me["user"]["id"] == lin.user_id
    shown = [(s["name"], s["member"], s["role"], s["im_permission"], s["unread"], s["queued"]) for s in me["shops"]]
    assert shown == [
        ("Alpha", lin.pk, "agent", True, 1, 1),
        ("Beta", there.pk, "owner", True, 0, 2),
        ("Gamma", bare.pk, "staff", False, 0, 0),
    ]
    sessions.take(ServiceSession.objects.queued().filter(shop=second).first().pk, there)
    me = base.desk(lin).get("/api/v1/me").json()
    assert [(shop["unread"], shop["queued"]) for shop in me["shops"]] == [(1, 1), (1, 1), (0, 0)]
