"""Take out of a buyer's orders what tells of the person; number, state, sum and time are the shop's books."""

from commerce.models import AfterSale, Order, Shipment
from shops.models import Buyer


def blank_orders(buyer: Buyer) -> None:
    """Blank reasons, recipients, parcels' ways and tracking numbers. In the caller's transaction."""
    Order.objects.filter(buyer=buyer).update(
        cancel_reason="", recipient_name="", recipient_phone="", recipient_city="", recipient_address=""
    )
    AfterSale.objects.filter(order__buyer=buyer).update(reason="")
    for parcel in Shipment.objects.filter(order__buyer=buyer).iterator(chunk_size=500):
        Shipment.objects.filter(pk=parcel.pk).update(tracking_number=f"erased-{parcel.pk}", events=[])
