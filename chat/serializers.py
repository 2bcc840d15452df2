"""The one wire format (docs/wire.md): plain dicts with declared shapes, for REST and sockets alike."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from botfaq.models import Question
from chat import media, urgency
from chat.models import Attachment, Conversation, DeskEvent, Event, Message, Note, ServiceSession
from chat.searching import Hit
from chat.shapes import (
    AfterSaleShape,
    AttachmentShape,
    ColleagueShape,
    CouponShape,
    DeskEventShape,
    DeskOrderShape,
    EntryShape,
    EventShape,
    FaqShape,
    FoundSessionShape,
    FoundWordsShape,
    MemberShape,
    MessageShape,
    NoteShape,
    OrderShape,
    ProductShape,
    ReceiptsShape,
    RecipientShape,
    SessionRowShape,
    ShipmentShape,
)
from commerce import recipients
from commerce.models import AfterSale, Coupon, Order, Product, Shipment
from commerce.recipients import Recipient
from shops.models import Member, Shop

NEARLY_FULL = 0.8  # of the capacity


def moment(at: datetime) -> str:
    """Return ISO 8601 in UTC with milliseconds."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def maybe(at: datetime | None) -> str | None:
    return moment(at) if at else None


def attachment(found: Attachment) -> AttachmentShape:
    return {
        "id": found.pk,
        "kind": found.kind,
        "mime": found.mime,
        "url": media.url(found),
        "preview": media.preview_url(found),
        "width": found.width,
        "height": found.height,
        "duration_ms": found.duration_ms,
        "size": found.size,
    }


def message(said: Message, name: str) -> MessageShape:
    return {
        "id": said.pk,
        "client_msg_id": str(said.client_msg_id) if said.client_msg_id else None,
        "sender": {"kind": said.sender_kind, "name": name},
        "kind": said.kind,
        "text": said.text,
        "data": said.data,
        "attachment": attachment(said.attachment) if said.attachment_id and said.attachment else None,
        "created_at": moment(said.created_at),
    }


def event(happened: Event, buyer_name: str) -> EventShape:
    """Return a stored event; the query has message, its member and its attachment at hand."""
    said = happened.message
    return {
        "seq": happened.seq,
        "kind": happened.kind,
        "at": moment(happened.at),
        "session": happened.session_id,
        "data": happened.data,
        "message": message(said, sender_name(said, buyer_name)) if said else None,
    }


def message_event(said: Message, buyer_name: str) -> EventShape:
    """Return a message's event without reading its Event row: a message's event has no data of its own."""
    return {
        "seq": said.seq,
        "kind": Event.Kind.MESSAGE.value,
        "at": moment(said.created_at),
        "session": said.session_id,
        "data": {},
        "message": message(said, sender_name(said, buyer_name)),
    }


def sender_name(said: Message, buyer_name: str) -> str:
    if said.sender_kind == Message.Sender.BUYER:
        return buyer_name
    return said.member.nickname if said.member else ""


def receipts(line: Conversation) -> ReceiptsShape:
    return {
        "buyer": {"delivered": line.buyer_delivered, "read": line.buyer_read},
        "shop": {"delivered": line.shop_delivered, "read": line.shop_read},
    }


def row(session: ServiceSession) -> SessionRowShape:
    """Return what lists show of a session; conversation, buyer, assignee and rating are at hand."""
    rating = getattr(session, "rating", None)
    return {
        "id": session.pk,
        "conversation": session.conversation_id,
        "state": session.state,
        "buyer": {"id": session.buyer_id, "uid": session.buyer.uid, "nickname": session.buyer.nickname},
        "assignee": colleague(session.assignee),
        "entry": session.entry,
        "last_seq": session.conversation.last_seq,
        "started_at": moment(session.started_at),
        "marked": session.marked,
        "mark_note": session.mark_note,
        "topic": session.topic,
        "muted_until": maybe(session.conversation.muted_until),
        "invited": session.invited_at is not None,
        "rating": {"stars": rating.stars, "words": rating.words, "reasons": rating.reasons} if rating else None,
        "closed_at": maybe(session.closed_at),
        "close_reason": session.close_reason,
        "queued_at": maybe(session.queued_at),
        **running(session),  # type: ignore[typeddict-item]
    }


def found(hit: Hit) -> FoundSessionShape:
    """Return a row of a search: where the words were said, or null if the nickname or an order number matched."""
    said: FoundWordsShape | None = None
    if hit.seq is not None and hit.words is not None:
        said = {"seq": hit.seq, "before": hit.words.before, "hit": hit.words.hit, "after": hit.words.after}
    return {**row(hit.row), "found": said}


def running(session: ServiceSession) -> dict[str, Any]:
    """Return what every message changes of a row."""
    return {
        "last_message_at": moment(session.last_message_at),
        "last_message_text": session.last_message_text,
        "last_sender": session.last_sender,
        "unread": session.unread,
        "waiting_since": maybe(session.waiting_since),
        "timer_at": maybe(session.timer_at),
        "no_reply_needed": session.no_reply_needed,
        "closes_at": maybe(session.closes_at),
        "expires_at": maybe(session.expires_at),
        "read_only_at": maybe(session.read_only_at),
        "answer_by": maybe(urgency.answer_by(session)),
    }


