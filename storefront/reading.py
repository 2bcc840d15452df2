"""What the storefront may send: one row becomes a Draft, or Invalid says by field what is wrong. No query here."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from chat.incoming import choice, fields, flag, number, words
from commerce.models import AfterSale, Coupon, Order, Shipment
from shops import identity
from shops.errors import Invalid

ITEMS, PARCELS, EVENTS = 100, 10, 20  # of one order, of one order, of one parcel
MONEY = r"\d{1,10}(\.\d{1,2})?"
PIECES = 1_000_000  # in stock, or of one product in an order
AHEAD = timedelta(minutes=5)  # for so much the storefront's clock may be before ours
ORDER_STATES, CANCELLERS = tuple(Order.State.values), ("", *Order.CancelledBy.values)
COUPON_KINDS = tuple(Coupon.Kind.values)
PARCEL_STATES = tuple(Shipment.State.values)
CASE_STATES, CASE_KINDS = tuple(AfterSale.State.values), tuple(AfterSale.Kind.values)
RECIPIENT = {"name": 100, "phone": 40, "city": 120, "address": 300}  # characters


class Item(NamedTuple):
    sku: str
    quantity: int
    price: Decimal


class Parcel(NamedTuple):
    carrier: str
    tracking_number: str
    state: str
    updated_at: datetime
    events: list[dict[str, str]]


@dataclass(slots=True)
class Draft:
    """A well-formed row. `values` are the model's fields that were given; what was left out stays as it is."""

    ref: str
    updated_at: datetime
    values: dict[str, Any]
    first: dict[str, Any] = field(default_factory=dict)  # fields that are set when it is new, and never again
    uid: str = ""
    buyer_name: str = ""
    order: str = ""
    items: list[Item] | None = None
    parcels: list[Parcel] | None = None


def product(row: Mapping[str, Any], now: datetime) -> Draft:
    fields(row, "sku", "title", "price", "stock", "on_sale", "picture", "updated_at")
    values: dict[str, Any] = {"title": words(row.get("title"), "title", 200), "price": money(row.get("price"), "price")}
    if "stock" in row:
        values["stock"] = number(row["stock"], "stock", 0, PIECES)
    if "on_sale" in row:
        values["on_sale"] = flag(row["on_sale"], "on_sale")
    if "picture" in row:
        values["picture"] = _https(row["picture"], "picture")
    return Draft(words(row.get("sku"), "sku", 64), _version(row, now), values)


def coupon(row: Mapping[str, Any], now: datetime) -> Draft:
    fields(row, "number", "title", "kind", "discount", "minimum", "starts_at", "ends_at", "total", "claimed", "is_on",
           "link", "updated_at")  # fmt: skip
    kind, discount = choice(row.get("kind"), "kind", COUPON_KINDS), money(row.get("discount"), "discount")
    if not 0 < discount <= (100 if kind == Coupon.Kind.PERCENT else discount):
        raise Invalid(discount=_("More than nothing, and at most 100 per cent."))
    starts, ends = moment(row.get("starts_at"), "starts_at"), moment(row.get("ends_at"), "ends_at")
    if ends <= starts:
        raise Invalid(ends_at=_("It must end after it has begun."))
    values: dict[str, Any] = {"title": words(row.get("title"), "title", 100), "kind": kind, "discount": discount}
    values |= {"starts_at": starts, "ends_at": ends}
    if "minimum" in row:
        values["minimum"] = money(row["minimum"], "minimum")
    if "total" in row:
        values["total"] = None if row["total"] is None else number(row["total"], "total", 0, PIECES)
    if "claimed" in row:
        values["claimed"] = number(row["claimed"], "claimed", 0, PIECES)
    if "is_on" in row:
        values["is_on"] = flag(row["is_on"], "is_on")
    if "link" in row:
        values["link"] = _https(row["link"], "link")
    return Draft(words(row.get("number"), "number", 64), _version(row, now), values)


def order(row: Mapping[str, Any], now: datetime) -> Draft:
    fields(row, "number", "buyer", "state", "total", "created_at", "updated_at", "cancelled_by", "cancel_reason",
           "recipient", "items", "shipments")  # fmt: skip
    uid, name = buyer(row.get("buyer"))
    state = choice(row.get("state"), "state", ORDER_STATES)
    values: dict[str, Any] = {"state": state, "total": money(row.get("total"), "total")}
    if "cancelled_by" in row:
        values["cancelled_by"] = choice(row["cancelled_by"], "cancelled_by", CANCELLERS)
    if "cancel_reason" in row:
        values["cancel_reason"] = words(row["cancel_reason"], "cancel_reason", 200, empty=True)
    if "recipient" in row:
        values |= _recipient(row["recipient"])
    version = _version(row, now)
    return Draft(
        words(row.get("number"), "number", 64), version, values, {"created_at": _past(row, "created_at", now)},
        uid=uid, buyer_name=name,
        items=_items(row["items"]) if "items" in row else None,
        parcels=_parcels(row["shipments"], version, now) if "shipments" in row else None,
    )  # fmt: skip


