"""Jobs about one buyer's data: everything taken away as a file, or erased."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shops.models import Buyer, Shop, User


class DataRequest(models.Model):
    """One job: asked by whom, how far it is; the row outlives the data and names the buyer by number only."""

    class Kind(models.TextChoices):
        EXPORT = "export", _("Export")
        ERASE = "erase", _("Erase")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE, related_name="data_requests")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: a command.")
    who = models.CharField(max_length=150, help_text="What that person was called.")
    kind = models.CharField(max_length=6, choices=Kind)
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0, help_text="Messages dealt with so far.")
    total = models.PositiveIntegerField(default=0, help_text="Messages when it began.")
    file = models.CharField(max_length=100, blank=True, help_text="Name in the media storage; empty when it expired.")
    size = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["buyer", "kind"], condition=Q(state__in=["queued", "running"]), name="one_running_data_request"
            )
        ]
        indexes = [
            models.Index(fields=["shop", "-id"], name="data_request_of_shop"),
            models.Index(fields=["finished_at"], condition=~Q(file=""), name="data_request_files"),
        ]

    @property
    def ready(self) -> str:
        """The name of a file that can be taken; while it is being made its name is here already."""
        return self.file if self.state == self.State.DONE else ""

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)
