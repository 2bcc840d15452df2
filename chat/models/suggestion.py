"""What became of replies that the console suggested (E8)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.session import ServiceSession
from shops.models import Member, Shop


class Suggestion(models.Model):
    """Replies were suggested for one buyer message; which source was used, and whether it was sent as it stood."""

    class Outcome(models.TextChoices):
        OFFERED = "offered", _("Suggested")
        CHANGED = "changed", _("Sent with changes")
        SENT = "sent", _("Sent as suggested")

    class Source(models.TextChoices):
        FAQ = "faq", _("Knowledge base")
        QUICK = "quick", _("Quick reply")
        EARLIER = "earlier", _("Well-rated answer")
        MODEL = "model", _("Language model")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    session = models.ForeignKey(ServiceSession, on_delete=models.CASCADE, related_name="suggestions", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    seq = models.BigIntegerField(help_text="The buyer message that the replies were for.")
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.OFFERED)
    source = models.CharField(max_length=8, choices=Source, blank=True, help_text="What was used.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "seq"], name="suggestion_once_per_message")]
        indexes = [models.Index(fields=["shop", "created_at"], include=["outcome"], name="suggestion_of_shop")]
