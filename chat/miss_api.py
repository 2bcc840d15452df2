"""REST of what the bot had no answer to (docs/wire.md, E10). Reading for agents, settling for whom A3 lets."""

from typing import Any, TypedDict

from rest_framework.request import Request
from rest_framework.response import Response

from botfaq import access as faq_access
from botfaq import unmatched
from chat import incoming, params, serializers
from chat.api import MemberView
from chat.shapes import FaqShape
from shops import schema
from shops.errors import Invalid
from shops.rest import body_of

MOST = 300  # wordings at once
IDS: dict[str, Any] = {"type": "array", "minItems": 1, "maxItems": MOST, "items": schema.ID}


class MissedWordingShape(TypedDict):
    id: int
    text: str
    count: int


class MissGroupShape(TypedDict):
    """Wordings of one meaning; `near` are the questions that they could be phrasings of."""

    count: int
    last_at: str
    misses: list[MissedWordingShape]
    sessions: list[int]
    near: list[FaqShape]


class MadeQuestionShape(TypedDict):
    question: int


class AddedPhrasingsShape(TypedDict):
    added: int


class MissView(MemberView):
    """A call that may name wordings."""

    def misses(self, request: Request, *more: str) -> list[int]:
        """Return the wordings that the body names."""
        incoming.fields(body_of(request), "misses", *more)
        found = incoming.identifiers(body_of(request).get("misses"), "misses", MOST)
        if not found:
            raise Invalid(misses=incoming.a_list_of(MOST))
        return found


class Misses(MissView):
    @schema.operation(
        "What the bot had no answer to, grouped by meaning (E10)",
        schema.page(MissGroupShape),
        name="faq_misses",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        return Response({"results": [_group(one) for one in unmatched.groups(self.member.shop)], "next": None})


class MakeQuestion(MissView):
    @schema.operation(
        "Make a draft of these wordings",
        schema.shape(MadeQuestionShape),
        name="faq_misses_question",
        status=201,
        errors=(403, 409),
        request=schema.body({"misses": IDS}),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        return Response({"question": unmatched.make_question(self.member, self.misses(request)).pk}, status=201)


class AddPhrasings(MissView):
    @schema.operation(
        "Let a question be asked in these words too",
        schema.shape(AddedPhrasingsShape),
        name="faq_misses_phrasing",
        errors=(403, 409),
        request=schema.body({"misses": IDS, "question": schema.ID}),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        ids = self.misses(request, "question")
        number = incoming.identifier(body_of(request).get("question"), "question")
        question = faq_access.question(self.member.shop_id, number)
        return Response({"added": unmatched.add_phrasings(self.member, ids, question)})


class Dismiss(MissView):
    @schema.operation(
        "Take these wordings off the list",
        None,
        name="faq_misses_dismiss",
        status=204,
        errors=(403,),
        request=schema.body({"misses": IDS}),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        unmatched.dismiss(self.member, self.misses(request))
        return Response(status=204)


class Restore(MissView):
    @schema.operation(
        "Bring dismissed wordings back",
        None,
        name="faq_misses_restore",
        status=204,
        errors=(403,),
        request=schema.body({"misses": IDS}),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        unmatched.restore(self.member, self.misses(request))
        return Response(status=204)


def _group(found: unmatched.Group) -> MissGroupShape:
    return {
        "count": found.count,
        "last_at": serializers.moment(found.last_at),
        "misses": [{"id": one.pk, "text": one.text, "count": one.count} for one in found.misses],
        "sessions": found.sessions,
        "near": serializers.faq(found.near),
    }
