"""The door to sessions behind figures: the shop's for those who see its figures, else one's own (A2)."""

from analytics import sums
from analytics.models import Export
from chat import access as chat_access
from chat.models import ServiceSession
from shops import permissions
from shops.access import MAX_ID
from shops.errors import NotYours
from shops.models import Member


def session(member: Member, session_id: int) -> ServiceSession:
    """Return a session with all that its transcript needs; raise NotYours or NotAllowed."""
    if not permissions.may(member, "see figures"):
        return chat_access.session(member, session_id)
    rows = sums.sessions_of(member.shop).select_related("shop", "conversation", "buyer", "rating")
    found = rows.filter(pk=session_id).first() if 0 < session_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found


def export(member: Member, export_id: int) -> Export:
    """Return an export of the shop, whoever of those who see its figures asked for it; raise NotYours or NotAllowed."""
    found = Export.objects.filter(shop=member.shop, pk=export_id).first() if 0 < export_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found
