"""What colleagues tell each other about a session; no buyer ever sees it (C26)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.conversation import Conversation
from chat.models.session import ServiceSession
from shops.models import Member, Shop


class Note(models.Model):
    """A line for colleagues only, shown after number `after_seq` of the conversation; it takes no number itself."""

    class Kind(models.TextChoices):
        NOTE = "note", _("Private note")
        MARK = "mark", _("Marked")
        TRANSFER = "transfer", _("Transfer reason")
        NO_REPLY = "no_reply", _("No reply needed")
        MUTED = "muted", _("Buyer muted")
        UNMUTED = "unmuted", _("Buyer may write again")
        REPORT = "report", _("Buyer reported")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="notes", db_index=False)
    session = models.ForeignKey(ServiceSession, on_delete=models.CASCADE, related_name="notes", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    after_seq = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField(blank=True)
    until = models.DateTimeField(null=True, help_text="How long the buyer is muted (C23).")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "after_seq", "id"], name="note_of_conversation"),
            models.Index(fields=["session"], name="note_of_session"),
        ]
