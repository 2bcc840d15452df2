"""Pushes wait for nobody but themselves, and for no dead browser for ever (C11, C25)."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from chat import worker as workers
from chat.actions import notices, outbox, people, pushing
from chat.models import Outbox, PushSubscription, PushTold
from chat.worker import Worker
from shops.models import Member
from tests import base, racing
from tests.listening import until
from tests.push_service import Device, Service, push_service

pytestmark = [pytest.mark.django_db, pytest.mark.rule("C11")]
LATER = timedelta(days=2)


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    with push_service() as running:
        settings.OUTBOUND_ALLOW = [running.host]
        yield running


@pytest.fixture
def lin() -> Member:
    shop = base.shop("Harbour")
    base.agent(shop, "Wu", accepting=False)
    return base.agent(shop, "Lin", capacity=50)


def reached(member: Member, device: Device) -> PushSubscription:
    """Let a member be reached by a browser in which it is signed in."""
    key = base.desk(member).session.session_key or ""
    notices.subscribe_member(member, notices.Browser(device.endpoint, **device.keys), key)
    return PushSubscription.objects.get(digest=notices.digest(device.endpoint))


def push(browser: PushSubscription) -> None:
    """Promise one push and try it as often as it is tried."""
    said = {"title": "Mia", "body": "Hello", "tag": "t", "url": "/"}
    outbox.promise("push.send", {"subscription": browser.pk, "said": said}, browser.shop_id)
    for turn in range(1, 10):
        outbox.deliver_due(timezone.now() + turn * LATER)


@pytest.mark.django_db(transaction=True)
def test_a_slow_push_service_keeps_nothing_else_waiting(service: Service, lin: Member) -> None:
    browser = reached(lin, service.device("slow"))
    service.slow.add("/slow")
    for _ in range(pushing.THREADS):
        said = {"title": "Mia", "body": "Hello", "tag": "t", "url": "/"}
        outbox.promise("push.send", {"subscription": browser.pk, "said": said}, lin.shop_id)
    worker = Worker()
    running = threading.Thread(target=worker.run, daemon=True)
    running.start()
    try:
        until(lambda: service.calls == pushing.THREADS)  # each of its threads waits for that service
        name = default_storage.save("old.png", ContentFile(b"x"))
        outbox.promise("attachment.delete", {"files": [name]})
        until(lambda: not Outbox.objects.filter(kind="attachment.delete").exists())
        assert not default_storage.exists(name)
        assert not service.release.is_set()
        assert Outbox.objects.filter(kind="push.send").count() == pushing.THREADS
    finally:
        service.release.set()
        worker.stop()
        running.join(20)


def test_a_push_is_tried_three_times_and_what_is_dead_goes_in_the_end(service: Service, lin: Member) -> None:
    browser = reached(lin, service.device())
    service.status = 503
    push(browser)
    assert service.calls == pushing.TRIES == 3
    now = timezone.now()
    assert Outbox.objects.get().dead
    assert outbox.sweep(now + outbox.KEPT - timedelta(hours=1)) == 0
    waiting = outbox.promise("attachment.delete", {"files": []})
    assert outbox.sweep(now + outbox.KEPT + timedelta(hours=2)) == 1
    assert Outbox.objects.get() == waiting  # late, but not given up


@pytest.mark.django_db(transaction=True)
def test_the_worker_sweeps_the_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another sweep's trouble is its own: bad storage must not keep the rest for ever."""

    def bad(now: datetime) -> None:
        raise OSError("no storage")

    monkeypatch.setattr(workers, "_sweeps", [bad, *workers._sweeps])
    Outbox.objects.create(kind="push.send", lane="push", payload={}, dead=True, due_at=timezone.now() - 2 * outbox.KEPT)
    worker = Worker()
    worker._swept -= timedelta(hours=1)
    worker.once()
    assert not Outbox.objects.exists()


def rested(browser: PushSubscription) -> None:
    PushSubscription.objects.filter(pk=browser.pk).update(failed_at=timezone.now() - pushing.LONGEST)


def test_a_browser_that_only_fails_is_forgotten(service: Service, lin: Member) -> None:
    browser = reached(lin, service.device())
    service.status = 500
    for _ in range(pushing.GIVEN_UP):  # a short outage, however many pushes were on their way
        push(browser)
    browser.refresh_from_db()
    assert browser.failures == 1
    for _ in range(pushing.GIVEN_UP - 2):
        rested(browser)
        push(browser)
    assert PushSubscription.objects.get() == browser
    rested(browser)
    push(browser)
    assert not PushSubscription.objects.exists()


