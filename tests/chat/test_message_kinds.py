"""Every kind of message, both ways (SPEC C2): cards of the own shop and buyer only, files bound once."""

import uuid

import pytest

from chat.actions import attachments
from chat.models import Attachment, Message
from tests import base, invariants
from tests.chat import samples

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("C2")]


@pytest.fixture
def lin():
    return base.agent(base.shop(), "Lin")


@pytest.fixture
def session(lin):
    return base.writes(base.buyer(lin.shop, "ann"))


def message(kind, **fields):
    return {"client_msg_id": str(uuid.uuid4()), "kind": kind, **fields}


def file(owner, shop, kind):
    return attachments.upload(shop, owner, samples.sent(samples.GOOD["png" if kind == "image" else "mp4"](), "x"))


class Side:
    """One side of the talk: its way to send, and the key its uploads carry."""

    def __init__(self, name, lin, session):
        line = session.conversation
        self.name = name
        self.owner = f"b:{line.buyer_id}" if name == "buyer" else f"a:{lin.pk}"
        self.client = base.phone(line) if name == "buyer" else base.desk(lin)
        self.address = "/api/v1/buyer/messages"
        if name == "agent":
            self.address = f"/api/v1/shops/{lin.shop_id}/sessions/{session.pk}/messages"

    def send(self, body, **more):
        return self.client.post(self.address, body, format="json", **more)


@pytest.fixture(params=["buyer", "agent"])
def side(request, lin, session):
    return Side(request.param, lin, session)


@pytest.mark.parametrize(("kind", "text"), [("text", "Is it in stock? 有货吗"), ("emoji", "😀👍🏽")])
def test_words_arrive_as_they_were_written(side, session, kind, text):
    answer = side.send(message(kind, text=text))
    assert answer.status_code == 201
    said = answer.json()["event"]["message"]
    assert (said["kind"], said["text"], said["sender"]["kind"]) == (kind, text, side.name)
    assert said["sender"]["name"] == ("Ann" if side.name == "buyer" else "Lin")
    assert base.session(session.conversation).last_message_text == text


@pytest.mark.parametrize("kind", ["image", "video"])
def test_a_file_is_shown_by_signed_link_and_bound_once(side, session, kind):
    row = file(side.owner, session.shop, kind)
    body = message(kind, attachment=row.pk)
    answer = side.send(body)
    shown = answer.json()["event"]["message"]["attachment"]
    assert (answer.status_code, shown["id"], shown["kind"]) == (201, row.pk, kind)
    assert shown["url"].startswith("/media/")
    assert side.client.get(shown["url"]).status_code == 200
    assert (side.send(body).status_code, side.send(body).json()["duplicate"]) == (200, True)
    again = side.send(message(kind, attachment=row.pk))
    assert (again.status_code, again.json()["code"]) == (409, "attachment_gone")
    assert Message.objects.filter(attachment=row).count() == 1
    assert Attachment.objects.get(pk=row.pk).bound
    assert base.session(session.conversation).last_message_text == f"[{kind}]"
    invariants.check()


@pytest.mark.parametrize("whose", ["of the other side", "of another shop", "of another kind", "nobody's"])
def test_somebody_elses_file_can_not_be_sent(side, session, whose):
    owner, shop, kind = side.owner, session.shop, "image"
    match whose:
        case "of the other side":
            owner = "b:999" if side.name == "buyer" else f"b:{session.buyer_id}"
        case "of another shop":
            shop = base.shop("Meadow")
        case "of another kind":
            kind = "video"
    pk = 10**9 if whose == "nobody's" else file(owner, shop, "image").pk
    answer = side.send(message(kind, attachment=pk))
    assert (answer.status_code, answer.json()["code"]) == (409, "attachment_gone")
    assert not Attachment.objects.filter(bound=True).exists()
    invariants.check()


def test_a_product_card_carries_the_product_as_it_is_now(side, session):
    product = base.product(session.shop)
    body = message("product_card", ref=product.pk)
    said = side.send(body).json()["event"]["message"]
    assert (said["kind"], said["data"]["product"]["title"]) == ("product_card", "Blue kettle")
    assert (said["data"]["product"]["price"], said["data"]["product"]["currency"]) == ("19.90", "CNY")
    product.title = "Red kettle"
    product.save()
    again = side.send(body).json()
    assert (again["duplicate"], again["event"]["message"]["data"]["product"]["title"]) == (True, "Blue kettle")


