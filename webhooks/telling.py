"""Send what was promised: signed, at least once, tried again over a day (docs/webhooks.md)."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from chat import posting
from chat.actions import outbox
from chat.actions.outbox import Failed, Heard
from shops.models import Shop
from webhooks import bodies, health
from webhooks.models import TEST, Endpoint
from webhooks.promising import KIND

THREADS = 4
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=7, minutes=24),
    timedelta(hours=10),
)  # a day in all
GONE = 410


def deliver(payload: dict[str, Any]) -> Heard:
    """Outbox handler: tell one endpoint of one thing."""
    to = Endpoint.objects.filter(pk=payload["to"]).first()
    is_test = payload["type"] == TEST
    if to is None or not (to.is_on or is_test):
        raise Failed("off", final=True)
    body = bodies.written(to, payload)
    if body is None:
        raise Failed("removed", final=True)
    try:
        heard = posting.post(to.url, body, headers(to, payload, body, timezone.now()))
    except Failed as failed:
        failed.final = is_test or failed.status == GONE
        if not is_test:
            health.failed(to, is_gone=failed.status == GONE)
        raise
    if not is_test:
        health.answered(to)
    return heard


def headers(to: Endpoint, payload: dict[str, Any], body: bytes, now: datetime) -> dict[str, str]:
    """Return what is sent beside a body; while a secret is being replaced, both sign."""
    at = str(int(now.timestamp()))
    signed = [hmac.new(one.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest() for one in to.secrets(now)]
    return {
        "Content-Type": "application/json",
        "User-Agent": "SellerCenter-Webhooks/1",
        "X-Webhook-Id": payload["id"],
        "X-Webhook-Type": payload["type"],
        "X-Webhook-Timestamp": at,
        "X-Webhook-Signature": ",".join(f"v1={one}" for one in signed),
    }


def forget_answers(shop: Shop, before: datetime | None = None) -> None:
    """Words are gone for good: what the shop's systems answered may repeat them."""
    outbox.forget_answers(KIND, shop.pk, before)
