"""From a checked draft to the writer: the one road of REST and socket."""

from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout

from chat import access
from chat.actions.items import Item, Outcome, Post, Stored
from chat.incoming import Draft
from chat.models import Message, ServiceSession
from chat.writer import WAIT, writer
from lib.db import let_go
from shops.errors import Busy
from shops.identity import BuyerToken
from shops.models import Member, Shop

CARDS = (
    Message.Kind.PRODUCT_CARD,
    Message.Kind.ORDER_CARD,
    Message.Kind.AFTER_SALE_CARD,
    Message.Kind.COUPON_CARD,
    Message.Kind.FAQ_CARD,
)


def from_buyer(token: BuyerToken, draft: Draft) -> Post:
    """Address a buyer's message; a card is looked up here, before any lock."""
    data = access.card(Shop.objects.get(pk=token.shop_id), token.buyer_id, draft) if draft.kind in CARDS else {}
    return Post(
        shop_id=token.shop_id,
        conversation_id=token.conversation_id,
        sender_kind="buyer",
        sender=f"b:{token.buyer_id}",
        client_msg_id=draft.client_msg_id,
        body_hash=draft.body_hash,
        kind=draft.kind,
        text=draft.text,
        data=data,
        attachment_id=draft.attachment,
        entry=token.entry,
    )


def click(token: BuyerToken, draft: Draft, question_id: int) -> Post:
    """Address a click on the FAQ card: the question as the buyer's words."""
    post = from_buyer(token, draft)
    post.question_id, post.data = question_id, {"question": question_id}
    return post


def from_agent(member: Member, session: ServiceSession, draft: Draft) -> Post:
    """Address an agent's message into a session that it may see."""
    data = access.card(session.shop, session.buyer_id, draft) if draft.kind in CARDS else draft.data
    return addressed(member, session.pk, session.conversation_id, draft, data)


def addressed(member: Member, session_id: int, conversation_id: int, draft: Draft, data: dict[str, object]) -> Post:
    return Post(
        shop_id=member.shop_id,
        conversation_id=conversation_id,
        sender_kind="agent",
        sender=f"a:{member.pk}",
        client_msg_id=draft.client_msg_id,
        body_hash=draft.body_hash,
        kind=draft.kind,
        text=draft.text,
        data=data,
        attachment_id=draft.attachment,
        member_id=member.pk,
        session_id=session_id,
    )


def store(item: Item) -> Outcome:
    """Hand an item to the writer and wait for the commit; raise its refusal, or Busy."""
    future: Future[Outcome] = writer.submit(item)
    let_go()  # senders who kept all connections of the pool would wait for a writer that gets none
    try:
        return future.result(timeout=WAIT)
    except FutureTimeout:
        raise Busy from None


def stored(item: Post) -> Stored:
    outcome = store(item)
    assert isinstance(outcome, Stored)
    return outcome
