"""One reception, and who had it when (DESIGN, two levels)."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.conversation import Conversation
from chat.models.figures import SessionFigures, TurnCounts
from commerce.models import AfterSale, Order, Product
from shops.models import Buyer, Member, Shop


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

    def below(self, at: datetime, pk: int) -> "SessionQuerySet":
        """Sessions that come after this place, newest message first."""
        # The first condition says nothing new, but it is the one that an index can start from.
        return self.filter(Q(last_message_at__lte=at), Q(last_message_at__lt=at) | Q(pk__lt=pk))

    def unindexed(self) -> "SessionQuerySet":
        """Closed sessions whose words the index does not hold yet."""
        return self.closed().filter(words_doc=None)

    def due(self, now: datetime) -> "SessionQuerySet":
        """Open sessions whose automatic close has come (P2, P3)."""
        return self.open().filter(closes_at__lte=now)


class ServiceSession(SessionFigures):
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
        SHOP = "shop", _("Shop page")

    class Landing(models.TextChoices):
        """The template of the advertisement's page that the entry stood on [004]; empty: the shop's own pages."""

        TRAFFIC = "traffic", _("Ad page for shop traffic")
        CONVERSION = "conversion", _("Ad page for one product")
        VIRTUAL = "virtual", _("Ad page for virtual goods")

    class CloseReason(models.TextChoices):
        AGENT = "agent", _("Closed by the agent")
        BUYER_SILENT = "buyer_silent", _("The buyer was silent")
        SHOP_SILENT = "shop_silent", _("The shop was silent")

    class StartedBy(models.TextChoices):
        BUYER = "buyer", _("By the buyer")
        AGENT = "agent", _("By an agent")

    class BotPart(models.TextChoices):
        """What the bot did with the session; the others say why it handed over."""

        NONE = "", _("Without the bot")
        KEPT = "kept", _("Received by the bot")
        ASKED = "asked", _("The buyer asked for a human")
        MISSES = "misses", _("The bot did not understand twice")
        RATED_LOW = "rated_low", _("The buyer rated the bot low")
        SWITCHED_OFF = "switched_off", _("The bot was switched off")
        TAKEN = "taken", _("An agent wrote first")

    class Topic(models.TextChoices):
        PRE_SALE = "pre_sale", _("Pre-sale")
        LOGISTICS = "logistics", _("Logistics")
        AFTER_SALE = "after_sale", _("After-sale")
        OTHER = "other", _("Other")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="sessions")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="sessions")
    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE, related_name="sessions")
    state = models.CharField(max_length=8, choices=State)
    assignee = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="sessions")
    last_assignee = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.CharField(max_length=10, choices=Entry)
    landing = models.CharField(max_length=10, choices=Landing, blank=True)
    entry_product = models.ForeignKey(Product, null=True, on_delete=models.SET_NULL, related_name="+")
    entry_order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="+")
    entry_after_sale = models.ForeignKey(AfterSale, null=True, on_delete=models.SET_NULL, related_name="+")
    holiday_mode = models.BooleanField(default=False, help_text="The shop was in holiday mode when it started (G2).")
    off_hours_told = models.BooleanField(default=False, help_text="The off-hours reply was sent, once (E5).")
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
    bot_part = models.CharField(max_length=12, choices=BotPart, blank=True, help_text="Whether it had it, and why not.")
    bot_survey_at = models.DateTimeField(null=True, help_text="The bot asked for stars inside the session (E6).")
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
    mark_note = models.CharField(max_length=200, blank=True, help_text="Why it was marked (C4).")
    started_by = models.CharField(max_length=5, choices=StartedBy, default=StartedBy.BUYER)
    topic = models.CharField(max_length=10, choices=Topic, blank=True, help_text="What it was about (C24).")
    no_reply_needed = models.BooleanField(default=False, help_text="Out of the response rate (F4).")
    report_upheld = models.BooleanField(
        default=False, help_text="Out of G2 and G8 while a report stands approved (F3)."
    )

    removed_at = models.DateTimeField(null=True, help_text="When its messages were removed (retention).")
    words_doc = models.BigIntegerField(null=True, help_text="The document in the word index; empty: not indexed.")

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
            models.UniqueConstraint(
                fields=["words_doc"], condition=Q(words_doc__isnull=False), name="session_words_doc"
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
                fields=["shop", "-last_message_at", "-id"], condition=Q(state="closed"), name="session_archive"
            ),
            models.Index(
                fields=["shop", "-last_message_at", "-id"],
                condition=Q(state="closed", words_doc__isnull=True),
                name="session_unindexed",
            ),
            models.Index(
                fields=["shop", "last_message_at", "id"],
                condition=Q(state="closed", removed_at__isnull=True),
                name="session_kept",
            ),
            models.Index(
                fields=["closes_at"], condition=~Q(state="closed") & Q(closes_at__isnull=False), name="session_due"
            ),
            models.Index(fields=["bot_due_at"], condition=Q(bot_due_at__isnull=False), name="session_bot_due"),
            models.Index(fields=["conversation", "-id"], name="session_of_conversation"),
            # People consulting (G9) are counted from this index alone; none of its columns changes with a message.
            models.Index(fields=["shop", "started_at", "id"], include=["buyer", "started_by"], name="session_started"),
            models.Index(fields=["shop", "started_at"], condition=~Q(state="closed"), name="session_open_since"),
            models.Index(
                fields=["shop", "started_at"],
                condition=~Q(bot_part=""),
                include=["bot_part"],
                name="session_of_bot",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state != self.State.CLOSED

    def is_read_only(self, now: datetime) -> bool:
        """Whether the shop may no longer write into it (P4, P5)."""
        return self.read_only_at is not None and self.read_only_at <= now


class Assignment(TurnCounts):
    """One time that an agent had a session; per-agent figures and "why this agent" come from it.

    Its counts of turns are the session's as they stood when the agent got it: the agent's share is what came on top.
    """

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
    reason = models.CharField(max_length=200, blank=True, help_text="What the giver said with a transfer (B6).")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    first_reply_at = models.DateTimeField(null=True)
    again = models.BooleanField(default=False, help_text="This agent had the session before (G7 counts it once).")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(ended_at__isnull=True), name="one_running_assignment_per_session"
            ),
        ]
        indexes = [models.Index(fields=["member", "started_at"])]
