"""The door to a shop's questions."""

from django.db.models import QuerySet

from botfaq.models import Question
from shops.access import MAX_ID
from shops.errors import NotYours
from shops.models import Shop


def question(shop_id: int, question_id: int) -> Question:
    """Return a question of the shop; raise NotYours."""
    found = Question.objects.filter(shop_id=shop_id, pk=question_id).first() if 0 < question_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found


def card(shop: Shop) -> QuerySet[Question]:
    """Return what stands on the FAQ card, at most five, in order (E2)."""
    return Question.objects.filter(shop=shop, card_place__isnull=False).order_by("card_place")
