"""The back end of a shop's own storefront: the keys that let it in, and what it sent in bulk with a report by row."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shops.models import Member, Shop


class ShopKey(models.Model):
    """Opens the storefront API for one shop; the whole key is shown once, what stays is its beginning and a hash.

    A revoked one is kept for a while, so that whoever still uses it is told that, and the shop sees when.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="storefront_keys", db_index=False)
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=16, unique=True, help_text="How the key begins; no secret.")
    hash = models.CharField(max_length=64)
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, help_text="Kept to the minute.")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["shop", "-id"], name="shop_key_of_shop")]

    def __str__(self) -> str:
        return self.name


class Job(models.Model):
    """Many rows that the storefront sent at once; the worker stores them piece by piece and goes on after a break."""

    class Kind(models.TextChoices):
        PRODUCTS = "products", _("Products")
        COUPONS = "coupons", _("Coupons")
        ORDERS = "orders", _("Orders")
        AFTER_SALES = "after_sales", _("After-sale cases")

    class State(models.TextChoices):
        RECEIVING = "receiving", _("Being received")
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Being stored")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    key_name = models.CharField(max_length=60, help_text="The key that it came by.")
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVING)
    file = models.CharField(max_length=100, blank=True, help_text="Name in the media storage; empty when it is over.")
    position = models.PositiveBigIntegerField(default=0, help_text="Bytes of the file that are stored.")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    older = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["receiving", "queued", "running", "done", "failed"]), name="storefront_job_state"
            )
        ]
        indexes = [
            models.Index(fields=["shop", "-id"], name="storefront_job_of_shop"),
            models.Index(
                fields=["touched_at"],
                condition=Q(state__in=["receiving", "queued", "running"]),
                name="storefront_job_open",
            ),
            models.Index(fields=["created_at"], name="storefront_job_oldest"),
        ]

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)


class JobRow(models.Model):
    """What became of one row of a job; no word of the row itself but its number in the storefront."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text="Its place in what was sent, from 1.")
    ref = models.CharField(max_length=64, blank=True)
    result = models.CharField(max_length=9)
    code = models.CharField(max_length=20, blank=True)
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="storefront_row_once")]
        indexes = [
            models.Index(fields=["job", "number"], condition=Q(result="refused"), name="storefront_row_refused"),
        ]
