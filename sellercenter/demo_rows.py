"""Make the demo's shops with their people, goods, buyers and orders."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings

from botfaq.models import Phrasing, Question
from chat.models import Conversation
from commerce.models import AfterSale, Order, OrderItem, Product, Shipment
from sellercenter import demo_parcels, demo_recipients
from sellercenter.demo_data import PASSWORD, Person, ShopSeed
from shops import actions
from shops.models import Buyer, Member, Seller, Shop, User, Widget

CROWD = 110  # buyers beside the named ones, so that the past has many faces
_FACES = {
    "zh-hans": ("木子{0}", "小鱼{0}号", "用户{0}", "阿宝{0}", "是{0}不是", "北北{0}"),
    "en": ("user{0}", "jamie_{0}", "Alex {0}", "k.{0}", "sunny{0}", "the_real_{0}"),
}
_REASONS = {
    "zh-hans": ("商品破损", "不想要了", "与描述不符"),
    "en": ("Arrived damaged", "No longer needed", "Not as described"),
}
_CANCELS = {
    "zh-hans": {"buyer": "不想要了", "seller": "商品缺货", "platform": "超过 48 小时未付款"},
    "en": {"buyer": "Changed my mind", "seller": "Out of stock", "platform": "Not paid within 48 hours"},
}


@dataclass
class Stage:
    """A demo shop with everything the past is told with."""

    seed: ShopSeed
    shop: Shop
    members: list[Member]
    products: list[Product]
    questions: dict[int, Question]  # by place on the card
    buyers: list[Buyer]
    lines: dict[int, Conversation]  # by buyer
    orders: dict[int, list[Order]]  # by buyer

    @property
    def crowd(self) -> list[Buyer]:
        """The buyers that nobody plays."""
        return self.buyers[len(self.seed.buyers) :]

    @property
    def agents(self) -> list[Member]:
        return [member for member in self.members if member.im_permission]


def make(seed: ShopSeed, now: datetime, rng: random.Random) -> Stage:
    """Make one shop; what chance decides comes from the given generator."""
    seller, _made = Seller.objects.get_or_create(name=seed.seller)
    shop = actions.create_shop(
        seller, seed.name, seed.preset, time_zone=seed.time_zone, currency=seed.currency, language=seed.language,
        greeting=seed.greeting, bot_enabled=seed.bot_enabled,
        business_week=[seed.hours] * 7, off_hours_reply=seed.off_hours_reply,
    )  # fmt: skip
    Widget.objects.create(shop=shop, accent=seed.accent, label=seed.label, anonymous=seed.anonymous)
    members = [_member(shop, person) for person in seed.people]
    products = Product.objects.bulk_create(
        Product(shop=shop, sku=g.sku, title=g.title, price=Decimal(g.price), stock=g.stock, on_sale=g.stock > 0,
                picture=f"img/demo/{g.picture}.svg")
        for g in seed.goods
    )  # fmt: skip
    buyers = _buyers(shop, seed, now, rng)
    lines = Conversation.objects.bulk_create(Conversation(shop=shop, buyer=buyer) for buyer in buyers)
    stage = Stage(
        seed, shop, members, products, _questions(shop, seed), buyers,
        {line.buyer_id: line for line in lines}, _orders(shop, seed, buyers, products, now, rng),
    )  # fmt: skip
    _after_sales(stage, now)
    return stage


def _member(shop: Shop, person: Person) -> Member:
    user, _made = User.objects.get_or_create(username=person.username, defaults={"first_name": person.nickname})
    allow_sign_in(user)
    return actions.add_member(shop, user, person.nickname, person.role, person.im_permission)


def allow_sign_in(user: User) -> None:
    """Give the known password on a demo only; anywhere else nobody can sign in with it."""
    if user.password and (user.has_usable_password() or not settings.DEMO):
        return
    user.set_password(PASSWORD if settings.DEMO else None)
    user.save(update_fields=["password"])


def _questions(shop: Shop, seed: ShopSeed) -> dict[int, Question]:
    rows = Question.objects.bulk_create(
        Question(shop=shop, text=q.text, answer=q.answer, card_place=q.card_place) for q in seed.questions
    )
    Phrasing.objects.bulk_create(
        Phrasing(question=row, text=text) for row, q in zip(rows, seed.questions, strict=True) for text in q.phrasings
    )
    return {row.card_place: row for row in rows if row.card_place}


def _buyers(shop: Shop, seed: ShopSeed, now: datetime, rng: random.Random) -> list[Buyer]:
    faces = _FACES[seed.language]
    names = [*seed.buyers, *(rng.choice(faces).format(rng.randint(11, 9999)) for _ in range(CROWD))]
    return Buyer.objects.bulk_create(
        Buyer(shop=shop, uid=f"demo-{place}", nickname=name, created_at=now) for place, name in enumerate(names, 1)
    )


def _orders(
    shop: Shop, seed: ShopSeed, buyers: list[Buyer], products: list[Product], now: datetime, rng: random.Random
) -> dict[int, list[Order]]:
    """Give the first named buyer an order in every state of C20, the others a few each."""
    rows: list[Order] = []
    items: list[OrderItem] = []
    for place, buyer in enumerate(buyers):
        named = place < len(seed.buyers)
        states = list(Order.State) if place == 0 else rng.sample(list(Order.State), 3 if named else 1)
        for state in states:
            product, quantity = rng.choice(products), rng.choice((1, 1, 1, 2))
            at = now - timedelta(
                days=rng.randint(1, 45) if named else rng.randint(20, 80), minutes=rng.randint(0, 1400)
            )
            price = product.price
            number = f"{at:%Y%m%d}{shop.pk:02d}{len(rows) + 10001}"
            order = Order(shop=shop, buyer=buyer, number=number, state=state, total=price * quantity, created_at=at,
                          **demo_recipients.of(place, seed.language))  # fmt: skip
            if state == Order.State.CANCELLED:
                order.cancelled_by = rng.choice(list(Order.CancelledBy))
                order.cancel_reason = _CANCELS[seed.language][order.cancelled_by]
            rows.append(order)
            items.append(OrderItem(order=order, product=product, quantity=quantity, price=price))
    Order.objects.bulk_create(rows, 400)
    OrderItem.objects.bulk_create(items, 400)
    Shipment.objects.bulk_create(demo_parcels.of_orders(rows, seed.language, now), 400)
    by_buyer: dict[int, list[Order]] = {}
    for order in rows:
        by_buyer.setdefault(order.buyer_id, []).append(order)
    return by_buyer


def _after_sales(stage: Stage, now: datetime) -> None:
    """Open cases for delivered and completed orders of the named buyers, in each state in turn."""
    named = stage.buyers[: len(stage.seed.buyers)]
    arrived = (Order.State.DELIVERED, Order.State.COMPLETED)
    orders = [order for buyer in named for order in stage.orders[buyer.pk] if order.state in arrived]
    states, kinds = list(AfterSale.State), list(AfterSale.Kind)
    AfterSale.objects.bulk_create(
        AfterSale(
            shop=stage.shop, order=order, number=f"AS{order.number}", kind=kinds[place % 2], state=states[place % 3],
            reason=_REASONS[stage.seed.language][place % 3], created_at=min(now, order.created_at + timedelta(days=4)),
        )
        for place, order in enumerate(orders)
    )  # fmt: skip
