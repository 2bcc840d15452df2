"""To whom an order goes: as everybody at the desk reads it, and in plain. Questions only."""

from typing import NamedTuple

from commerce.models import Order
from lib import redacting

HIDDEN = "***"


class Recipient(NamedTuple):
    """Name, telephone, province and city, and the rest of the address."""

    name: str
    phone: str
    city: str
    address: str


def plain(order: Order) -> Recipient | None:
    """Return what the storefront told, None if nothing; for chat/actions/unmasking.py and the buyer's own data."""
    found = Recipient(order.recipient_name, order.recipient_phone, order.recipient_city, order.recipient_address)
    return found if any(found) else None


def masked(order: Order) -> Recipient | None:
    """Return it as anybody may read it: the beginning of the name, some digits, the city (S-26)."""
    known = plain(order)
    if known is None:
        return None
    return Recipient(
        redacting.veil_name(known.name),
        redacting.veil_phone(known.phone),
        redacting.veil(known.city),
        HIDDEN if known.address else "",
    )
