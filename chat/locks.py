"""The row locks and their one order: desks, then conversations, each in ascending id, before any write."""

from collections.abc import Iterable

from chat.models import Conversation, ServiceSession, SessionQuerySet
from lib import quick
from shops.errors import NotYours
from shops.models import Buyer, Desk, Shop


def desk(shop_id: int) -> Desk:
    """Lock a shop's desk: whoever routes, takes, hands over, closes or changes load, capacity or presence."""
    return desks([shop_id])[shop_id]


def desks(shop_ids: Iterable[int]) -> dict[int, Desk]:
    wanted = sorted(set(shop_ids))
    if not wanted:
        return {}
    rows = Desk.objects.select_for_update().filter(shop_id__in=wanted).order_by("shop_id")
    found = {row.pk: row for row in rows}
    # A second query: a row joined by the first could be older than what the last holder of the lock committed.
    for shop in Shop.objects.filter(pk__in=found):
        found[shop.pk].shop = shop
    return found


def conversations(ids: Iterable[int]) -> dict[int, Conversation]:
    """Lock conversations; nothing in them changes until the commit."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    where, params = quick.among("id", wanted)
    found = {row.pk: row for row in quick.rows(Conversation, where, params, order="id", lock=True)}
    buyers = quick.by_id(Buyer, (line.buyer_id for line in found.values()))
    for line in found.values():
        line.buyer = buyers[line.buyer_id]
    return found


def session(shop_id: int, session_id: int) -> tuple[Desk, ServiceSession]:
    """Lock a session's desk and conversation and return the session as it is under them; raise NotYours."""
    held = desk(shop_id)
    return held, sessions(shop_id, [session_id])[0]


def sessions(shop_id: int, ids: Iterable[int]) -> list[ServiceSession]:
    """Lock the conversations of sessions whose desk is held; return the sessions in the order asked for."""
    wanted = list(ids)
    pairs = dict(ServiceSession.objects.filter(shop_id=shop_id, pk__in=wanted).values_list("pk", "conversation_id"))
    if len(pairs) != len(set(wanted)):
        raise NotYours
    lines = conversations(pairs.values())
    found = {row.pk: row for row in loaded().filter(pk__in=wanted)}
    for row in found.values():
        row.conversation = lines[row.conversation_id]
    return [found[pk] for pk in wanted]


def loaded() -> SessionQuerySet:
    """Sessions with all that a row and an event need."""
    return ServiceSession.objects.select_related("shop", "conversation", "buyer", "assignee", "last_assignee", "rating")
