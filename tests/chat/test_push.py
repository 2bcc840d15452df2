"""People are reached with no page open, through a real push service that opens the payload (C11, C15, C25)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from chat import vapid
from chat.actions import notices, outbox, people, pushing, sessions
from chat.models import Conversation, Outbox, PushSubscription
from lib import webpush
from shops.models import Member, Shop
from tests import base
from tests.push_service import Device, Service, push_service

pytestmark = [pytest.mark.django_db, pytest.mark.rule("C11", "C15")]
LATER = timedelta(seconds=90)


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    with push_service() as running:
        settings.OUTBOUND_ALLOW = [running.host]
        yield running


@pytest.fixture
def shop() -> Shop:
    return base.shop("Harbour")


@pytest.fixture
def lin(shop: Shop) -> Member:
    base.agent(shop, "Wu", accepting=False)
    return base.agent(shop, "Lin")


def browser(member: Member, device: Device, language: str = "en") -> APIClient:
    """Subscribe a browser in which the member is signed in."""
    client = APIClient(HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(member.user)
    assert client.post(f"/api/v1/shops/{member.shop_id}/push", device.body, "json").status_code == 204
    return client


def tell(after: timedelta = timedelta()) -> None:
    """Let the worker look and deliver."""
    pushing.tell_agents(timezone.now() + after)
    outbox.deliver_due(timezone.now() + after)


def test_an_agent_who_has_left_is_told_of_a_message(service: Service, lin: Member) -> None:
    device = service.device()
    browser(lin, device)
    session = base.writes(base.buyer(lin.shop, "mia"), "Is it in stock?")
    tell()
    assert device.shown == []  # the console is open: it tells by itself
    base.leave(lin)
    tell()
    url = f"/desk/{lin.shop_id}/#session={session.pk}"
    assert device.shown == [{"title": "Mia", "body": "New message", "tag": f"session-{session.pk}", "url": url}]
    assert device.headers[0]["Urgency"] == "high"
    assert 0 < int(device.headers[0]["TTL"]) <= 86400
    assert not Outbox.objects.exists()


def test_a_session_is_told_again_for_what_is_new_and_not_at_once(service: Service, lin: Member) -> None:
    device = service.device()
    browser(lin, device)
    line = base.buyer(lin.shop, "mia")
    base.writes(line)
    base.leave(lin)
    tell()
    tell()
    base.writes(line, "Hello?")
    tell()
    assert len(device.shown) == 1
    tell(LATER)
    tell(LATER)
    assert len(device.shown) == 2


def test_the_message_is_shown_only_to_who_chose_so(service: Service, lin: Member) -> None:
    device = service.device()
    browser(lin, device)
    notices.choose(lin, preview=True)
    base.writes(base.buyer(lin.shop), "Is it in stock?")
    base.leave(lin)
    tell()
    assert device.shown[0]["body"] == "Is it in stock?"


def test_words_are_in_the_language_of_the_browser(service: Service, lin: Member) -> None:
    device = service.device()
    browser(lin, device, "zh-hans")
    base.writes(base.buyer(lin.shop))
    base.leave(lin)
    tell()
    assert device.shown[0]["body"] == "新消息"


def test_many_sessions_make_one_notice(service: Service, lin: Member) -> None:
    device = service.device()
    browser(lin, device)
    for n in range(5):
        base.writes(base.buyer(lin.shop, f"buyer-{n}"))
    base.leave(lin)
    tell()
    assert [(one["title"], one["body"]) for one in device.shown] == [("Harbour", "5 buyers wait for you")]
    tell(LATER)
    assert len(device.shown) == 1


def test_who_switched_it_off_or_signed_out_is_not_told(service: Service, lin: Member) -> None:
    device = service.device()
    client = browser(lin, device)
    notices.choose(lin, push=False)
    line = base.buyer(lin.shop)
    base.writes(line)
    base.leave(lin)
    tell()
    assert device.shown == []
    notices.choose(lin, push=True)
    client.logout()
    tell()
    assert device.shown == []
    assert not Outbox.objects.exists()


def test_who_lost_the_permission_is_not_told(service: Service, lin: Member) -> None:
    device = service.device()
    browser(lin, device)
    base.writes(base.buyer(lin.shop))
    base.leave(lin)
    pushing.tell_agents()
    Member.objects.filter(pk=lin.pk).update(im_permission=False)
    outbox.deliver_due()
    assert device.shown == []


def test_not_accepting_only_a_hand_over_is_told(service: Service) -> None:
    """The only agent gets every session by itself (B4); a colleague's hand-over is meant for it."""
    shop = base.shop(preset="tiktok_shop")
    lin = base.agent(shop, "Lin")
    device = service.device()
    browser(lin, device)
    people.set_accepting(lin, False)
    session = base.writes(base.buyer(shop))
    assert session.assignee == lin
    base.leave(lin)
    tell()
    assert device.shown == []
    wu = base.agent(shop, "Wu")
    base.leave(wu)
    other = base.agent(shop, "Xu", accepting=False)
    mine = base.writes(base.buyer(shop, "bob"))
    sessions.take(mine.pk, other)
    sessions.transfer(mine.pk, lin, other)
    tell()
    assert [(one["title"], one["body"]) for one in device.shown] == [
        ("Bob", "A colleague has handed this conversation to you")
    ]


