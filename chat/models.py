"""Conversations, the sessions inside them, and the logs that clients recover from (DESIGN, two levels)."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commerce.models import AfterSale, Order, Product
from shops.models import Buyer, Member, Shop


class Conversation(models.Model):
    """The lasting line between one buyer and one shop; owns the dense sequence of its event log."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="conversations")
    buyer = models.OneToOneField(Buyer, on_delete=models.CASCADE, related_name="conversation")
    last_seq = models.BigIntegerField(default=0)
    buyer_delivered = models.BigIntegerField(default=0)
    buyer_read = models.BigIntegerField(default=0)
    shop_delivered = models.BigIntegerField(default=0)
    shop_read = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(buyer_read__lte=models.F("buyer_delivered")) & Q(buyer_delivered__lte=models.F("last_seq")),
                name="conversation_buyer_receipts_in_order",
            ),
            models.CheckConstraint(
                condition=Q(shop_read__lte=models.F("shop_delivered")) & Q(shop_delivered__lte=models.F("last_seq")),
                name="conversation_shop_receipts_in_order",
            ),
        ]


class SessionQuerySet(models.QuerySet["ServiceSession"]):
    """Questions about sessions."""

    def open(self) -> "SessionQuerySet":
        return self.exclude(state=ServiceSession.State.CLOSED)

    def closed(self) -> "SessionQuerySet":
        return self.filter(state=ServiceSession.State.CLOSED)

    def queued(self) -> "SessionQuerySet":
        return self.filter(state=ServiceSession.State.QUEUED)

    def assigned(self) -> "SessionQuerySet":
        return self.filter(state=ServiceSession.State.ASSIGNED)

    def due(self, now: datetime) -> "SessionQuerySet":
        """Open sessions whose automatic close has come (P2, P3)."""
        return self.open().filter(closes_at__lte=now)


class ServiceSession(models.Model):
    """One reception (会话): from the buyer's first message to the close; holds the facts figures are made of."""

    class State(models.TextChoices):
        BOT = "bot", _("With the bot")
        QUEUED = "queued", _("Waiting")
        ASSIGNED = "assigned", _("In progress")
        CLOSED = "closed", _("Closed")

    class Entry(models.TextChoices):
        PRODUCT = "product", _("Product page")
        ORDER = "order", _("Order detail")
        AFTER_SALE = "after_sale", _("After-sale application")

    class CloseReason(models.TextChoices):
        AGENT = "agent", _("Closed by the agent")
        BUYER_SILENT = "buyer_silent", _("The buyer was silent")
        SHOP_SILENT = "shop_silent", _("The shop was silent")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="sessions")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="sessions")
    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE, related_name="sessions")
    state = models.CharField(max_length=8, choices=State)
    assignee = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="sessions")
    last_assignee = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.CharField(max_length=10, choices=Entry)
    entry_product = models.ForeignKey(Product, null=True, on_delete=models.SET_NULL, related_name="+")
    entry_order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="+")
    entry_after_sale = models.ForeignKey(AfterSale, null=True, on_delete=models.SET_NULL, related_name="+")
    holiday_mode = models.BooleanField(default=False, help_text="The shop was in holiday mode when it started (G2).")
    first_seq = models.BigIntegerField()
    started_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True, help_text="Arrival in the queue; kept when it is put back (B8).")
    first_assigned_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=12, choices=CloseReason, blank=True)

    # what is due, computed from the policy when something happens
    closes_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, help_text="When it starts to count as about to expire (P12).")
    read_only_at = models.DateTimeField(null=True)
    bot_due_at = models.DateTimeField(null=True)

    # the running state of the talk
    bot_misses = models.PositiveSmallIntegerField(default=0)
    bot_seen_seq = models.BigIntegerField(default=0, help_text="The last buyer message that the bot dealt with.")
    unread = models.PositiveIntegerField(default=0)
    waiting_since = models.DateTimeField(null=True, help_text="The oldest buyer message that no human answered.")
    timer_at = models.DateTimeField(null=True, help_text="C3: what the console's timer counts from.")
    last_message_at = models.DateTimeField()
    last_message_text = models.CharField(max_length=80, blank=True)
    last_sender = models.CharField(max_length=6, blank=True)
    last_buyer_at = models.DateTimeField(null=True)
    last_buyer_seq = models.BigIntegerField(default=0)
    last_answer_at = models.DateTimeField(null=True, help_text="The shop's last answer, a bot's too (P2).")
    last_automatic_seq = models.BigIntegerField(default=0, help_text="The last answer of automatic reception.")
    last_human_seq = models.BigIntegerField(default=0)
    first_human_at = models.DateTimeField(null=True)
    assignee_replied = models.BooleanField(default=False)
    invited_at = models.DateTimeField(null=True, help_text="The rating invitation or survey was sent (F2).")
    marked = models.BooleanField(default=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=~Q(state="closed"), name="one_open_session_per_conversation"
            ),
            models.CheckConstraint(
                condition=Q(state="assigned", assignee__isnull=False)
                | (~Q(state="assigned") & Q(assignee__isnull=True)),
                name="session_assigned_has_assignee",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="session_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["bot", "queued", "assigned", "closed"]), name="session_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="queued") | Q(queued_at__isnull=False), name="session_queued_has_place"
            ),
        ]
        indexes = [
            models.Index(
                fields=["assignee", "-last_message_at", "-id"],
                condition=Q(state="assigned"),
                include=["unread", "waiting_since", "expires_at", "marked"],
                name="session_inbox_latest",
            ),
            models.Index(
                fields=["assignee", "waiting_since", "id"], condition=Q(state="assigned"), name="session_inbox_waiting"
            ),
            models.Index(fields=["shop", "queued_at", "id"], condition=Q(state="queued"), name="session_queue"),
            models.Index(
                fields=["last_assignee", "-last_message_at", "-id"], condition=Q(state="closed"), name="session_history"
            ),
            models.Index(
                fields=["closes_at"], condition=~Q(state="closed") & Q(closes_at__isnull=False), name="session_due"
            ),
            models.Index(fields=["bot_due_at"], condition=Q(bot_due_at__isnull=False), name="session_bot_due"),
            models.Index(fields=["conversation", "-id"], name="session_of_conversation"),
            models.Index(fields=["shop", "started_at"], name="session_started"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state != self.State.CLOSED

    def is_read_only(self, now: datetime) -> bool:
        """Whether the shop may no longer write into it (P4, P5)."""
        return self.read_only_at is not None and self.read_only_at <= now


class Assignment(models.Model):
    """One time that an agent had a session; per-agent figures and "why this agent" come from it alone."""

    class Kind(models.TextChoices):
        AUTO = "auto", _("Automatic")
        SOLE = "sole", _("Only agent")
        MANUAL = "manual", _("Taken or given")
        TRANSFER = "transfer", _("Transfer")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(ServiceSession, on_delete=models.CASCADE, related_name="assignments")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="assignments")
    by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    why = models.JSONField(default=dict, help_text="The idle rates the router saw (B2).")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    first_reply_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(ended_at__isnull=True), name="one_running_assignment_per_session"
            ),
        ]
        indexes = [models.Index(fields=["member", "started_at"])]


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
        FAQ_CARD = "faq_card", _("FAQ card")
        BOT_ANSWER = "bot_answer", _("Bot answer")
        RATING_CARD = "rating_card", _("Rating card")
        NOTE = "note", _("System note")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages", db_index=False)
    session = models.ForeignKey(ServiceSession, on_delete=models.CASCADE, related_name="messages", db_index=False)
    seq = models.BigIntegerField()
    sender_kind = models.CharField(max_length=6, choices=Sender)
    sender = models.CharField(max_length=24, help_text="The sender key: b:12, a:5, bot or system.")
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind)
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


