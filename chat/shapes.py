"""The declared shapes of the wire (docs/wire.md); the OpenAPI schema is made from them."""

from typing import Any, NotRequired, TypedDict


class FaqShape(TypedDict):
    id: int
    text: str


class SenderShape(TypedDict):
    kind: str
    name: str


class AttachmentShape(TypedDict):
    id: int
    kind: str
    mime: str
    url: str
    preview: str
    width: int
    height: int
    duration_ms: int
    size: int


class MessageShape(TypedDict):
    id: int
    client_msg_id: str | None
    sender: SenderShape
    kind: str
    text: str
    data: dict[str, Any]
    attachment: AttachmentShape | None
    created_at: str


class EventShape(TypedDict):
    seq: int
    kind: str
    at: str
    session: int
    data: dict[str, Any]
    message: MessageShape | None


class SentMessageShape(TypedDict):
    event: EventShape
    duplicate: bool


class ReadPositionShape(TypedDict):
    delivered: int
    read: int


class ReceiptsShape(TypedDict):
    buyer: ReadPositionShape
    shop: ReadPositionShape


class BuyerShape(TypedDict):
    id: int
    uid: str
    nickname: str


class ColleagueShape(TypedDict):
    id: int
    nickname: str


class GivenRatingShape(TypedDict):
    stars: int
    words: str
    reasons: list[str]


class SessionRowShape(TypedDict):
    id: int
    conversation: int
    state: str
    buyer: BuyerShape
    assignee: ColleagueShape | None
    entry: str
    last_seq: int
    last_message_at: str
    last_message_text: str
    last_sender: str
    unread: int
    waiting_since: str | None
    timer_at: str | None
    no_reply_needed: bool
    queued_at: str | None
    started_at: str
    closed_at: str | None
    close_reason: str
    closes_at: str | None
    expires_at: str | None
    read_only_at: str | None
    answer_by: str | None
    marked: bool
    mark_note: str
    topic: str
    muted_until: str | None
    invited: bool
    rating: GivenRatingShape | None


class FoundWordsShape(TypedDict):
    seq: int
    before: str
    hit: str
    after: str


class FoundSessionShape(SessionRowShape):
    found: NotRequired[FoundWordsShape | None]


class MemberShape(TypedDict):
    id: int
    nickname: str
    avatar: str
    role: str
    online: bool
    accepting: bool
    on_break: bool
    break_reason: str
    load: int | None
    capacity: int | None
    room: str


class NoteShape(TypedDict):
    id: int
    conversation: int
    session: int
    after_seq: int
    kind: str
    author: ColleagueShape
    text: str
    until: str | None
    at: str


class DeskEventShape(TypedDict):
    seq: int
    kind: str
    at: str
    session: int | None
    row: SessionRowShape | None
    member: MemberShape | None
    note: NoteShape | None


class ProductShape(TypedDict):
    id: int
    sku: str
    title: str
    price: str
    currency: str
    stock: int
    on_sale: bool
    picture: str


class CouponShape(TypedDict):
    """A coupon; its state is asked for when it is shown: what a card keeps is when it runs."""

    id: int
    number: str
    title: str
    kind: str
    discount: str
    minimum: str
    currency: str
    starts_at: str
    ends_at: str
    total: int | None
    claimed: int
    link: str


class OrderItemShape(TypedDict):
    title: str
    quantity: int
    price: str
    picture: str


class AfterSaleShape(TypedDict):
    id: int
    number: str
    kind: str
    state: str
    reason: str
    created_at: str


class ParcelEventShape(TypedDict):
    at: str
    text: str


class ShipmentShape(TypedDict):
    carrier: str
    tracking_number: str
    state: str
    updated_at: str
    events: list[ParcelEventShape]


class OrderShape(TypedDict):
    id: int
    number: str
    state: str
    cancelled_by: str
    cancel_reason: str
    total: str
    currency: str
    created_at: str
    items: list[OrderItemShape]
    shipments: list[ShipmentShape]
    after_sales: list[AfterSaleShape]


class RecipientShape(TypedDict):
    name: str
    phone: str
    city: str
    address: str


class DeskOrderShape(OrderShape):
    """An order as the desk reads it; cards, which the buyer and the log keep, know no recipient."""

    recipient: RecipientShape | None
    may_unmask: bool


class EntryShape(TypedDict):
    kind: str
    product: ProductShape | None
    order: OrderShape | None
    after_sale: AfterSaleShape | None
    landing: str
