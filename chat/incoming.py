"""What a message body must look like: one check for both doors, REST and socket."""

import hashlib
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from chat.models import Message
from lib.language import LANGUAGES
from shops import identity, schema
from shops.access import MAX_ID
from shops.errors import Invalid

TEXT_LIMIT = 2000
NICKNAME = 40  # characters of a member's
EMOJI_LIMIT = 64
# Each kind and the one field that carries it; the FAQ card is what the shop has chosen for it.
CARRIER: dict[str, str | None] = {
    Message.Kind.TEXT.value: "text",
    Message.Kind.EMOJI.value: "text",
    Message.Kind.IMAGE.value: "attachment",
    Message.Kind.VIDEO.value: "attachment",
    Message.Kind.PRODUCT_CARD.value: "ref",
    Message.Kind.ORDER_CARD.value: "ref",
    Message.Kind.AFTER_SALE_CARD.value: "ref",
    Message.Kind.COUPON_CARD.value: "ref",
    Message.Kind.FAQ_CARD.value: None,
}
AGENT_KINDS = tuple(CARRIER)
_OF_AGENTS = (Message.Kind.FAQ_CARD, Message.Kind.AFTER_SALE_CARD, Message.Kind.COUPON_CARD)
KINDS = tuple(kind for kind in CARRIER if kind not in _OF_AGENTS)
_FIELDS = {"client_msg_id", "kind", "text", "attachment", "ref"}
_LANGUAGE = {"type": "string", "enum": list(LANGUAGES)}
ORIGINAL = {
    **schema.obj(
        {"text": {"type": "string", "minLength": 1, "maxLength": TEXT_LIMIT}, "from": _LANGUAGE, "to": _LANGUAGE}
    ),
    "additionalProperties": False,
}


def _schema(kinds: tuple[str, ...]) -> dict[str, Any]:
    return schema.body(
        {"client_msg_id": schema.KEY, "kind": {"type": "string", "enum": list(kinds)}},
        {
            **({"original": ORIGINAL} if kinds is AGENT_KINDS else {}),
            "text": {"type": "string", "minLength": 1, "maxLength": TEXT_LIMIT},
            "attachment": schema.ID,
            "ref": schema.ID,
        },
    )


BODY, AGENT_BODY = _schema(KINDS), _schema(AGENT_KINDS)


@dataclass(frozen=True, slots=True)
class Draft:
    """A well-formed message body; whose it is and where it goes is not its business."""

    client_msg_id: uuid.UUID
    kind: str
    text: str
    attachment: int | None
    ref: int | None
    body_hash: str
    data: dict[str, Any] = field(default_factory=dict)


def draft(body: Mapping[str, Any], kinds: tuple[str, ...] = KINDS) -> Draft:
    """Check a message body; raise Invalid with words per field."""
    unknown = [name for name in body if name not in _FIELDS and (name != "original" or kinds is not AGENT_KINDS)]
    if unknown:
        raise Invalid(**{str(name)[:40]: _("Unknown field.") for name in unknown[:5]})
    kind = body.get("kind")
    if kind not in kinds or not isinstance(kind, str):
        raise Invalid(kind=_("Choose one of: %(kinds)s.") % {"kinds": ", ".join(kinds)})
    key, carrier = client_key(body.get("client_msg_id")), CARRIER[kind]
    text = attachment = ref = None
    if carrier == "text":
        text = words(body.get("text"), "text", EMOJI_LIMIT if kind == "emoji" else TEXT_LIMIT)
        if kind == "emoji" and not _only_emoji(text):
            raise Invalid(text=_("Only emoji, please."))
    elif carrier == "attachment":
        attachment = identifier(body.get("attachment"), "attachment")
    elif carrier == "ref":
        ref = identifier(body.get("ref"), "ref")
    data = original(body["original"]) if kind == "text" and body.get("original") is not None else {}
    taken = ("client_msg_id", "kind", carrier, *data)
    extra = [name for name in body if name not in taken and body[name] is not None]
    if extra:
        raise Invalid(**{name: _("Not for this kind of message.") for name in extra})
    parts = (kind, text, attachment, ref, *sorted(data.get("original", {}).items()))
    return Draft(key, kind, text or "", attachment, ref, body_hash(*parts), data)


