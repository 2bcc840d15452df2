"""Programs of others: what they are, which shops have let them in, and the secrets by which they prove it."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import Attachment, Conversation
from lib import sealing
from shops.models import Member, Seller, Shop, User

PURPOSE = "app secret"


class Scope(models.TextChoices):
    """What a program may be let into, by the names that it asks for."""

    SHOPS = "seller.authorization.info", _("Which shops have authorised it")
    SERVICE = "seller.customer_service", _("Conversations, messages and service figures")


def every_scope() -> list[str]:
    return list(Scope.values)


class App(models.Model):
    """A program, known by its key; the secret signs its calls and our webhooks, so it is kept sealed, not hashed."""

    name = models.CharField(max_length=60)
    key = models.CharField(max_length=32, unique=True)
    sealed = models.CharField(max_length=300, help_text="The secret, see lib/sealing.py.")
    scopes = models.JSONField(default=every_scope)
    redirect_url = models.CharField(
        max_length=300, blank=True, help_text="Where a seller's consent is told, exactly; empty: by hand only."
    )
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        return sealing.unseal(self.sealed, settings.SECRET_KEY, PURPOSE)


class Grant(models.Model):
    """One shop has let one program in; revoked, the row goes. `cipher` is how the program names the shop."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="grants")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="grants")
    speaker = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="+", help_text="The account in whose name it writes."
    )
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    cipher = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["app", "shop"], name="grant_once_per_shop")]


class AuthCode(models.Model):
    """What a seller hands to a program, to be exchanged once for tokens; only its hash is kept."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="+")
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+")
    hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)


class Token(models.Model):
    """An access token with the refresh token that came with it, for a seller's shops; hashes only."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="+")
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+")
    access = models.CharField(max_length=64, unique=True)
    access_until = models.DateTimeField()
    refresh = models.CharField(max_length=64, null=True, unique=True, help_text="Empty: used.")
    refresh_until = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(default=timezone.now)

    def is_fresh(self, now: datetime) -> bool:
        return self.access_until > now


class Reading(models.Model):
    """How far a program has read a conversation; what colleagues have read is not its business."""

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    seq = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant", "conversation"], name="reading_once")]


class Spent(models.Model):
    """How many messages a program has sent in a shop on one day (UTC)."""

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    sent = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant", "day"], name="spent_once_per_day")]


class Subscription(models.Model):
    """Where a program wants to be told of one kind of event of a shop."""

    class Event(models.TextChoices):
        NEW_CONVERSATION = "NEW_CONVERSATION", _("An agent joined or left")
        NEW_MESSAGE = "NEW_MESSAGE", _("New message")

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="subscriptions")
    event = models.CharField(max_length=40, help_text="Kept whatever it is called; only those of Event ever happen.")
    address = models.CharField(max_length=500)
    base = models.CharField(max_length=300, help_text="How links in what it is told name this server.")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant", "event"], name="subscription_once")]


class FileUpload(models.Model):
    """A video that comes in chunks; they wait in the media storage until the last is there."""

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=64, unique=True, help_text="A hash of what the address holds.")
    size = models.PositiveBigIntegerField(help_text="Bytes that were announced.")
    count = models.PositiveSmallIntegerField(help_text="Chunks that were announced.")
    done = models.PositiveSmallIntegerField(default=0)
    taken = models.PositiveBigIntegerField(default=0)
    attachment = models.ForeignKey(Attachment, null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField(db_index=True)

    def piece(self, number: int) -> str:
        """Name a chunk in the media storage."""
        return f"chunks/{self.token[:32]}.{number}"