def after_sale(row: Mapping[str, Any], now: datetime) -> Draft:
    fields(row, "number", "order", "kind", "state", "reason", "created_at", "updated_at")
    kind = choice(row.get("kind"), "kind", CASE_KINDS)
    values: dict[str, Any] = {"kind": kind, "state": choice(row.get("state"), "state", CASE_STATES)}
    if "reason" in row:
        values["reason"] = words(row["reason"], "reason", 200, empty=True)
    return Draft(
        words(row.get("number"), "number", 64), _version(row, now), values,
        {"created_at": _past(row, "created_at", now)}, order=words(row.get("order"), "order", 64),
    )  # fmt: skip


READ: dict[str, Callable[[Mapping[str, Any], datetime], Draft]] = {
    "products": product,
    "coupons": coupon,
    "orders": order,
    "after_sales": after_sale,
}
REF = {"products": "sku", "coupons": "number", "orders": "number", "after_sales": "number"}


def ref_of(kind: str, row: Any) -> str:
    """Return how the storefront calls a row, for the report of one that can't be read; empty if it says nothing."""
    said = row.get(REF[kind]) if isinstance(row, dict) else None
    return said.strip()[:64] if isinstance(said, str) and said.isprintable() else ""


def buyer(value: Any) -> tuple[str, str]:
    """Check who a buyer is: `{"uid", "name"?}`; return both."""
    if not isinstance(value, dict):
        raise Invalid(buyer=_("Say who the buyer is, as an object."))
    fields(value, "uid", "name")
    if not identity.is_uid(value.get("uid")):
        raise Invalid(buyer=_("Your number of the buyer: 1 to 64 characters, not beginning with ~."))
    name = identity.clean_name(value.get("name", ""))
    if not isinstance(name, str):
        raise Invalid(buyer=_("Text, please."))
    return value["uid"], (name or value["uid"])[:60]


def money(value: Any, name: str) -> Decimal:
    if not isinstance(value, str) or not re.fullmatch(MONEY, value, re.ASCII):
        raise Invalid(**{name: _("An amount as text, please, like “19.90”.")})
    return Decimal(value)


def moment(value: Any, name: str) -> datetime:
    """Check a moment with its offset; whole milliseconds are kept of it, in UTC."""
    try:
        found = parse_datetime(value) if isinstance(value, str) and len(value) <= 40 else None
        if found is None or found.tzinfo is None or not 2000 <= found.year <= 2199:
            raise ValueError
    except ValueError as error:
        raise Invalid(**{name: _("A moment like 2026-11-30T18:00:00Z, please.")}) from error
    return found.astimezone(UTC)


def _past(row: Mapping[str, Any], name: str, now: datetime) -> datetime:
    found = moment(row.get(name), name)
    if found > now + AHEAD:
        raise Invalid(**{name: _("This lies in the future.")})
    return found


def _version(row: Mapping[str, Any], now: datetime) -> datetime:
    return _past(row, "updated_at", now)


def _https(value: Any, name: str) -> str:
    found = words(value, name, 300, empty=True)
    if found and (not re.fullmatch(r"https://[\w.-]+(:\d+)?(/[!-~]*)?", found, re.ASCII)):
        raise Invalid(**{name: _("An https address, please.")})
    return found


def _recipient(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Invalid(recipient=_("Name, phone, city and address, as an object."))
    fields(value, *RECIPIENT)
    return {f"recipient_{name}": words(value.get(name, ""), "recipient", most, empty=True)
            for name, most in RECIPIENT.items()}  # fmt: skip


def _objects(value: Any, name: str, most: int) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > most or not all(isinstance(one, dict) for one in value):
        raise Invalid(**{name: _("A list of at most %(most)s, please.") % {"most": most}})
    return value


def _items(value: Any) -> list[Item]:
    found = []
    for one in _objects(value, "items", ITEMS):
        fields(one, "sku", "quantity", "price")
        sku, count = words(one.get("sku"), "items", 64), number(one.get("quantity"), "items", 1, PIECES)
        found.append(Item(sku, count, money(one.get("price"), "items")))
    return found


def _parcels(value: Any, version: datetime, now: datetime) -> list[Parcel]:
    found: dict[tuple[str, str], Parcel] = {}
    for one in _objects(value, "shipments", PARCELS):
        fields(one, "carrier", "tracking_number", "state", "updated_at", "events")
        carrier, code = words(one.get("carrier"), "shipments", 60), words(one.get("tracking_number"), "shipments", 64)
        state = choice(one.get("state"), "shipments", PARCEL_STATES)
        at = _past(one, "updated_at", now) if "updated_at" in one else version
        found[carrier, code] = Parcel(carrier, code, state, at, _events(one.get("events", [])))
    return list(found.values())


def _events(value: Any) -> list[dict[str, str]]:
    """Check what a carrier told: the newest first, however they came."""
    found = []
    for one in _objects(value, "shipments", EVENTS):
        fields(one, "at", "text")
        at, text = moment(one.get("at"), "shipments"), words(one.get("text"), "shipments", 200)
        found.append((at, {"at": at.isoformat(timespec="seconds"), "text": text}))
    return [event for _at, event in sorted(found, key=lambda pair: pair[0], reverse=True)]
