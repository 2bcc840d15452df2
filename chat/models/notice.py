"""Who wants to be told, how, and through which browsers (C11, C15, C25)."""

from django.db import models
from django.db.models import Q

from chat.models.session import ServiceSession
from shops.models import Buyer, Device, Member, Shop


class NoticeChoice(models.Model):
    """What a member has chosen; without a row, everything but the preview is on."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, primary_key=True, related_name="notice_choice")
    desktop = models.BooleanField(default=True)
    sound = models.BooleanField(default=True)
    badge = models.BooleanField(default=True)
    push = models.BooleanField(default=True)
    preview = models.BooleanField(default=False, help_text="Notifications show the beginning of the message.")


class PushSubscription(models.Model):
    """One browser or app that may be reached while no page is open: an agent's, or a browser of a buyer's."""

    class Service(models.TextChoices):
        WEB = "web"
        FCM = "fcm"
        APNS = "apns"

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="push_subscriptions")
    buyer = models.ForeignKey(Buyer, null=True, on_delete=models.CASCADE, related_name="push_subscriptions")
    service = models.CharField(max_length=4, choices=Service, default=Service.WEB)
    device = models.ForeignKey(
        Device, null=True, on_delete=models.CASCADE, related_name="+", help_text="The app: signed out, the row goes."
    )
    app = models.CharField(max_length=120, blank=True, help_text="What the app is called at its service.")
    kinds = models.JSONField(default=list, blank=True, help_text="What it wants to be told; empty: everything.")
    endpoint = models.CharField(max_length=1000, help_text="A browser's address; an app's token.")
    digest = models.CharField(max_length=32, help_text="Of the endpoint, and of service and app.")
    p256dh = models.CharField(max_length=100, blank=True)
    auth = models.CharField(max_length=32, blank=True)
    language = models.CharField(max_length=10)
    sign_in = models.CharField(max_length=40, blank=True, help_text="The member's sign-in; signed out, not told.")
    created_at = models.DateTimeField(auto_now=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="Tries that failed since the last that did not.")
    failed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "digest"], name="push_browser_once_per_shop"),
            models.CheckConstraint(
                condition=Q(member__isnull=False, buyer__isnull=True) | Q(member__isnull=True, buyer__isnull=False),
                name="push_of_member_or_buyer",
            ),
            models.CheckConstraint(
                condition=Q(service="web", device__isnull=True)
                | Q(service__in=["fcm", "apns"], device__isnull=False, member__isnull=False),
                name="push_of_browser_or_app",
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="push_browser")]


class PushTold(models.Model):
    """Up to which buyer's message an agent without an open console was told of a session."""

    session = models.OneToOneField(ServiceSession, on_delete=models.CASCADE, primary_key=True, related_name="push_told")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    seq = models.BigIntegerField()
    at = models.DateTimeField()
