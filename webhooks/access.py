"""The door to webhooks and what was sent by them: another shop's is not there."""

from django.db.models import QuerySet

from chat import deliveries
from chat.models import Outbox
from shops.access import MAX_ID
from shops.errors import NotYours
from shops.models import Member
from webhooks.models import Endpoint


def endpoints(member: Member) -> "QuerySet[Endpoint]":
    """Return the shop's webhooks, of which there are few, the oldest first."""
    return Endpoint.objects.filter(shop=member.shop_id).order_by("pk")


def endpoint(member: Member, endpoint_id: int) -> Endpoint:
    """Return one of them; raise NotYours."""
    found = endpoints(member).filter(pk=endpoint_id).first() if 0 < endpoint_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found


def delivery(of: Endpoint, delivery_id: int) -> Outbox:
    """Return something that was sent to it; raise NotYours."""
    found = deliveries.of([of.target]).filter(pk=delivery_id).first() if 0 < delivery_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found
