"""Sessions whose words were removed or are being erased: nothing is written beside them any more."""

from django.utils.translation import gettext as _

from chat.models import ServiceSession
from shops.errors import Refused


def is_gone(session: ServiceSession) -> bool:
    """Whether retention or an erasure has passed over the session, whose row is locked; neither comes again."""
    return session.removed_at is not None or session.buyer.erased_at is not None


def refuse(session: ServiceSession) -> None:
    """Raise Refused `removed` for words that would stay for good."""
    if is_gone(session):
        raise Refused("removed", _("The messages of this session were removed; nothing can be added to it."))
