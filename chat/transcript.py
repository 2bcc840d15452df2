"""What was said in one session, for reading and printing (C25)."""

from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from chat import media
from chat.models import Message, Note, ServiceSession

LIMIT = 400  # messages a page

ASIDE = (Message.Kind.FAQ_CARD, Message.Kind.RATING_CARD, Message.Kind.NOTE, Message.Kind.RECALLED)


class Page(NamedTuple):
    lines: list[dict[str, Any]]
    following: int | None


def page(session: ServiceSession, after: int, with_notes: bool) -> Page:
    """Return the messages above a number, oldest first, private notes at their places if asked for."""
    rows = Message.objects.filter(session=session, seq__gt=after).select_related("member", "attachment")
    found = list(rows.prefetch_related("translations").order_by("seq")[: LIMIT + 1])
    following = found[LIMIT - 1].seq if len(found) > LIMIT else None
    lines = [((said.seq, 0, 0), _message(said, session)) for said in found[:LIMIT]]
    if with_notes:
        lines += [((note.after_seq, 1, note.pk), _note(note)) for note in _notes(session, after, following)]
    return Page([line for _place, line in sorted(lines, key=lambda one: one[0])], following)


def _notes(session: ServiceSession, after: int, last: int | None) -> list[Note]:
    """Return the notes of a page; the first page has those above its first message, the last those below."""
    within = Q(after_seq__gt=after) if after else Q()
    within &= Q(after_seq__lte=last) if last is not None else Q()
    return list(
        Note.objects.filter(within, session=session, session__removed_at=None)
        .select_related("member")
        .order_by("pk")[:LIMIT]
    )


def _message(said: Message, session: ServiceSession) -> dict[str, Any]:
    who, file = _who(said, session), said.attachment
    is_gone = said.kind == Message.Kind.RECALLED
    original = said.data.get("original", {})
    return {
        "id": said.pk,
        "side": "aside" if said.kind in ASIDE else "theirs" if said.sender_kind == Message.Sender.BUYER else "ours",
        "who": who,
        "at": said.created_at,
        "text": _("%(who)s recalled a message") % {"who": who} if is_gone else _text(said),
        "original": original,
        "translations": list(said.translations.all()),
        "picture": media.preview_url(file) if file else "",
        "file": media.url(file) if file else "",
        "label": said.get_kind_display(),
    }


def _note(note: Note) -> dict[str, Any]:
    return {
        "side": "note",
        "who": note.member.nickname,
        "at": note.at,
        "text": note.text,
        "label": note.get_kind_display(),
        "until": note.until,
    }


def _who(said: Message, session: ServiceSession) -> str:
    if said.sender_kind == Message.Sender.BUYER:
        return session.buyer.nickname
    if said.sender_kind == Message.Sender.AGENT and said.member:
        return said.member.nickname
    return _("Bot") if said.sender_kind == Message.Sender.BOT else _("Automatic message")


def _text(said: Message) -> str:
    """Return a message in words; a card by its name and what it shows, a file by the file alone."""
    data, shown = said.data, ""
    if data.get("erased"):
        return _("This content was erased.")
    match said.kind:
        case Message.Kind.PRODUCT_CARD:
            product = data.get("product", {})
            shown = f"{product.get('title', '')} · {product.get('currency', '')} {product.get('price', '')}"
        case Message.Kind.COUPON_CARD:
            shown = data.get("coupon", {}).get("title", "")
        case Message.Kind.ORDER_CARD:
            shown = data.get("order", {}).get("number", "")
        case Message.Kind.AFTER_SALE_CARD:
            shown = f"{data.get('after_sale', {}).get('number', '')} · {data.get('order', '')}"
        case Message.Kind.FAQ_CARD:
            shown = " · ".join(str(one.get("text", "")) for one in data.get("questions", []))
        case Message.Kind.RATING_CARD:
            return _("The rating invitation was sent")
        case _:
            return said.text
    return f"{said.get_kind_display()}: {shown}"
