"""The sessions that an order followed (G14, ours): behind conversion and the value of guided orders."""

from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, Q

from analytics import conditions
from analytics.crowds import BOUGHT
from chat.actions.figures import GUIDED
from commerce.models import Order
from shops.models import Shop


def followed_by(shop: Shop) -> dict[str, Q]:
    """Return which sessions an order followed, for the numbers that count orders."""
    until = ExpressionWrapper(OuterRef("started_at") + GUIDED, output_field=DateTimeField())
    placed = Order.objects.filter(shop=shop, buyer=OuterRef("buyer"), created_at__gte=OuterRef("started_at"))
    bought = conditions.SERVED & Q(Exists(placed.filter(created_at__lte=until, state__in=BOUGHT)))
    return {"ordering": bought, "order_value": bought}
