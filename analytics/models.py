"""Daily roll-ups: a day's finished sessions added up, for the shop and for each agent (DESIGN)."""

from django.db import models
from django.db.models import Q

from shops.models import Member, Shop


class DayRoll(models.Model):
    """A day of a shop added up; without a member it is the shop's own. Open sessions are read as they are."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    basis = models.CharField(max_length=120, help_text="The rules and the zone that it was added up by.")
    numbers = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "day"], condition=Q(member=None), name="day_roll_of_shop_once"),
            models.UniqueConstraint(
                fields=["shop", "day", "member"], condition=Q(member__isnull=False), name="day_roll_of_agent_once"
            ),
        ]
