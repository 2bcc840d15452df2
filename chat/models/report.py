"""Reports of users who abuse the chat (F3)."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.session import ServiceSession
from shops.models import Member, Shop, User


class UserReport(models.Model):
    """One report of a session's buyer to the platform, with its evidence and its decision."""

    TERM = timedelta(days=7)  # in which the platform decides (F3)

    class Reason(models.TextChoices):
        ABUSE = "abuse", _("Abuse")
        MALICIOUS_RATING = "malicious_rating", _("Malicious rating")
        SPAM = "spam", _("Spam")
        OTHER = "other", _("Other")

    class State(models.TextChoices):
        PENDING = "pending", _("Being reviewed")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        REVERSED = "reversed", _("Reversed")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="reports", db_index=False)
    session = models.ForeignKey(ServiceSession, on_delete=models.CASCADE, related_name="reports")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", help_text="Who reported.")
    reason = models.CharField(max_length=16, choices=Reason)
    words = models.CharField(max_length=500, blank=True)
    evidence = models.JSONField(default=list, help_text="The messages picked, as they were then.")
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=500, blank=True, help_text="The platform's words.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(state="pending"), name="one_open_report_per_session"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at__isnull=True)
                | (~Q(state="pending") & Q(decided_at__isnull=False)),
                name="report_decided_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["shop", "-id"], name="report_of_shop"),
            models.Index(fields=["submitted_at"], condition=Q(state="pending"), name="report_pending"),
        ]

    @property
    def due_at(self) -> datetime:
        """When the platform should have decided."""
        return self.submitted_at + self.TERM

    def is_overdue(self, now: datetime) -> bool:
        """Whether it waits longer than it should; it stays pending and in the figures (F3)."""
        return self.state == self.State.PENDING and self.due_at <= now