def test_one_success_forgives_all_failures(service: Service, lin: Member) -> None:
    browser = reached(lin, service.device())
    service.status = 500
    push(browser)
    browser.refresh_from_db()
    assert browser.failures == 1
    service.status = 201
    push(browser)
    browser.refresh_from_db()
    assert (browser.failures, browser.failed_at) == (0, None)


def test_a_browser_that_has_just_failed_rests_while_the_others_are_told(service: Service, lin: Member) -> None:
    failing, well = service.device("failing"), service.device("well")
    resting = reached(lin, failing)
    reached(lin, well)
    PushSubscription.objects.filter(pk=resting.pk).update(failures=3, failed_at=timezone.now())
    base.writes(base.buyer(lin.shop, "mia"))
    base.leave(lin)
    pushing.tell_agents()
    outbox.deliver_due()
    assert (len(well.shown), len(failing.shown)) == (1, 0)
    base.writes(base.buyer(lin.shop, "mia"), "Hello?")
    PushSubscription.objects.filter(pk=resting.pk).update(failed_at=timezone.now() - timedelta(minutes=5))
    pushing.tell_agents(timezone.now() + timedelta(seconds=90))
    outbox.deliver_due()
    assert (len(well.shown), len(failing.shown)) == (2, 1)


@pytest.mark.rule("C25")
def test_a_resting_browser_of_a_buyer_costs_nothing(service: Service, lin: Member) -> None:
    line, device = base.buyer(lin.shop, "mia"), service.device("phone")
    base.writes(line)
    notices.subscribe_buyer(base.token(line), notices.Browser(device.endpoint, **device.keys))
    PushSubscription.objects.update(failures=5, failed_at=timezone.now())
    base.replies(lin, base.session(line))
    assert pushing.tell_buyers(timezone.now() + timedelta(seconds=90)) == 0
    assert not Outbox.objects.exists()


def test_two_workers_who_saw_the_same_tell_it_once(service: Service, lin: Member) -> None:
    reached(lin, service.device())
    base.writes(base.buyer(lin.shop, "mia"))
    base.leave(lin)
    now = timezone.now()
    first, second = pushing.untold(now), pushing.untold(now)
    assert [pushing.promise_agent(lin, seen, now) for seen in (first, second)] == [1, 0]
    assert Outbox.objects.count() == 1
    base.writes(base.buyer(lin.shop, "mia"), "Hello?")
    later = now + timedelta(seconds=90)
    first, second = pushing.untold(later), pushing.untold(later)
    assert [pushing.promise_agent(lin, seen, later) for seen in (first, second)] == [1, 0]
    assert Outbox.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_workers_at_once_one_tells(service: Service, lin: Member) -> None:
    reached(lin, service.device())
    for name in ("mia", "bob", "eve"):
        base.writes(base.buyer(lin.shop, name))
    base.leave(lin)
    for turn in range(5):
        PushTold.objects.all().delete()
        Outbox.objects.all().delete()
        told = racing.together(*[pushing.tell_agents] * 4)
        assert sum(told) == 3, (turn, told)
        assert Outbox.objects.count() == 3


def test_one_effect_is_taken_by_one_worker(lin: Member) -> None:
    outbox.promise("attachment.delete", {"files": []})
    assert outbox.deliver_due(lane="push") == 0
    assert [outbox.deliver_due(lane=outbox.MAIN) for _ in range(2)] == [1, 0]


def test_who_has_waited_longest_is_told_first_and_nobody_is_left_out(
    service: Service, lin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many agents are away and have nothing to hear, they take no place of those who have."""
    monkeypatch.setattr(pushing, "ROUND", 2)
    reached(lin, service.device())
    for name in ("idle", "quiet"):
        other = base.agent(lin.shop, name)
        reached(other, service.device(name))
        people.set_accepting(other, False)
        base.leave(other)
    sessions = [base.writes(base.buyer(lin.shop, f"b{number}")) for number in range(3)]
    base.leave(lin)
    assert [one.pk for one in pushing.untold(timezone.now())] == [one.pk for one in sessions[:2]]
    assert [pushing.tell_agents() for _ in range(3)] == [2, 1, 0]
