"""The parcels of the demo's orders, each with what its carrier told so far."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from commerce.models import Order, Shipment

_STATES = {
    Order.State.AWAITING_COLLECTION: Shipment.State.AWAITING_COLLECTION,
    Order.State.IN_TRANSIT: Shipment.State.IN_TRANSIT,
    Order.State.DELIVERED: Shipment.State.DELIVERED,
    Order.State.COMPLETED: Shipment.State.DELIVERED,
    Order.State.DELIVERY_FAILED: Shipment.State.FAILED,
}
_CARRIERS = {"zh-hans": ("顺丰速运", "SF"), "en": ("Royal Mail", "RM")}
_STORY = {
    "zh-hans": {
        "awaiting_collection": "商家已打包，等待快递员揽收",
        "collected": "快递员已揽收",
        "in_transit": "已离开杭州转运中心，发往下一站",
        "delivered": "已签收，签收人：本人",
        "failed": "派送失败：收件人电话无法接通",
    },
    "en": {
        "awaiting_collection": "Packed by the shop, waiting for collection",
        "collected": "Collected by the carrier",
        "in_transit": "Left the sorting centre for the next stop",
        "delivered": "Delivered, signed for by the recipient",
        "failed": "Delivery failed: nobody answered the door",
    },
}


def of_orders(orders: list[Order], language: str, now: datetime) -> Iterator[Shipment]:
    """Yield a parcel for each order that is packed or further, with its events newest first."""
    carrier, letters = _CARRIERS[language]
    for order in orders:
        state = _STATES.get(Order.State(order.state))
        if state is None:
            continue
        steps = ["awaiting_collection"]
        if state != Shipment.State.AWAITING_COLLECTION:
            steps += ["collected", "in_transit"] + ([str(state)] if state != Shipment.State.IN_TRANSIT else [])
        moments = [min(now, order.created_at + timedelta(hours=9 + 14 * place)) for place in range(len(steps))]
        told = [
            {"at": at.isoformat(timespec="seconds"), "text": _STORY[language][step]}
            for at, step in zip(moments, steps, strict=True)
        ]
        yield Shipment(
            shop_id=order.shop_id, order=order, carrier=carrier, tracking_number=f"{letters}{order.number}",
            state=state, events=told[::-1], updated_at=moments[-1],
        )  # fmt: skip
