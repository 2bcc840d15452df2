"""Let a buyer who floods the chat be silent for a while (C23); reports stay the way for abuse."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import locks
from chat.actions import notes
from chat.events import DeskChange, record_desk
from chat.models import Conversation, DeskEvent, Note, ServiceSession
from lib.db import write
from shops.errors import Refused
from shops.models import Member

MOST = 24 * 60  # minutes


def mute(session_id: int, by: Member, minutes: int) -> ServiceSession:
    """Refuse the buyer's messages for some minutes; the desk log keeps who did it. Its agent and leads may."""
    return _set(session_id, by, timedelta(minutes=minutes))


def unmute(session_id: int, by: Member) -> ServiceSession:
    """Let the buyer write again at once."""
    return _set(session_id, by, None)


def _set(session_id: int, by: Member, span: timedelta | None) -> ServiceSession:
    with write():
        desk, session = locks.session(by.shop_id, session_id)
        is_own = by.is_lead or by.pk in (session.assignee_id, session.last_assignee_id)
        is_old = ServiceSession.objects.filter(conversation=session.conversation, pk__gt=session.pk).exists()
        if not is_own or is_old:
            raise Refused("not_assignee", _("This session is with somebody else now."))
        now = timezone.now()
        until: datetime | None = now + span if span else None
        session.conversation.muted_until = until
        Conversation.objects.filter(pk=session.conversation_id).update(muted_until=until)
        kind = Note.Kind.MUTED if until else Note.Kind.UNMUTED
        said = notes.jot(session, by, kind, now, until=until)
        record_desk(desk, [DeskChange(DeskEvent.Kind.MUTED, session, note=said)], now)
    return session
