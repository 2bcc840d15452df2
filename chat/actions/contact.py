"""Write to a buyer first (C7): within P6 only, to the one who does it, even above capacity."""

from datetime import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import access, locks, routing
from chat.actions import assigning, sessions
from chat.actions.assigning import Pick
from chat.models import Assignment, ServiceSession
from commerce import contact
from commerce.models import Order
from lib.db import write
from shops.errors import Refused
from shops.models import Buyer, Desk, Member

State = ServiceSession.State


class Contact(NamedTuple):
    """The session to show, and whether it was opened just now."""

    session: ServiceSession
    opened: bool


def start(by: Member, buyer: Buyer, order: Order | None = None) -> Contact:
    """Open a session with a buyer; an open one is shown instead. Without an order, any that allows it will do.

    409 `contact_not_allowed` (P6), `with_colleague` (somebody else talks with the buyer and the agent can't see it).
    """
    line = access.conversation_of(buyer)
    with write():
        desk = locks.desk(by.shop_id)
        held = locks.conversations([line.pk])[line.pk]
        sessions.must_be_agent(by)
        now = timezone.now()
        current = ServiceSession.objects.open().filter(conversation=held).first()
        if current is not None:
            return Contact(_shown(desk, current.pk, by, now), False)
        allowed = _allowing(desk, buyer, order, now)
        entry = {"kind": ServiceSession.Entry.ORDER.value, "order": allowed.pk}
        session = sessions.start(desk, held, entry, now, ServiceSession.StartedBy.AGENT)
        _to(desk, session, by, now)
    return Contact(session, True)


def _allowing(desk: Desk, buyer: Buyer, order: Order | None, now: datetime) -> Order:
    found = contact.allowing(desk.shop, now).filter(buyer=buyer).order_by("-created_at", "-pk")
    chosen = (found.filter(pk=order.pk) if order else found).first()
    if chosen is None:
        raise Refused("contact_not_allowed", contact.refusal(desk.shop))
    return chosen


def _shown(desk: Desk, session_id: int, by: Member, now: datetime) -> ServiceSession:
    """Return the buyer's open session where this agent may see it; what the bot still has becomes the agent's."""
    session = locks.sessions(desk.pk, [session_id])[0]
    if session.state == State.BOT:
        session.bot_part = ServiceSession.BotPart.TAKEN
        session.save(update_fields=["bot_part"])
        _to(desk, session, by, now)
    elif not access.visible(by).filter(pk=session.pk).exists():
        name = session.assignee.nickname if session.assignee else ""
        raise Refused("with_colleague", _("%(name)s is talking with this buyer already.") % {"name": name})
    return session


def _to(desk: Desk, session: ServiceSession, by: Member, now: datetime) -> None:
    """Give it to the initiator as the desk knows it now: its load may have moved since the request came in."""
    fresh = Member.objects.get(pk=by.pk)
    assigning.assign(desk, [Pick(session, fresh, Assignment.Kind.MANUAL, by=fresh)], now)
    routing.drain_later(desk.pk)
