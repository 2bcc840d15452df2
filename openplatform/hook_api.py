"""Where a program wants to be told: /event/…/webhooks."""

import re

from django.conf import settings
from django.utils import timezone

from chat import outgoing
from lib import outbound
from lib.db import write
from openplatform import faults, hooks
from openplatform.asked import Asked
from openplatform.gate import ShopCaller
from openplatform.models import Subscription
from openplatform.operations import Field, must, operation
from openplatform.shapes import NothingShape, WebhookShape, WebhooksShape
from shops.pages import base_of
from shops.schema import TEXT

NAME = re.compile(r"[A-Z][A-Z0-9_]{0,39}", re.ASCII)
ADDRESS = 500  # characters
MOST = 80  # kinds of events
EVENT = {"type": "string", "pattern": f"^{NAME.pattern}$"}
_ASKED = Field("event_type", EVENT, "Where the body does not say it.")


@operation("Get Shop Webhooks")
def many(caller: ShopCaller, asked: Asked) -> WebhooksShape:
    """The addresses of this program in this shop."""
    found: list[WebhookShape] = [
        {
            "event_type": row.event,
            "address": row.address,
            "create_time": int(row.created_at.timestamp() * 1000),
            "update_time": int(row.updated_at.timestamp() * 1000),
        }
        for row in Subscription.objects.filter(grant=caller.grant).order_by("event")
    ]
    return {"webhooks": found, "total_count": len(found)}


@operation(
    "Update Shop Webhook",
    query=[_ASKED],
    body=[must("event_type", EVENT), must("address", {**TEXT, "maxLength": ADDRESS}, "Public, https.")],
    faults=[faults.criteria()],
)
def put(caller: ShopCaller, asked: Asked) -> NothingShape:
    """Be told of one kind of event at this public https address; the one before is replaced."""
    event, address, now = _event(asked), asked.field("address"), timezone.now()
    if len(address) > ADDRESS:
        raise faults.bad("address is too long")
    try:
        outbound.check_public(address, settings.OUTBOUND_ALLOW)
    except outbound.OutboundError as error:
        raise faults.bad(f"address can't be told: {error}") from None
    about = {"address": address, "updated_at": now, "base": base_of(asked.request)}
    with write():
        rows = Subscription.objects.filter(grant=caller.grant)
        if rows.exclude(event=event).count() >= MOST:
            raise faults.criteria("Too many webhooks")
        rows.update_or_create(event=event, defaults=about, create_defaults={**about, "grant": caller.grant})
        outgoing.follow(caller.shop.pk)
    return {}


@operation("Delete Shop Webhook", query=[_ASKED], body=[must("event_type", EVENT)], faults=[faults.not_found()])
def delete(caller: ShopCaller, asked: Asked) -> NothingShape:
    """Be told of it no more."""
    with write():
        found = Subscription.objects.filter(grant=caller.grant, event=_event(asked)).first()
        if found is None:
            raise faults.not_found("Webhook")
        hooks.unsubscribe([found])
        outgoing.settle(caller.shop.pk)
    return {}


def _event(asked: Asked) -> str:
    event = asked.field("event_type") if "event_type" in asked.body else asked.text("event_type")
    if not NAME.fullmatch(event):
        raise faults.bad("event_type is missing or no name of an event")
    return event
