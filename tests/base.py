"""One cast of people for all tests: two shops, so that the second can see nothing of the first."""

import itertools
import uuid
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from botfaq.models import Question
from chat import access, incoming, sending
from chat.actions import figures, messages, people
from chat.actions.items import NeedsDesk, Post, Receipt, Stored
from chat.models import Conversation, Message, ServiceSession
from commerce.models import Order, Product
from lib.db import write
from shops import actions, identity
from shops.identity import BuyerToken
from shops.models import Buyer, Member, Seller, Shop, User

_numbers = itertools.count(1)


def shop(name: str = "Harbour", preset: str = "douyin", **settings: Any) -> Shop:
    seller = Seller.objects.create(name=f"{name} Ltd")
    return actions.create_shop(seller, name, preset, **settings)


def agent(of: Shop, nickname: str, *, online: bool = True, **values: Any) -> Member:
    """Add an agent; online means that a console is open now."""
    user = User.objects.create_user(username=f"{nickname}-{next(_numbers)}", password="not-a-secret-9")
    member = actions.add_member(of, user, nickname, **values)
    if online:
        people.came_online(member, "test", f"console-{member.pk}")
        member.refresh_from_db()
    return member


def leave(member: Member) -> None:
    """Close the agent's console."""
    people.went_offline(member.shop_id, "test", f"console-{member.pk}")


def buyer(of: Shop, uid: str = "") -> Conversation:
    """Add a buyer; return the conversation with the shop."""
    uid = uid or f"buyer-{next(_numbers)}"
    person, _created = Buyer.objects.get_or_create(shop=of, uid=uid, defaults={"nickname": uid.title()})
    return access.conversation_of(person)


def token(line: Conversation, entry: dict[str, Any] | None = None) -> BuyerToken:
    return BuyerToken(line.shop_id, line.buyer_id, line.pk, entry or {"kind": "product"})


def send(*items: Post | Receipt) -> list[Any]:
    """Post on this test's own connection what the writer would, desks declared when asked for."""
    with write():
        outcomes = messages.post(items)
    again = [index for index, outcome in enumerate(outcomes) if isinstance(outcome, NeedsDesk)]
    if again:
        for index in again:
            items[index].desk = True  # type: ignore[union-attr]
        for index, outcome in zip(again, send(*[items[index] for index in again]), strict=True):
            outcomes[index] = outcome
    return outcomes


def body(text: str = "Hello", **fields: Any) -> dict[str, Any]:
    return {"client_msg_id": str(uuid.uuid4()), "kind": "text", "text": text, **fields}


def from_buyer(line: Conversation, text: str = "Is it in stock?", **fields: Any) -> Post:
    if "kind" in fields and fields["kind"] not in ("text", "emoji"):
        return sending.from_buyer(token(line), incoming.draft({"client_msg_id": str(uuid.uuid4()), **fields}))
    return sending.from_buyer(token(line), incoming.draft(body(text, **fields)))


def from_agent(member: Member, session: ServiceSession, text: str = "Yes, it is.", **fields: Any) -> Post:
    given = {"client_msg_id": str(uuid.uuid4()), **fields} if fields.get("kind") == "faq_card" else body(text, **fields)
    return sending.from_agent(member, session, incoming.draft(given, incoming.AGENT_KINDS))


def done(outcome: Any) -> Stored:
    """Return what was stored, or raise the refusal."""
    if isinstance(outcome, Exception):
        raise outcome
    assert isinstance(outcome, Stored)
    return outcome


def writes(line: Conversation, text: str = "Is it in stock?", **fields: Any) -> ServiceSession:
    """The buyer writes; return the open session as it is then."""
    done(send(from_buyer(line, text, **fields))[0])
    return session(line)


def replies(member: Member, to: ServiceSession, text: str = "Yes, it is.", **fields: Any) -> Stored:
    return done(send(from_agent(member, to, text, **fields))[0])


def clicks(line: Conversation, question: Question) -> ServiceSession:
    """The buyer clicks a question on the FAQ card."""
    draft = incoming.draft(body(question.text))
    done(send(sending.click(token(line), draft, question.pk))[0])
    return session(line)


def answered(line: Conversation, about: Question) -> int:
    """The buyer clicks a question and the bot answers; return the answer's message."""
    clicks(line, about)
    return Message.objects.filter(conversation=line, kind="bot_answer").latest("seq").pk


def session(line: Conversation) -> ServiceSession:
    return (
        ServiceSession.objects.select_related("shop", "conversation", "buyer", "assignee")
        .filter(conversation=line)
        .latest("pk")
    )


def question(
    of: Shop, text: str = "When do you ship?", answer: str = "Within a day.", place: int | None = 1
) -> Question:
    return Question.objects.create(shop=of, text=text, answer=answer, card_place=place)


def desk(member: Member) -> APIClient:
    """Return the console's way to REST: signed in as the member."""
    client = APIClient()
    client.force_login(member.user)
    return client


def app(access: str) -> APIClient:
    """Return an app's way to REST, which asks for English."""
    client = APIClient(enforce_csrf_checks=True, HTTP_ACCEPT_LANGUAGE="en")
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


def web(who: Member | User, language: str = "") -> Client:
    """Return a browser on the pages: signed in, in the language that it asks for."""
    client = Client(headers={"Accept-Language": language} if language else None)
    client.force_login(who.user if isinstance(who, Member) else who)
    return client


def phone(line: Conversation, entry: dict[str, Any] | None = None) -> APIClient:
    """Return the buyer's way to REST: a bearer token of this conversation."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {identity.issue(token(line, entry))}")
    return client


def product(of: Shop, title: str = "Blue kettle") -> Product:
    return Product.objects.create(shop=of, sku=f"K-{next(_numbers)}", title=title, price="19.90", stock=5)


RECIPIENT = {
    **{"recipient_name": "王小雨", "recipient_phone": "19900008000"},
    **{"recipient_city": "浙江省杭州市", "recipient_address": "西湖区文三路 18 号 402 室"},
}


def order(line: Conversation, number: str = "", **values: Any) -> Order:
    values.setdefault("created_at", timezone.now() - timedelta(days=2))
    made = Order.objects.create(
        shop_id=line.shop_id,
        buyer_id=line.buyer_id,
        number=number or f"O-{next(_numbers)}",
        **{"state": "in_transit", "total": "39.80"} | values,
    )
    figures.ordered([made])
    return made
