"""What was said, and the files that came with it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.conversation import Conversation
from chat.models.session import ServiceSession
from shops.models import Member, Shop


class Attachment(models.Model):
    """A checked and re-encoded picture or video; bound to the message that carries it."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("Picture")
        VIDEO = "video", _("Video")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    owner = models.CharField(max_length=24, help_text="The sender key of who uploaded it.")
    kind = models.CharField(max_length=5, choices=Kind)
    mime = models.CharField(max_length=20)
    file = models.CharField(max_length=100, unique=True, help_text="Name in the media storage.")
    preview = models.CharField(max_length=100, help_text="Thumbnail or poster, name in the media storage.")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    duration_ms = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField()
    bound = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], condition=Q(bound=False), name="attachment_unbound")]


class Message(models.Model):
    """What somebody said; the Event of the same number puts it in its place."""

    class Sender(models.TextChoices):
        BUYER = "buyer", _("Buyer")
        AGENT = "agent", _("Agent")
        BOT = "bot", _("Bot")
        SYSTEM = "system", _("System")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        EMOJI = "emoji", _("Emoji")
        IMAGE = "image", _("Picture")
        VIDEO = "video", _("Video")
        PRODUCT_CARD = "product_card", _("Product card")
        ORDER_CARD = "order_card", _("Order card")
        AFTER_SALE_CARD = "after_sale_card", _("After-sale card")
        COUPON_CARD = "coupon_card", _("Coupon card")
        FAQ_CARD = "faq_card", _("FAQ card")
        BOT_ANSWER = "bot_answer", _("Bot answer")
        RATING_CARD = "rating_card", _("Rating card")
        NOTE = "note", _("System note")
        RECALLED = "recalled", _("Recalled message")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages", db_index=False)
    session = models.ForeignKey(ServiceSession, on_delete=models.CASCADE, related_name="messages", db_index=False)
    seq = models.BigIntegerField()
    sender_kind = models.CharField(max_length=6, choices=Sender)
    sender = models.CharField(max_length=24, help_text="The sender key: b:12, a:5, bot or system.")
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=16, choices=Kind)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    attachment = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    client_msg_id = models.UUIDField(null=True)
    body_hash = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq_once"),
            models.UniqueConstraint(
                fields=["conversation", "client_msg_id", "sender"],
                condition=Q(client_msg_id__isnull=False),
                name="message_key_once",
            ),
            models.CheckConstraint(
                condition=Q(sender_kind__in=["buyer", "agent", "bot", "system"]), name="message_sender_known"
            ),
        ]
        indexes = [
            models.Index(fields=["session", "seq"], name="message_of_session"),
            models.Index(fields=["attachment"], condition=Q(attachment__isnull=False), name="message_attachment"),
        ]
