"""REST for buyers, with a bearer token (docs/wire.md)."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from botfaq import access as botfaq_access
from chat import access, history, incoming, pacing, params, sending, serializers, shapes
from chat.actions import answers, attachments, ratings, sessions
from chat.actions.items import Receipt
from chat.desk_api import FILE, uploaded
from chat.models import Rating
from shops import access as shop_access
from shops import schema
from shops.errors import Invalid
from shops.identity import BuyerToken
from shops.rest import BuyerAuthentication, body_of

BUYER: list[Any] = [{"buyerToken": []}]
REASONS = tuple(Rating.Reason.values)


class BuyerEventPage(history.EventPage):
    session: history.BuyerSessionShape | None


class BuyerView(APIView):
    """A call with a buyer's token."""

    authentication_classes = [BuyerAuthentication]
    permission_classes = [AllowAny]
    token: BuyerToken

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not isinstance(request.auth, BuyerToken):
            self.permission_denied(request)
        self.token = request.auth


class Events(BuyerView):
    @schema.operation(
        "The conversation's log", schema.shape(BuyerEventPage), name="buyer_events", auth=BUYER, parameters=params.SPAN
    )
    def get(self, request: Request) -> Response:
        span = params.span(request)
        line = access.line(self.token)
        return Response({**history.page(line, *span), "session": history.buyer_session(line)})


class Messages(BuyerView):
    @schema.operation(
        "Send a message",
        schema.shape(shapes.SentMessageShape),
        name="buyer_send",
        status=(200, 201),
        errors=(409, 429),
        auth=BUYER,
        request=incoming.BODY,
    )
    def post(self, request: Request) -> Response:
        pacing.sends(self.token)
        done = sending.stored(sending.from_buyer(self.token, incoming.draft(body_of(request))))
        return Response({"event": done.event, "duplicate": done.duplicate}, status=200 if done.duplicate else 201)


class FaqClick(BuyerView):
    @schema.operation(
        "Ask a question of the FAQ card",
        schema.shape(shapes.SentMessageShape),
        name="buyer_faq_click",
        status=(200, 201),
        errors=(409, 429),
        auth=BUYER,
        request=schema.body({"client_msg_id": schema.KEY, "question": schema.ID}),
    )
    def post(self, request: Request) -> Response:
        pacing.sends(self.token)
        incoming.fields(body_of(request), "client_msg_id", "question")
        pk = incoming.identifier(body_of(request).get("question"), "question")
        question = botfaq_access.published(self.token.shop_id, pk)
        body = {"client_msg_id": body_of(request).get("client_msg_id"), "kind": "text", "text": question.text}
        done = sending.stored(sending.click(self.token, incoming.draft(body), question.pk))
        return Response({"event": done.event, "duplicate": done.duplicate}, status=200 if done.duplicate else 201)


class AnswerFeedback(BuyerView):
    @schema.operation(
        "Say whether an answer of the bot helped (D4); once",
        schema.obj({"solved": schema.FLAG}),
        name="buyer_answer_feedback",
        errors=(409,),
        auth=BUYER,
        request=schema.body({"solved": schema.FLAG}),
    )
    def post(self, request: Request, answer_id: int) -> Response:
        incoming.fields(body_of(request), "solved")
        solved = incoming.flag(body_of(request).get("solved"), "solved")
        access.line(self.token)
        answers.judge(self.token.shop_id, self.token.conversation_id, answer_id, solved)
        return Response({"solved": solved})


class Human(BuyerView):
    @schema.operation(
        "Ask for a human (D4)",
        schema.obj({"session": schema.shape(history.BuyerSessionShape)}),
        name="buyer_human",
        errors=(409,),
        auth=BUYER,
        request=schema.body({}),
    )
    def post(self, request: Request) -> Response:
        incoming.fields(body_of(request))
        access.line(self.token)
        sessions.ask_human(self.token.shop_id, self.token.conversation_id)
        return Response({"session": history.buyer_session(access.line(self.token))})


class RatingView(BuyerView):
    @schema.operation(
        "Rate a session, once (F1)",
        schema.obj({"session": schema.shape(history.BuyerSessionShape)}),
        name="buyer_rating",
        status=201,
        errors=(409,),
        auth=BUYER,
        request=schema.body(
            {"session": schema.ID, "stars": {"type": "integer", "minimum": 1, "maximum": 5}},
            {
                "words": {"type": "string", "maxLength": ratings.WORDS},
                "reasons": {"type": "array", "items": {"type": "string", "enum": list(REASONS)}, "uniqueItems": True},
            },
        ),
    )
    def post(self, request: Request) -> Response:
        incoming.fields(body_of(request), "session", "stars", "words", "reasons")
        pk = incoming.identifier(body_of(request).get("session"), "session")
        stars = incoming.number(body_of(request).get("stars"), "stars", 1, 5)
        words = incoming.words(body_of(request).get("words", ""), "words", ratings.WORDS, empty=True)
        reasons = _reasons(body_of(request).get("reasons", []), stars)
        access.line(self.token)
        ratings.rate(self.token.shop_id, self.token.conversation_id, pk, stars, words, reasons)
        return Response({"session": history.buyer_session(access.line(self.token))}, status=201)


def _reasons(value: Any, stars: int) -> list[str]:
    """Check why a buyer is dissatisfied: known reasons, each once, and only with one or two stars (F5)."""
    if not isinstance(value, list) or any(
        one not in REASONS or value.count(one) > 1 for one in value[: len(REASONS) + 1]
    ):
        raise Invalid(reasons=_("Choose from: %(kinds)s.") % {"kinds": ", ".join(REASONS)})
    if value and stars > ratings.FEW_STARS:
        raise Invalid(reasons=_("Only one or two stars come with reasons."))
    return value


class Attachments(BuyerView):
    parser_classes = [MultiPartParser]

    @schema.operation(
        "Upload a picture or video",
        schema.shape(shapes.AttachmentShape),
        name="buyer_upload",
        status=201,
        errors=(413, 415, 429, 507),
        auth=BUYER,
        request=FILE,
    )
    def post(self, request: Request) -> Response:
        line = access.line(self.token)
        pacing.uploads(self.token)
        found = attachments.upload(line.shop, f"b:{self.token.buyer_id}", uploaded(request), line)
        return Response(serializers.attachment(found), status=201)


class Receipts(BuyerView):
    @schema.operation(
        "Say how far one has got",
        None,
        name="buyer_receipts",
        status=204,
        auth=BUYER,
        request=schema.body({"delivered": schema.ID, "read": {"type": "integer", "minimum": 0}}),
    )
    def post(self, request: Request) -> Response:
        incoming.fields(body_of(request), "delivered", "read")
        delivered = incoming.identifier(body_of(request).get("delivered"), "delivered")
        read = incoming.number(body_of(request).get("read"), "read", 0, shop_access.MAX_ID)
        sending.store(Receipt(self.token.conversation_id, "buyer", delivered, read))
        return Response(status=204)
