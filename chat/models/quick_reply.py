"""Sentences that agents keep at hand (C17)."""

from django.db import models
from django.db.models import Q

from shops.models import Member, Shop


class QuickReply(models.Model):
    """One sentence at hand: the whole shop's, or one agent's own (P10)."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="quick_replies", db_index=False)
    member = models.ForeignKey(
        Member, null=True, on_delete=models.CASCADE, related_name="quick_replies", help_text="Empty: the whole shop's."
    )
    group = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=60)
    text = models.TextField(max_length=2000)
    place = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="quick_reply_has_text"),
            models.CheckConstraint(condition=~Q(title=""), name="quick_reply_has_title"),
        ]
        indexes = [models.Index(fields=["shop", "member", "place", "id"], name="quick_reply_order")]
