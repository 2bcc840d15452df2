"""Tell buyers that their parcels have moved on (E11): the worker does, each change once, in a note."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chat import facts, locks
from chat.actions import talk
from chat.actions.answers import parcel_line
from chat.models import Conversation, ServiceSession
from commerce.models import Shipment
from lib.db import write
from shops.models import Shop

MANY = 50  # of a shop in one pass
SILENT = (Shipment.State.AWAITING_COLLECTION,)  # what the buyer knows from the order


def tell_changes(now: datetime | None = None) -> int:
    """Tell what changed in the shops that have it switched on; return how many buyers were told.

    It asks for parcels whose state is not the one told of, so whoever writes parcels need not know of it.
    """
    told = 0
    moved = Shipment.objects.exclude(told_state=F("state"))
    for shop in Shop.objects.filter(Exists(moved.filter(shop=OuterRef("pk"))), tells_parcels=True).order_by("pk"):
        for parcel in moved.filter(shop=shop).select_related("order").order_by("pk")[:MANY]:
            told += _settle(parcel, now or timezone.now())
    return told


def _settle(parcel: Shipment, now: datetime) -> bool:
    """Take a change for told, and tell it; whoever takes it first tells it."""
    line_id = Conversation.objects.filter(buyer_id=parcel.order.buyer_id).values_list("pk", flat=True).first()
    with write():
        session = _newest(line_id) if line_id else None
        mine = Shipment.objects.filter(pk=parcel.pk, state=parcel.state, told_state=parcel.told_state)
        if not mine.update(told_state=parcel.state) or parcel.state in SILENT or session is None:
            return False
        _tell(session, parcel, now)
    return True


def _newest(line_id: int) -> ServiceSession | None:
    """Return the newest session of a conversation, which is locked from now on; None: there is nobody to tell.

    The buyer has never written, is erased, or the session was removed: whatever came into it now would stay for good.
    """
    line = locks.conversations([line_id])[line_id]
    if line.buyer.erased_at:
        return None
    newest = ServiceSession.objects.filter(conversation=line).select_related("shop", "buyer").order_by("-pk").first()
    if newest is None or newest.removed_at:
        return None
    newest.conversation = line
    return newest


def _tell(session: ServiceSession, parcel: Shipment, now: datetime) -> None:
    """Say it in the newest session, open or closed: no session starts by it, no timer, counter or fact changes."""
    with translation.override(session.shop.language):
        news = {"number": parcel.order.number, "parcel": parcel_line(parcel)}
        text = _("News of your order %(number)s. %(parcel)s") % news
    if session.conversation.buyer_pushes:
        session.conversation.push_due_at = now + facts.PUSH_AFTER
    talk.note(session, "parcel", text, now, order=parcel.order.number, state=parcel.state)
