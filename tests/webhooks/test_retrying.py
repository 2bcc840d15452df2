"""At least once and for a day, then a dead letter that can be sent again; nothing is ever sent inside the house."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chat.actions import outbox
from chat.models import Outbox
from shops.audit_entry import AuditEntry
from shops.errors import Invalid, Refused
from shops.models import Member
from tests import base
from tests.hook_listener import Listener
from webhooks import actions, health, telling
from webhooks.models import Endpoint, Kind

LANE = "webhooks"


@pytest.fixture
def narrow(owner: Member, hook: Endpoint) -> Endpoint:
    """The webhook, told of opened sessions only: one delivery for each new buyer."""
    return actions.change(owner, hook, hook.name, hook.url, [Kind.OPENED.value], is_on=True)


def one(of: Member) -> Outbox:
    """Let a new buyer write; return what was promised."""
    base.writes(base.buyer(of.shop))
    return Outbox.objects.filter(lane=LANE).latest("pk")


def test_what_is_not_taken_is_tried_eight_times_over_a_day(narrow: Endpoint, owner: Member, listener: Listener) -> None:
    listener.status, listener.answer = 500, b"no\0 " + b"x" * 9000
    row, waits = one(owner), list[timedelta]()
    while not row.dead:
        assert outbox.deliver_due(row.due_at, LANE) == 1
        row.refresh_from_db()
        waits.append(row.due_at - timezone.now())
    minutes = [round(wait / timedelta(minutes=1)) for wait in waits]
    assert minutes[:-1] == [1, 5, 30, 120, 240, 444, 600]
    assert sum(minutes[:-1]) == 24 * 60
    assert len({headers["X-Webhook-Id"] for headers in listener.headers}) == 1  # to know it again by
    assert (row.state, row.tries, len(row.attempts)) == ("failed", 8, 8)
    last = row.attempts[-1]
    assert (last["status"], last["answer"], last["error"]) == (500, "no " + "x" * 497, "status: 500")
    narrow.refresh_from_db()
    assert narrow.failing_since


def test_a_dead_letter_is_sent_again_alone_or_with_the_others(
    narrow: Endpoint, owner: Member, listener: Listener
) -> None:
    rows = [one(owner) for _ in range(3)]
    Outbox.objects.filter(lane=LANE).update(dead=True, tries=8)
    with pytest.raises(Refused, match="off"):
        actions.send_again(Endpoint(pk=narrow.pk, is_on=False))
    actions.send_again(narrow, rows[1])
    assert outbox.deliver_due(lane=LANE) == 1
    assert listener.headers[-1]["X-Webhook-Id"] == rows[1].payload["id"]
    assert actions.send_again(narrow) == 2
    with pytest.raises(Refused, match="not_over"):
        actions.send_again(narrow, rows[0])
    outbox.deliver_due(lane=LANE)
    assert [headers["X-Webhook-Id"] for headers in listener.headers[1:]] == [
        rows[0].payload["id"],
        rows[2].payload["id"],
    ]
    assert [row.state for row in Outbox.objects.filter(lane=LANE)] == ["done"] * 3


def test_what_a_killed_worker_had_in_hand_is_sent_by_the_next(
    narrow: Endpoint, owner: Member, listener: Listener
) -> None:
    row = one(owner)
    assert outbox._claim(timezone.now(), LANE) == row  # and is killed
    assert outbox.deliver_due(lane=LANE) == 0
    assert outbox.deliver_due(timezone.now() + outbox.CLAIM + timedelta(seconds=1), LANE) == 1
    assert len(listener.heard) == 1
    row.refresh_from_db()
    assert row.state == "done"


def test_who_fails_rests_and_keeps_nobody_waiting(narrow: Endpoint, owner: Member, listener: Listener) -> None:
    listener.status = 503
    first, second = one(owner), one(owner)
    assert outbox.deliver_due(lane=LANE) == 1  # the second waits without a try
    second.refresh_from_db()
    assert second.due_at >= timezone.now() + health.REST[0] - timedelta(seconds=30)
    assert one(owner).due_at >= second.due_at  # so does what happens meanwhile
    listener.status = 200
    assert outbox.deliver_due(timezone.now() + health.REST[0] + timedelta(seconds=5), LANE) == 3
    narrow.refresh_from_db()
    assert (narrow.failing_since, narrow.resting_until) == (None, None)
    assert one(owner).due_at <= timezone.now()
    first.refresh_from_db()
    assert first.state == "done"


@pytest.mark.parametrize("why", ["gone", "failing"])
def test_an_endpoint_that_is_gone_or_fails_for_three_days_is_turned_off_and_its_owner_told(
    why: str, narrow: Endpoint, owner: Member, listener: Listener
) -> None:
    listener.status = 410 if why == "gone" else 503
    if why == "failing":
        Endpoint.objects.update(failing_since=timezone.now() - health.LONG)
    row, other = one(owner), one(owner)
    outbox.deliver_due(lane=LANE)
    narrow.refresh_from_db()
    owner.shop.refresh_from_db()
    assert (narrow.is_on, narrow.off_why, owner.shop.is_followed) == (False, why, False)
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.dead, other.state, other.error) == (why == "gone", "failed", "off")
    entry = AuditEntry.objects.filter(kind="webhook.changed", actor=None).get()
    assert (entry.shop_id, entry.subject_id, entry.data["reason"]) == (owner.shop_id, narrow.pk, why)
    page = f"/shops/{owner.shop_id}/settings/"
    banner = f'href="/shops/{owner.shop_id}/settings/webhooks/{narrow.pk}/">'
    agent = base.agent(owner.shop, "Wu", role="agent")
    assert banner in base.web(owner).get(page).content.decode()
    assert banner not in base.web(agent).get(page).content.decode()
    actions.change(owner, narrow, narrow.name, narrow.url, narrow.kinds, is_on=True)
    owner.shop.refresh_from_db()
    assert owner.shop.is_followed
    assert banner not in base.web(owner).get(page).content.decode()


def test_a_shop_without_webhooks_is_not_told_of_any_more(narrow: Endpoint, owner: Member) -> None:
    owner.shop.refresh_from_db()
    assert owner.shop.is_followed
    row = one(owner)
    actions.remove(owner, narrow)
    owner.shop.refresh_from_db()
    assert not owner.shop.is_followed
    assert not Outbox.objects.filter(pk=row.pk).exists()


HOSTILE = [
    "http://hooks.example/x", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.8/", "https://169.254.169.254/",
    "https://u:p@hooks.example/", "file:///etc/passwd", "https://", "x", "https://[64:ff9b::7f00:1]/", "https://a:x/",
    "https://hooks.example/\0", "", None, 7, "https://hooks.example/" + "x" * 500,
]  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE)
def test_an_address_inside_the_house_is_refused_when_it_is_saved(url: Any, owner: Member) -> None:
    with pytest.raises(Invalid):
        actions.add(owner, "Inside", url, [Kind.OPENED.value], base="https://chat.example")
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "https://localhost/", "http://{host}/told"])
def test_an_address_inside_the_house_is_refused_when_it_is_sent(
    url: str, narrow: Endpoint, owner: Member, listener: Listener, settings: Any
) -> None:
    """A name may lead elsewhere by then, or the operator may have closed what was open."""
    settings.OUTBOUND_ALLOW = []
    Endpoint.objects.update(url=url.format(host=listener.host))
    row = one(owner)
    outbox.deliver_due(lane=LANE)
    row.refresh_from_db()
    assert row.attempts[0]["error"].startswith("not_allowed")
    assert listener.heard == []


def test_what_must_not_be_told_any_more_can_still_be_turned_off(narrow: Endpoint, owner: Member, settings: Any) -> None:
    settings.OUTBOUND_ALLOW = []
    assert not actions.change(owner, narrow, "Renamed", narrow.url, narrow.kinds, is_on=False).is_on
    with pytest.raises(Invalid):
        actions.change(owner, narrow, "Renamed", narrow.url + "/2", narrow.kinds, is_on=True)


def test_a_redirect_is_not_followed(narrow: Endpoint, owner: Member, listener: Listener) -> None:
    listener.status = 302
    row = one(owner)
    outbox.deliver_due(lane=LANE)
    row.refresh_from_db()
    assert (row.state, len(listener.heard)) == ("retrying", 1)


def test_a_test_is_sent_at_once_and_never_again(narrow: Endpoint, owner: Member, listener: Listener) -> None:
    listener.answer = b"Hello"
    done = actions.test(owner, narrow)
    assert (done.state, done.attempts[0]["status"], done.attempts[0]["answer"]) == ("done", 200, "Hello")
    assert listener.headers[-1]["X-Webhook-Type"] == "test"
    listener.status = 500
    assert actions.test(owner, narrow).state == "failed"
    narrow.refresh_from_db()
    assert narrow.failing_since is None
    assert outbox.deliver_due(timezone.now() + timedelta(days=2), LANE) == 0


def test_deliveries_are_kept_for_a_week_and_dead_letters_for_two(
    narrow: Endpoint, owner: Member, listener: Listener
) -> None:
    done, dead, now = one(owner), one(owner), timezone.now()
    outbox.deliver_due(lane=LANE)
    Outbox.objects.filter(pk=dead.pk).update(done_at=None, dead=True)
    assert outbox.sweep(now + outbox.DONE_KEPT - timedelta(hours=1)) == 0
    assert outbox.sweep(now + outbox.DONE_KEPT + timedelta(hours=1)) == 1
    assert list(Outbox.objects.filter(lane=LANE)) == [dead]
    assert outbox.sweep(now + outbox.KEPT + timedelta(hours=1)) == 1
    assert done.pk != dead.pk
    assert sum(telling.WAITS, timedelta()) == timedelta(days=1)
