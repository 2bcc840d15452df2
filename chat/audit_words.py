"""How the audit log calls fields and values; what is not here is shown as it is stored."""

from django.utils.translation import gettext_lazy as _

from shops.models import Member, Shop

FIELDS = {
    "greeting": _("Greeting"),
    "queue_order": _("Queue order"),
    "requeue_after": _("Back to the queue after (minutes)"),
    "business_week": _("Business hours"),
    "special_days": _("Special days"),
    "off_hours_reply": _("Off-hours reply"),
    "holiday_mode": _("Holiday mode"),
    "holiday_notice": _("Holiday notice"),
    "forbidden_words": _("Forbidden words"),
    "bot_enabled": _("Bot"),
    "bot_only_off_hours": _("Bot outside business hours only"),
    "faq_by_hits": _("FAQ card by hits"),
    "tells_parcels": _("Parcel messages"),
    "after_low_rating": _("Receives buyers who rated the bot low"),
    "time_zone": _("Time zone"),
    "overrides": _("Platform numbers"),
    "retention_days": _("Keep conversations for (days)"),
    "role": _("Role"),
    "im_permission": _("IM permission"),
    "is_active": _("May sign in"),
    "nickname": _("Nickname"),
    "email": _("E-mail"),
    "title": _("Title"),
    "text": _("Text"),
    "group": _("Group"),
    "how": _("How"),
    "what": _("Table"),
    "form": _("Format"),
    "state": _("State"),
    "words": _("Words"),
    "reason": _("Reason"),
    "fields": _("Fields"),
}

VALUES = {
    **{str(role.value): role.label for role in Member.Role},
    **{str(order.value): order.label for order in Shop.QueueOrder},
    "transcript": _("Transcript"),
    "messages": _("Messages"),
    "events": _("Messages"),
    "live": _("Live"),
    "analytics": _("Analytics"),
    "approved": _("Approved"),
    "rejected": _("Rejected"),
    "reversed": _("Reversed"),
    "sessions": _("All sessions"),
    "questions": _("Questions"),
    "audit": _("Audit log"),
}
