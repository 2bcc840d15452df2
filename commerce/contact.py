"""Whom the shop may write to first: the platform's rule about orders (P6). Questions only."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commerce.models import AfterSale, Order
from shops.models import Shop


def allowing(shop: Shop, now: datetime) -> "QuerySet[Order]":
    """Return the orders that allow a first word: young enough, or with an open case where the platform says so."""
    rule = Q(created_at__gte=now - shop.policy.contact_order_age)
    if shop.policy.contact_open_after_sale:
        in_progress = AfterSale.objects.filter(order=OuterRef("pk"), state=AfterSale.State.IN_PROGRESS)
        rule |= Q(Exists(in_progress))
    return Order.objects.filter(rule, shop=shop)


def refusal(shop: Shop) -> str:
    """Say in words why a buyer can't be written to first."""
    days = max(1, round(shop.policy.contact_order_age / timedelta(days=1)))
    words = ngettext(
        "You can write to a buyer first only within %(n)s day of an order.",
        "You can write to a buyer first only within %(n)s days of an order.",
        days,
    ) % {"n": days}
    if shop.policy.contact_open_after_sale:
        words += " " + _("While a return or refund is in progress, the order's age does not matter.")
    return words


def no_permission() -> str:
    """Say why somebody without the chat tool can't write to a buyer (A1)."""
    return _("This account has no IM permission.")
