"""One line of the audit log: who did what to which thing, from where. Written by shops/audit.py alone."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """Never changed, and not removed before it is a year old: a trigger of the database refuses both."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed.in", _("Signed in")
        SIGNED_OUT = "signed.out", _("Signed out")
        SIGN_IN_FAILED = "signed.failed", _("Wrong password")
        TOKEN_AGAIN = "token.again", _("An app's token was used twice; the app was signed out")
        SECOND_FACTOR = "factor.changed", _("Second factor changed")
        SECOND_FACTOR_FAILED = "factor.failed", _("Second factor failed")
        PASSWORD = "password.changed", _("Password changed")
        HISTORY = "history.seen", _("Looked through the shop's history")
        SAW = "session.seen", _("Saw a colleague's conversation")
        UNMASKED = "buyer.unmasked", _("Showed a buyer's personal data")
        EXPORTED = "exported", _("Exported")
        ERASED = "buyer.erased", _("Erased a buyer's data")
        SETTING = "setting.changed", _("Changed a setting")
        QUICK_REPLY = "quick_reply.changed", _("Changed a shared quick reply")
        PROFILE = "profile.changed", _("Changed the profile")
        ACCOUNT = "account.opened", _("Opened an account")
        ACCOUNT_CHANGED = "account.changed", _("Changed an account")
        INVITED = "account.invited", _("Made a new invitation")
        KEY = "key.changed", _("Changed an access key")
        WEBHOOK = "webhook.changed", _("Changed a webhook")
        DECIDED = "report.decided", _("Decided a report")
        REVERSED = "report.reversed", _("Took a decision back")
        AVATAR = "avatar.decided", _("Decided on a picture")
        SHOP = "shop.created", _("Created a shop")

    class Subject(models.TextChoices):
        NOTHING = "", "–"
        SHOP = "shop", _("Shop")
        MEMBER = "member", _("Account")
        USER = "user", _("Person")
        SESSION = "session", _("Conversation")
        BUYER = "buyer", _("Buyer")
        ORDER = "order", _("Order")
        REPORT = "report", _("Report")
        QUICK_REPLY = "quick_reply", _("Quick reply")
        EXPORT = "export", _("Export")
        WEBHOOK = "webhook", _("Webhook")

    shop = models.ForeignKey(
        "shops.Shop",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Empty: the platform's own.",
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Empty: the system.",
    )
    who = models.CharField(max_length=150, blank=True, help_text="The actor's name at that time.")
    address = models.CharField(max_length=45, blank=True, help_text="The network address the request came from.")
    kind = models.CharField(max_length=24, help_text="One of Kind; no choices, so that a new one is no migration.")
    subject = models.CharField(max_length=16, blank=True, help_text="One of Subject.")
    subject_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict, help_text="Before and after, a reason, and the like. No words of buyers.")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["shop", "-at", "-id"], name="audit_of_shop"),
            models.Index(fields=["shop", "actor", "-at", "-id"], name="audit_of_actor"),
            models.Index(fields=["shop", "kind", "-at", "-id"], name="audit_of_kind"),
            models.Index(fields=["at"], name="audit_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.kind}"
