"""Speak in a buyer's conversation in the speaker's name: find or open the session, then the one road of the writer."""

import uuid
from typing import Any

from django.db.models import F
from django.utils import timezone

from chat import incoming, sending
from chat.actions import contact, sessions
from chat.models import Attachment, Conversation, Message, ServiceSession
from lib.db import write
from openplatform import access, faults
from openplatform.gate import ShopCaller
from openplatform.models import Spent
from shops.errors import Refused
from shops.models import Member

State, Kind = ServiceSession.State, Message.Kind
A_DAY = 10_000  # messages of one program in one shop


def session_of(speaker: Member, line: Conversation) -> ServiceSession:
    """Return the session that the speaker writes into; whoever answers has it.

    What waits or is with the bot becomes the speaker's, a colleague's only where the speaker is a lead (C26). Without
    an open one it is the speaker's last while that may be replied to (P5), else a new one (P6).
    """
    current = access.newest_session(line)
    if current is not None and not current.is_open:
        if current.last_assignee_id == speaker.pk and not current.is_read_only(timezone.now()):
            return current
        current = None
    if current is None:
        current = contact.start(speaker, line.buyer).session
    return held(speaker, current)


def held(speaker: Member, session: ServiceSession) -> ServiceSession:
    """Return an open session when the speaker has it."""
    if session.state == State.BOT:
        session = contact.start(speaker, session.conversation.buyer).session
    if session.state == State.QUEUED:
        return sessions.take(session.pk, speaker)
    if session.assignee_id != speaker.pk:
        return sessions.transfer(session.pk, speaker, speaker)
    return session


def end(speaker: Member, session: ServiceSession) -> None:
    """Close a session in the speaker's name; closed already, nothing happens."""
    if not session.is_open:
        return
    try:
        sessions.close(held(speaker, session).pk, speaker)
    except Refused as refusal:
        if refusal.code != "already_closed":
            raise


def send(caller: ShopCaller, line: Conversation, kind: str, content: dict[str, Any]) -> int:
    """Send a message as an agent; return its number in the conversation."""
    make = _KINDS.get(kind)
    if make is None:
        raise faults.bad(f"Messages of type {kind} can't be sent")
    fields, more = make(caller, line, content)
    draft = incoming.draft({"client_msg_id": str(uuid.uuid4()), **fields}, incoming.AGENT_KINDS)
    spend(caller)
    session = session_of(caller.speaker, line)
    session.shop, session.buyer = caller.shop, line.buyer
    post = sending.from_agent(caller.speaker, session, draft)
    post.data = {**post.data, **more}
    return sending.stored(post).event["seq"]


def words(value: Any) -> str:
    """Check what is said in words, within the limit of any message."""
    return incoming.words(value, "content", incoming.TEXT_LIMIT)


def spend(caller: ShopCaller) -> None:
    """Count a message of today; raise Fault beyond 10,000 (45101004)."""
    with write():
        row, _made = Spent.objects.get_or_create(grant=caller.grant, day=timezone.now().date())
        if not Spent.objects.filter(pk=row.pk, sent__lt=A_DAY).update(sent=F("sent") + 1):
            raise faults.quota()


Made = tuple[dict[str, Any], dict[str, Any]]


def _text(caller: ShopCaller, line: Conversation, content: dict[str, Any]) -> Made:
    return {"kind": Kind.TEXT.value, "text": content.get("content")}, {}


def _image(caller: ShopCaller, line: Conversation, content: dict[str, Any]) -> Made:
    """A picture that was uploaded here, by the address that the upload gave."""
    name = _said(content, "url").partition("?")[0].rstrip("/").rpartition("/")[2]
    mine = Attachment.objects.filter(shop=caller.shop, owner=f"a:{caller.speaker.pk}", kind=Attachment.Kind.IMAGE)
    found = mine.filter(file=f"{name[:2]}/{name}"[:100]).first()
    if found is None:
        raise faults.not_found("Image")
    return {"kind": Kind.IMAGE.value, "attachment": found.pk}, {}


def _video(caller: ShopCaller, line: Conversation, content: dict[str, Any]) -> Made:
    vid = _said(content, "vid")
    mine = Attachment.objects.filter(shop=caller.shop, owner=f"a:{caller.speaker.pk}", kind=Attachment.Kind.VIDEO)
    known = vid.isascii() and vid.isdigit() and len(vid) < 19
    found = mine.filter(pk=int(vid)).first() if known else None
    if found is None:
        raise faults.not_found("Video")
    return {"kind": Kind.VIDEO.value, "attachment": found.pk}, {}


def _product(caller: ShopCaller, line: Conversation, content: dict[str, Any]) -> Made:
    found = access.product(caller.shop, _said(content, "product_id"))
    return {"kind": Kind.PRODUCT_CARD.value, "ref": found.pk}, {}


def _order(caller: ShopCaller, line: Conversation, content: dict[str, Any]) -> Made:
    found = access.order(line, _said(content, "order_id"))
    return {"kind": Kind.ORDER_CARD.value, "ref": found.pk}, {}


def _logistics(caller: ShopCaller, line: Conversation, content: dict[str, Any]) -> Made:
    """An order's parcels: our order card shows them; the number of one says that it is about that one."""
    found = access.order(line, _said(content, "order_id"))
    package = _said(content, "package_id") if content.get("package_id") else ""
    if package and not found.shipments.filter(tracking_number=package[:64]).exists():
        raise faults.not_found("Package")
    return {"kind": Kind.ORDER_CARD.value, "ref": found.pk}, {"package": package}


def _case(caller: ShopCaller, line: Conversation, content: dict[str, Any]) -> Made:
    found = access.after_sale(access.order(line, _said(content, "order_id")))
    return {"kind": Kind.AFTER_SALE_CARD.value, "ref": found.pk}, {}


def _coupon(caller: ShopCaller, line: Conversation, content: dict[str, Any]) -> Made:
    found = access.coupon(caller.shop, _said(content, "coupon_id"))
    return {"kind": Kind.COUPON_CARD.value, "ref": found.pk}, {}


def _said(content: dict[str, Any], name: str) -> str:
    value = content.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise faults.bad(f"content: {name} is missing or not a text")
    return value.strip()


_KINDS = {
    "TEXT": _text,
    "IMAGE": _image,
    "VIDEO": _video,
    "PRODUCT_CARD": _product,
    "ORDER_CARD": _order,
    "LOGISTICS_CARD": _logistics,
    "RETURN_REFUND_CARD": _case,
    "COUPON_CARD": _coupon,
}
TYPES = tuple(_KINDS)
