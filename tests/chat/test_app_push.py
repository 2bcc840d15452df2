"""Apps are told by their phones' services: as browsers are, one notice a conversation, while they are signed in."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from chat.actions import notices, outbox, people, pushing, sessions
from chat.models import Outbox, PushSubscription
from shops import devices, sign_ins
from shops.identity import BadIdentity
from shops.models import Member, Shop
from tests import base
from tests.phone_services import ANDROID, APP, IPHONE, Phones, phone_services

pytestmark = [pytest.mark.django_db, pytest.mark.rule("C11", "C15")]
LATER = timedelta(seconds=90)


@pytest.fixture
def phones(settings: Any, tmp_path: Path) -> Iterator[Phones]:
    with phone_services() as running:
        running.set_up(settings, tmp_path)
        yield running


@pytest.fixture
def shop() -> Shop:
    return base.shop("Harbour")


@pytest.fixture
def lin(shop: Shop) -> Member:
    base.agent(shop, "Wu", accepting=False)
    return base.agent(shop, "Lin")


def app(member: Member) -> APIClient:
    """Return an app in which the member is signed in."""
    return base.app(devices.issue(member.user, "phone", "", "").access)


def path(member: Member) -> str:
    return f"/api/v1/shops/{member.shop_id}/push/app"


def registers(client: APIClient, member: Member, platform: str = "fcm", **more: Any) -> Any:
    token = ANDROID if platform == "fcm" else IPHONE
    return client.put(path(member), {"platform": platform, "app": APP, "token": token, **more}, "json")


def tell(after: timedelta = timedelta()) -> None:
    """Let the worker look and deliver."""
    pushing.tell_agents(timezone.now() + after)
    outbox.deliver_due(timezone.now() + after)


def test_an_android_phone_and_an_iphone_are_told_of_a_message(phones: Phones, lin: Member) -> None:
    android = app(lin)
    answer = registers(android, lin)
    assert answer.status_code == 200, answer.content
    assert answer.json()["registration"]["platform"] == "fcm"
    assert android.get(path(lin)).json() == answer.json()
    assert registers(app(lin), lin, "apns").status_code == 200
    session = base.writes(base.buyer(lin.shop, "mia"), "My number is 13800138000")
    tell()
    assert phones.taken == []  # a console is open: it tells by itself
    base.leave(lin)
    tell()
    by_google, by_apple = sorted(phones.taken, key=lambda one: "aps" in one)
    tag, about = f"session-{session.pk}", {"shop": str(lin.shop_id), "session": str(session.pk), "kind": "message"}
    assert by_google["notification"] == {"title": "Mia", "body": "New message"}  # no word of it: nobody chose preview
    assert (by_google["token"], by_google["data"]) == (ANDROID, about)
    assert by_google["android"]["collapse_key"] == by_google["android"]["notification"]["tag"] == tag
    assert by_apple["aps"]["alert"] == {"title": "Mia", "body": "New message"}
    assert by_apple["token"] == IPHONE
    assert about.items() <= by_apple.items()
    headers = {name.lower(): value for name, value in by_apple["headers"].items()}
    assert (headers["apns-collapse-id"], headers["apns-push-type"]) == (tag, "alert")
    assert not Outbox.objects.exists()


def test_what_was_not_said_is_in_the_language_asked_for_and_masked(phones: Phones, lin: Member) -> None:
    registers(app(lin), lin, language="zh-hans")
    base.writes(base.buyer(lin.shop, "mia"))
    base.leave(lin)
    tell()
    notices.choose(lin, preview=True)
    base.writes(base.buyer(lin.shop, "mia"), "My number is 13800138000")
    tell(LATER)
    first, second = (one["notification"]["body"] for one in phones.taken)
    assert first == "新消息"
    assert "13800138000" not in second
    assert second.startswith("My number is")


def test_an_app_chooses_what_it_is_told(phones: Phones, lin: Member) -> None:
    registers(app(lin), lin, kinds=["handover"])
    wu = Member.objects.get(nickname="Wu")
    handed = base.writes(base.buyer(lin.shop, "bob"))
    sessions.transfer(handed.pk, wu, lin)
    base.writes(base.buyer(lin.shop, "mia"))
    base.leave(lin)
    sessions.transfer(handed.pk, lin, wu)
    tell()
    assert [one["data"]["kind"] for one in phones.taken] == ["handover"]
    assert registers(app(lin), lin, kinds=["gossip"]).status_code == 400


def test_a_phone_in_the_background_is_told_though_its_agent_is_online(phones: Phones, lin: Member) -> None:
    phone = app(lin)
    registers(phone, lin)
    phone.put(f"/api/v1/shops/{lin.shop_id}/presence/background", {}, "json")
    base.leave(lin)
    base.writes(base.buyer(lin.shop, "mia"))
    assert Member.objects.online(timezone.now()).filter(pk=lin.pk).exists()
    tell()
    assert len(phones.taken) == 1


@pytest.mark.parametrize("platform", ["fcm", "apns"])
def test_with_nothing_set_up_registering_says_so(lin: Member, platform: str) -> None:
    answer = registers(app(lin), lin, platform)
    assert (answer.status_code, answer.json()["code"]) == (409, "push_not_set_up")
    assert "set it up" in answer.json()["detail"]
    assert app(lin).get(path(lin)).json() == {"platforms": [], "registration": None}


def test_only_an_app_registers_and_only_for_its_own_shop(phones: Phones, lin: Member) -> None:
    assert registers(base.desk(lin), lin).json()["code"] == "not_an_app"
    assert registers(app(base.agent(base.shop("Other"), "Eve")), lin).status_code == 404
    for wrong in ({"app": "com.other"}, {"token": "x"}, {"token": "../../" + "a" * 60}, {"language": "xx"}):
        answer = registers(app(lin), lin, "apns", **wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), wrong
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize("way", ["revoke", "ended elsewhere", "used twice", "forgotten"])
def test_signing_out_ends_the_registration(phones: Phones, lin: Member, way: str) -> None:
    given = devices.issue(lin.user, "phone", "", "")
    client = base.app(given.access)
    registers(client, lin)
    base.writes(base.buyer(lin.shop, "mia"))
    base.leave(lin)
    pushing.tell_agents()
    match way:
        case "revoke":
            devices.revoke(given.refresh)
        case "ended elsewhere":
            sign_ins.end_others(lin.user, None)
        case "used twice":
            devices.refresh(devices.refresh(given.refresh).refresh)
            with pytest.raises(BadIdentity):
                devices.refresh(given.refresh)
        case _:
            assert client.delete(path(lin)).status_code == 204
    assert not PushSubscription.objects.exists()
    outbox.deliver_due()
    assert (phones.taken, Outbox.objects.count()) == ([], 0)


def test_a_newer_token_and_the_next_person_take_the_place(phones: Phones, lin: Member) -> None:
    mine = app(lin)
    registers(mine, lin)
    registers(mine, lin, token="d" * 30)
    assert PushSubscription.objects.get().endpoint == "d" * 30
    wu = Member.objects.get(nickname="Wu")
    registers(app(wu), wu, token="d" * 30)
    assert PushSubscription.objects.get().member == wu


GOOGLE = "type.googleapis.com/google.firebase.fcm.v1.FcmError"


@pytest.mark.parametrize(("platform", "status", "said"), [
    ("fcm", 404, {"error": {"status": "NOT_FOUND", "details": [{"@type": GOOGLE, "errorCode": "UNREGISTERED"}]}}),
    ("fcm", 403, {"error": {"details": [{"@type": GOOGLE, "errorCode": "SENDER_ID_MISMATCH"}]}}),
    ("apns", 410, {"reason": "Unregistered", "timestamp": 4102444800000}),
    ("apns", 410, None),
    ("apns", 400, {"reason": "BadDeviceToken"}),
])  # fmt: skip
def test_an_app_that_is_gone_is_forgotten(phones: Phones, lin: Member, platform: str, status: int, said: Any) -> None:
    registers(app(lin), lin, platform)
    base.writes(base.buyer(lin.shop))
    base.leave(lin)
    phones.answers = [(status, said, {})]
    tell()
    assert (PushSubscription.objects.count(), Outbox.objects.count()) == (0, 0)


def test_what_apple_said_before_the_app_registered_again_ends_nothing(phones: Phones, lin: Member) -> None:
    registers(app(lin), lin, "apns")
    base.writes(base.buyer(lin.shop))
    base.leave(lin)
    phones.answers = [(410, {"reason": "Unregistered", "timestamp": 1600000000000}, {})]
    tell()
    assert PushSubscription.objects.count() == 1


@pytest.mark.parametrize("platform", ["fcm", "apns"])
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_service_is_tried_again_when_it_says(phones: Phones, lin: Member, platform: str, status: int) -> None:
    registers(app(lin), lin, platform)
    base.writes(base.buyer(lin.shop))
    base.leave(lin)
    phones.answers = [(status, {"reason": "TooManyRequests"}, {"Retry-After": "600"})]
    before = timezone.now()
    tell()
    waiting = Outbox.objects.get()
    assert (waiting.tries, waiting.dead) == (1, False)
    assert str(status) in waiting.error
    assert waiting.due_at >= before + timedelta(seconds=600)
    outbox.deliver_due(before + timedelta(seconds=599))
    assert phones.taken == []
    outbox.deliver_due(before + timedelta(seconds=700))
    assert len(phones.taken) == 1
    assert not Outbox.objects.exists()


def test_a_service_that_stays_down_is_given_up_and_its_phone_kept(phones: Phones, lin: Member) -> None:
    registers(app(lin), lin)
    base.writes(base.buyer(lin.shop))
    base.leave(lin)
    phones.answers = [(500, None, {})] * 3
    pushing.tell_agents()
    for hour in range(4):
        outbox.deliver_due(timezone.now() + timedelta(hours=hour))
    assert Outbox.objects.get().dead
    assert PushSubscription.objects.exists()


def test_an_access_token_is_fetched_once_and_anew_when_it_is_refused(phones: Phones, lin: Member) -> None:
    registers(app(lin), lin)
    base.leave(lin)
    for name in ("ann", "bob"):
        base.writes(base.buyer(lin.shop, name))
        sessions.take(base.session(base.buyer(lin.shop, name)).pk, lin)
    tell()
    assert phones.asked.count("/token") == 1
    assert len(phones.taken) == 2
    phones.access = "access-2"
    base.writes(base.buyer(lin.shop, "ann"), "Hello?")
    tell(LATER)
    outbox.deliver_due(timezone.now() + timedelta(hours=1))
    assert phones.asked.count("/token") == 2
    assert len(phones.taken) == 3


def test_who_lost_the_permission_is_not_told(phones: Phones, lin: Member) -> None:
    registers(app(lin), lin)
    base.writes(base.buyer(lin.shop))
    base.leave(lin)
    pushing.tell_agents()
    people.set_im_permission(lin, False)
    outbox.deliver_due()
    assert phones.taken == []
