"""Pictures that members want to be shown by, as far as the platform has looked at them (A5)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shops.models import Member, Shop, User


class AvatarReview(models.Model):
    """One picture handed in; approved, it becomes the member's `avatar`. One waits at a time."""

    class State(models.TextChoices):
        PENDING = "pending", _("Being reviewed")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="avatar_reviews")
    file = models.CharField(max_length=100, blank=True, help_text="Name in the media storage; empty: deleted.")
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=200, blank=True, help_text="Why it was rejected.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(state="pending"), name="one_avatar_waits_per_member"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at__isnull=True)
                | (~Q(state="pending") & Q(decided_at__isnull=False)),
                name="avatar_decided_has_time",
            ),
        ]
        indexes = [models.Index(fields=["submitted_at", "id"], condition=Q(state="pending"), name="avatar_pending")]
