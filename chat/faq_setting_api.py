"""REST of what stands around the questions: categories, FAQ card, bot, trying and checking (docs/wire.md, E1-E7)."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from botfaq import access as faq_access
from botfaq import actions as knowledge
from botfaq import health, trying, vagueness
from botfaq.models import Question
from botfaq.views import NAME
from chat import faq_shapes, incoming, params, serializers
from chat.actions import policy
from chat.faq_api import ANSWER, TEXT, MemberView, phrasings
from chat.faq_shapes import BotShape, BotTrialShape, CategoryShape, FaqCardShape, QuestionCheckShape
from shops import hours, schema
from shops.access import MAX_ID
from shops.models import Member
from shops.rest import body_of

AGENTS = 500
_FLAGS = ("on", "only_off_hours", "tells_parcels")
_NAME = {"type": "string", "minLength": 1, "maxLength": NAME}


class Categories(MemberView):
    @schema.operation(
        "Headings of the questions, by name", schema.page(CategoryShape), name="faq_categories", errors=(403,)
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        rows = self.member.shop.question_categories.order_by("name")
        return Response({"results": [faq_shapes.category(row) for row in rows], "next": None})

    @schema.operation(
        "Add a heading",
        schema.shape(CategoryShape),
        name="faq_category_add",
        status=201,
        errors=(403, 409),
        request=schema.body({"name": _NAME}),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        incoming.fields(body_of(request), "name")
        name = incoming.words(body_of(request).get("name"), "name", NAME)
        return Response(faq_shapes.category(knowledge.add_category(self.member, name)), status=201)


class OneCategory(MemberView):
    @schema.operation(
        "Rename a heading",
        schema.shape(CategoryShape),
        name="faq_category_rename",
        errors=(403, 409),
        request=schema.body({"name": _NAME}),
    )
    def patch(self, request: Request, shop_id: int, category_id: int) -> Response:
        found = faq_access.category(shop_id, category_id)
        incoming.fields(body_of(request), "name")
        name = incoming.words(body_of(request).get("name"), "name", NAME)
        return Response(faq_shapes.category(knowledge.rename_category(self.member, found, name)))

    @schema.operation(
        "Remove a heading; its questions stay", None, name="faq_category_remove", status=204, errors=(403,)
    )
    def delete(self, request: Request, shop_id: int, category_id: int) -> Response:
        knowledge.remove_category(self.member, faq_access.category(shop_id, category_id))
        return Response(status=204)


class RestoreCategory(MemberView):
    @schema.operation(
        "Bring a removed heading back, over the questions that had it",
        schema.shape(CategoryShape),
        name="faq_category_restore",
        errors=(403, 409),
        request=schema.body({}),
    )
    def post(self, request: Request, shop_id: int, category_id: int) -> Response:
        incoming.fields(body_of(request))
        gone = faq_access.removed_category(shop_id, category_id) if 0 < category_id <= MAX_ID else None
        if gone is None:
            return Response(faq_shapes.category(faq_access.category(shop_id, category_id)))
        return Response(faq_shapes.category(knowledge.restore_category(self.member, gone.pk)))


class Card(MemberView):
    @schema.operation(
        "The FAQ card (E2): what was chosen by hand, and what buyers are shown",
        schema.shape(FaqCardShape),
        name="faq_card",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        return Response(self._answer())

    @schema.operation(
        "Choose the questions of the card in their order, or let the hits choose",
        schema.shape(FaqCardShape),
        name="faq_card_set",
        errors=(403, 409),
        request=schema.body(
            {"questions": {"type": "array", "maxItems": knowledge.CARD, "items": schema.ID}}, {"by_hits": schema.FLAG}
        ),
    )
    def put(self, request: Request, shop_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, "questions", "by_hits")
        chosen = incoming.identifiers(body.get("questions"), "questions", knowledge.CARD)
        by_hits = incoming.flag(body.get("by_hits", self.member.shop.faq_by_hits), "by_hits")
        knowledge.choose(self.member, chosen)
        self.member.shop = policy.set_faq_by_hits(self.member.shop, by_hits, self.member)
        return Response(self._answer())

    def _answer(self) -> FaqCardShape:
        shop = self.member.shop
        chosen = Question.objects.filter(shop=shop, card_place__isnull=False).order_by("card_place")
        shown = serializers.faq(faq_access.card(shop))
        return {"by_hits": shop.faq_by_hits, "questions": serializers.faq(chosen), "shown": shown}


class Bot(MemberView):
    @schema.operation(
        "The bot: on or off, when it receives, who gets its low ratings; news of parcels (E3, E6, E11)",
        schema.shape(BotShape),
        name="faq_bot",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        return Response(bot_of(self.member))

    @schema.operation(
        "Set the bot; what is not given stays",
        schema.shape(BotShape),
        name="faq_bot_set",
        errors=(403, 409),
        request=schema.body(
            {},
            {
                "on": schema.FLAG,
                "only_off_hours": schema.FLAG,
                "tells_parcels": schema.FLAG,
                "after_low_rating": {"type": "array", "maxItems": AGENTS, "items": schema.ID},
            },
        ),
    )
    def patch(self, request: Request, shop_id: int) -> Response:
        body, shop = body_of(request), self.member.shop
        incoming.fields(body, *_FLAGS, "after_low_rating")
        flags = {name: incoming.flag(body[name], name) for name in _FLAGS if name in body}
        if "after_low_rating" in body:
            named = incoming.identifiers(body["after_low_rating"], "after_low_rating", AGENTS)
            policy.set_after_low_rating(shop, named, self.member)
        if "only_off_hours" in flags:
            shop = policy.set_bot_hours(shop, flags["only_off_hours"], self.member)
        if "tells_parcels" in flags:
            shop = policy.set_tells_parcels(shop, flags["tells_parcels"], self.member)
        if "on" in flags:
            shop = policy.set_bot(shop, flags["on"], self.member)
        self.member.shop = shop
        return Response(bot_of(self.member))


def bot_of(member: Member) -> BotShape:
    shop = member.shop
    named = shop.members.agents().filter(after_low_rating=True).order_by("pk")
    return {
        "on": shop.bot_enabled,
        "only_off_hours": shop.bot_only_off_hours,
        "tells_parcels": shop.tells_parcels,
        "receives": hours.bot_receives(shop, timezone.now()),
        "after_low_rating": list(named.values_list("pk", flat=True)),
        "may_edit": faq_access.may_edit(member),
    }


class Try(MemberView):
    @schema.operation(
        "What the bot would do with a buyer's text, and why; nothing is counted",
        schema.shape(BotTrialShape),
        name="faq_try",
        errors=(403,),
        request=schema.body({"text": {"type": "string", "minLength": 1, "maxLength": TEXT}}),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        incoming.fields(body_of(request), "text")
        text = incoming.words(body_of(request).get("text"), "text", TEXT)
        return Response(faq_shapes.tried(trying.look(self.member.shop, text, health.PATIENCE)))


class Check(MemberView):
    @schema.operation(
        "What is wrong with a question before it is saved: a vague answer (E7), words of another question",
        schema.shape(QuestionCheckShape),
        name="faq_check",
        errors=(403,),
        request=schema.body(
            {},
            {
                "question": schema.ID,
                "answer": {"type": "string", "maxLength": ANSWER},
                "phrasings": {"type": "array", "maxItems": 50, "items": {"type": "string", "maxLength": TEXT}},
            },
        ),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, "question", "answer", "phrasings")
        answer = incoming.words(body.get("answer", ""), "answer", ANSWER, empty=True)
        texts = phrasings(body.get("phrasings", []))
        own = (
            faq_access.question(shop_id, incoming.identifier(body["question"], "question"))
            if "question" in body
            else None
        )
        clashes = health.caught(self.member.shop, own.pk if own else None, texts)
        by = {one.pk: one for one in faq_access.offered(shop_id, {one.caught_by for one in clashes})}
        caught = [
            {"words": one.phrasing, "by": {"id": one.caught_by, "text": by[one.caught_by].text}}
            for one in clashes
            if one.caught_by in by
        ]
        return Response({"vague": faq_shapes.vague(vagueness.look(answer)), "caught": caught})
