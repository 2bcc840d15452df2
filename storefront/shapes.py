"""The declared shapes of the storefront API (docs/wire.md), and what its bodies look like."""

import json
from typing import Any, TypedDict

from shops import schema
from storefront import reading

MANY = 100  # rows that are stored at once, while the storefront waits


class OutcomeShape(TypedDict):
    row: int
    id: str
    result: str
    code: str
    detail: str


class StoredRowsShape(TypedDict):
    added: int
    changed: int
    unchanged: int
    older: int
    refused: int
    results: list[OutcomeShape]


class JobShape(TypedDict):
    id: int
    kind: str
    state: str
    total: int
    done: int
    added: int
    changed: int
    unchanged: int
    older: int
    refused: int
    key_name: str
    created_at: str
    finished_at: str | None


class IdentityShape(TypedDict):
    identity: str
    expires_at: str


class LinkShape(TypedDict):
    kind: str
    ref: str
    landing: str
    scene: str
    url: str | None


class LinksShape(TypedDict):
    results: list[LinkShape]
    expires_at: str | None


class KeyShape(TypedDict):
    id: int
    name: str
    prefix: str
    by: str
    created_at: str
    used_at: str | None
    revoked_at: str | None


class SigningSecretShape(TypedDict):
    secret: str
    old_until: str


class NewKeyShape(KeyShape):
    key: str


def _text(most: int, least: int = 1) -> dict[str, Any]:
    return {"type": "string", "minLength": least, "maxLength": most}


def _enum(values: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


MONEY = {"type": "string", "pattern": f"^{reading.MONEY}$", "description": "In the shop's currency."}
MOMENT = {"type": "string", "format": "date-time"}
WHOLE = {"type": "integer", "minimum": 0, "maximum": reading.PIECES}
BUYER = schema.obj({"uid": _text(64), "name": {"type": "string"}}, ["uid"])
_ITEM = schema.obj({"sku": _text(64), "quantity": {**WHOLE, "minimum": 1}, "price": MONEY})
_PARCEL = schema.obj(
    {
        "carrier": _text(60),
        "tracking_number": _text(64),
        "state": _enum(reading.PARCEL_STATES),
        "updated_at": MOMENT,
        "events": {
            "type": "array",
            "maxItems": reading.EVENTS,
            "items": schema.obj({"at": MOMENT, "text": _text(200)}),
        },
    },
    ["carrier", "tracking_number", "state"],
)
ROWS = {
    "products": schema.obj(
        {
            "sku": _text(64),
            "title": _text(200),
            "price": MONEY,
            "stock": WHOLE,
            "on_sale": schema.FLAG,
            "picture": {"type": "string", "maxLength": 300, "description": "An https address, or empty."},
            "updated_at": MOMENT,
        },
        ["sku", "title", "price", "updated_at"],
    ),
    "coupons": schema.obj(
        {
            "number": _text(64),
            "title": _text(100),
            "kind": _enum(reading.COUPON_KINDS),
            "discount": {**MONEY, "description": "In the shop's currency, or per cent."},
            "minimum": MONEY,
            "starts_at": MOMENT,
            "ends_at": MOMENT,
            "total": {**WHOLE, "nullable": True},
            "claimed": WHOLE,
            "is_on": schema.FLAG,
            "link": {"type": "string", "maxLength": 300, "description": "An https address, or empty."},
            "updated_at": MOMENT,
        },
        ["number", "title", "kind", "discount", "starts_at", "ends_at", "updated_at"],
    ),
    "orders": schema.obj(
        {
            "number": _text(64),
            "buyer": BUYER,
            "state": _enum(reading.ORDER_STATES),
            "total": MONEY,
            "created_at": MOMENT,
            "updated_at": MOMENT,
            "cancelled_by": _enum(reading.CANCELLERS),
            "cancel_reason": _text(200, 0),
            "recipient": {
                "type": "object",
                "properties": {name: _text(most, 0) for name, most in reading.RECIPIENT.items()},
            },
            "items": {"type": "array", "maxItems": reading.ITEMS, "items": _ITEM},
            "shipments": {"type": "array", "maxItems": reading.PARCELS, "items": _PARCEL},
        },
        ["number", "buyer", "state", "total", "created_at", "updated_at"],
    ),
    "after_sales": schema.obj(
        {
            "number": _text(64),
            "order": _text(64),
            "kind": _enum(reading.CASE_KINDS),
            "state": _enum(reading.CASE_STATES),
            "reason": _text(200, 0),
            "created_at": MOMENT,
            "updated_at": MOMENT,
        },
        ["number", "order", "kind", "state", "created_at", "updated_at"],
    ),
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "products": {
        "sku": "KETTLE-1",
        "title": "Blue kettle",
        "price": "19.90",
        "stock": 12,
        "picture": "https://shop.example.com/kettle.jpg",
        "updated_at": "2026-11-26T08:00:00Z",
    },
    "coupons": {
        "number": "C-5",
        "title": "5 off from 50",
        "kind": "amount",
        "discount": "5.00",
        "minimum": "50.00",
        "starts_at": "2026-11-26T00:00:00Z",
        "ends_at": "2026-12-26T00:00:00Z",
        "total": 1000,
        "claimed": 12,
        "link": "https://shop.example.com/coupons/C-5",
        "updated_at": "2026-11-26T08:00:00Z",
    },
    "orders": {
        "number": "20261126-0042",
        "buyer": {"uid": "u-77", "name": "Mei"},
        "state": "in_transit",
        "total": "39.80",
        "created_at": "2026-11-25T18:20:00Z",
        "updated_at": "2026-11-26T09:30:00Z",
        "recipient": {
            "name": "王小雨",
            "phone": "19900008000",
            "city": "浙江省杭州市",
            "address": "西湖区文三路 18 号",
        },
        "items": [{"sku": "KETTLE-1", "quantity": 2, "price": "19.90"}],
        "shipments": [
            {
                "carrier": "SF Express",
                "tracking_number": "SF1042",
                "state": "in_transit",
                "events": [{"at": "2026-11-26T09:30:00Z", "text": "Left the sorting centre"}],
            }
        ],
    },
    "after_sales": {
        "number": "AS-9",
        "order": "20261126-0042",
        "kind": "refund",
        "state": "in_progress",
        "reason": "Arrived damaged",
        "created_at": "2026-11-26T10:00:00Z",
        "updated_at": "2026-11-26T10:00:00Z",
    },
}


def rows(kind: str, most: int) -> dict[str, Any]:
    """Return the body that carries rows of a kind; a row that is not right is refused by itself."""
    items = {"type": "array", "minItems": 1, "maxItems": most, "items": ROWS[kind]}
    return schema.body({"rows": items})


def lines(kind: str) -> dict[str, Any]:
    """Return the same body as text, for a job."""
    return {"type": "string", "description": "One row a line, as JSON.", "example": json.dumps(EXAMPLES[kind])}
