"""Private notes between colleagues: in the desk log, at their place in the talk, never in the buyer's log (C26)."""

from datetime import datetime

from django.utils import timezone

from chat import gone, locks
from chat.events import DeskChange, record_desk
from chat.models import DeskEvent, Note, ServiceSession
from lib.db import write
from shops.models import Member

LIMIT = 1000  # characters


def add(session_id: int, by: Member, text: str) -> Note:
    """Write a note into a session that the member may see, open or closed."""
    with write():
        desk, session = locks.session(by.shop_id, session_id)
        gone.refuse(session)
        now = timezone.now()
        note = jot(session, by, Note.Kind.NOTE, now, text)
        record_desk(desk, [DeskChange(DeskEvent.Kind.NOTED, session, note=note)], now)
    return note


def jot(
    session: ServiceSession, by: Member, kind: str, now: datetime, text: str = "", until: datetime | None = None
) -> Note:
    """Store a note after the newest number; the conversation is locked, the caller tells the desk."""
    return Note.objects.create(
        shop_id=session.shop_id,
        conversation=session.conversation,
        session=session,
        member=by,
        after_seq=session.conversation.last_seq,
        kind=kind,
        text=text,
        until=until,
        at=now,
    )
