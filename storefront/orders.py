"""Store orders with their items and parcels, and tell the figures of them (G14)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from chat.actions import figures
from commerce.models import Order, OrderItem, Shipment
from lib import bulk
from shops.errors import Refused
from shops.models import Buyer, Shop
from storefront.reading import Draft, Item, Parcel
from storefront.settling import CHANGED, Became, apply, buyers_named, erased, held, products_named, settle

NEWS = timedelta(days=2)  # a parcel that is told of for the first time is no news to its buyer when it moved before
_FIELDS = (
    "state", "total", "cancelled_by", "cancel_reason", "recipient_name", "recipient_phone", "recipient_city",
    "recipient_address", "updated_at",
)  # fmt: skip
_PARCEL = ("state", "updated_at", "events")
Key = tuple[str, str]  # a parcel: carrier and tracking number
Line = tuple[int, int, object]  # an item: product, quantity, price


class Known(NamedTuple):
    """What is stored of the things that a piece names."""

    orders: dict[str, Order]
    products: dict[str, int]
    parcels: dict[Key, Shipment]


def store(shop: Shop, drafts: list[Draft]) -> Became:
    known = _known(shop, drafts)
    became: Became = {}
    good = _sound(drafts, known, became)
    buyers = buyers_named(shop, {one.uid: one.buyer_name for one in good if one.ref not in known.orders})
    for one in good:
        if one.uid in buyers and buyers[one.uid].erased_at:
            became[one.ref] = erased()
    found = settle([one for one in good if one.ref not in became], known.orders, became)
    made = Order.objects.bulk_create(
        Order(shop=shop, buyer=buyers[one.uid], number=one.ref, updated_at=one.updated_at, **one.first, **one.values)
        for one in found.new
    )
    apply(Order, found.changed, _FIELDS)
    pairs = [*zip(made, found.new, strict=True), *((old, draft) for old, draft, _differs in found.changed)]
    touched = _put_items(pairs, known.products) | _put_parcels(shop, pairs, known.parcels)
    for old, draft, differs in found.changed:
        if old.pk in touched and not differs:
            became[draft.ref] = CHANGED
    counts = [old for old, _draft, differs in found.changed if {"state", "total"} & set(differs)]
    if made or counts:
        figures.ordered([*made, *counts])
    return became


def _known(shop: Shop, drafts: list[Draft]) -> Known:
    orders = Order.objects.filter(shop=shop, number__in=[one.ref for one in drafts]).select_related("buyer")
    buyers = {one.buyer_id for one in orders}
    if buyers:  # from here on none of them is erased; who was before, is seen below
        held(Buyer.objects.filter(pk__in=buyers))
    skus = [item.sku for one in drafts for item in one.items or ()]
    codes = [parcel.tracking_number for one in drafts for parcel in one.parcels or ()]
    parcels = Shipment.objects.filter(shop=shop, tracking_number__in=codes) if codes else []
    return Known(
        {one.number: one for one in held(orders)},
        products_named(shop, skus) if skus else {},
        {(one.carrier, one.tracking_number): one for one in parcels},
    )


def _sound(drafts: list[Draft], known: Known, became: Became) -> list[Draft]:
    """Return the rows that name only what is there and theirs; the others are refused."""
    good, taken = [], {key: one.order_id for key, one in known.parcels.items()}
    for draft in drafts:
        old = known.orders.get(draft.ref)
        missing = next((item.sku for item in draft.items or () if item.sku not in known.products), None)
        mine = old.pk if old else id(draft)
        elsewhere = any(taken.get((one.carrier, one.tracking_number), mine) != mine for one in draft.parcels or ())
        if old and old.buyer.erased_at:
            became[draft.ref] = erased()
        elif old and old.buyer.uid != draft.uid:
            became[draft.ref] = Refused("other_buyer", _("This order belongs to another buyer."))
        elif missing is not None:
            became[draft.ref] = Refused(
                "no_product", _("There is no product %(sku)s. Send it first.") % {"sku": missing}
            )
        elif elsewhere:
            became[draft.ref] = Refused("other_parcel", _("A parcel of it belongs to another order."))
        else:
            taken |= {(one.carrier, one.tracking_number): mine for one in draft.parcels or ()}
            good.append(draft)
    return good


def _put_items(pairs: list[tuple[Order, Draft]], products: dict[str, int]) -> set[int]:
    """Let orders have the items that were given, if they were; return which orders have others now."""
    given = {order.pk: _lines(draft.items, products) for order, draft in pairs if draft.items is not None}
    had: dict[int, list[Line]] = {pk: [] for pk in given}
    for item in OrderItem.objects.filter(order__in=[o.pk for o, d in pairs if o.pk in given]).order_by("pk"):
        had[item.order_id].append((item.product_id, item.quantity, item.price))
    others = {pk for pk, lines in given.items() if lines != had[pk]}
    if gone := [pk for pk in others if had[pk]]:
        OrderItem.objects.filter(order__in=gone).delete()
    bulk.insert(
        OrderItem,
        ("order", "product", "quantity", "price"),
        [[pk, *line] for pk in sorted(others) for line in given[pk]],
    )
    return others


def _lines(items: Iterable[Item], products: dict[str, int]) -> list[Line]:
    return [(products[item.sku], item.quantity, item.price) for item in items]


def _put_parcels(shop: Shop, pairs: list[tuple[Order, Draft]], known: dict[Key, Shipment]) -> set[int]:
    """Let orders have the parcels that were given, if they were; return which orders' parcels are not as before."""
    now, others, fresh, changed = timezone.now(), set(), [], []
    named: dict[int, set[Key]] = {}
    for order, draft in pairs:
        for parcel in draft.parcels or ():
            key = (parcel.carrier, parcel.tracking_number)
            named.setdefault(order.pk, set()).add(key)
            old = known.get(key)
            if old is None:
                fresh.append(_new(shop, order, parcel, parcel.updated_at < now - NEWS))
            elif parcel.updated_at >= old.updated_at and (old.state, old.events) != (parcel.state, parcel.events):
                changed.append([parcel.state, parcel.updated_at, parcel.events, old.pk])
            else:
                continue
            others.add(order.pk)
    whole = [order.pk for order, draft in pairs if draft.parcels is not None]
    for old in Shipment.objects.filter(order__in=whole) if whole else ():
        if (old.carrier, old.tracking_number) not in named.get(old.order_id, set()):
            others.add(old.order_id)
            old.delete()
    Shipment.objects.bulk_create(fresh)
    bulk.update(Shipment, _PARCEL, changed)
    return others


def _new(shop: Shop, order: Order, parcel: Parcel, is_past: bool) -> Shipment:
    return Shipment(
        shop=shop, order=order, carrier=parcel.carrier, tracking_number=parcel.tracking_number, state=parcel.state,
        events=parcel.events, updated_at=parcel.updated_at, told_state=parcel.state if is_past else "",
    )  # fmt: skip
