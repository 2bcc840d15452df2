"""REST for what agents keep at hand while they write: quick replies, the shop's forbidden words (docs/wire.md)."""

from typing import Any, TypedDict

from rest_framework.request import Request
from rest_framework.response import Response

from chat import access, incoming, params
from chat.actions import policy, quick_replies
from chat.api import MemberView
from chat.models import QuickReply
from chat.setting_forms import WORD, WORDS
from shops import permissions, schema
from shops.errors import Invalid
from shops.rest import body_of

TITLE, GROUP = 60, 40  # characters
SCOPES = (quick_replies.SHOP, quick_replies.AGENT)
_FIELDS: dict[str, Any] = {
    "title": {"type": "string", "minLength": 1, "maxLength": TITLE},
    "text": {"type": "string", "minLength": 1, "maxLength": incoming.TEXT_LIMIT},
    "group": {"type": "string", "maxLength": GROUP},
}
PLACE = {"type": "integer", "minimum": 0, "maximum": quick_replies.MOST}


class QuickReplyShape(TypedDict):
    id: int
    scope: str
    group: str
    title: str
    text: str
    place: int


class ForbiddenWordsShape(TypedDict):
    words: list[str]
    may_edit: bool


class QuickReplies(MemberView):
    @schema.operation(
        "Sentences at hand: the shop's, then one's own (C17)",
        schema.page(QuickReplyShape, may_edit={"type": "array", "items": {"type": "string", "enum": list(SCOPES)}}),
        name="quick_replies_list",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        rows = [quick_reply(row) for row in access.quick_replies(self.member)]
        mine = [scope for scope in SCOPES if quick_replies.may_edit(self.member, scope)]
        return Response({"results": rows, "next": None, "may_edit": mine})

    @schema.operation(
        "Add a sentence",
        schema.shape(QuickReplyShape),
        name="quick_reply_add",
        status=201,
        errors=(403, 409),
        request=schema.body(
            {"scope": {"type": "string", "enum": list(SCOPES)}, "title": _FIELDS["title"], "text": _FIELDS["text"]},
            {"group": _FIELDS["group"], "place": PLACE},
        ),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, "scope", *_FIELDS, "place")
        scope = incoming.choice(body.get("scope"), "scope", SCOPES)
        given = _given({"group": "", "title": None, "text": None, **body})
        return Response(quick_reply(quick_replies.create(self.member, scope, place=_place(body), **given)), status=201)


class OneQuickReply(MemberView):
    @schema.operation(
        "Change a sentence, or move it within its list",
        schema.shape(QuickReplyShape),
        name="quick_reply_change",
        errors=(403,),
        request=schema.body({}, {**_FIELDS, "place": PLACE}),
    )
    def patch(self, request: Request, shop_id: int, reply_id: int) -> Response:
        body = body_of(request)
        found = access.quick_reply(self.member, reply_id)
        incoming.fields(body, *_FIELDS, "place")
        return Response(quick_reply(quick_replies.change(found, self.member, place=_place(body), **_given(body))))

    @schema.operation("Remove a sentence", None, name="quick_reply_remove", status=204, errors=(403,))
    def delete(self, request: Request, shop_id: int, reply_id: int) -> Response:
        quick_replies.delete(access.quick_reply(self.member, reply_id), self.member)
        return Response(status=204)


class ForbiddenWords(MemberView):
    @schema.operation(
        "Words that the console warns of before sending (C23)",
        schema.shape(ForbiddenWordsShape),
        name="forbidden_words",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        return Response(self._answer(self.member.shop.forbidden_words))

    @schema.operation(
        "Set these words",
        schema.shape(ForbiddenWordsShape),
        name="forbidden_words_set",
        errors=(403,),
        request=schema.body(
            {"words": {"type": "array", "maxItems": WORDS, "items": {"type": "string", "maxLength": WORD}}}
        ),
    )
    def put(self, request: Request, shop_id: int) -> Response:
        incoming.fields(body_of(request), "words")
        given = body_of(request).get("words")
        if not isinstance(given, list) or len(given) > WORDS:
            raise Invalid(words=incoming.a_list_of(WORDS))
        words = [incoming.words(word, "words", WORD, empty=True) for word in given]
        return Response(self._answer(policy.set_forbidden_words(self.member.shop, words, self.member).forbidden_words))

    def _answer(self, words: list[str]) -> ForbiddenWordsShape:
        return {"words": words, "may_edit": permissions.may(self.member, "set the desk")}


def quick_reply(found: QuickReply) -> QuickReplyShape:
    return {
        "id": found.pk,
        "scope": quick_replies.scope_of(found),
        "group": found.group,
        "title": found.title,
        "text": found.text,
        "place": found.place,
    }


def _place(body: dict[str, Any]) -> int | None:
    return incoming.number(body["place"], "place", 0, quick_replies.MOST) if "place" in body else None


def _given(body: dict[str, Any]) -> dict[str, str]:
    """Return the checked text fields that the body has."""
    limits = {"title": TITLE, "text": incoming.TEXT_LIMIT, "group": GROUP}
    return {
        name: incoming.words(body[name], name, limit, empty=name == "group")
        for name, limit in limits.items()
        if name in body
    }
