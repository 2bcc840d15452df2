"""What a program of somebody else's says in its own role: as a robot or as the system; as an agent it is an agent."""

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import locks
from chat.actions import figures, talk
from chat.models import Event, ServiceSession
from lib.db import write
from shops.errors import Refused


def says(shop_id: int, conversation_id: int, text: str, program: str, *, as_robot: bool) -> Event:
    """Say it in the buyer's open session, whoever has it: nothing is taken from anybody.

    A robot's words are an automatic answer (G2, G5), a note of the system is none. Refused `no_session`.
    """
    with write():
        locks.desk(shop_id)
        found = ServiceSession.objects.open().filter(shop_id=shop_id, conversation_id=conversation_id).first()
        if found is None:
            raise Refused("no_session", _("There is no open conversation with this buyer."))
        session, now = locks.sessions(shop_id, [found.pk])[0], timezone.now()
        if session.is_read_only(now):
            raise Refused("read_only", _("This session can no longer be replied to."))
        if not as_robot:
            return talk.note(session, "program", text, now, program=program)
        event = talk.bot_says(session, text, now, {"program": program})
        figures.changed(session)
    return event
