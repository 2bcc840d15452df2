"""The door to a shop's questions."""

from collections.abc import Iterable

from django.db.models import QuerySet

from botfaq.models import Question
from shops.access import MAX_ID
from shops.errors import NotYours
from shops.models import Shop

CARD = 5


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
