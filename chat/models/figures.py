"""The facts that figures are made of (SPEC G), kept with each reception and each assignment.

Spans are whole microseconds: sums stay exact, and both databases add them without a function call.
"""

from django.db import models

from shops.models import Member, Shop


class TurnCounts(models.Model):
    """Buyer turns: from the oldest buyer message since the last answer, a human's or an automatic one (G9)."""

    turns = models.PositiveIntegerField(default=0, help_text="Ended by a human reply.")
    turn_us = models.BigIntegerField(default=0, help_text="How long those took, together.")
    turns_fast = models.PositiveIntegerField(default=0, help_text="Within 30 seconds.")
    turns_slow = models.PositiveIntegerField(default=0, help_text="After more than 10 minutes.")
    turns_due = models.PositiveIntegerField(default=0, help_text="Begun between 08:00 and 22:59:59 of the shop.")
    turns_due_fast = models.PositiveIntegerField(default=0, help_text="Those, within 3 minutes.")

    class Meta:
        abstract = True


class SessionFigures(TurnCounts):
    """What a session keeps for its figures, written in the transaction that makes it so."""

    turn_since = models.DateTimeField(null=True, help_text="When the buyer's running turn began.")
    turn_due = models.BooleanField(default=False, help_text="It began between 08:00 and 22:59:59 of the shop.")
    first_human_by = models.ForeignKey(
        Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="The first replier."
    )
    first_reply_us = models.BigIntegerField(null=True, help_text="From the start to the first human reply (G2).")
    first_wait_us = models.BigIntegerField(null=True, help_text="From the first assignment to that reply (P11).")
    stars = models.PositiveSmallIntegerField(null=True, help_text="The rating that counts (E6).")
    rated_member = models.ForeignKey(
        Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="Empty for the bot."
    )
    rating_source = models.CharField(max_length=10, blank=True)

    class Meta:
        abstract = True


class DayMark(models.Model):
    """Says that a finished session which started then has changed; the worker adds its day up again. Append only."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["shop", "at"], name="day_mark_of_shop")]
