"""An app in the background keeps its agent there for a time (B1, C22); when it goes quiet, the agent has vanished."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from chat import attendance
from chat.actions import background, handover, people
from chat.models import ServiceSession
from chat.sockets import db
from shops import devices
from shops.models import Device, Duty, Member, Presence
from tests import base
from tests.chat import lines

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("B1", "C22")]


@pytest.fixture
def lin() -> Member:
    return base.agent(base.shop(requeue_after=10), "Lin", online=False)


@pytest.fixture
def given(lin: Member) -> devices.Tokens:
    return devices.issue(lin.user, "phone", "", "")


@pytest.fixture
def phone(given: devices.Tokens) -> APIClient:
    return base.app(given.access)


def beats(phone: APIClient, lin: Member) -> Any:
    return phone.put(f"/api/v1/shops/{lin.shop_id}/presence/background", {}, "json")


def at(clock: Any, minutes: float) -> None:
    """Move the clock by so many minutes, and let the worker look."""
    clock.shift(timedelta(minutes=minutes))
    people.expire()
    handover.requeue_unanswered()


def is_online(lin: Member) -> bool:
    lin.refresh_from_db()
    found = Member.objects.online(timezone.now()).filter(pk=lin.pk).exists()
    assert lin.was_online == found
    return found


def test_its_calls_keep_the_agent_there_and_new_sessions_come(lin: Member, phone: APIClient) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        answer = beats(phone, lin)
        assert answer.status_code == 200, answer.content
        for _ in range(2):
            at(clock, 4)
            assert is_online(lin)
            assert beats(phone, lin).status_code == 200
        assert base.writes(base.buyer(lin.shop)).assignee == lin
        assert list(Duty.objects.filter(member=lin).values_list("state", flat=True)) == ["online"]


def test_when_they_stop_the_agent_has_vanished(lin: Member, phone: APIClient) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        began = timezone.now()
        beats(phone, lin)
        session = base.writes(base.buyer(lin.shop))
        at(clock, 6)
        assert not is_online(lin)
        assert [one.member for one in attendance.absent(lin.shop_id)] == [lin]
        assert Duty.objects.get(member=lin, ended_at=None).started_at == began + background.BEAT
        at(clock, 10)  # the shop lets an absent agent's session wait for the others
        session.refresh_from_db()
        assert session.state == ServiceSession.State.QUEUED


def test_it_cannot_be_kept_up_for_longer_than_an_hour(lin: Member, phone: APIClient, given: devices.Tokens) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ends = beats(phone, lin).json()["ends_at"]
        for _ in range(14):
            at(clock, 4)
            given = devices.refresh(given.refresh)
            answer = beats(base.app(given.access), lin).json()
            assert answer["ends_at"] == ends
        assert answer["expires_at"] == ends  # the last is cut short
        at(clock, 4)
        assert not is_online(lin)
        phone = base.app(devices.refresh(given.refresh).access)
        refused = beats(phone, lin)
        assert (refused.status_code, refused.json()["code"]) == (409, "background_over")
        assert not is_online(lin)
        # A console that is open anywhere begins the hour anew.
        people.came_online(lin, "test", "laptop")
        assert beats(phone, lin).status_code == 200


def test_the_app_that_comes_back_has_a_console_and_no_lease_beside_it(lin: Member, given: devices.Tokens) -> None:
    beats(base.app(given.access), lin)

    async def talk() -> None:
        line = lines.Line(f"/ws/agent/{lin.shop_id}/?by=token", ("host", lines.HOST))
        assert await line.open()
        assert (await line.ask("auth", token=given.access))["type"] == "ok"
        await line.say("resume")
        await line.hear("resumed")
        assert await db(_leases) == ["a process"]
        await line.leave()

    lines.run(talk)
    assert Device.objects.get().background_since is None
    assert not is_online(lin)


def _leases() -> list[str]:
    return [
        one if one == Presence.BACKGROUND else "a process" for one in Presence.objects.values_list("boot", flat=True)
    ]


def test_it_is_ended_by_the_app_and_by_its_sign_out(lin: Member, phone: APIClient, given: devices.Tokens) -> None:
    address = f"/api/v1/shops/{lin.shop_id}/presence/background"
    beats(phone, lin)
    assert phone.delete(address).status_code == 204
    assert not is_online(lin)
    beats(phone, lin)
    assert is_online(lin)
    assert APIClient().post("/api/v1/auth/revoke", {"refresh": given.refresh}, "json").status_code == 204
    assert not is_online(lin)
    assert beats(phone, lin).status_code == 401


def test_an_app_of_the_same_agent_that_stays_signed_in_keeps_it_there(lin: Member, phone: APIClient) -> None:
    other = devices.issue(lin.user, "tablet", "", "")
    beats(phone, lin)
    beats(base.app(other.access), lin)
    APIClient().post("/api/v1/auth/revoke", {"refresh": other.refresh}, "json")
    assert is_online(lin)
    assert Presence.objects.count() == 1


def test_it_is_for_apps_of_agents_of_this_shop(lin: Member, phone: APIClient) -> None:
    assert beats(base.desk(lin), lin).json()["code"] == "not_an_app"
    stranger = base.agent(base.shop("Other"), "Eve", online=False)
    assert beats(base.app(devices.issue(stranger.user, "x", "", "").access), lin).status_code == 404
    beats(phone, lin)
    people.set_im_permission(lin, False)
    assert not Presence.objects.exists()
    assert beats(phone, lin).status_code == 403
