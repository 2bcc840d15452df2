"""Webhooks: promised with the fact, only to who asked, tried as documented, never sent inside the house."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chat.actions import outbox, sessions
from chat.models import Outbox
from openplatform import grants, hooks
from openplatform.models import Subscription
from tests import base
from tests.hook_listener import Listener
from tests.openplatform.programs import Program

HOOKS = "/event/202309/webhooks"
MESSAGE = {"event_type": "NEW_MESSAGE", "address": "https://hooks.example/told"}


@pytest.fixture
def program(db: None) -> Program:
    return Program(base.agent(base.shop(), "Owner", role="owner"))


def promised() -> list[dict[str, Any]]:
    return [row.payload for row in Outbox.objects.filter(kind=hooks.KIND).order_by("pk")]


def test_a_subscription_is_kept_replaced_and_taken_back(program: Program) -> None:
    program.says("PUT", HOOKS, MESSAGE)
    program.says("PUT", HOOKS, MESSAGE | {"address": "https://hooks.example/other"})
    program.says("PUT", HOOKS, MESSAGE | {"event_type": "ORDER_STATUS_CHANGE"})
    told = program.says("GET", HOOKS)
    assert told["total_count"] == 2
    assert [one["address"] for one in told["webhooks"]] == ["https://hooks.example/other", MESSAGE["address"]]
    assert told["webhooks"][0]["update_time"] >= told["webhooks"][0]["create_time"] > 10**12
    program.says("DELETE", HOOKS, {"event_type": "NEW_MESSAGE"})
    assert program.refused("DELETE", HOOKS, {"event_type": "NEW_MESSAGE"}) == 45101003


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example/x", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.8/", "https://169.254.169.254/",
        "https://u:p@hooks.example/", "file:///etc/passwd", "https://", "x", "https://[64:ff9b::7f00:1]/", "https://a:x/",
    ],
)  # fmt: skip
def test_an_address_inside_the_house_is_refused(address: str, program: Program) -> None:
    assert program.refused("PUT", HOOKS, MESSAGE | {"address": address}) == 36009004
    assert not Subscription.objects.exists()


def test_who_asked_is_promised_each_message_and_nobody_else(program: Program) -> None:
    line, other = base.buyer(program.grant.shop), base.buyer(base.shop("Other"))
    base.writes(line)
    assert promised() == []
    program.says("PUT", HOOKS, MESSAGE)
    session = base.writes(line, "Hello?")
    base.writes(other)
    [one] = promised()
    assert (one["line"], one["seq"]) == (line.pk, session.conversation.last_seq)


def test_agents_who_join_and_leave_are_told_of(program: Program) -> None:
    program.says("PUT", HOOKS, MESSAGE | {"event_type": "NEW_CONVERSATION"})
    session = base.writes(base.buyer(program.grant.shop))
    assert len(promised()) == 1
    sessions.close(session.pk, program.grant.speaker)
    assert len(promised()) == 2


def test_a_program_that_was_revoked_or_unsubscribed_hears_nothing_more(
    program: Program, settings: Any, listener: Listener
) -> None:
    settings.OUTBOUND_ALLOW = [listener.host]
    program.says("PUT", HOOKS, MESSAGE | {"address": listener.address})
    base.writes(base.buyer(program.grant.shop))
    before = len(listener.heard)
    grants.revoke(program.grant, program.grant.speaker)
    assert outbox.deliver_due(lane="programs") == 0
    assert (promised(), len(listener.heard)) == ([], before)


def test_a_shop_that_nobody_asks_for_any_more_is_not_told_of(program: Program) -> None:
    shop = program.grant.shop
    for take_back in (
        lambda: program.says("DELETE", HOOKS, {"event_type": "NEW_MESSAGE"}),
        lambda: grants.revoke(program.grant, program.grant.speaker),
    ):
        program.says("PUT", HOOKS, MESSAGE)
        program.says("PUT", HOOKS, MESSAGE | {"event_type": "NEW_CONVERSATION"})
        shop.refresh_from_db()
        assert shop.is_followed
        program.says("DELETE", HOOKS, {"event_type": "NEW_CONVERSATION"})
        shop.refresh_from_db()
        assert shop.is_followed  # of the other one
        take_back()
        shop.refresh_from_db()
        assert not shop.is_followed


def test_what_failed_for_good_is_seen_on_the_page_and_sent_again(
    program: Program, settings: Any, listener: Listener
) -> None:
    settings.OUTBOUND_ALLOW = [listener.host]
    program.says("PUT", HOOKS, MESSAGE | {"address": listener.address})
    base.writes(base.buyer(program.grant.shop))
    Outbox.objects.update(dead=True, error="status: 503")
    client, address = base.desk(program.grant.speaker), f"/shops/{program.grant.shop_id}/settings/apps/"
    assert "503" in client.get(address).content.decode()
    before = len(listener.heard)
    client.post(address, {"do": "again", "grant": program.grant.pk})
    assert outbox.deliver_due(lane="programs") == 1
    assert (promised(), len(listener.heard)) == ([], before + 1)


def test_what_is_not_taken_is_tried_again_after_the_documented_waits(
    program: Program, settings: Any, listener: Listener
) -> None:
    settings.OUTBOUND_ALLOW = [listener.host]
    listener.status = 500
    program.says("PUT", HOOKS, MESSAGE | {"address": listener.address})
    base.writes(base.buyer(program.grant.shop))
    first, waits = len(listener.heard), []
    for _ in range(5):
        assert outbox.deliver_due(Outbox.objects.get().due_at, "programs") == 1
        row = Outbox.objects.get()
        waits.append(round((row.due_at - timezone.now()) / timedelta(minutes=1)))
    assert waits[:4] == [2, 30, 180, 720]
    assert row.dead
    assert len({body for _signature, body in listener.heard[first:]}) == 1  # one id to know it again by
    listener.status = 200


def test_a_redirect_is_not_followed(program: Program, settings: Any, listener: Listener) -> None:
    settings.OUTBOUND_ALLOW = [listener.host]
    listener.status = 302
    program.says("PUT", HOOKS, MESSAGE | {"address": listener.address})
    base.writes(base.buyer(program.grant.shop))
    outbox.deliver_due(lane="programs")
    assert Outbox.objects.get().tries == 1
    listener.status = 200
