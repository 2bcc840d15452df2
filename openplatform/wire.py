"""Numbers, times and people as the open platform writes them."""

import json
from datetime import datetime
from typing import Any, Literal

from chat import serializers
from chat.models import Conversation, Message
from openplatform.shapes import ParticipantShape, PersonShape, Role
from shops import presets
from shops.models import Buyer, Member, Shop

Platform = Literal["platform", "buyer_platform"]
Participants = list[ParticipantShape]
BUYER, AGENT, SHOP, BOT, SYSTEM = "1", "2", "3", "4", "5"  # so that no two of them share an im_user_id
ROLES: dict[str, Role] = {
    Message.Sender.BUYER: "BUYER",
    Message.Sender.AGENT: "CUSTOMER_SERVICE",
    Message.Sender.BOT: "ROBOT",
    Message.Sender.SYSTEM: "SYSTEM",
}


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def text(fields: dict[str, Any]) -> str:
    """Return an object as the text that it travels in."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def message_id(line_id: int, seq: int) -> str:
    """Name what stands at a number of a conversation; such names grow with time inside it."""
    return f"{line_id}{seq:07d}"


def im_id(kind: str, pk: int) -> str:
    return f"{kind}{pk:015d}"


def absolute(base: str, link: str) -> str:
    return f"{base}{link}" if link.startswith("/") else link


def buyer(found: Buyer) -> PersonShape:
    return {"im_user_id": im_id(BUYER, found.pk), "role": "BUYER", "nickname": found.nickname, "avatar": ""}


def agent(found: Member, base: str) -> PersonShape:
    picture = absolute(base, serializers.picture(found))
    return {
        "im_user_id": im_id(AGENT, found.pk), "role": "CUSTOMER_SERVICE", "nickname": found.nickname, "avatar": picture,
    }  # fmt: skip


def of_shop(found: Shop) -> PersonShape:
    return {"im_user_id": im_id(SHOP, found.pk), "role": "SHOP", "nickname": found.name, "avatar": ""}


def sender(said: Message, line: Conversation, base: str) -> PersonShape:
    """Return who said something: the buyer, the agent, or the shop's bot or system."""
    if said.sender_kind == Message.Sender.BUYER:
        return buyer(line.buyer)
    if said.member is not None:
        return agent(said.member, base)
    kind = BOT if said.sender_kind == Message.Sender.BOT else SYSTEM
    role = ROLES[Message.Sender(said.sender_kind)]
    return {"im_user_id": im_id(kind, said.shop_id), "role": role, "nickname": line.shop.name, "avatar": ""}


def system(shop: Shop) -> PersonShape:
    return {"im_user_id": im_id(SYSTEM, shop.pk), "role": "SYSTEM", "nickname": shop.name, "avatar": ""}


def participants(line: Conversation, with_agent: Member | None, base: str, platform: Platform) -> Participants:
    """Return who is in a conversation; `platform` is what the field of the buyer's platform is called."""
    who: ParticipantShape = {**buyer(line.buyer), "user_id": line.buyer.uid}
    who[platform] = presets.OPEN_PLATFORM
    found: Participants = [who, {**of_shop(line.shop), "user_id": str(line.shop_id)}]
    if with_agent is not None:
        found.append({**agent(with_agent, base), "user_id": str(with_agent.pk)})
    return found
