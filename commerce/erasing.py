"""Take out of a buyer's orders what tells of the person; number, state, sum and time are the shop's books."""

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from commerce.models import AfterSale, Order, Shipment
from lib.db import write
from shops.models import Buyer

MANY = 100  # orders in one transaction


def blank_orders(buyer: Buyer) -> None:
    """Blank reasons, recipients, parcels' ways and tracking numbers, some orders a transaction."""
    orders, last = Order.objects.filter(buyer=buyer).order_by("pk").values_list("pk", flat=True), 0
    while some := list(orders.filter(pk__gt=last)[:MANY]):
        with write():
            _blank(some)
        last = some[-1]


def _blank(ids: list[int]) -> None:
    Order.objects.filter(pk__in=ids).update(
        cancel_reason="", recipient_name="", recipient_phone="", recipient_city="", recipient_address=""
    )
    AfterSale.objects.filter(order__in=ids).update(reason="")
    number = Concat(Value("erased-"), Cast("pk", CharField()))
    Shipment.objects.filter(order__in=ids).update(tracking_number=number, events=[])
