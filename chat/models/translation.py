"""What a translation engine has said, and who talks through it (C12)."""

from django.db import models
from django.utils import timezone

from chat.models.message import Message
from chat.models.session import ServiceSession
from shops.models import Shop


class Translation(models.Model):
    """The cache: one answer of the engine, by what it was asked; each shop keeps its newest few thousand."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    digest = models.CharField(max_length=32, help_text="Of engine, languages and text.")
    text = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "digest"], name="translation_once")]
        indexes = [models.Index(fields=["shop", "-id"], name="translation_newest")]


class MessageTranslation(models.Model):
    """A message as an agent read it in another language; the history shows both."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="translations", db_index=False)
    language = models.CharField(max_length=8)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "language"], name="message_translation_once")]


class SessionTranslation(models.Model):
    """The switch: while its row is there, the session is talked in two languages."""

    session = models.OneToOneField(
        ServiceSession, on_delete=models.CASCADE, primary_key=True, related_name="translation"
    )
    ours = models.CharField(max_length=8, help_text="What the agent writes and reads.")
    theirs = models.CharField(max_length=8, help_text="What the buyer writes and reads.")
