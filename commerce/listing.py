"""The order list of the seller center: the handbook's tabs, search, keyset pages (C20). Questions only."""

import heapq
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from commerce.models import Order
from shops import names
from shops.models import Buyer, Shop

PAGE = 30
BUYERS = 50  # whose orders one search shows at most


class Asked(NamedTuple):
    """What the list was asked for: a tab of Order.GROUPS or one state, words, and where the last page ended."""

    state: str = ""
    q: str = ""
    before: tuple[datetime, int] | None = None


def page(shop: Shop, asked: Asked) -> tuple[list[Order], tuple[datetime, int] | None]:
    """Return one page of orders, newest first, with buyer, items, parcels and cases; and where the next one starts."""
    found = _keys(shop, asked)
    ids = [pk for _at, pk in found[:PAGE]]
    rows = Order.objects.filter(pk__in=ids).select_related("buyer")
    orders = {row.pk: row for row in rows.prefetch_related("items__product", "shipments", "after_sales")}
    return [orders[pk] for pk in ids], found[PAGE - 1] if len(found) > PAGE else None


def _keys(shop: Shop, asked: Asked) -> list[tuple[datetime, int]]:
    """Return the keys of a page and one more: each state is read from its index, then merged."""
    mine = Order.objects.filter(shop=shop).order_by("-created_at", "-pk")
    if asked.q:
        buyers = [
            *Buyer.objects.filter(shop=shop, uid=asked.q).values_list("pk", flat=True),
            *names.find(shop, asked.q, BUYERS),
        ]
        mine = mine.filter(Q(number=asked.q) | Q(buyer__in=buyers))
    if asked.before:
        at, pk = asked.before
        mine = mine.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk), created_at__lte=at)
    states = Order.GROUPS.get(asked.state) or ((asked.state,) if asked.state else ())
    lists = [mine.filter(state=state) for state in states] or [mine]
    keys = [list(rows.values_list("created_at", "pk")[: PAGE + 1]) for rows in lists]
    return list(heapq.merge(*keys, reverse=True))[: PAGE + 1]