def colleague(member: Member | None) -> ColleagueShape | None:
    return {"id": member.pk, "nickname": member.nickname} if member else None


def picture(member: Member) -> str:
    """Return a signed link to the approved picture (A5), some minutes valid; empty where a letter stands for it."""
    return media.link(member.avatar) if member.avatar else ""


def member_state(member: Member, *, online: bool, figures: bool) -> MemberShape:
    """Return a colleague; everybody sees whether there is room, load and capacity only who may (A2, A4)."""
    taken = member.load / member.capacity
    return {
        "id": member.pk,
        "nickname": member.nickname,
        "avatar": picture(member),
        "role": member.role,
        "online": online,
        "accepting": member.accepting,
        "on_break": member.on_break_since is not None,
        "break_reason": member.break_reason,
        "load": member.load if figures else None,
        "capacity": member.capacity if figures else None,
        "room": "full" if taken >= 1 else "little" if taken >= NEARLY_FULL else "free",
    }


def desk_event(happened: DeskEvent, seen: ServiceSession | None, state: MemberShape | None) -> DeskEventShape:
    """Return a desk event; `seen` is its session where the reader may see it."""
    return {
        "seq": happened.seq,
        "kind": happened.kind,
        "at": moment(happened.at),
        "session": happened.session_id,
        "row": row(seen) if seen else None,
        "member": state,
        "note": note(happened.note) if seen and happened.note else None,
    }


def note(found: Note) -> NoteShape:
    """Return a private note; its member is at hand. For agents only (C26)."""
    return {
        "id": found.pk,
        "conversation": found.conversation_id,
        "session": found.session_id,
        "after_seq": found.after_seq,
        "kind": found.kind,
        "author": {"id": found.member.pk, "nickname": found.member.nickname},
        "text": found.text,
        "until": maybe(found.until),
        "at": moment(found.at),
    }


def product(found: Product, shop: Shop) -> ProductShape:
    return {
        "id": found.pk,
        "sku": found.sku,
        "title": found.title,
        "price": f"{found.price:.2f}",
        "currency": shop.currency,
        "stock": found.stock,
        "on_sale": found.on_sale,
        "picture": found.picture,
    }


def coupon(found: Coupon, shop: Shop) -> CouponShape:
    return {
        "id": found.pk,
        "number": found.number,
        "title": found.title,
        "kind": found.kind,
        "discount": f"{found.discount:.2f}",
        "minimum": f"{found.minimum:.2f}",
        "currency": shop.currency,
        "starts_at": moment(found.starts_at),
        "ends_at": moment(found.ends_at),
        "total": found.total,
        "claimed": found.claimed,
        "link": found.link,
    }


def after_sale(found: AfterSale) -> AfterSaleShape:
    return {
        "id": found.pk,
        "number": found.number,
        "kind": found.kind,
        "state": found.state,
        "reason": found.reason,
        "created_at": moment(found.created_at),
    }


def shipment(found: Shipment) -> ShipmentShape:
    """Return a parcel with its last three events."""
    return {
        "carrier": found.carrier,
        "tracking_number": found.tracking_number,
        "state": found.state,
        "updated_at": moment(found.updated_at),
        "events": [{"at": str(event["at"]), "text": str(event["text"])} for event in found.events[:3]],
    }


def order(found: Order, shop: Shop) -> OrderShape:
    """Return an order; items with products, parcels and after-sale cases are prefetched."""
    return {
        "id": found.pk,
        "number": found.number,
        "state": found.state,
        "cancelled_by": found.cancelled_by,
        "cancel_reason": found.cancel_reason,
        "total": f"{found.total:.2f}",
        "currency": shop.currency,
        "created_at": moment(found.created_at),
        "items": [
            {
                "title": item.product.title,
                "quantity": item.quantity,
                "price": f"{item.price:.2f}",
                "picture": item.product.picture,
            }
            for item in found.items.all()
        ],
        "shipments": [shipment(parcel) for parcel in found.shipments.all()],
        "after_sales": [after_sale(case) for case in found.after_sales.all()],
    }


def recipient(found: Recipient) -> RecipientShape:
    return {"name": found.name, "phone": found.phone, "city": found.city, "address": found.address}


def desk_order(found: Order, shop: Shop, *, may_unmask: bool) -> DeskOrderShape:
    """Return an order with its recipient, masked."""
    known = recipients.masked(found)
    about = recipient(known) if known else None
    return {**order(found, shop), "recipient": about, "may_unmask": may_unmask and known is not None}


def faq(questions: Iterable[Question]) -> list[FaqShape]:
    return [{"id": question.pk, "text": question.text} for question in questions]


def entry(
    shop: Shop, kind: str, of_product: Product | None, of_order: Order | None, of_case: AfterSale | None
) -> EntryShape:
    return {
        "kind": kind,
        "product": product(of_product, shop) if of_product else None,
        "order": order(of_order, shop) if of_order else None,
        "after_sale": after_sale(of_case) if of_case else None,
        "landing": "",
    }
