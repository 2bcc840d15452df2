"""The door to a shop's questions and their headings."""

from collections.abc import Iterable

from django.db.models import QuerySet

from botfaq.models import Category, Question
from commerce.models import Product
from shops import permissions
from shops.access import MAX_ID
from shops.errors import NotYours
from shops.models import Member, Shop

CARD = 5


def may_edit(member: Member) -> bool:
    """Whether the member may switch the bot and write its questions (A3)."""
    return permissions.may(member, "write questions")


def writer(member: Member) -> Member:
    """Return a member who may write the questions (A3); raise NotAllowed."""
    permissions.require(member, "write questions")
    return member


def question(shop_id: int, question_id: int) -> Question:
    """Return a question of the shop; raise NotYours."""
    found = Question.objects.filter(shop_id=shop_id, pk=question_id).first() if 0 < question_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found


def published(shop_id: int, question_id: int) -> Question:
    """Return a question that buyers may ask; raise NotYours."""
    found = question(shop_id, question_id)
    if not found.published:
        raise NotYours
    return found


def questions(shop_id: int, ids: Iterable[int]) -> list[Question]:
    """Return these questions in the order given; raise NotYours if one is not the shop's."""
    wanted = list(dict.fromkeys(ids))
    rows = Question.objects.filter(shop_id=shop_id).in_bulk([pk for pk in wanted if 0 < pk <= MAX_ID])
    if len(rows) != len(wanted):
        raise NotYours
    return [rows[pk] for pk in wanted]


def category(shop_id: int, category_id: int) -> Category:
    """Return a category of the shop; raise NotYours."""
    found = Category.objects.filter(shop_id=shop_id, pk=category_id).first() if 0 < category_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found


def product(shop_id: int, product_id: int) -> Product:
    """Return a product of the shop, on sale or not; raise NotYours."""
    found = Product.objects.filter(shop_id=shop_id, pk=product_id).first() if 0 < product_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found


def card(shop: Shop) -> QuerySet[Question]:
    """Return what stands on the FAQ card, at most five: chosen by hand in that order, or the most asked (E2)."""
    public = Question.objects.filter(shop=shop, published=True)
    if shop.faq_by_hits:
        return public.order_by("-hits", "pk")[:CARD]
    return public.filter(card_place__isnull=False).order_by("card_place")


def offered(shop_id: int, ids: Iterable[int]) -> list[Question]:
    """Return those of these questions that buyers may ask, in the order given."""
    rows = Question.objects.filter(shop_id=shop_id, published=True).in_bulk(list(ids))
    return [rows[pk] for pk in ids if pk in rows]


def removed(shop_id: int, ids: Iterable[int]) -> list[int]:
    """Return those of these questions of the shop that can be brought back."""
    gone = Question.everything.filter(shop_id=shop_id, removed_at__isnull=False, pk__in=list(ids))
    return list(gone.values_list("pk", flat=True))


def removed_category(shop_id: int, category_id: int) -> Category | None:
    """Return a category that can be brought back, if this is one."""
    return Category.everything.filter(shop_id=shop_id, removed_at__isnull=False, pk=category_id).first()
