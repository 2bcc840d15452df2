"""The lasting line between one buyer and one shop (DESIGN, two levels)."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from shops.models import Buyer, Shop


class Conversation(models.Model):
    """The lasting line between one buyer and one shop; owns the dense sequence of its event log."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="conversations")
    buyer = models.OneToOneField(Buyer, on_delete=models.CASCADE, related_name="conversation")
    last_seq = models.BigIntegerField(default=0)
    first_seq = models.BigIntegerField(default=1, help_text="Numbers below it were removed (retention).")
    buyer_delivered = models.BigIntegerField(default=0)
    buyer_read = models.BigIntegerField(default=0)
    shop_delivered = models.BigIntegerField(default=0)
    shop_read = models.BigIntegerField(default=0)
    buyer_pushes = models.BooleanField(default=False, help_text="The buyer wants to be told of answers after leaving.")
    push_due_at = models.DateTimeField(null=True, help_text="When to look whether the last answer has arrived.")
    muted_until = models.DateTimeField(null=True, help_text="Until when the buyer may not write (C23).")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_seq__gte=1) & Q(first_seq__lte=models.F("last_seq") + 1),
                name="conversation_first_in_log",
            ),
            models.CheckConstraint(
                condition=Q(buyer_read__lte=models.F("buyer_delivered")) & Q(buyer_delivered__lte=models.F("last_seq")),
                name="conversation_buyer_receipts_in_order",
            ),
            models.CheckConstraint(
                condition=Q(shop_read__lte=models.F("shop_delivered")) & Q(shop_delivered__lte=models.F("last_seq")),
                name="conversation_shop_receipts_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["push_due_at"], condition=Q(push_due_at__isnull=False), name="conversation_push_due")
        ]

    def is_muted(self, now: datetime) -> bool:
        """Whether the buyer's messages are refused for now (C23)."""
        return self.muted_until is not None and self.muted_until > now
