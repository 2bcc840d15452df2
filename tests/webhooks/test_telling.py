"""A shop's own systems are told what happens in its conversations, signed, and nothing that is not their business."""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chat.actions import data_jobs, outbox, ratings, reports, sessions
from chat.models import Attachment, DataRequest, Message, Outbox
from shops.models import Member, User
from tests import base
from tests.hook_listener import Listener
from webhooks import actions
from webhooks.models import Endpoint, Kind


def told(listener: Listener) -> list[dict[str, Any]]:
    """Let the outbox do what is due; return the bodies that came."""
    before = len(listener.heard)
    outbox.deliver_due(lane="webhooks")
    return [json.loads(body) for _signature, body in listener.heard[before:]]


def is_signed(secret: str, headers: Any, body: bytes) -> bool:
    """Check a signature with the lines of docs/webhooks.md."""
    signed = headers["X-Webhook-Timestamp"].encode() + b"." + body
    wanted = "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(wanted, one) for one in headers["X-Webhook-Signature"].split(","))


@pytest.mark.rule("H2")
def test_each_kind_is_told_when_it_really_happens(hook: Endpoint, owner: Member, listener: Listener) -> None:
    line = base.buyer(owner.shop, "b-7")
    session = base.writes(line, "Is it in stock?")
    base.replies(owner, session, "Yes, it is.")
    ratings.rate(owner.shop_id, line.pk, session.pk, 2, "Slow", ["slow"])
    sessions.close(session.pk, owner)
    report = reports.submit(session.pk, owner, "spam", "Only links.")
    reports.decide(report, User.objects.create_user("platform", is_staff=True), True, "Seen.")
    heard = told(listener)
    found = {one["type"]: one for one in heard}
    assert set(found) == set(Kind.values)
    for one in heard:
        assert (one["version"], one["shop"]) == (1, owner.shop_id)
        assert one["data"]["buyer"] == {"id": line.buyer_id, "uid": "b-7"}
        assert (one["data"]["conversation"], one["data"]["session"]) == (line.pk, session.pk)
    numbers = [one["data"]["seq"] for one in heard if one["type"] != Kind.DECIDED]
    assert numbers == sorted(set(numbers))  # in order, each once
    agent = {"id": owner.pk, "nickname": "Owner"}
    assert found["session.opened"]["data"]["by"] == "buyer"
    assert found["session.assigned"]["data"]["agent"] == agent
    assert found["session.closed"]["data"]["reason"] == "agent"
    rated = found["session.rated"]["data"]
    assert (rated["stars"], rated["words"], rated["reasons"], rated["agent"]) == (2, "Slow", ["slow"], agent)
    said = [one["data"]["message"] for one in heard if one["type"] == Kind.MESSAGE]
    talk = [(one["sender"]["kind"], one["text"]) for one in said if one["sender"]["kind"] in ("buyer", "agent")]
    assert talk == [("buyer", "Is it in stock?"), ("agent", "Yes, it is.")]
    assert (found["report.decided"]["data"]["report"]["id"], found["report.decided"]["data"]["report"]["state"]) == (
        report.pk,
        "approved",
    )
    assert Outbox.objects.exclude(done_at=None).count() == len(heard)  # kept, to be looked at


def test_what_is_told_can_be_proved_with_the_secret(issued: actions.Issued, owner: Member, listener: Listener) -> None:
    base.writes(base.buyer(owner.shop))
    told(listener)
    headers, (_none, body) = listener.headers[-1], listener.heard[-1]
    assert is_signed(issued.secret, headers, body)
    assert not is_signed("whsec_other", headers, body)
    assert not is_signed(issued.secret, headers, body + b" ")
    assert headers["X-Webhook-Id"] == json.loads(body)["id"]
    assert abs(int(headers["X-Webhook-Timestamp"]) - timezone.now().timestamp()) < 60


def test_while_a_secret_is_replaced_both_sign_and_then_the_new_one(
    issued: actions.Issued, owner: Member, listener: Listener
) -> None:
    new = actions.renew_secret(owner, issued.endpoint).secret
    assert new != issued.secret
    line = base.buyer(owner.shop)
    base.writes(line)
    told(listener)
    headers, body = listener.headers[-1], listener.heard[-1][1]
    assert is_signed(issued.secret, headers, body)
    assert is_signed(new, headers, body)
    Endpoint.objects.update(before_until=timezone.now() - timedelta(seconds=1))
    base.writes(line)
    told(listener)
    headers, body = listener.headers[-1], listener.heard[-1][1]
    assert not is_signed(issued.secret, headers, body)
    assert is_signed(new, headers, body)


def test_only_what_was_chosen_is_told_and_only_of_ones_own_shop(
    hook: Endpoint, owner: Member, listener: Listener
) -> None:
    base.writes(base.buyer(base.shop("Other")))
    actions.change(owner, hook, hook.name, hook.url, [Kind.OPENED.value], is_on=True)
    base.writes(base.buyer(owner.shop))
    assert [one["type"] for one in told(listener)] == ["session.opened"]
    actions.change(owner, hook, hook.name, hook.url, [Kind.OPENED.value], is_on=False)
    base.writes(base.buyer(owner.shop))
    assert not Outbox.objects.filter(done_at=None).exists()


def test_a_card_is_told_without_whom_the_parcel_goes_to(hook: Endpoint, owner: Member, listener: Listener) -> None:
    line = base.buyer(owner.shop)
    order = base.order(line, "O-77", **base.RECIPIENT)
    base.writes(line, kind="order_card", ref=order.pk)
    heard = json.dumps(told(listener), ensure_ascii=False)
    assert "O-77" in heard
    assert not [value for value in base.RECIPIENT.values() if value in heard]
    assert not [row for row in Outbox.objects.all() if "O-77" in json.dumps(row.payload)]  # no copy lies in the outbox


def test_links_to_files_name_this_server(hook: Endpoint, owner: Member, listener: Listener) -> None:
    line = base.buyer(owner.shop)
    base.writes(line)
    picture = Attachment.objects.create(
        shop=owner.shop,
        kind="image",
        mime="image/png",
        file="im/x.png",
        preview="im/y.png",
        width=1,
        height=1,
        size=1,
        bound=True,
    )
    Message.objects.filter(conversation=line, sender_kind="buyer").update(kind="image", text="", attachment=picture)
    [said] = [one["data"]["message"] for one in told(listener) if one["type"] == Kind.MESSAGE and "image" in str(one)]
    assert said["attachment"]["url"].startswith("https://chat.example/media/")


def test_what_was_erased_before_it_was_sent_is_not_told_and_no_answer_stays(
    hook: Endpoint, owner: Member, listener: Listener
) -> None:
    line = base.buyer(owner.shop)
    session = base.writes(line, "My secret")
    listener.answer = b"You said: My secret"
    told(listener)
    assert "My secret" in json.dumps(list(Outbox.objects.values_list("attempts", flat=True)))
    base.replies(owner, session)
    sessions.close(session.pk, owner)
    listener.answer = b""
    data_jobs.order(line.buyer, DataRequest.Kind.ERASE, owner)
    outbox.deliver_due(lane="privacy")
    assert "My secret" not in json.dumps(told(listener))
    assert "My secret" not in json.dumps(list(Outbox.objects.values_list("attempts", flat=True)))
