"""REST of what to mend in the knowledge base (docs/wire.md, E7)."""

from typing import TypedDict

from rest_framework.request import Request
from rest_framework.response import Response

from botfaq import access, health
from botfaq.matching import Conflict
from chat import params
from chat.api import MemberView
from chat.shapes import FaqShape
from shops import schema


class ConflictShape(TypedDict):
    """Words of `question` that `by` has too (`same`), or reads much like."""

    question: FaqShape
    words: str
    by: FaqShape
    same: bool


class KnowledgeHealthShape(TypedDict):
    """Questions by what they need; `accuracy` is the share of messages (0-1) that is expected to be recognised."""

    ready: bool
    accuracy: float | None
    phrasings: list[int]
    vague: list[int]
    conflicts: list[ConflictShape]


class Health(MemberView):
    @schema.operation(
        "What to mend: too few phrasings, vague answers, questions in each other's way (E7)",
        schema.shape(KnowledgeHealthShape),
        name="faq_health",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        found = health.examine(self.member.shop)
        return Response(
            {
                "ready": found.ready,
                "accuracy": found.accuracy,
                "phrasings": sorted(found.weak),
                "vague": sorted(found.vague),
                "conflicts": conflicts(shop_id, [one for some in found.conflicts.values() for one in some]),
            }
        )


def conflicts(shop_id: int, found: list[Conflict]) -> list[ConflictShape]:
    """Return questions in each other's way by their words; who is not there any more is left out."""
    ids = {pk for one in found for pk in (one.question_id, one.caught_by)}
    named: dict[int, FaqShape] = {one.pk: {"id": one.pk, "text": one.text} for one in access.offered(shop_id, ids)}
    return [
        {
            "question": named[one.question_id],
            "words": one.phrasing,
            "by": named[one.caught_by],
            "same": one.score == 1.0,
        }
        for one in found
        if one.question_id in named and one.caught_by in named
    ]
