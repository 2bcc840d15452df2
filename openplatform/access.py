"""The door from a number in a call to an object of the caller's shop. Not the shop's is not there (45101003)."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, QuerySet

from chat import deliveries
from chat.models import Conversation, Outbox, ServiceSession
from commerce.models import AfterSale, Coupon, Order, Product
from openplatform import faults, hooks
from openplatform.models import App, Grant
from shops.access import MAX_ID
from shops.errors import NotYours
from shops.models import Buyer, Member, Shop

Row = TypeVar("Row", bound=Model)


def conversation(shop: Shop, conversation_id: int) -> Conversation:
    rows = Conversation.objects.select_related("buyer").filter(shop=shop, pk=conversation_id)
    found = rows.first() if 0 < conversation_id <= MAX_ID else None
    if found is None or found.buyer.erased_at:
        raise faults.not_found("Conversation")
    found.shop = shop
    return found


def newest_session(line: Conversation) -> ServiceSession | None:
    """Return the line's open session, else the last one."""
    rows = ServiceSession.objects.select_related("conversation", "buyer", "assignee", "last_assignee")
    return rows.filter(conversation=line).order_by("-pk").first()


def session(line: Conversation, session_id: int) -> ServiceSession:
    found = ServiceSession.objects.filter(conversation=line, pk=session_id).first() if session_id <= MAX_ID else None
    if found is None:
        raise faults.not_found("Session")
    return found


def buyer(shop: Shop, user_id: str) -> Buyer:
    """Return a buyer by the shop's own number, the one of its orders."""
    found = Buyer.objects.filter(shop=shop, uid=user_id[:64], erased_at=None).first()
    if found is None:
        raise faults.not_found("Buyer")
    return found


def grants(member: Member) -> QuerySet[Grant]:
    """Return the programs that the member's shop has let in, the newest first."""
    rows = Grant.objects.filter(shop_id=member.shop_id).select_related("app", "speaker", "by")
    return rows.prefetch_related("subscriptions").order_by("-pk")


def grant(member: Member, grant_id: int) -> Grant:
    """Return one of them; raise NotYours."""
    found = grants(member).filter(pk=grant_id).first()
    if found is None:
        raise NotYours
    return found


def failed(of: Grant) -> "QuerySet[Outbox]":
    """Return the webhooks that a program of the shop was not reached by, given up, the newest first."""
    return deliveries.of([hooks.target(one.pk) for one in of.subscriptions.all()], failed=True)


def failures(of: Iterable[Grant]) -> Counter[int]:
    """Return how many webhooks each of these programs was not reached by, by the numbers of the grants."""
    owner = {hooks.target(hook.pk): one.pk for one in of for hook in one.subscriptions.all()}
    found: Counter[int] = Counter()
    for target, count in deliveries.failures(owner).items():
        found[owner[target]] += count
    return found


def app(app_id: int) -> App:
    """Return a program, for the platform's staff; raise NotYours."""
    found = App.objects.filter(pk=app_id).first()
    if found is None:
        raise NotYours
    return found


def product(shop: Shop, product_id: str) -> Product:
    """Return a product by the shop's own number, else by ours."""
    return _own(Product.objects.filter(shop=shop), "sku", product_id, "Product")


def coupon(shop: Shop, coupon_id: str) -> Coupon:
    """Return a coupon, the same way."""
    return _own(Coupon.objects.filter(shop=shop), "number", coupon_id, "Coupon")


def order(line: Conversation, order_id: str) -> Order:
    """Return an order of this buyer, the same way."""
    return _own(Order.objects.filter(shop=line.shop_id, buyer=line.buyer_id), "number", order_id, "Order")


def after_sale(of: Order) -> AfterSale:
    """Return an order's newest case."""
    found = AfterSale.objects.filter(order=of).order_by("-pk").first()
    if found is None:
        raise faults.not_found("Return or refund")
    return found


def _own(rows: QuerySet[Row], name: str, said: str, what: str) -> Row:
    found = rows.filter(**{name: said[:64]}).first()
    if found is None and said.isascii() and said.isdigit() and len(said) <= 19 and 0 < int(said) <= MAX_ID:
        found = rows.filter(pk=int(said)).first()
    if found is None:
        raise faults.not_found(what)
    return found
