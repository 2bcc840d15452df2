"""Show to whom an order goes in plain, once and for a reason; the audit log keeps who, when and why (S-25, S-26)."""

from django.utils.translation import gettext as _

from chat import pacing
from commerce import recipients
from commerce.models import Order
from commerce.recipients import Recipient
from lib.db import write
from shops import audit, permissions
from shops.errors import Refused
from shops.models import Member

REASONS = ("delivery", "after_sale", "buyer_asked", "other")
LONGEST = 200  # characters of an agent's own words for "other"


def show(order: Order, by: Member, reason: str, words: str = "") -> Recipient:
    """Return the recipient in plain; Refused `no_recipient`, Throttled beyond twenty in an hour."""
    permissions.require(by, "see buyers' personal data")
    pacing.unmasks(by)
    with write():
        known = recipients.plain(Order.objects.select_for_update().get(pk=order.pk))
        if known is None:
            raise Refused("no_recipient", _("The storefront told no recipient."))
        audit.record(
            audit.Kind.UNMASKED, by, subject=audit.Subject.ORDER, subject_id=order.pk,
            buyer=order.buyer_id, reason=reason, words=_without(words, known) or None,
        )  # fmt: skip
    return known


def _without(words: str, known: Recipient) -> str:
    """Return the words without what they were meant to ask for: the log can't be changed when a buyer is erased."""
    for value in known:
        if len(value) > 1:
            words = words.replace(value, recipients.HIDDEN)
    return words
