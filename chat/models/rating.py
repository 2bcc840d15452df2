"""The buyer's verdict."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.session import ServiceSession
from shops.models import Member, Shop


class Rating(models.Model):
    """The buyer's stars for one session (F1); not editable."""

    class Source(models.TextChoices):
        BUYER = "buyer", _("By the buyer")
        INVITATION = "invitation", _("On invitation")
        SURVEY = "survey", _("Automatic survey")

    class Reason(models.TextChoices):
        SLOW = "slow", _("Slow")
        UNHELPFUL = "unhelpful", _("Not helpful")
        RUDE = "rude", _("Rude")
        UNSOLVED = "unsolved", _("Not solved")
        OTHER = "other", _("Something else")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    session = models.OneToOneField(ServiceSession, on_delete=models.CASCADE, related_name="rating")
    member = models.ForeignKey(
        Member,
        null=True,
        on_delete=models.PROTECT,
        related_name="ratings",
        help_text="The agent rated; empty for the bot.",
    )
    stars = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=500, blank=True)
    reasons = models.JSONField(default=list, blank=True, help_text="Why only 1-2 stars, in the order of Reason (F5).")
    source = models.CharField(max_length=10, choices=Source)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="rating_one_to_five")]
        indexes = [models.Index(fields=["shop", "-created_at", "-id"], name="rating_newest")]

    @property
    def reason_words(self) -> list[str]:
        """Why only one or two stars, in words."""
        return [str(self.Reason(reason).label) for reason in self.reasons]
