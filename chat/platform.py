"""The door of the platform's staff to sellers and shops (A7): all but the shops that they work in themselves."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q, QuerySet

from chat import access
from shops.access import MAX_ID
from shops.errors import NotYours
from shops.models import Member, Seller, Shop

PAGE = 50
QUESTION = 60  # characters of a search


class Row(NamedTuple):
    """A shop with its owner, whose person and pending invitation are at hand."""

    shop: Shop
    owner: Member | None


def shops(user: object) -> QuerySet[Shop]:
    """Return the shops that this person of the platform looks after; raise NotYours for everybody else."""
    staff = access.platform(user)
    own = Member.objects.active().filter(user=staff).values("shop_id")
    return Shop.objects.exclude(pk__in=own).select_related("seller")


def shop(user: object, shop_id: int) -> Row:
    """Return one of them; raise NotYours."""
    found = shops(user).filter(pk=shop_id) if 0 < shop_id <= MAX_ID else []
    for one in _with_owners(found):
        return one
    raise NotYours


def seller(user: object, seller_id: int) -> Seller:
    """Return a seller, to open a further shop for; raise NotYours, for one that this person works for too."""
    own = Member.objects.active().filter(user=access.platform(user)).values("shop__seller_id")
    found = Seller.objects.exclude(pk__in=own).filter(pk=seller_id).first() if 0 < seller_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found


def page(user: object, q: str, before: int) -> tuple[list[Row], int | None]:
    """Return a page of shops, the newest first, by part of the shop's, seller's or owner's name; and the next's."""
    rows = shops(user).order_by("-pk")
    if before:
        rows = rows.filter(pk__lt=before)
    if q:
        owned = Member.objects.filter(role=Member.Role.OWNER, user__username__icontains=q).values("shop_id")
        rows = rows.filter(Q(name__icontains=q) | Q(seller__name__icontains=q) | Q(pk__in=owned))
    found = _with_owners(list(rows[: PAGE + 1]))
    return found[:PAGE], found[PAGE - 1].shop.pk if len(found) > PAGE else None


def owner_of(seller: Seller) -> Member | None:
    """Return the owner of a seller's newest shop, most likely that of the next too; None: nobody's."""
    owners = Member.objects.active().filter(shop__seller=seller, role=Member.Role.OWNER)
    return owners.select_related("user", "shop").order_by("-pk").first()


def _with_owners(found: Iterable[Shop]) -> list[Row]:
    rows = list(found)
    owners = Member.objects.filter(shop__in=rows, role=Member.Role.OWNER).select_related("user__invitation")
    of = {one.shop_id: one for one in owners}
    return [Row(one, of.get(one.pk)) for one in rows]
