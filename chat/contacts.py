"""Whom an agent could write to first (C7): buyers found by order number, UID or nickname, with the answer of P6."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery

from chat import access
from chat.models import ServiceSession
from commerce import contact
from commerce.models import Order
from shops import names
from shops.models import Buyer, Member, Shop

MOST = 20


class Found(NamedTuple):
    """A buyer, the order that speaks for it, its open session if the agent may see that, and why not."""

    buyer: Buyer
    order: Order | None
    session: int | None
    refusal: str


def find(member: Member, q: str, now: datetime) -> list[Found]:
    """Return at most 20 buyers: who placed the order of that number first, then by UID or nickname."""
    of_number = Order.objects.filter(shop_id=member.shop_id, number=q).first()
    buyers = list(_buyers(member, q, of_number, now)[:MOST])
    numbers = {pk for one in buyers for pk in (one.allowing, one.latest) if pk}  # type: ignore[attr-defined]
    orders = {order.pk: order for order in Order.objects.filter(pk__in=numbers)}
    open_ones = ServiceSession.objects.open().filter(buyer__in=buyers, shop_id=member.shop_id)
    talking = dict(open_ones.values_list("buyer_id", "pk"))
    seen = set(access.visible(member).filter(pk__in=talking.values()).values_list("pk", flat=True))
    found = []
    for one in buyers:
        allowing, latest = one.allowing, one.latest  # type: ignore[attr-defined]
        order = of_number if of_number and of_number.buyer_id == one.pk else orders.get(allowing or latest or 0)
        session = talking.get(one.pk)
        refusal = "" if session or allowing else contact.refusal(member.shop)
        found.append(Found(one, order, session if session in seen else None, refusal))
    return found


def refusals(member: Member, orders: list[Order], now: datetime) -> dict[int, str]:
    """Return for each order why this member can't write to its buyer; empty where it can."""
    ids, buyers = [one.pk for one in orders], [one.buyer_id for one in orders]
    allowed = set(contact.allowing(member.shop, now).filter(pk__in=ids).values_list("pk", flat=True))
    talking = ServiceSession.objects.open().filter(buyer__in=buyers, shop_id=member.shop_id)
    open_ones = set(talking.values_list("buyer_id", flat=True))
    if not member.is_agent:
        return dict.fromkeys(ids, contact.no_permission())
    words = contact.refusal(member.shop)
    return {one.pk: "" if one.pk in allowed or one.buyer_id in open_ones else words for one in orders}


def _buyers(member: Member, q: str, of_number: Order | None, now: datetime) -> "QuerySet[Buyer]":
    mine = Q(pk=of_number.buyer_id) if of_number else Q(uid=q) | Q(pk__in=names.find(member.shop, q, MOST))
    placed = Order.objects.filter(buyer=OuterRef("pk")).order_by("-created_at", "-pk")
    allowing = contact.allowing(member.shop, now).filter(buyer=OuterRef("pk")).order_by("-created_at", "-pk")
    rows = Buyer.objects.filter(mine, shop_id=member.shop_id)
    return rows.annotate(
        allowing=Subquery(allowing.values("pk")[:1]), latest=Subquery(placed.values("pk")[:1])
    ).order_by("-pk")


def named(shop: Shop, q: str, most: int) -> list[Buyer]:
    """Return the shop's buyers with this UID, or with this part in their nickname; who is erased is nobody."""
    exact = list(Buyer.objects.filter(shop=shop, uid=q, erased_at=None))
    near = Buyer.objects.filter(pk__in=names.find(shop, q, most), erased_at=None).order_by("-pk")
    return list({one.pk: one for one in [*exact, *near]}.values())[:most]
