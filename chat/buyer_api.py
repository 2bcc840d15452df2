"""REST for buyers, with a bearer token (docs/wire.md)."""

from typing import Any, TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from botfaq import access as botfaq_access
from chat import access, history, incoming, params, sending, serializers, shapes
from chat.actions import attachments, indexing, ratings, sessions
from chat.actions.items import Receipt
from chat.desk_api import FILE, uploaded
from chat.models import Conversation, Rating, ServiceSession
from shops import access as shop_access
from shops import hours, identity, schema
from shops.errors import Invalid
from shops.identity import BuyerToken
from shops.models import Shop
from shops.rest import BuyerAuthentication, body_of

BUYER: list[Any] = [{"buyerToken": []}]
ENTRIES = tuple(ServiceSession.Entry.values)
REASONS = tuple(Rating.Reason.values)


class ShopShape(TypedDict):
    id: int
    name: str


class MeShape(TypedDict):
    id: int
    nickname: str


class TimesShape(TypedDict):
    holiday: str | None
    closed: bool
    opens_at: str | None


class EnteredShape(TimesShape):
    token: str
    shop: ShopShape
    buyer: MeShape
    conversation: int
    last_seq: int
    first_seq: int
    entry: shapes.EntryShape
    greeting: str
    faq: list[shapes.FaqShape]
    session: history.BuyerSessionShape | None
    receipts: shapes.ReceiptsShape
    can_rate: bool


class BuyerEventPage(history.EventPage):
    session: history.BuyerSessionShape | None


class Entry(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @schema.operation(
        "Open the chat: a signed identity for a token",
        schema.shape(EnteredShape),
        name="buyer_entry",
        status=201,
        errors=(404, 401),
        auth=[],
        request=schema.body(
            {
                "shop": schema.ID,
                "identity": schema.TEXT,
                "entry": schema.obj({"kind": {"type": "string", "enum": list(ENTRIES)}, "ref": schema.TEXT}),
            }
        ),
    )
    def post(self, request: Request) -> Response:
        incoming.fields(body_of(request), "shop", "identity", "entry")
        shop = shop_access.shop(incoming.identifier(body_of(request).get("shop"), "shop"))
        signed = incoming.words(body_of(request).get("identity"), "identity", 4000)
        asked = body_of(request).get("entry")
        if not isinstance(asked, dict):
            raise Invalid(entry=_("Say where the buyer comes from."))
        incoming.fields(asked, "kind", "ref")
        if asked.get("kind") not in ENTRIES:
            raise Invalid(entry=_("Choose one of: %(kinds)s.") % {"kinds": ", ".join(ENTRIES)})
        ref = incoming.words(asked.get("ref"), "entry", 64)
        buyer = identity.verify(shop, signed)
        if buyer.was_renamed:
            indexing.forget(buyer)
        entry = access.entry(shop, buyer, asked["kind"], ref)
        line = access.conversation_of(buyer)
        token = identity.issue(BuyerToken(shop.pk, buyer.pk, line.pk, entry))
        return Response(entered(shop, line, entry, token), status=201)


def entered(shop: Shop, line: Conversation, entry: dict[str, Any], token: str) -> EnteredShape:
    """Return what the page shows on opening: greeting, FAQ card and entry card; opening starts nothing (C1)."""
    session = history.buyer_session(line)
    return {
        "token": token,
        "shop": {"id": shop.pk, "name": shop.name},
        "buyer": {"id": line.buyer_id, "nickname": line.buyer.nickname},
        "conversation": line.pk,
        "last_seq": line.last_seq,
        "first_seq": 1,
        "entry": access.entry_shape(shop, entry),
        "greeting": shop.greeting,
        "faq": serializers.faq(botfaq_access.card(shop)),
        "session": session,
        "receipts": serializers.receipts(line),
        "can_rate": session is not None and not session["rated"] and _answered(session["id"]),
        **_times(shop),
    }


def _times(shop: Shop) -> TimesShape:
    """Return what the buyer is told on entry: holiday mode in words, and the next opening if it is closed now (E5)."""
    now = timezone.now()
    closed = not hours.is_open(shop, now)
    usual = _("The shop is on holiday. Your messages are kept and answered when it is back.")
    return {
        "holiday": (shop.holiday_notice or usual) if shop.holiday_mode else None,
        "closed": closed,
        "opens_at": serializers.maybe(hours.next_opening(shop, now)) if closed else None,
    }


def _answered(session_id: int) -> bool:
    return ServiceSession.objects.filter(pk=session_id, last_answer_at__isnull=False).exists()


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
        schema.shape(shapes.SentShape),
        name="buyer_send",
        status=(200, 201),
        errors=(409,),
        auth=BUYER,
        request=incoming.BODY,
    )
    def post(self, request: Request) -> Response:
        done = sending.stored(sending.from_buyer(self.token, incoming.draft(body_of(request))))
        return Response({"event": done.event, "duplicate": done.duplicate}, status=200 if done.duplicate else 201)


class FaqClick(BuyerView):
    @schema.operation(
        "Ask a question of the FAQ card",
        schema.shape(shapes.SentShape),
        name="buyer_faq_click",
        status=(200, 201),
        errors=(409,),
        auth=BUYER,
        request=schema.body({"client_msg_id": schema.KEY, "question": schema.ID}),
    )
    def post(self, request: Request) -> Response:
        incoming.fields(body_of(request), "client_msg_id", "question")
        pk = incoming.identifier(body_of(request).get("question"), "question")
        question = botfaq_access.question(self.token.shop_id, pk)
        body = {"client_msg_id": body_of(request).get("client_msg_id"), "kind": "text", "text": question.text}
        done = sending.stored(sending.click(self.token, incoming.draft(body), question.pk))
        return Response({"event": done.event, "duplicate": done.duplicate}, status=200 if done.duplicate else 201)


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
        errors=(413, 415, 507),
        auth=BUYER,
        request=FILE,
    )
    def post(self, request: Request) -> Response:
        line = access.line(self.token)
        found = attachments.upload(line.shop, f"b:{self.token.buyer_id}", uploaded(request))
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
