"""Sellers, shops, the people inside them, and buyers."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shops import permissions, presets
from shops.audit_entry import AuditEntry as AuditEntry


class User(AbstractUser):
    """A person who can sign in; what the person may do in a shop is the Member's business."""


class SignIn(AbstractBaseSession):
    """A browser's cookie session, with whose it is: people see where they are signed in, and can end it."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sign_ins")
    browser = models.CharField(max_length=300, blank=True, help_text="What it called itself when it signed in.")
    address = models.CharField(max_length=45, blank=True)
    started_at = models.DateTimeField(null=True)


class Device(models.Model):
    """An app that somebody is signed in with, see shops/devices.py; signed out, the row goes."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    name = models.CharField(max_length=60)
    browser = models.CharField(max_length=300, blank=True, help_text="What it called itself when it signed in.")
    address = models.CharField(max_length=45, blank=True)
    secret = models.CharField(max_length=64, help_text="A hash of what its tokens carry.")
    generation = models.PositiveIntegerField(default=0, help_text="The number of the refresh token that is good.")
    started_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    background_since = models.DateTimeField(null=True, help_text="In the background since; its open console ends that.")


class Seller(models.Model):
    """The company (商家); owns one or more shops."""

    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


class Shop(models.Model):
    """The tenant (店铺): chat, staff permissions, settings and figures are all per shop."""

    class QueueOrder(models.TextChoices):
        FIFO = presets.FIFO, _("First in, first out")
        LIFO = presets.LIFO, _("Last in, first out")

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="shops")
    name = models.CharField(max_length=120)
    preset = models.CharField(max_length=32, choices=list(presets.LABELS.items()))
    overrides = models.JSONField(default=dict, blank=True)
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    currency = models.CharField(max_length=3, default="CNY")
    language = models.CharField(
        max_length=10, default="zh-hans", help_text="What the bot and the system speak to buyers."
    )
    queue_order = models.CharField(max_length=4, choices=QueueOrder, default=QueueOrder.FIFO)
    greeting = models.CharField(max_length=500, blank=True)
    bot_enabled = models.BooleanField(default=False)
    bot_only_off_hours = models.BooleanField(default=False, help_text="On, but outside business hours only (E3).")
    faq_by_hits = models.BooleanField(
        default=False, help_text="The FAQ card shows the most asked, not those chosen (E2)."
    )
    tells_parcels = models.BooleanField(default=False, help_text="Buyers are told of changes of their parcels (E11).")
    holiday_mode = models.BooleanField(default=False)
    holiday_notice = models.CharField(
        max_length=300, blank=True, help_text="What buyers read then; empty: usual words."
    )
    holiday_from = models.DateTimeField(null=True, blank=True, help_text="Empty: as soon as the mode is on.")
    holiday_until = models.DateTimeField(null=True, blank=True, help_text="Empty: until the mode is switched off.")
    business_week = models.JSONField(default=list, blank=True, help_text="Periods a weekday, see shops/hours.py (E5).")
    special_days = models.JSONField(default=list, blank=True, help_text="Dates with periods of their own (E5).")
    off_hours_reply = models.CharField(max_length=500, blank=True, help_text="Empty: none is sent (E5).")
    forbidden_words = models.JSONField(
        default=list, blank=True, help_text="Words that the console warns of before sending (C23)."
    )
    requeue_after = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Minutes without an answer after which an absent agent's session waits for the others (C22); "
        "empty: never.",
    )
    retention_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Conversations that ended earlier are removed; empty: they are kept."
    )
    identity_secret = models.CharField(max_length=128)
    identity_secret_before = models.CharField(max_length=128, blank=True, help_text="Good beside it until the moment.")
    identity_secret_until = models.DateTimeField(null=True)
    is_followed = models.BooleanField(default=False, help_text="Somebody outside is told what happens here (webhooks).")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(preset__in=list(presets.PRESETS)), name="shop_preset_known"),
            models.CheckConstraint(condition=Q(queue_order__in=["fifo", "lifo"]), name="shop_queue_order_known"),
            models.CheckConstraint(condition=~Q(identity_secret=""), name="shop_has_identity_secret"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(requeue_after__isnull=False), name="shop_requeues"),
            models.Index(fields=["id"], condition=Q(tells_parcels=True), name="shop_tells_parcels"),
            models.Index(fields=["id"], condition=Q(retention_days__isnull=False), name="shop_removes"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def policy(self) -> presets.Policy:
        """The numbers in force for this shop (SPEC P)."""
        return presets.policy(self.preset, self.overrides)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Desk(models.Model):
    """The shop's desk: its row is the routing lock, its number counts the desk log."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, primary_key=True, related_name="desk")
    last_seq = models.BigIntegerField(default=0)

    # No columns: whoever holds this very object keeps here what it told, and what it read under the lock.
    places_told = False
    places: tuple[list[tuple[Any, ...]], list["Member"]] | None = None


class MemberQuerySet(models.QuerySet["Member"]):
    """Questions about a shop's people."""

    def active(self) -> "MemberQuerySet":
        return self.filter(is_active=True, user__is_active=True)

    def agents(self) -> "MemberQuerySet":
        """Those who can open the chat tool and get a session (A1)."""
        return self.active().filter(im_permission=True)

    def online(self, now: datetime, *, in_front: bool = False) -> "MemberQuerySet":
        """Those with a living presence lease (B1); `in_front`: of an open console, not of an app's background."""
        alive = Presence.objects.filter(member=models.OuterRef("pk"), expires_at__gt=now)
        return self.filter(models.Exists(alive.exclude(boot=Presence.BACKGROUND) if in_front else alive))


class Member(models.Model):
    """A person's account inside one shop (子账号)."""

    class Role(models.TextChoices):
        OWNER = presets.OWNER, _("Owner")
        SUPER_ADMIN = presets.SUPER_ADMIN, _("Super admin")
        SERVICE_LEAD = presets.SERVICE_LEAD, _("Service lead")
        AGENT = presets.AGENT, _("Agent")
        STAFF = presets.STAFF, _("Staff")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)
    im_permission = models.BooleanField(default=False)
    nickname = models.CharField(max_length=40)
    capacity = models.PositiveIntegerField()
    accepting = models.BooleanField(default=True)
    load = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    on_break_since = models.DateTimeField(null=True, help_text="On a break (小休): nothing is assigned automatically.")
    break_reason = models.CharField(max_length=60, blank=True)
    avatar = models.CharField(max_length=100, blank=True, help_text="The approved picture, a stored name (A5).")
    after_low_rating = models.BooleanField(
        default=False, help_text="Gets, before others, the buyers who rated the bot 1-2 stars (E6)."
    )
    was_online = models.BooleanField(default=False, help_text="The last online/offline edge told to the desk.")

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "user"], name="member_once_per_shop"),
            models.UniqueConstraint(fields=["shop", "nickname"], name="member_nickname_once_per_shop"),
            models.UniqueConstraint(fields=["shop"], condition=Q(role="owner"), name="shop_has_one_owner"),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "super_admin", "service_lead", "agent", "staff"]),
                name="member_role_known",
            ),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="member_capacity_positive"),
        ]

    def __str__(self) -> str:
        return self.nickname

    @property
    def is_agent(self) -> bool:
        """Whether this person may open the chat tool (A1); `user` decides too, see MemberQuerySet.agents."""
        return self.is_active and self.im_permission

    @property
    def nickname_set_by(self) -> str:
        """Who sets this nickname (P7): registration (nobody here), owner or member."""
        policy = self.shop.policy
        return policy.owner_nickname_set_by if self.role == presets.OWNER else policy.member_nickname_set_by

    @property
    def names_itself(self) -> bool:
        """Whether the nickname is this person's own to set (P7)."""
        return self.nickname_set_by == ("owner" if self.role == presets.OWNER else "member")

    @property
    def is_lead(self) -> bool:
        return permissions.may(self, "see all sessions")


