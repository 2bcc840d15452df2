"""The body of what is told (docs/webhooks.md), written from what is stored when it is sent.

So a message that was recalled or erased meanwhile is told as such, and no copy of what people said lies elsewhere.
"""

from collections.abc import Callable
from typing import Any

import orjson

from chat import serializers, shapes
from chat.models import Assignment, Event, Rating, UserReport
from shops.models import Buyer
from webhooks.models import TEST, Endpoint, Kind

VERSION = 1
Fields = dict[str, Any]


def written(to: Endpoint, payload: dict[str, Any]) -> bytes | None:
    """Return the body as it is sent; None where what it would tell is not there any more."""
    if payload["type"] == TEST:
        return _body(to, payload, payload["at"], {"name": to.name})
    if payload["type"] == Kind.DECIDED:
        return _decided(to, payload)
    rows = Event.objects.select_related("message__attachment", "message__member", "session__buyer")
    event = rows.filter(shop=to.shop_id, conversation=payload["line"], seq=payload["seq"]).first()
    if event is None:
        return None
    data = {
        "conversation": event.conversation_id,
        "session": event.session_id,
        "seq": event.seq,
        "buyer": buyer(event.session.buyer),
        **_FIELDS[payload["type"]](to, event),
    }
    return _body(to, payload, serializers.moment(event.at), data)


def buyer(of: Buyer) -> Fields:
    """Name a buyer by numbers: the shop knows by `uid` who it is."""
    return {"id": of.pk, "uid": of.uid}


def _body(to: Endpoint, payload: dict[str, Any], at: str, data: Fields) -> bytes:
    head = {"id": payload["id"], "version": VERSION, "type": payload["type"], "created_at": at, "shop": to.shop_id}
    return orjson.dumps({**head, "data": data})


def _as_logged(to: Endpoint, event: Event) -> Fields:
    return dict(event.data)


def _assigned(to: Endpoint, event: Event) -> Fields:
    """Name the agent of that moment, by the assignment that began then."""
    rows = Assignment.objects.select_related("member").filter(session=event.session_id, started_at__lte=event.at)
    began = rows.order_by("-started_at", "-pk").first()
    return {"agent": serializers.colleague(began.member if began else None)}


def _rated(to: Endpoint, event: Event) -> Fields:
    rating = Rating.objects.select_related("member").filter(session=event.session_id).first()
    return {**event.data, "agent": serializers.colleague(rating.member if rating else None)}


def _message(to: Endpoint, event: Event) -> Fields:
    said = event.message
    assert said is not None  # the database says so of this kind
    found: Any = serializers.message(said, said.member.nickname if said.member else "")  # buyers are told by number
    found.pop("client_msg_id")
    if said.attachment:
        found["attachment"] = _linked(found["attachment"], to.base)
    return {"message": found}


def _linked(found: shapes.AttachmentShape, base: str) -> shapes.AttachmentShape:
    """Let links name this server: whoever is told has no page that they could be relative to."""
    return {**found, "url": base + found["url"], "preview": base + found["preview"]}


def _decided(to: Endpoint, payload: dict[str, Any]) -> bytes | None:
    rows = UserReport.objects.select_related("session__buyer").filter(shop=to.shop_id, pk=payload["report"])
    found = rows.first()
    if found is None:
        return None
    data = {
        "conversation": found.session.conversation_id,
        "session": found.session_id,
        "buyer": buyer(found.session.buyer),
        "report": {
            "id": found.pk,
            "reason": found.reason,
            "state": payload["state"],
            "submitted_at": serializers.moment(found.submitted_at),
            "decided_at": payload["at"],
        },
    }
    return _body(to, payload, payload["at"], data)


_FIELDS: dict[str, Callable[[Endpoint, Event], Fields]] = {
    Kind.OPENED: _as_logged,
    Kind.ASSIGNED: _assigned,
    Kind.CLOSED: _as_logged,
    Kind.MESSAGE: _message,
    Kind.RATED: _rated,
}
