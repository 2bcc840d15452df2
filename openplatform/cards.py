"""What a card shows, for callers who ask for `data`: as it was when the card was sent."""

from typing import Any

from django.utils.dateparse import parse_datetime

from chat.models import Message
from commerce.models import Order, Shipment
from openplatform import wire
from shops.models import Shop

Kind = Message.Kind


def data(said: Message, shop: Shop, base: str, skus: dict[int, str], of_orders: dict[int, str]) -> dict[str, Any]:
    """Return a card's data, with what the first product is called by the case and by the order; of no card, nothing."""
    if said.kind == Kind.PRODUCT_CARD:
        return _product(said.data.get("product", {}), base)
    if said.kind == Kind.ORDER_CARD:
        order = said.data.get("order", {})
        if "package" in said.data:
            return {"packages": _packages(order, said.data["package"], base)}
        return _order(order, base, of_orders.get(order.get("id", 0), ""))
    if said.kind == Kind.COUPON_CARD:
        return _coupon(said.data.get("coupon", {}))
    if said.kind == Kind.AFTER_SALE_CARD:
        return _case(said, shop, base, skus)
    return {}


def _product(found: dict[str, Any], base: str) -> dict[str, Any]:
    return {
        "product_id": str(found.get("sku", "")),
        "product_name": found.get("title", ""),
        "product_image": wire.absolute(base, _picture(found)),
        "product_highest_price": _price(found),
        "product_lowest_price": _price(found),
        "sold_quantity": 0,
        "product_link": "",
    }


def _coupon(found: dict[str, Any]) -> dict[str, Any]:
    percent = found.get("kind") == "percent"
    return {
        "coupon_id": str(found.get("number", "")),
        "coupon_title": found.get("title", ""),
        "coupon_type": str(found.get("kind", "")).upper(),
        "discount": f"{found.get('discount', '')}%" if percent else _money(found, "discount"),
        "threshold": _money(found, "minimum"),
        "scope": "SHOP",
        "start_time": _millis(found.get("starts_at", "")) // 1000,
        "end_time": _millis(found.get("ends_at", "")) // 1000,
        "coupon_link": found.get("link", ""),
    }


def _order(found: dict[str, Any], base: str, sku: str) -> dict[str, Any]:
    items = found.get("items", [])
    first = items[0] if items else {}
    return {
        "order_id": str(found.get("number", "")),
        "order_status": str(found.get("state", "")).upper(),
        "product_id": sku,
        "product_name": first.get("title", ""),
        "product_image": wire.absolute(base, _picture(first)),
        "paid_price": f"{found.get('total', '')} {found.get('currency', '')}".strip(),
        "quantity": sum(int(item.get("quantity", 0)) for item in items),
        "order_link": "",
    }


def _case(said: Message, shop: Shop, base: str, skus: dict[int, str]) -> dict[str, Any]:
    rows = Order.objects.filter(shop=shop, number=str(said.data.get("order", ""))[:64])
    found = rows.prefetch_related("items__product").first()
    if found is None:
        return {}
    items = [
        {"title": item.product.title, "picture": item.product.picture, "quantity": item.quantity}
        for item in found.items.all()
    ]
    about = {"number": found.number, "state": found.state, "total": f"{found.total:.2f}", "currency": shop.currency}
    sku = skus.get(said.data.get("after_sale", {}).get("id", 0), "")
    return {**_order({**about, "items": items}, base, sku), "sku_id": sku}


def _packages(order: dict[str, Any], package: str, base: str) -> list[dict[str, Any]]:
    """Return an order's parcels, or the one that the card was about; their last three events are kept with a card."""
    items = order.get("items", [])
    first = items[0] if items else {}
    found = [
        {
            "package_id": parcel["tracking_number"],
            "product_name": first.get("title", ""),
            "product_image": wire.absolute(base, _picture(first)),
            "paid_price": f"{order.get('total', '')} {order.get('currency', '')}".strip(),
            "quantity": sum(int(item.get("quantity", 0)) for item in items),
            "delivery_option": str(Shipment.State(parcel["state"]).label),
            "tracking_number": parcel["tracking_number"],
            "shipping_provider_name": parcel["carrier"],
            "tracking": [
                {"description": one["text"], "update_time_millis": _millis(one["at"])} for one in parcel["events"]
            ],
        }
        for parcel in order.get("shipments", [])
    ]
    return [one for one in found if package in ("", one["package_id"])]


def _millis(at: str) -> int:
    found = parse_datetime(at)
    return int(found.timestamp() * 1000) if found else 0


def _price(found: dict[str, Any]) -> str:
    return _money(found, "price")


def _money(found: dict[str, Any], name: str) -> str:
    return f"{found.get(name, '')} {found.get('currency', '')}".strip()


def _picture(found: dict[str, Any]) -> str:
    name = str(found.get("picture", ""))
    return name if not name or name.startswith("https://") else f"/static/{name}"
