"""Conversations and what is said in them: their operations 1 to 6."""

from typing import Any

import orjson

from chat import sending
from chat.actions import contact, programs
from chat.actions.items import Receipt
from chat.models import Conversation, ServiceSession
from lib.db import write
from openplatform import access, faults, listing, talking, wire
from openplatform.asked import Asked
from openplatform.gate import ShopCaller
from openplatform.messages import Page
from openplatform.models import Reading
from openplatform.operations import PAGE_TOKEN, Field, flag, must, operation, page_size
from openplatform.shapes import (
    ConversationShape,
    ConversationsShape,
    CreatedShape,
    ListedConversationShape,
    MessageShape,
    MessagesShape,
    NothingShape,
    OneConversationShape,
    Phase,
    SentShape,
)
from shops.pages import base_of
from shops.schema import TEXT

CONVERSATIONS, MESSAGES = 20, 10  # on a page at most
PHASES: dict[ServiceSession.State, Phase] = {
    ServiceSession.State.BOT: "AUTO_REPLY",
    ServiceSession.State.QUEUED: "QUEUED",
    ServiceSession.State.ASSIGNED: "ASSIGNED",
}
ROLES = ("CUSTOMER_SERVICE", "SYSTEM", "ROBOT")
_SESSION = (flag("need_session_id", "With the open session's number."), flag("need_session_info", "With its state."))
_ORDERS = ("DESC", "ASC")


@operation("Get Conversations", query=[page_size(CONVERSATIONS), PAGE_TOKEN, *_SESSION])
def many(caller: ShopCaller, asked: Asked) -> ConversationsShape:
    """1: a page of conversations, the latest message first."""
    rows, following = listing.conversations(caller.shop, asked.page_size(CONVERSATIONS), asked.text("page_token"))
    last, unread = listing.latest(rows), listing.unread(caller.grant, rows)
    writable, base = listing.writable(caller.shop, caller.speaker, rows), base_of(asked.request)
    found: list[ListedConversationShape] = []
    for one in rows:
        one.conversation.shop, one.conversation.buyer = caller.shop, one.buyer
        about: ListedConversationShape = {
            **_about(one.conversation, one, asked, base, "buyer_platform", unread),
            "can_send_message": one.pk in writable,
        }
        if one.pk in last:
            about["latest_message"] = Page(one.conversation, base, [last[one.pk]]).said(last[one.pk])
        found.append(about)
    return {"next_page_token": following, "conversations": found}


@operation("Get Conversation", query=_SESSION, faults=[faults.not_found()])
def one(caller: ShopCaller, asked: Asked, conversation_id: int) -> OneConversationShape:
    """2: one conversation."""
    line = access.conversation(caller.shop, conversation_id)
    newest = access.newest_session(line)
    unread = listing.unread(caller.grant, [newest] if newest else [])
    return {"conversation": _about(line, newest, asked, base_of(asked.request), "platform", unread)}


@operation(
    "Get Conversation Messages",
    query=[
        page_size(MESSAGES),
        PAGE_TOKEN,
        Field("sort_order", {"type": "string", "enum": list(_ORDERS)}, f"By time; {_ORDERS[0]} where not said."),
        flag("need_data", "With what cards show."),
        flag("need_plaintext", "With each message in words."),
    ],
    faults=[faults.not_found()],
)
def messages(caller: ShopCaller, asked: Asked, conversation_id: int) -> MessagesShape:
    """3: a page of what was said; nothing counts as read by it."""
    line = access.conversation(caller.shop, conversation_id)
    order = asked.text("sort_order").upper() or _ORDERS[0]
    if order not in _ORDERS:
        raise faults.bad("sort_order must be ASC or DESC")
    size = asked.page_size(MESSAGES)
    rows, following = listing.said(line, size, asked.text("page_token"), oldest_first=order == "ASC")
    page = Page(line, base_of(asked.request), [row.message for row in rows if row.message])
    data, plain = asked.flag("need_data"), asked.flag("need_plaintext")
    found: list[MessageShape] = [{**page.happened(row), **page.more(row, data=data, plaintext=plain)} for row in rows]
    return {"next_page_token": following, "unsupported_msg_tips": "", "messages": found}


