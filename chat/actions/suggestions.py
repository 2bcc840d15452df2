"""Count what became of suggested replies (E8)."""

from django.utils import timezone
from django.utils.translation import gettext as _

from chat.actions import figures
from chat.models import ServiceSession, Suggestion
from lib.db import write
from shops.errors import Refused
from shops.models import Member

Outcome = Suggestion.Outcome


def note(session: ServiceSession, by: Member, seq: int, outcome: str, source: str = "") -> None:
    """Note that replies to a message were shown, or that one was sent; once sent, it stays so.

    Refused `not_assignee`, and `nothing_suggested` where the session has no such message of the buyer.
    """
    if session.assignee_id != by.pk:
        raise Refused("not_assignee", _("This session is with somebody else now."))
    if not session.messages.filter(seq=seq, sender_kind="buyer").exists():
        raise Refused("nothing_suggested", _("There is no such message of the buyer."))
    fresh = {"shop_id": by.shop_id, "member": by, "created_at": timezone.now()}
    with write():
        # A close must come before or after: what is noted later than it marks the day that it is in.
        held = ServiceSession.objects.select_for_update().get(pk=session.pk)
        row, made = Suggestion.objects.get_or_create(session=session, seq=seq, defaults=fresh)
        is_news = outcome != Outcome.OFFERED and row.outcome == Outcome.OFFERED
        if is_news:
            Suggestion.objects.filter(pk=row.pk).update(outcome=outcome, source=source, member=by)
        if made or is_news:
            figures.changed(held)
