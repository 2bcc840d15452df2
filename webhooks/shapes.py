"""How webhooks and what was sent by them look in REST (docs/wire.md)."""

from typing import Any, TypedDict

import orjson

from chat import serializers
from chat.models import Outbox
from shops import schema
from webhooks import bodies
from webhooks.models import TEST, Endpoint


class WebhookShape(TypedDict):
    id: int
    name: str
    url: str
    kinds: list[str]
    is_on: bool
    off_why: str
    off_at: str | None
    failing_since: str | None
    old_secret_until: str | None
    created_at: str


class NewWebhookShape(WebhookShape):
    secret: str


class AttemptShape(TypedDict):
    at: str
    ms: int
    status: int | None
    error: str
    answer: str


class DeliveryShape(TypedDict):
    id: int
    event: str
    type: str
    state: str
    tries: int
    error: str
    conversation: int | None
    seq: int | None
    created_at: str
    due_at: str | None
    done_at: str | None


class OneDeliveryShape(DeliveryShape):
    body: dict[str, Any] | None
    attempts: list[AttemptShape]


# Examples for the OpenAPI schema.
_HOOK = {
    **{"id": 3, "name": "Warehouse", "url": "https://shop.example.com/hooks/chat", "is_on": True, "off_why": ""},
    **{"kinds": ["session.opened", "message.created"], "off_at": None, "failing_since": None},
    **{"old_secret_until": None, "created_at": "2026-11-27T06:00:00.123Z"},
}
_SENT = {
    **{"id": 77, "event": "4f2c1f0e-0b53-4c0b-9d0e-6a1f5f0d7b11", "type": "session.opened", "state": "done"},
    **{"tries": 1, "error": "", "conversation": 40, "seq": 1, "due_at": None},
    **{"created_at": "2026-11-27T06:00:00.123Z", "done_at": "2026-11-27T06:00:00.410Z"},
}
_DATA = {"conversation": 40, "session": 88, "seq": 1, "buyer": {"id": 7, "uid": "b-7"}, "by": "buyer", "entry": "shop"}
_BODY = {
    **{"id": _SENT["event"], "version": bodies.VERSION, "type": "session.opened"},
    **{"created_at": _SENT["created_at"], "shop": 12, "data": _DATA},
}
_TRY = {"at": "2026-11-27T06:00:00.201Z", "ms": 209, "status": 200, "error": "", "answer": "ok"}
ENDPOINT = schema.shape(WebhookShape, _HOOK)
ISSUED = schema.shape(NewWebhookShape, {**_HOOK, "secret": "whsec_y8mJ2nq7vX0c4kT1bR6wZ9sL3pD5fG8h"})
DELIVERY = schema.shape(DeliveryShape, _SENT)
ONE_DELIVERY = schema.shape(OneDeliveryShape, {**_SENT, "body": _BODY, "attempts": [_TRY]})


def endpoint(found: Endpoint) -> WebhookShape:
    return {
        "id": found.pk,
        "name": found.name,
        "url": found.url,
        "kinds": found.kinds,
        "is_on": found.is_on,
        "off_why": found.off_why,
        "off_at": serializers.maybe(found.off_at),
        "failing_since": serializers.maybe(found.failing_since),
        "old_secret_until": serializers.maybe(found.before_until),
        "created_at": serializers.moment(found.created_at),
    }


def delivery(row: Outbox) -> DeliveryShape:
    told = row.payload
    is_over = row.state in ("done", "failed")
    return {
        "id": row.pk,
        "event": told["id"],
        "type": told["type"],
        "state": row.state,
        "tries": row.tries,
        "error": row.error,
        "conversation": None if told["type"] == TEST else told["line"],
        "seq": told.get("seq") or None,
        "created_at": serializers.moment(row.created_at),
        "due_at": None if is_over else serializers.moment(row.due_at),
        "done_at": serializers.maybe(row.done_at),
    }


def one_delivery(of: Endpoint, row: Outbox) -> OneDeliveryShape:
    """Return a delivery with every try, and the body as it would be sent now."""
    body = bodies.written(of, row.payload)
    return {**delivery(row), "body": orjson.loads(body) if body else None, "attempts": row.attempts}