class Event(models.Model):
    """One number of a conversation's log: a message or a visible change. What buyer and agent both may see."""

    class Kind(models.TextChoices):
        MESSAGE = "message", _("Message")
        OPENED = "session.opened", _("Session opened")
        QUEUED = "session.queued", _("Waiting for an agent")
        ASSIGNED = "session.assigned", _("An agent answers")
        CLOSED = "session.closed", _("Session closed")
        RATED = "session.rated", _("Session rated")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="events", db_index=False)
    session = models.ForeignKey(ServiceSession, on_delete=models.CASCADE, related_name="events", db_index=False)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    message = models.OneToOneField(Message, null=True, on_delete=models.CASCADE, related_name="event")
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="event_seq_once"),
            models.CheckConstraint(
                condition=Q(kind="message", message__isnull=False) | (~Q(kind="message") & Q(message__isnull=True)),
                name="event_message_has_message",
            ),
        ]


class DeskEvent(models.Model):
    """One number of a shop's desk log: a change of the lists or of the people."""

    class Kind(models.TextChoices):
        QUEUED = "session.queued", _("Joined the queue")
        ASSIGNED = "session.assigned", _("Assigned")
        TRANSFERRED = "session.transferred", _("Transferred")
        REQUEUED = "session.requeued", _("Put back into the queue")
        CLOSED = "session.closed", _("Closed")
        MARKED = "session.marked", _("Marked or unmarked")
        INVITED = "session.invited", _("Rating invited")
        RATED = "session.rated", _("Rated")
        MEMBER = "member.changed", _("An agent's state changed")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    session = models.ForeignKey(ServiceSession, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "seq"], name="desk_event_seq_once")]


class Rating(models.Model):
    """The buyer's stars for one session (F1); not editable."""

    class Source(models.TextChoices):
        BUYER = "buyer", _("By the buyer")
        INVITATION = "invitation", _("On invitation")
        SURVEY = "survey", _("Automatic survey")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    session = models.OneToOneField(ServiceSession, on_delete=models.CASCADE, related_name="rating")
    member = models.ForeignKey(
        Member,
        null=True,
        on_delete=models.PROTECT,
        related_name="ratings",
        help_text="The agent rated; empty for the bot.",
    )
    stars = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=10, choices=Source)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="rating_one_to_five")]


class Outbox(models.Model):
    """An effect outside the database, promised in the transaction and done by the worker, at least once."""

    shop = models.ForeignKey(Shop, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    payload = models.JSONField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    dead = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(dead=False), name="outbox_due")]
