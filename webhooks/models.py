"""Where a shop's own systems are told what happens in its conversations (H2)."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib import sealing
from shops.models import Member, Shop

PURPOSE = "webhook secret"
TEST = "test"  # the kind of what is sent to try an endpoint


class Kind(models.TextChoices):
    """What can be told, as it is named in the body."""

    OPENED = "session.opened", _("Session opened")
    ASSIGNED = "session.assigned", _("An agent answers")
    CLOSED = "session.closed", _("Session closed")
    MESSAGE = "message.created", _("Message")
    RATED = "session.rated", _("Session rated")
    DECIDED = "report.decided", _("A report was decided")


class Endpoint(models.Model):
    """One address with what it is told of; the secret signs what we send, so it is kept sealed, not hashed."""

    class Why(models.TextChoices):
        FAILING = "failing", _("It has not answered for three days")
        GONE = "gone", _("It answered 410: it wants no more")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=60)
    url = models.CharField(max_length=500)
    kinds = models.JSONField(help_text="Of Kind, in their order.")
    is_on = models.BooleanField(default=True)
    off_why = models.CharField(max_length=10, choices=Why, blank=True, help_text="Empty: on, or people turned it off.")
    off_at = models.DateTimeField(null=True)
    sealed = models.CharField(max_length=300, help_text="The secret, see lib/sealing.py.")
    sealed_before = models.CharField(max_length=300, blank=True, help_text="The one before, while it still signs too.")
    before_until = models.DateTimeField(null=True)
    base = models.CharField(max_length=300, help_text="How links in what it is told name this server.")
    failing_since = models.DateTimeField(null=True, help_text="When it began to fail; empty: the last try was taken.")
    resting_until = models.DateTimeField(null=True, help_text="Until then nothing is tried, since it fails.")
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["shop"], condition=~models.Q(off_why=""), name="webhook_turned_off"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def target(self) -> str:
        """How the outbox names it."""
        return f"webhook {self.pk}"

    def secrets(self, now: datetime) -> list[str]:
        """Return what signs at this moment, the newest first."""
        both = self.sealed_before and self.before_until and self.before_until > now
        found = [self.sealed, *([self.sealed_before] if both else [])]
        return [sealing.unseal(one, settings.SECRET_KEY, PURPOSE) for one in found]