@operation(
    "Send Message",
    body=[
        must("type", {"type": "string", "enum": list(talking.TYPES)}),
        must("content", TEXT, "An object in JSON text; its fields depend on the type."),
        Field("sender_role", {"type": "string", "enum": list(ROLES)}, f"{ROLES[0]} where not said; others send TEXT."),
    ],
    faults=[faults.not_found(), faults.criteria(), faults.quota()],
)
def send(caller: ShopCaller, asked: Asked, conversation_id: int) -> SentShape:
    """4: send a message, as an agent, a robot or the system."""
    line = access.conversation(caller.shop, conversation_id)
    kind, content = asked.field("type").upper(), _content(asked)
    role = asked.body.get("sender_role") or ROLES[0]
    if role not in ROLES:
        raise faults.bad(f"sender_role must be one of {', '.join(ROLES)}")
    if role == ROLES[0]:
        return {"message_id": wire.message_id(line.pk, talking.send(caller, line, kind, content))}
    if kind != "TEXT":
        raise faults.bad("As SYSTEM or ROBOT only messages of type TEXT can be sent")
    text = talking.words(content.get("content"))
    talking.spend(caller)
    said = programs.says(caller.shop.pk, line.pk, text, caller.app.name, as_robot=role == "ROBOT")
    return {"message_id": wire.message_id(line.pk, said.seq)}


@operation("Read Message", body=[], faults=[faults.not_found()])
def read(caller: ShopCaller, asked: Asked, conversation_id: int) -> NothingShape:
    """5: everything so far is read: by the program, and by the agent where the speaker has the session."""
    _ = asked.body
    line = access.conversation(caller.shop, conversation_id)
    with write():
        Reading.objects.update_or_create(grant=caller.grant, conversation=line, defaults={"seq": line.last_seq})
    newest = access.newest_session(line)
    if newest is not None and newest.assignee_id == caller.speaker.pk:
        sending.store(Receipt(line.pk, "shop", line.last_seq, line.last_seq, caller.speaker.pk))
    return {}


@operation(
    "Create Conversation",
    body=[must("buyer_user_id", TEXT, "The shop's own number of the buyer, as in its orders.")],
    faults=[faults.not_found(), faults.criteria()],
)
def create(caller: ShopCaller, asked: Asked) -> CreatedShape:
    """6: write to a buyer first; the buyer's one conversation, opened again where P6 allows it."""
    buyer = access.buyer(caller.shop, asked.field("buyer_user_id"))
    line = Conversation.objects.filter(buyer=buyer).first()
    newest = access.newest_session(line) if line else None
    if newest is None or not newest.is_open:
        newest = contact.start(caller.speaker, buyer).session
    return {"conversation_id": str(newest.conversation_id)}


def _content(asked: Asked) -> dict[str, Any]:
    """Return a message's content: an object in JSON text; an object as it is is taken too."""
    value = asked.body.get("content")
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise faults.bad("content is not a JSON text") from None
    if not isinstance(value, dict):
        raise faults.bad("content is missing or not an object in JSON text")
    return value


def _about(
    line: Conversation,
    newest: ServiceSession | None,
    asked: Asked,
    base: str,
    platform: wire.Platform,
    unread: dict[int, int],
) -> ConversationShape:
    current = newest if newest is not None and newest.is_open else None
    agent = current.assignee if current else None
    people = wire.participants(line, agent, base, platform)
    found: ConversationShape = {
        "id": str(line.pk),
        "participant_count": len(people),
        "create_time": wire.seconds(line.buyer.created_at),
        "participants": people,
        "unread_count": unread.get(newest.pk, 0) if newest else 0,
    }
    if current is not None and asked.flag("need_session_id"):
        found["cur_session_id"] = str(current.pk)
    if current is not None and asked.flag("need_session_info"):
        found["cur_session"] = {"id": str(current.pk), "phase": PHASES[ServiceSession.State(current.state)]}
    return found
