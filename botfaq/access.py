"""The door to a shop's questions."""

from botfaq.models import Question
from shops.access import MAX_ID
from shops.errors import NotYours


def question(shop_id: int, question_id: int) -> Question:
    """Return a question of the shop; raise NotYours."""
    found = Question.objects.filter(shop_id=shop_id, pk=question_id).first() if 0 < question_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found