def original(value: Any) -> dict[str, Any]:
    """Check what an agent wrote before it was translated into the message's text (C12)."""
    if not isinstance(value, dict) or set(value) != {"text", "from", "to"}:
        raise Invalid(original=_("Text, please."))
    written = words(value["text"], "original", TEXT_LIMIT)
    return {
        "original": {
            "text": written,
            "from": language(value["from"], "original"),
            "to": language(value["to"], "original"),
        }
    }


def language(value: Any, field: str) -> str:
    if not isinstance(value, str) or value not in LANGUAGES:
        raise Invalid(**{field: _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(LANGUAGES)}})
    return value


def client_key(value: Any) -> uuid.UUID:
    try:
        if not isinstance(value, str) or len(value) > 64:
            raise ValueError
        return uuid.UUID(value)
    except ValueError as error:
        raise Invalid(client_msg_id=_("A UUID, please.")) from error


def words(value: Any, field: str, limit: int, *, empty: bool = False) -> str:
    """Check text: a string without NUL and lone surrogates, within the limit in characters."""
    if not isinstance(value, str):
        raise Invalid(**{field: _("Text, please.")})
    text = value.strip()
    if not text and not empty:
        raise Invalid(**{field: _("Please write something.")})
    if len(text) > limit:
        raise Invalid(**{field: _("At most %(limit)s characters.") % {"limit": limit}})
    if "\0" in text or not _encodable(text):
        raise Invalid(**{field: _("This holds characters that can't be stored.")})
    return text


def nickname(value: Any) -> str:
    """Check what a member is called; what would turn the words around it is left out."""
    return words(value.translate(identity.TURNS) if isinstance(value, str) else value, "nickname", NICKNAME)


def identifier(value: Any, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MAX_ID:
        raise Invalid(**{field: _("A positive whole number, please.")})
    return value


def identifiers(value: Any, field: str, most: int) -> list[int]:
    if not isinstance(value, list) or len(value) > most:
        raise Invalid(**{field: a_list_of(most)})
    return [identifier(one, field) for one in value]


def numbers(value: Any, field: str, most: int) -> list[int]:
    """Check places counted from 0, all below `most`."""
    if not isinstance(value, list) or len(value) > most:
        raise Invalid(**{field: a_list_of(most)})
    return [number(one, field, 0, most - 1) for one in value]


def a_list_of(most: int) -> str:
    return _("A list of at most %(most)s, please.") % {"most": most}


def number(value: Any, field: str, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Invalid(**{field: _("A whole number from %(low)s to %(high)s, please.") % {"low": low, "high": high}})
    return value


def choice(value: Any, field: str, choices: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise Invalid(**{field: _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(filter(None, choices))}})
    return value


def flag(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise Invalid(**{field: _("true or false, please.")})
    return value


def fields(body: Mapping[str, Any], *names: str) -> None:
    """Refuse fields that nobody asked for."""
    unknown = [str(name)[:40] for name in body if name not in names]
    if unknown:
        raise Invalid(**{name: _("Unknown field.") for name in unknown[:5]})


def body_hash(*parts: Any) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _only_emoji(text: str) -> bool:
    joiners = {"\u200d", "\ufe0f", "\u20e3", " "}
    # Sk: skin tones; Cn: emoji newer than this Python's tables; tag characters (Cf) spell flags.
    return any(unicodedata.category(c) in ("So", "Cn") for c in text) and all(
        c in joiners or (unicodedata.category(c) in ("So", "Sk", "Cn", "Cf", "Sm", "Po") and not c.isascii())
        for c in text
    )
