"""Floods are slowed down at the doors (S-11), each one alone; what was refused goes through with the same key later."""

import pytest

from botfaq.models import Question
from chat import pacing
from chat.models import Message
from lib.pace import Pace
from shops.models import Shop
from tests import base
from tests.chat import lines, samples

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def limits(settings, monkeypatch) -> None:
    """Three messages or two files in a while, of each kind, counted anew."""
    settings.PACE = True
    monkeypatch.setattr(pacing, "BUYER_SENDS", Pace(3, 60))
    monkeypatch.setattr(pacing, "AGENT_SENDS", Pace(3, 60))
    monkeypatch.setattr(pacing, "BUYER_FILES", Pace(2, 60))
    monkeypatch.setattr(pacing, "AGENT_FILES", Pace(2, 60))


@pytest.fixture
def shop() -> Shop:
    return base.shop()


def test_the_fourth_message_of_a_buyer_waits_and_others_do_not(shop: Shop) -> None:
    mia, ben = base.buyer(shop, "mia"), base.buyer(shop, "ben")
    sent = [base.phone(mia).post("/api/v1/buyer/messages", base.body("Hi"), format="json") for _message in range(4)]
    assert [answer.status_code for answer in sent] == [201, 201, 201, 429]
    assert sent[-1].json()["code"] == "throttled"
    assert 1 <= int(sent[-1].headers["Retry-After"]) <= 60
    assert Message.objects.filter(conversation=mia, sender_kind="buyer").count() == 3
    assert base.phone(ben).post("/api/v1/buyer/messages", base.body("Hi"), format="json").status_code == 201


def test_over_a_socket_the_same_key_goes_through_when_there_is_room(shop: Shop, monkeypatch) -> None:
    line = base.buyer(shop)
    phone = lines.buyer(line)

    async def talk() -> None:
        await lines.enter(phone)
        for _message in range(3):
            await phone.send()
        body = base.body("The fourth")
        refused = await phone.ask("message.send", **body)
        assert (refused["type"], refused["code"], refused["retry"]) == ("error", "throttled", True)
        assert 1 <= refused["retry_after"] <= 60
        monkeypatch.setattr(pacing, "BUYER_SENDS", Pace(3, 60))  # the while is over
        assert (await phone.ask("message.send", **body))["type"] == "ok"

    lines.run(talk)
    texts = Message.objects.filter(conversation=line, sender_kind="buyer").values_list("text", flat=True)
    assert (len(texts), list(texts).count("The fourth")) == (4, 1)


def test_an_agent_is_slowed_down_over_rest_and_socket_together(shop: Shop) -> None:
    holder = base.agent(shop, "Lin")
    session = base.writes(base.buyer(shop))
    address = f"/api/v1/shops/{shop.pk}/sessions/{session.pk}/messages"
    codes = [base.desk(holder).post(address, base.body("Hi"), format="json").status_code for _message in range(3)]
    assert codes == [201, 201, 201]
    console = lines.agent(holder)

    async def talk() -> None:
        await lines.enter(console)
        assert (await console.ask("message.send", session=session.pk, **base.body("Hi")))["code"] == "throttled"

    lines.run(talk)
    assert base.desk(holder).post(address, base.body("Hi"), format="json").status_code == 429
    foreign = base.agent(base.shop("Meadow"), "Guest")
    assert base.desk(foreign).post(address, base.body("Hi"), format="json").status_code == 404


def test_files_have_a_pace_of_their_own(shop: Shop) -> None:
    line, lin = base.buyer(shop), base.agent(shop, "Lin")
    for client, address in (
        (base.phone(line), "/api/v1/buyer/attachments"),
        (base.desk(lin), f"/api/v1/shops/{shop.pk}/attachments"),
    ):
        codes = [client.post(address, {"file": samples.sent(samples.jpeg())}).status_code for _file in range(3)]
        assert codes == [201, 201, 429]


def test_who_has_been_quiet_is_forgotten(monkeypatch) -> None:
    monkeypatch.setattr("lib.pace.KNOWN", 5)
    pace = Pace(1, 0.0)
    for who in range(50):
        assert pace.take(who) == 0
    assert len(pace._times) <= 6
    strict = Pace(2, 60)
    assert [strict.take("a") == 0, strict.take("a") == 0, strict.take("a") > 59, strict.take("b") == 0] == [True] * 4


def test_pictures_of_oneself_are_counted_whatever_door_they_come_by(shop: Shop) -> None:
    ann = base.agent(shop, "Ann")
    page, address = f"/shops/{shop.pk}/settings/", f"/api/v1/shops/{shop.pk}/profile/avatar"
    for _picture in range(2):
        assert base.web(ann).post(page, {"form": "avatar", "avatar": samples.sent(samples.png())}).status_code == 302
    refused = base.web(ann).post(page, {"form": "avatar", "avatar": samples.sent(samples.png())})
    assert list(refused.context["wrong"]) == ["picture"]
    assert base.desk(ann).post(address, {"file": samples.sent(samples.png())}).status_code == 429


def test_pictures_of_answers_are_counted_with_them(shop: Shop) -> None:
    ann = base.agent(shop, "Ann")
    form = {"text": "When?", "answer": "Soon.", "publish": "1"}
    attachments = f"/api/v1/shops/{shop.pk}/attachments"
    for _picture in range(2):
        assert base.desk(ann).post(attachments, {"file": samples.sent(samples.png())}).status_code == 201
    page = f"/shops/{shop.pk}/bot/questions/new/"
    refused = base.web(ann).post(page, {**form, "upload": samples.sent(samples.png())})
    assert list(refused.context["form"].errors) == ["upload"]
    assert not Question.objects.filter(text="When?").exists()
