"""The row locks and their one order: desks, then conversations, each in ascending id, before any write."""

from collections.abc import Iterable

from chat.models import Conversation, Rating, ServiceSession, SessionQuerySet
from lib import quick
from shops.errors import NotYours
from shops.models import Buyer, Desk, Member, Shop


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


def conversations(ids: Iterable[int], *, lock: bool = True) -> dict[int, Conversation]:
    """Lock conversations (or only read them); nothing in them changes until the commit."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    where, params = quick.among("id", wanted)
    found = {row.pk: row for row in quick.rows(Conversation, where, params, order="id", lock=lock)}
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
    if not wanted:
        return []
    where, params = quick.among("id", wanted)
    where, params = f"{where} AND shop_id = %s", [*params, shop_id]
    lines = conversations(row.conversation_id for row in quick.rows(ServiceSession, where, params))
    found = {row.pk: row for row in gathered(quick.rows(ServiceSession, where, params), lines)}
    if len(found) != len(set(wanted)):
        raise NotYours
    return [found[pk] for pk in wanted]


def gathered(
    rows: list[ServiceSession], lines: dict[int, Conversation], *, ratings: bool = True
) -> list[ServiceSession]:
    """Give sessions all that a row and an event need: one object for each shop and agent, however many sessions."""
    shops = quick.by_id(Shop, (row.shop_id for row in rows))
    members = quick.by_id(Member, (pk for row in rows for pk in (row.assignee_id, row.last_assignee_id) if pk))
    for row in rows:
        row.shop, row.conversation = shops[row.shop_id], lines[row.conversation_id]
        row.buyer = row.conversation.buyer
        row.assignee = members.get(row.assignee_id or 0)
        row.last_assignee = members.get(row.last_assignee_id or 0)
    if ratings and rows:
        stars = {
            one.session_id: one for one in quick.rows(Rating, *quick.among("session_id", [row.pk for row in rows]))
        }
        for row in rows:
            row._state.fields_cache["rating"] = stars.get(row.pk)  # None: known to have none
    return rows


def shown(session_id: int) -> ServiceSession:
    """Return a session as it is now, with all that its row needs; nothing is locked."""
    rows = list(quick.by_id(ServiceSession, [session_id]).values())
    return gathered(rows, conversations((row.conversation_id for row in rows), lock=False))[0]


def loaded() -> SessionQuerySet:
    """Sessions with all that a row and an event need."""
    return ServiceSession.objects.select_related("shop", "conversation", "buyer", "assignee", "last_assignee", "rating")
