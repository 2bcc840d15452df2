"""Daily roll-ups: a day's finished sessions added up, for shop and agents (DESIGN); and files of figures."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shops.models import Member, Shop


class DayRoll(models.Model):
    """A day of a shop added up; without a member it is the shop's own. Open sessions are read as they are.

    Beside the numbers stand sets of keys (lib/id_sets.py): people and orders that days share do not add up.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    basis = models.CharField(max_length=120, help_text="The rules and the zone that it was added up by.")
    numbers = models.JSONField(default=dict)
    people = models.BinaryField(default=bytes, help_text="Buyers who started a session; of an agent: whom it had.")
    served = models.BinaryField(default=bytes, help_text="Those of them whose session was answered (G14).")
    ordering = models.BinaryField(default=bytes, help_text="Those of them who ordered within 7 days.")
    answers = models.JSONField(default=dict, help_text="Question: [answers, solved, judged] of the bot's (E4).")
    orders = models.BinaryField(default=bytes, help_text="These orders, each with its total in hundredths.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "day"], condition=Q(member=None), name="day_roll_of_shop_once"),
            models.UniqueConstraint(
                fields=["shop", "day", "member"], condition=Q(member__isnull=False), name="day_roll_of_agent_once"
            ),
        ]


class DayRound(models.Model):
    """When the worker last looked after a shop's days; who adds them up holds the row."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, primary_key=True, related_name="day_round")
    looked_at = models.DateTimeField(null=True)


class Export(models.Model):
    """One big table asked for as a file: by whom, of what, how far it is. The row outlives its file."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Being made")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    form = models.CharField(max_length=4, help_text="csv or xlsx.")
    asked = models.JSONField(help_text="The range and the filters, as the list's address names them.")
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    rows = models.PositiveIntegerField(default=0, help_text="Written so far.")
    total = models.PositiveIntegerField(null=True, help_text="Counted when it began.")
    tries = models.PositiveSmallIntegerField(default=0)
    file = models.CharField(max_length=100, blank=True, help_text="Name in the media storage; empty when it expired.")
    size = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text="A running one that is silent for a minute is begun anew.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["queued", "running", "done", "failed"]), name="export_state")
        ]
        indexes = [
            models.Index(fields=["shop", "-id"], name="export_of_shop"),
            models.Index(fields=["touched_at"], condition=Q(state__in=["queued", "running"]), name="export_due"),
            models.Index(fields=["finished_at"], condition=~Q(file=""), name="export_files"),
        ]

    @property
    def ready(self) -> str:
        """The name of a file that can be taken; while it is being made its name is here already."""
        return self.file if self.state == self.State.DONE else ""

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)
