"""The door to a shop: from an id in an address or frame to what this person may touch. Not yours is not there."""

from django.db.models import QuerySet

from lib import quick
from shops import permissions
from shops.errors import NotYours
from shops.models import Member, Shop, User

MAX_ID = 2**63 - 1
# MemberQuerySet.active as constant SQL.
IS_ACTIVE = (
    f'is_active AND EXISTS (SELECT 1 FROM "{User._meta.db_table}" AS person '
    "WHERE person.id = user_id AND person.is_active)"
)


def member(user: object, shop_id: int) -> Member:
    """Return this person's account in the shop; raise NotYours."""
    if not isinstance(user, User) or not user.is_active or not 0 < shop_id <= MAX_ID:
        raise NotYours
    trip = quick.Trip()
    found = trip.rows(Member, (f"user_id = %s AND shop_id = %s AND {IS_ACTIVE}", [user.pk, shop_id]))
    shops = trip.rows(Shop, ("id = %s", [shop_id]))
    trip.go()
    if not found:
        raise NotYours
    found[0].shop, found[0].user = shops[0], user
    return found[0]


def agent(user: object, shop_id: int) -> Member:
    """Return this person's account if it may open the chat tool (A1); raise NotYours or NotAllowed."""
    found = member(user, shop_id)
    permissions.require(found, "use the desk")
    return found


def accounts(by: Member) -> "QuerySet[Member]":
    """Return every account of the member's shop, the closed ones too, with its person and a pending invitation."""
    return Member.objects.filter(shop_id=by.shop_id).select_related("shop", "user__invitation")


def account(by: Member, member_id: int) -> Member:
    """Return one of them; raise NotYours."""
    found = accounts(by).filter(pk=member_id).first() if 0 < member_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found


def shop(shop_id: int) -> Shop:
    """Return a shop for a buyer's entry, which its identity then proves; raise NotYours."""
    found = Shop.objects.filter(pk=shop_id).first() if 0 < shop_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found
