"""Webhooks 13 and 14: promised with the fact they tell of, signed, sent at least once, given up after 12 hours more."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import orjson

from chat import posting
from chat.actions import outbox
from chat.models import Conversation, Event, Message
from chat.outgoing import Happened
from openplatform import signing, wire
from openplatform.messages import Page
from openplatform.models import Subscription

KIND = "program.tell"
THREADS = 4
PATIENCE = 3.0  # seconds
WAITS = (timedelta(minutes=2), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12))
NUMBERS = {Subscription.Event.NEW_CONVERSATION: 13, Subscription.Event.NEW_MESSAGE: 14}


def promise(happened: Sequence[Happened]) -> None:
    """Promise to tell the programs that asked for it, in the transaction of what happened."""
    shops = {one.session.shop_id for one in happened}
    rows = Subscription.objects.filter(grant__shop__in=shops, grant__app__is_active=True, event__in=NUMBERS)
    wanted = list(rows.values_list("pk", "event", "grant__shop"))
    outbox.promise_all(
        KIND,
        (
            outbox.Promise(shop, _payload(pk, one), target(pk))
            for one in happened
            for pk, event, shop in wanted
            if shop == one.session.shop_id and event == event_of(one)
        ),
    )


def is_asked(shop_id: int) -> bool:
    """Whether a program wants to be told of this shop."""
    return Subscription.objects.filter(grant__shop=shop_id).exists()


def target(subscription_id: int) -> str:
    """Name an address in the outbox."""
    return f"program {subscription_id}"


def unsubscribe(rows: Iterable[Subscription]) -> None:
    """Tell these addresses no more, not even what was promised; in the running transaction."""
    for row in rows:
        outbox.forget(target(row.pk))
        row.delete()


def _payload(pk: int, one: Happened) -> dict[str, Any]:
    return {"to": pk, "line": one.session.conversation_id, "seq": one.seq, "id": str(secrets.randbits(62))}


def event_of(one: Happened) -> str:
    """Return what programs call it; empty where they are not told."""
    if one.kind == Event.Kind.MESSAGE:
        return Subscription.Event.NEW_MESSAGE
    left = one.kind == Event.Kind.QUEUED and one.session.first_assigned_at is not None
    closed = one.kind == Event.Kind.CLOSED and one.session.last_assignee_id is not None
    joined = one.kind == Event.Kind.ASSIGNED
    return Subscription.Event.NEW_CONVERSATION if joined or left or closed else ""


def deliver(payload: dict[str, Any]) -> None:
    """Outbox handler: tell one program of one thing; whoever unsubscribed meanwhile is not told."""
    rows = Subscription.objects.select_related("grant__app", "grant__shop")
    to = rows.filter(pk=payload["to"], grant__app__is_active=True).first()
    event = Event.objects.filter(conversation=payload["line"], seq=payload["seq"]).first()
    if to is None or event is None:
        return
    body = orjson.dumps(told(to, event, payload["id"]))
    app = to.grant.app
    headers = {"Content-Type": "application/json", "Authorization": signing.sign_webhook(app.secret, app.key, body)}
    address = to.address
    posting.post(address, body, headers, patience=PATIENCE, good=(200,))


def told(to: Subscription, event: Event, notification: str) -> dict[str, Any]:
    """Return the body of a webhook; read when it is sent, so a recalled message is told as one."""
    line = Conversation.objects.select_related("buyer").get(pk=event.conversation_id)
    line.shop = to.grant.shop
    return {
        "type": NUMBERS[Subscription.Event(to.event)],
        "tts_notification_id": notification,
        "shop_id": str(line.shop_id),
        "timestamp": wire.seconds(event.at),
        "data": _message(event, line, to.base) if event.message_id else _conversation(line),
    }


def _conversation(line: Conversation) -> dict[str, Any]:
    return {"conversation_id": str(line.pk), "create_time": wire.seconds(line.buyer.created_at)}


def _message(event: Event, line: Conversation, base: str) -> dict[str, Any]:
    one = Message.objects.select_related("member", "attachment").get(pk=event.message_id or 0)
    said = Page(line, base, [one]).said(one)
    who = {"im_user_id": said["sender"]["im_user_id"], "role": said["sender"]["role"]}
    told = {name: said[name] for name in ("type", "content", "create_time", "is_visible", "index")}
    return {"message_id": said["id"], "conversation_id": str(line.pk), **told, "sender": who}