def test_a_product_card_is_of_the_own_shop_only(side):
    answer = side.send(message("product_card", ref=base.product(base.shop("Meadow")).pk))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert Message.objects.count() == 1


def test_an_order_card_is_of_that_buyer_only(side, session):
    own, other = base.order(session.conversation, "O-own"), base.order(base.buyer(session.shop), "O-other")
    said = side.send(message("order_card", ref=own.pk))
    assert (said.status_code, said.json()["event"]["message"]["data"]["order"]["number"]) == (201, "O-own")
    refused = side.send(message("order_card", ref=other.pk))
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    invariants.check()


@pytest.mark.parametrize("kind", ["faq_card", "bot_answer", "rating_card", "note"])
def test_what_only_bot_and_system_say_nobody_can_send(side, kind):
    answer = side.send(message(kind, text="Trust me"))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "text"},
        {"kind": "text", "text": ""},
        {"kind": "text", "text": "   "},
        {"kind": "text", "text": "x" * 2001},
        {"kind": "text", "text": "a\0b"},
        {"kind": "text", "text": 7},
        {"kind": "text", "text": "x", "ref": 1},
        {"kind": "text", "text": "x", "sender": "bot"},
        {"kind": "emoji", "text": "hello"},
        {"kind": "emoji", "text": "😀" * 65},
        {"kind": "image"},
        {"kind": "image", "attachment": "1"},
        {"kind": "image", "attachment": -1},
        {"kind": "image", "attachment": True},
        {"kind": "video", "text": "x"},
        {"kind": "product_card"},
        {"kind": "order_card", "ref": 2**63},
        {"kind": ["text"], "text": "x"},
        {"kind": None, "text": "x"},
        {"kind": "text", "text": "x", "client_msg_id": "7"},
        {"kind": "text", "text": "x", "client_msg_id": None},
    ],
)
def test_a_body_that_is_not_right_is_refused_in_words_and_stores_nothing(side, fields):
    answer = side.send({"client_msg_id": str(uuid.uuid4()), **fields})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["fields"]
    assert Message.objects.count() == 1


def test_the_same_key_with_another_body_is_a_conflict(side):
    body = message("text", text="Hello")
    assert side.send(body).status_code == 201
    refused = side.send({**body, "text": "Hello!"})
    assert (refused.status_code, refused.json()["code"]) == (409, "key_reused")
    assert refused.json()["detail"] == "该消息编号已用于另一条消息。"
    english = side.send({**body, "text": "Hello!"}, headers={"accept-language": "en"})
    assert english.json()["detail"] == "This key was used for another message."
    assert Message.objects.filter(text__startswith="Hello").count() == 1


def test_both_sides_may_use_the_same_key(lin, session):
    body = message("text", text="Hello")
    answers = [Side(name, lin, session).send(body) for name in ("buyer", "agent")]
    assert [(answer.status_code, answer.json()["duplicate"]) for answer in answers] == [(201, False), (201, False)]
    invariants.check()


def test_the_longest_text_fits(side):
    assert side.send(message("text", text="字" * 2000)).status_code == 201


def test_agent_and_buyer_read_the_same_log(lin, session):
    line = session.conversation
    product, order = base.product(lin.shop), base.order(line)
    for name in ("buyer", "agent"):
        side = Side(name, lin, session)
        side.send(message("emoji", text="😀"))
        side.send(message("product_card", ref=product.pk))
        side.send(message("order_card", ref=order.pk))
    here = f"/api/v1/shops/{lin.shop_id}/sessions/{session.pk}"
    of_agent = base.desk(lin).get(f"{here}/events").json()["results"]
    of_buyer = base.phone(line).get("/api/v1/buyer/events").json()["results"]
    messages = base.desk(lin).get(f"{here}/messages").json()["results"]
    assert of_agent == of_buyer
    assert messages == [event for event in of_agent if event["message"]]
    assert [event["seq"] for event in of_agent] == list(range(1, 10))


def test_an_agent_sends_the_faq_card_as_it_is_and_a_buyer_does_not(lin, session):
    base.question(lin.shop, "When do you ship?", place=2)
    first = base.question(lin.shop, "Can I return it?", place=1)
    base.question(lin.shop, "Not on the card", place=None)
    said = base.replies(lin, session, kind="faq_card").event["message"]
    assert [one["text"] for one in said["data"]["questions"]] == ["Can I return it?", "When do you ship?"]
    assert said["data"]["questions"][0]["id"] == first.pk
    refused = base.phone(session.conversation).post("/api/v1/buyer/messages", message("faq_card"), format="json")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
