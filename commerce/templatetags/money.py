"""Amounts and stored moments on server-rendered pages."""

from datetime import datetime
from decimal import Decimal

from django import template
from django.utils import formats, timezone

register = template.Library()
SIGNS = {"CNY": "¥", "GBP": "£", "USD": "$", "EUR": "€"}


@register.filter
def money(amount: Decimal | float, currency: str) -> str:
    """Write an amount with its currency's sign, `¥1,299.00`; a currency without a known sign by its letters."""
    return f"{SIGNS.get(currency, currency + ' ')}{amount:,.2f}"


@register.filter
def moment(stored: str) -> str:
    """Write an ISO moment in the reader's form; what is no moment is shown as it came."""
    try:
        at = datetime.fromisoformat(stored)
    except (TypeError, ValueError):
        return str(stored)
    if timezone.is_aware(at):
        at = timezone.localtime(at)
    return f"{formats.date_format(at, 'DATE_FORMAT')} {at:%H:%M}"