def test_a_browser_that_is_gone_is_forgotten(service: Service, lin: Member) -> None:
    gone = service.device("gone")
    browser(lin, gone)
    service.devices.clear()
    base.writes(base.buyer(lin.shop))
    base.leave(lin)
    tell()
    assert service.calls == 1
    assert not PushSubscription.objects.exists()
    assert not Outbox.objects.exists()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_push_service_is_tried_again(service: Service, lin: Member, status: int) -> None:
    device = service.device()
    browser(lin, device)
    base.writes(base.buyer(lin.shop))
    base.leave(lin)
    service.status = status
    tell()
    waiting = Outbox.objects.get()
    assert (waiting.tries, waiting.dead) == (1, False)
    assert str(status) in waiting.error
    service.status = 201
    outbox.deliver_due(timezone.now() + timedelta(hours=1))
    assert len(device.shown) == 1
    assert not Outbox.objects.exists()


def test_a_push_service_that_is_down_is_tried_again(service: Service, lin: Member, settings: Any) -> None:
    device = service.device()
    device.endpoint = "http://127.0.0.1:9/laptop"
    settings.OUTBOUND_ALLOW = ["127.0.0.1:9"]
    browser(lin, device)
    base.writes(base.buyer(lin.shop))
    base.leave(lin)
    tell()
    assert "unreachable" in Outbox.objects.get().error


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/1",
        "https://10.0.0.1/",
        "https://127.0.0.1/x",
        "x",
        "",
        1,
        None,
        "https://é.example/",
        "https://a.example/\0",
        "https://a.example/ x",
    ],
)
def test_an_address_inside_is_no_push_service(service: Service, lin: Member, endpoint: Any) -> None:
    body = {**service.device().body, "endpoint": endpoint}
    answer = base.desk(lin).post(f"/api/v1/shops/{lin.shop_id}/push", body, "json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_the_next_person_at_the_browser_takes_it_over(service: Service, lin: Member) -> None:
    device = service.device()
    browser(lin, device)
    wu = Member.objects.get(nickname="Wu")
    browser(wu, device)
    assert list(PushSubscription.objects.values_list("member", flat=True)) == [wu.pk]
    client = base.desk(lin)
    client.post(f"/api/v1/shops/{lin.shop_id}/push/forget", {"endpoint": device.endpoint}, "json")
    assert PushSubscription.objects.exists()  # not Lin's any more
    base.desk(wu).post(f"/api/v1/shops/{lin.shop_id}/push/forget", {"endpoint": device.endpoint}, "json")
    assert not PushSubscription.objects.exists()


def test_choices_follow_the_person(lin: Member) -> None:
    path = f"/api/v1/shops/{lin.shop_id}/notifications"
    desk = base.desk(lin)
    before = desk.get(path).json()
    assert {name: before[name] for name in notices.WAYS} == {
        "desktop": True, "sound": True, "badge": True, "push": True, "preview": False,
    }  # fmt: skip
    assert before["push_key"] == vapid.keys().public
    assert desk.patch(path, {"sound": False}, "json").json() == {**before, "sound": False}
    assert base.desk(lin).get(path).json()["sound"] is False
    assert desk.patch(path, {"sound": "no"}, "json").status_code == 400
    stranger = base.agent(base.shop("Other"), "Eve")
    assert base.desk(stranger).get(path).status_code == 404
    assert base.desk(stranger).patch(path, {"sound": True}, "json").status_code == 404


def test_the_keys_are_made_once_and_kept(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.VAPID_PRIVATE_KEY = tmp_path, ""
    made = vapid.keys().public
    vapid._loaded.cache_clear()
    assert vapid.keys().public == made
    assert (tmp_path / "vapid.key").stat().st_mode & 0o777 == 0o600
    settings.VAPID_PRIVATE_KEY = webpush.generate()
    assert vapid.keys().public == webpush.load(settings.VAPID_PRIVATE_KEY).public != made


class TestBuyers:
    """A buyer who left is told of the answer (C25)."""

    pytestmark = pytest.mark.rule("C25")

    @pytest.fixture
    def line(self, service: Service, lin: Member) -> Conversation:
        line = base.buyer(lin.shop, "mia")
        base.writes(line)
        return line

    def told(self, after: timedelta = LATER) -> None:
        pushing.tell_buyers(timezone.now() + after)
        outbox.deliver_due(timezone.now() + after)

    def test_who_has_left_is_told_once(self, service: Service, lin: Member, line: Conversation) -> None:
        device = service.device("phone")
        phone = base.phone(line)
        assert phone.get("/api/v1/buyer/push").json() == {"push_key": vapid.keys().public}
        assert phone.post("/api/v1/buyer/push", device.body, "json").status_code == 204
        base.replies(lin, base.session(line), "Yes, it is.")
        self.told(timedelta())
        assert device.shown == []  # the page has some seconds to say that it is there
        self.told()
        self.told()
        url = f"/c/{lin.shop_id}/"
        expected = {"title": "Harbour", "body": "Lin 已回复您", "tag": f"shop-{lin.shop_id}", "url": url}
        assert device.shown == [expected]

    def test_who_is_there_is_not_told(self, service: Service, lin: Member, line: Conversation) -> None:
        device = service.device("phone")
        base.phone(line).post("/api/v1/buyer/push", device.body, "json")
        base.replies(lin, base.session(line))
        line.refresh_from_db()
        Conversation.objects.filter(pk=line.pk).update(buyer_delivered=line.last_seq)
        self.told()
        assert device.shown == []
        assert not Conversation.objects.filter(push_due_at__isnull=False).exists()

    def test_a_closing_sentence_is_an_answer_too(self, service: Service, lin: Member, line: Conversation) -> None:
        device = service.device("phone")
        base.phone(line).post("/api/v1/buyer/push", device.body, "json")
        sessions.close(base.session(line).pk, lin, "Have a nice day!")
        self.told()
        assert len(device.shown) == 1

    def test_who_wants_no_more_is_not_told(self, service: Service, lin: Member, line: Conversation) -> None:
        device = service.device("phone")
        base.phone(line).post("/api/v1/buyer/push", device.body, "json")
        other = base.phone(base.buyer(lin.shop, "bob"))
        other.post("/api/v1/buyer/push/forget", {"endpoint": device.endpoint}, "json")
        assert PushSubscription.objects.exists()  # of another buyer
        answer = base.phone(line).post("/api/v1/buyer/push/forget", {"endpoint": device.endpoint}, "json")
        assert answer.status_code == 204
        base.replies(lin, base.session(line))
        self.told()
        assert device.shown == []

    def test_most_conversations_cost_nothing(self, lin: Member, line: Conversation) -> None:
        base.replies(lin, base.session(line))
        line.refresh_from_db()
        assert line.push_due_at is None

    def test_only_so_many_browsers_are_kept(self, service: Service, line: Conversation) -> None:
        for n in range(notices.BROWSERS + 3):
            base.phone(line).post("/api/v1/buyer/push", service.device(f"phone-{n}").body, "json")
        assert PushSubscription.objects.filter(buyer=line.buyer).count() == notices.BROWSERS
