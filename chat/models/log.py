"""The logs that clients recover from, and the outbox for what leaves the process."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.conversation import Conversation
from chat.models.message import Message
from chat.models.note import Note
from chat.models.session import ServiceSession
from shops.models import Member, Shop


class Event(models.Model):
    """One number of a conversation's log: a message or a visible change. What buyer and agent both may see."""

    class Kind(models.TextChoices):
        MESSAGE = "message", _("Message")
        OPENED = "session.opened", _("Session opened")
        QUEUED = "session.queued", _("Waiting for an agent")
        ASSIGNED = "session.assigned", _("An agent answers")
        CLOSED = "session.closed", _("Session closed")
        RATED = "session.rated", _("Session rated")
        REOPENED = "session.reopened", _("The close was undone")
        RECALLED = "message.recalled", _("A message was recalled")
        JUDGED = "answer.judged", _("The buyer said whether an answer helped")

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
        REOPENED = "session.reopened", _("The close was undone")
        NO_REPLY = "session.no_reply", _("No reply needed, or needed again")
        NOTED = "session.noted", _("A private note was written")
        REPORTED = "session.reported", _("The buyer was reported")
        MUTED = "session.muted", _("The buyer was muted, or may write again")
        MEMBER = "member.changed", _("An agent's state changed")
        RULES = "rules.changed", _("The platform changed the shop's rules")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    session = models.ForeignKey(ServiceSession, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    note = models.ForeignKey(Note, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "seq"], name="desk_event_seq_once")]


class Outbox(models.Model):
    """An effect outside the database, promised in the transaction and done by the worker, at least once."""

    shop = models.ForeignKey(Shop, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    lane = models.CharField(max_length=10, default="main", help_text="Lanes do not wait for each other.")
    payload = models.JSONField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    dead = models.BooleanField(default=False)
    target = models.CharField(max_length=24, blank=True, help_text="Whom it is for, where that can be asked for.")
    attempts = models.JSONField(default=list, help_text="What came of each try, the newest last; of kept kinds only.")
    done_at = models.DateTimeField(null=True, help_text="Of kept kinds only; others go when they are done.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["lane", "due_at", "id"], condition=Q(dead=False, done_at__isnull=True), name="outbox_due"
            ),
            models.Index(fields=["due_at"], condition=Q(dead=True), name="outbox_dead"),
            models.Index(fields=["done_at"], condition=Q(done_at__isnull=False), name="outbox_done"),
            models.Index(fields=["target", "-id"], name="outbox_of_target"),
            models.Index(fields=["target", "-id"], condition=Q(dead=True), name="outbox_dead_of_target"),
        ]

    @property
    def state(self) -> str:
        """waiting, retrying, done or failed: for whoever looks at it."""
        if self.dead:
            return "failed"
        return "done" if self.done_at else "retrying" if self.error else "waiting"