class Invitation(models.Model):
    """The way in for an account that has no password yet (A1): the link is signed over `key`, see invitations.py."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="invitation")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=32)
    expires_at = models.DateTimeField()


class LinkRequest(models.Model):
    """Somebody asked for a link to set a new password; kept for a day, to count them (S-11). Both are keyed hashes."""

    place = models.CharField(max_length=32, help_text="Of the address it came from.")
    whom = models.CharField(max_length=32, help_text="Of the e-mail address, whether an account has it or not.")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["place", "created_at"]), models.Index(fields=["whom", "created_at"])]


class Duty(models.Model):
    """One span in which a member was online, on a break or away (C22); ended once, never changed otherwise."""

    class State(models.TextChoices):
        ONLINE = "online", _("Online")
        BREAK = "break", _("On a break")
        OFFLINE = "offline", _("Offline")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="duties")
    state = models.CharField(max_length=7, choices=State)
    reason = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=Q(ended_at=None), name="duty_one_running"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("started_at")), name="duty_ends_after_its_start"
            ),
        ]
        indexes = [models.Index(fields=["shop", "ended_at"], name="duty_of_shop")]


class Presence(models.Model):
    """A lease that says one open console is alive; it ends by itself when its process dies."""

    BACKGROUND = (
        "background"  # instead of a process's boot: an app's, kept up by its calls; `socket` names it and whose
    )

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="presences")
    boot = models.CharField(max_length=36)
    socket = models.CharField(max_length=36)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["boot", "socket"], name="presence_once_per_socket")]
        indexes = [models.Index(fields=["member", "expires_at"]), models.Index(fields=["expires_at"])]


class Buyer(models.Model):
    """The person who writes to the shop (消费者); known by the shop's own id for them."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="buyers")
    uid = models.CharField(max_length=64)
    nickname = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)
    name_doc = models.BigIntegerField(null=True, editable=False, help_text="Its place in the index of nicknames.")
    erased_at = models.DateTimeField(null=True, help_text="From here on nothing is written; what there was is blanked.")
    renamed = ""  # the other nickname that this request brought

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "uid"], name="buyer_uid_once_per_shop"),
            models.CheckConstraint(condition=~Q(uid=""), name="buyer_has_uid"),
            models.UniqueConstraint(fields=["name_doc"], condition=Q(name_doc__isnull=False), name="buyer_name_doc"),
        ]
        indexes = [
            models.Index(fields=["shop", "-id"], name="buyer_newest"),
            models.Index(fields=["shop", "-id"], condition=Q(name_doc=None), name="buyer_unnamed"),
            models.Index(fields=["shop", "nickname"], name="buyer_nickname"),
        ]

    def __str__(self) -> str:
        return self.nickname


class Visitor(models.Model):
    """Who writes without an identity (D2): the secret that keeps the line, never stored in the clear."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    buyer = models.OneToOneField(Buyer, on_delete=models.CASCADE, related_name="visitor")
    key_hash = models.CharField(max_length=64, unique=True)
    place = models.CharField(max_length=32, help_text="A keyed hash of the address, to count starts (S-11).")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["place", "created_at"]), models.Index(fields=["created_at"])]


class Widget(models.Model):
    """The shop's chat on its own pages (D2), see shops/widget.py."""

    class Position(models.TextChoices):
        RIGHT = "right", _("Right")
        LEFT = "left", _("Left")

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, primary_key=True, related_name="widget")
    origins = models.JSONField(default=list, blank=True, help_text="The sites that may frame it: exact origins.")
    anonymous = models.BooleanField(default=False, help_text="Visitors may write without an identity.")
    accent = models.CharField(max_length=7, blank=True)
    position = models.CharField(max_length=5, choices=Position, default=Position.RIGHT)
    label = models.CharField(max_length=20, blank=True)


class Feedback(models.Model):
    """What a member told the makers of the product (C14)."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="feedback")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="feedback_has_text")]
