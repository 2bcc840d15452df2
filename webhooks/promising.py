"""Promise what a shop's endpoints are told, in the transaction of what happened (H2)."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from chat import outgoing
from chat.actions import outbox
from chat.models import Event
from chat.outgoing import Happened
from webhooks.models import Endpoint, Kind

KIND = "webhook.tell"
_NAMES = {
    Event.Kind.MESSAGE: Kind.MESSAGE,
    Event.Kind.OPENED: Kind.OPENED,
    Event.Kind.ASSIGNED: Kind.ASSIGNED,
    Event.Kind.CLOSED: Kind.CLOSED,
    Event.Kind.RATED: Kind.RATED,
    outgoing.DECIDED: Kind.DECIDED,
}


def promise(happened: Sequence[Happened]) -> None:
    """Promise to tell the endpoints that asked for it; all of them know one event by the same id."""
    told = [one for one in happened if one.kind in _NAMES]
    rows = Endpoint.objects.filter(shop__in={one.session.shop_id for one in told}, is_on=True)
    asking = list(rows.only("shop", "kinds", "resting_until")) if told else []
    if not asking:
        return
    now, promises = timezone.now(), []
    for one in told:
        payload = _payload(one)
        for to in asking:
            if to.shop_id == one.session.shop_id and payload["type"] in to.kinds:
                due = max(now, to.resting_until or now)
                promises.append(outbox.Promise(to.shop_id, {"to": to.pk, **payload}, to.target, due))
    outbox.promise_all(KIND, promises)


def is_asked(shop_id: int) -> bool:
    """Whether an endpoint wants to be told of this shop."""
    return Endpoint.objects.filter(shop=shop_id, is_on=True).exists()


def _payload(one: Happened) -> dict[str, Any]:
    """Return what leads to the body later: nothing of what people said is kept here."""
    found = {"id": str(uuid.uuid4()), "type": _NAMES[one.kind].value, "line": one.session.conversation_id}
    return {**found, "session": one.session.pk, "seq": one.seq, **(one.data or {})}
