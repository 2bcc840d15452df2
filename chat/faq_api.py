"""REST of the knowledge base: questions (docs/wire.md, E1). Reading for agents, writing for whom A3 lets."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from botfaq import access as faq_access
from botfaq import actions as knowledge
from botfaq import listing
from botfaq.forms import PHRASING, PHRASINGS, RELATED
from botfaq.models import Question
from chat import faq_shapes, incoming, params
from chat.actions import faq
from chat.api import MemberView
from chat.faq_shapes import QuestionShape
from shops import schema
from shops.access import MAX_ID
from shops.errors import Invalid
from shops.models import Member
from shops.rest import body_of

TEXT, ANSWER, LINK = 200, 2000, 500  # characters
_HTTPS = URLValidator(schemes=["https"])
_TEXT = {"type": "string", "minLength": 1, "maxLength": TEXT}
_ANSWER = {"type": "string", "minLength": 1, "maxLength": ANSWER}
_ID = {**schema.ID, "nullable": True}
_MORE: dict[str, Any] = {
    "phrasings": {
        "type": "array",
        "maxItems": PHRASINGS,
        "items": {"type": "string", "minLength": 1, "maxLength": PHRASING},
    },
    "category": _ID,
    "published": schema.FLAG,
    "link": {"type": "string", "maxLength": LINK},
    "product": _ID,
    "picture": _ID,
    "related": {"type": "array", "maxItems": RELATED, "items": schema.ID},
}
FIELDS = ("text", "answer", *_MORE)


class Questions(MemberView):
    @schema.operation(
        "The shop's common questions, drafts too",
        schema.page(QuestionShape),
        name="faq_questions",
        errors=(403,),
        parameters=[
            schema.query("q", {"type": "string", "maxLength": 60}, "Part of a question, a phrasing or an answer."),
            schema.query("category", {"type": "integer", "minimum": 0, "maximum": MAX_ID}, "0: those without one."),
            schema.query("state", {"type": "string", "enum": list(listing.STATES)}, "Only these."),
            schema.query("sort", {"type": "string", "enum": list(listing.SORTS)}, "Newest first by default."),
            schema.query("cursor", schema.TEXT, "`next` of the page before."),
        ],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request, "q", "category", "state", "sort", "cursor")
        asked = listing.Asked(
            q=incoming.words(request.query_params.get("q", ""), "q", 60, empty=True),
            category=params.whole(request, "category", 0, MAX_ID),
            state=params.choice(request, "state", listing.STATES, ""),
            sort=params.choice(request, "sort", listing.SORTS, listing.SORTS[0]),
            before=_key(request.query_params.get("cursor", "")),
        )
        rows, following = listing.page(self.member.shop, asked)
        cursor = "{}-{}".format(*following) if following else None
        return Response({"results": faq_shapes.questions(rows), "next": cursor})

    @schema.operation(
        "Add a question, published unless said otherwise",
        schema.shape(QuestionShape),
        name="faq_question_add",
        status=201,
        errors=(403, 409),
        request=schema.body({"text": _TEXT, "answer": _ANSWER}, _MORE),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, *FIELDS)
        for name in ("text", "answer"):
            incoming.words(body.get(name), name, TEXT if name == "text" else ANSWER)
        return Response(faq_shapes.question(_store(self.member, Question(shop=self.member.shop), body)), status=201)


class OneQuestion(MemberView):
    @schema.operation("One question", schema.shape(QuestionShape), name="faq_question", errors=(403,))
    def get(self, request: Request, shop_id: int, question_id: int) -> Response:
        params.known(request)
        return Response(faq_shapes.question(faq_access.question(shop_id, question_id)))

    @schema.operation(
        "Change a question; what is not given stays",
        schema.shape(QuestionShape),
        name="faq_question_change",
        errors=(403, 409),
        request=schema.body({}, {"text": _TEXT, "answer": _ANSWER, **_MORE}),
    )
    def patch(self, request: Request, shop_id: int, question_id: int) -> Response:
        found = faq_access.question(shop_id, question_id)
        incoming.fields(body_of(request), *FIELDS)
        return Response(faq_shapes.question(_store(self.member, found, body_of(request))))

    @schema.operation(
        "Remove a question; it can be brought back for a week",
        None,
        name="faq_question_remove",
        status=204,
        errors=(403,),
    )
    def delete(self, request: Request, shop_id: int, question_id: int) -> Response:
        knowledge.delete(self.member, faq_access.question(shop_id, question_id).pk)
        return Response(status=204)


class RestoreQuestion(MemberView):
    @schema.operation(
        "Bring a removed question back",
        schema.shape(QuestionShape),
        name="faq_question_restore",
        errors=(403, 409),
        request=schema.body({}),
    )
    def post(self, request: Request, shop_id: int, question_id: int) -> Response:
        incoming.fields(body_of(request))
        knowledge.restore(self.member, [question_id] if 0 < question_id <= MAX_ID else [])
        return Response(faq_shapes.question(faq_access.question(shop_id, question_id)))


def _store(member: Member, question: Question, body: dict[str, Any]) -> Question:
    """Check what the body gives and store it."""
    limits = {"text": TEXT, "answer": ANSWER}
    for name, limit in limits.items():
        if name in body:
            setattr(question, name, incoming.words(body[name], name, limit))
    if "published" in body:
        question.published = incoming.flag(body["published"], "published")
    if "link" in body:
        question.link = _link(body["link"])
    for name, door in (("category", faq_access.category), ("product", faq_access.product)):
        if name in body:
            pk = body[name] if body[name] is None else incoming.identifier(body[name], name)
            setattr(question, name, pk and door(member.shop_id, pk))
    picture = question.picture
    if "picture" in body:
        picture = body["picture"] if body["picture"] is None else incoming.identifier(body["picture"], "picture")
    related = None
    if "related" in body:
        related = faq_access.questions(member.shop_id, incoming.identifiers(body["related"], "related", RELATED))
    return faq.save(member, question, _phrasings(question, body), related, picture)


def _phrasings(question: Question, body: dict[str, Any]) -> list[str]:
    if "phrasings" not in body:
        return list(question.phrasings.order_by("pk").values_list("text", flat=True)) if question.pk else []
    return phrasings(body["phrasings"])


def phrasings(given: Any) -> list[str]:
    """Check a list of phrasings."""
    if not isinstance(given, list) or len(given) > PHRASINGS:
        raise Invalid(phrasings=incoming.a_list_of(PHRASINGS))
    return [incoming.words(text, "phrasings", PHRASING) for text in given]


def _link(given: Any) -> str:
    """Check an address that buyers may open; raise Invalid."""
    link = incoming.words(given, "link", LINK, empty=True)
    try:
        if link:
            _HTTPS(link)
    except ValidationError as error:
        raise Invalid(link=_("An address that begins with https://, please.")) from error
    return link


def _key(text: str) -> listing.Key | None:
    """Read a cursor; raise Invalid."""
    hits, _dash, pk = text.partition("-")
    if not text:
        return None
    if not all(part.isascii() and part.isdigit() and len(part) <= 19 and int(part) <= MAX_ID for part in (hits, pk)):
        raise Invalid(cursor=_("This page is not known; start again."))
    return listing.Key(int(hits), int(pk))
