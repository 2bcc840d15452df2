"""Orders after a session (G14, ours): who ordered within 7 days of being answered, and for how much."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, Sum

from analytics import conditions, periods, sums
from analytics.periods import Days
from analytics.sums import Numbers
from chat.models import SessionQuerySet
from commerce.models import Order
from shops.models import Shop

WITHIN = timedelta(days=7)
NOT_BOUGHT = (Order.State.UNPAID, Order.State.CANCELLING, Order.State.CANCELLED)


def of_shop(shop: Shop, days: Days) -> Numbers:
    """Return the buyers served, those of them who ordered, and the orders' value in the shop's currency."""
    span, answered = periods.span(shop, days), _answered(shop, days)
    placed = Order.objects.filter(shop=shop, created_at__gte=span.start, created_at__lt=span.end + WITHIN)
    after = Exists(
        answered.filter(
            buyer=OuterRef("buyer"), started_at__lte=OuterRef("created_at"), started_at__gte=OuterRef("earliest")
        )
    )
    earliest = ExpressionWrapper(F("created_at") - WITHIN, output_field=DateTimeField())
    bought = placed.exclude(state__in=NOT_BOUGHT).annotate(earliest=earliest).filter(after)
    found: dict[str, Any] = bought.aggregate(ordering=Count("buyer", distinct=True), order_value=Sum("total"))
    served = answered.order_by().values("buyer").distinct().count()
    return {"ordering": found["ordering"], "order_value": found["order_value"] or 0, "served": served}


def followed_by(shop: Shop) -> dict[str, Q]:
    """Return which sessions an order followed, for the numbers that count orders."""
    until = ExpressionWrapper(OuterRef("started_at") + WITHIN, output_field=DateTimeField())
    placed = Order.objects.filter(shop=shop, buyer=OuterRef("buyer"), created_at__gte=OuterRef("started_at"))
    bought = conditions.SERVED & Q(Exists(placed.filter(created_at__lte=until).exclude(state__in=NOT_BOUGHT)))
    return {"ordering": bought, "order_value": bought}


def _answered(shop: Shop, days: Days) -> SessionQuerySet:
    span = periods.span(shop, days)
    return sums.sessions_of(shop).filter(conditions.SERVED, started_at__gte=span.start, started_at__lt=span.end)
