"""What was said in one session, for reading and printing."""

from typing import Any

from django.utils.translation import gettext as _

from chat import media
from chat.models import Message, ServiceSession

LIMIT = 500  # messages a page

CARDS = (Message.Kind.FAQ_CARD, Message.Kind.RATING_CARD, Message.Kind.NOTE, Message.Kind.RECALLED)


def lines(session: ServiceSession, after: int) -> tuple[list[dict[str, Any]], int | None]:
    """Return the session's messages above a number, oldest first, and where the next page begins."""
    rows = Message.objects.filter(session=session, seq__gt=after).select_related("member", "attachment")
    found = list(rows.order_by("seq")[: LIMIT + 1])
    following = found[LIMIT - 1].seq if len(found) > LIMIT else None
    return [_line(one, session) for one in found[:LIMIT]], following


def _line(said: Message, session: ServiceSession) -> dict[str, Any]:
    file = said.attachment
    return {
        "side": said.sender_kind,
        "who": _who(said, session),
        "at": said.created_at,
        "aside": said.kind in CARDS,
        "text": _text(said),
        "original": said.data.get("original", {}).get("text", ""),
        "picture": media.preview_url(file) if file else "",
        "file": media.url(file) if file else "",
        "label": said.get_kind_display(),
    }


def _who(said: Message, session: ServiceSession) -> str:
    if said.sender_kind == Message.Sender.BUYER:
        return session.buyer.nickname
    if said.sender_kind == Message.Sender.AGENT and said.member:
        return said.member.nickname
    return _("Bot") if said.sender_kind == Message.Sender.BOT else _("Automatic message")


def _text(said: Message) -> str:
    """Return a message in words; a card by its name and what it shows."""
    data = said.data
    match said.kind:
        case Message.Kind.PRODUCT_CARD:
            shown = data.get("product", {}).get("title", "")
        case Message.Kind.ORDER_CARD:
            shown = data.get("order", {}).get("number", "")
        case Message.Kind.FAQ_CARD:
            shown = " · ".join(str(one.get("text", "")) for one in data.get("questions", []))
        case Message.Kind.NOTE | Message.Kind.RATING_CARD | Message.Kind.RECALLED:
            return said.text or str(said.get_kind_display())
        case _:
            return said.text
    return f"{said.get_kind_display()}: {shown}" if shown else str(said.get_kind_display())
