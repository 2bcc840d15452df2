"""What was said, as the open platform writes it: a type, a content in JSON text, a card's data where asked for."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from chat import facts, media
from chat.models import Attachment, Conversation, Event, Message, ServiceSession
from commerce.models import OrderItem
from openplatform import cards, wire
from openplatform.shapes import MessageType, MoreShape, SaidShape

Kind = Message.Kind
Shaped = tuple[MessageType, dict[str, Any]]


class Page:
    """Shapes the messages of a page; what several of them need is read once."""

    def __init__(self, line: Conversation, base: str, said: Iterable[Message] = ()) -> None:
        self.line, self.base = line, base
        said = list(said)
        self.skus = _first_skus("order__after_sales", _ids(said, Kind.AFTER_SALE_CARD, "after_sale"))
        self.of_orders = _first_skus("order", _ids(said, Kind.ORDER_CARD, "order"))

    def said(self, one: Message) -> SaidShape:
        kind, content = self.content(one)
        return {
            "id": wire.message_id(one.conversation_id, one.seq),
            "type": kind,
            "content": wire.text(content),
            "create_time": wire.seconds(one.created_at),
            "is_visible": one.kind != Kind.RATING_CARD,
            "sender": wire.sender(one, self.line, self.base),
            "index": str(one.seq),
        }

    def happened(self, event: Event) -> SaidShape:
        """Shape an event of the log: a message, where the buyer came from, or that an agent has joined."""
        if event.message is not None:
            return self.said(event.message)
        kind, content = _entry(event.session) if event.kind == Event.Kind.OPENED else _joined(event)
        by_buyer = event.kind == Event.Kind.OPENED
        return {
            "id": wire.message_id(event.conversation_id, event.seq),
            "type": kind,
            "content": wire.text(content),
            "create_time": wire.seconds(event.at),
            "is_visible": True,
            "sender": wire.buyer(self.line.buyer) if by_buyer else wire.system(self.line.shop),
            "index": str(event.seq),
        }

    def content(self, one: Message) -> Shaped:
        """Return the type of a message and what it holds."""
        if one.kind in (Kind.IMAGE, Kind.VIDEO):
            if one.attachment is None:
                return "OTHER", {"content": facts.preview(one.kind, one.text)}
            return _FILES[Kind(one.kind)](one.attachment, self.base)
        if one.kind in _CARDS:
            return _CARDS[Kind(one.kind)](one.data, self.skus)
        return _WORDS.get(Kind(one.kind), "TEXT"), {"content": self.plain(one)}

    def plain(self, one: Message) -> str:
        """Return a message in words."""
        if one.kind == Kind.FAQ_CARD:
            return "\n".join(str(asked.get("text", "")) for asked in one.data.get("questions", []))
        if one.kind == Kind.RATING_CARD:
            return _("Please rate this conversation.")
        if one.kind == Kind.RECALLED:
            return _("This message was recalled.")
        return one.text or facts.preview(one.kind, one.text)

    def more(self, event: Event, *, data: bool, plaintext: bool) -> MoreShape:
        """Return what a caller may ask for besides: a card's data, the words."""
        one = event.message
        found: MoreShape = {}
        about = cards.data(one, self.line.shop, self.base, self.skus, self.of_orders) if data and one else {}
        if about:
            found["data"] = wire.text(about)
        if plaintext and one is not None:
            found["plaintext"] = self.plain(one)
        return found


def _ids(said: Iterable[Message], kind: Message.Kind, name: str) -> list[int]:
    return [one.data.get(name, {}).get("id", 0) for one in said if one.kind == kind]


def _first_skus(name: str, ids: list[int]) -> dict[int, str]:
    """Return the shop's number of the first product in each order, by the orders or by what belongs to them."""
    rows = OrderItem.objects.filter(**{f"{name}__in": ids}).order_by("-pk")
    return dict(rows.values_list(name, "product__sku")) if ids else {}


def _image(found: Attachment, base: str) -> Shaped:
    url = wire.absolute(base, media.url(found))
    return "IMAGE", {"url": url, "width": found.width, "height": found.height}


def _video(found: Attachment, base: str) -> Shaped:
    url = wire.absolute(base, media.url(found))
    length = max(1, found.duration_ms)
    return "VIDEO", {
        "url": url, "cover": wire.absolute(base, media.preview_url(found)), "vid": str(found.pk),
        "width": found.width, "height": found.height, "duration": found.duration_ms / 1000,
        "expire_time": media.expires(url), "format": found.mime.partition("/")[2], "size": found.size,
        "bit_rate": found.size * 8000 // length, "quality": "normal", "codec_type": "h264",
    }  # fmt: skip


def _product(data: dict[str, Any], skus: dict[int, str]) -> Shaped:
    return "PRODUCT_CARD", {"product_id": str(data.get("product", {}).get("sku", ""))}


def _order(data: dict[str, Any], skus: dict[int, str]) -> Shaped:
    number = str(data.get("order", {}).get("number", ""))
    if "package" in data:
        return "LOGISTICS_CARD", {"order_id": number, "package_id": data["package"]}
    return "ORDER_CARD", {"order_id": number}


def _case(data: dict[str, Any], skus: dict[int, str]) -> Shaped:
    sku = skus.get(data.get("after_sale", {}).get("id", 0), "")
    return "RETURN_REFUND_CARD", {"order_id": str(data.get("order", "")), "sku_id": sku}


def _coupon(data: dict[str, Any], skus: dict[int, str]) -> Shaped:
    return "COUPON_CARD", {"coupon_id": str(data.get("coupon", {}).get("number", ""))}


def _entry(session: ServiceSession) -> Shaped:
    if session.entry_order is not None:
        return "BUYER_ENTER_FROM_ORDER", {"order_id": session.entry_order.number}
    sku = session.entry_product.sku if session.entry_product else ""
    return "BUYER_ENTER_FROM_PRODUCT", {"product_id": sku}


def _joined(event: Event) -> Shaped:
    words = _("%(agent)s has joined the conversation.") % {"agent": event.data.get("agent", "")}
    return "ALLOCATED_SERVICE", {"content": words}


_FILES: dict[Message.Kind, Callable[[Attachment, str], Shaped]] = {Kind.IMAGE: _image, Kind.VIDEO: _video}
_WORDS: dict[Message.Kind, MessageType] = {
    Kind.NOTE: "NOTIFICATION",
    Kind.RATING_CARD: "NOTIFICATION",
    Kind.FAQ_CARD: "OTHER",
    Kind.RECALLED: "OTHER",
}
_CARDS: dict[Message.Kind, Callable[[dict[str, Any], dict[int, str]], Shaped]] = {
    Kind.PRODUCT_CARD: _product,
    Kind.ORDER_CARD: _order,
    Kind.AFTER_SALE_CARD: _case,
    Kind.COUPON_CARD: _coupon,
}
