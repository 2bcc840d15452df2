"""Where a buyer comes in: a signed identity, or nobody's where the shop allows it, for a token (docs/wire.md)."""

from datetime import timedelta
from typing import Any, NamedTuple, TypedDict

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from botfaq import access as botfaq_access
from chat import access, history, incoming, serializers, shapes
from chat.actions import indexing
from chat.models import Conversation, ServiceSession
from shops import access as shop_access
from shops import hours, identity, schema, visitors
from shops.errors import Invalid
from shops.identity import BuyerToken
from shops.models import Buyer, Shop
from shops.rest import body_of

ENTRIES = tuple(ServiceSession.Entry.values)
LANDINGS = tuple(ServiceSession.Landing.values)
KEEPS = ("cookie", "page")
HERE = "/api/v1/buyer/entry"
_SHORT = {"type": "string", "maxLength": 64}
_ENTRY = schema.obj(
    {
        "kind": {"type": "string", "enum": list(ENTRIES)},
        "ref": {**_SHORT, "description": "Its id or number; none for `shop`."},
        "landing": {"type": "string", "enum": ["", *LANDINGS]},
    },
    ["kind"],
)
_VISITOR = schema.obj({"keep": {"type": "string", "enum": list(KEEPS)}, "key": _SHORT}, ["keep"])
_BODY = schema.body({"shop": schema.ID, "entry": _ENTRY}, {"identity": schema.TEXT, "visitor": _VISITOR})


class ShopShape(TypedDict):
    id: int
    name: str


class ThisBuyerShape(TypedDict):
    id: int
    nickname: str


class TimesShape(TypedDict):
    holiday: str | None
    closed: bool
    opens_at: str | None


class EnteredShape(TimesShape):
    token: str
    shop: ShopShape
    buyer: ThisBuyerShape
    conversation: int
    last_seq: int
    first_seq: int
    entry: shapes.EntryShape
    greeting: str
    faq: list[shapes.FaqShape]
    session: history.BuyerSessionShape | None
    receipts: shapes.ReceiptsShape
    can_rate: bool
    visitor: str | None


class Visit(NamedTuple):
    """How a visitor without an identity keeps the line: by a cookie of ours, or by what the page gives back."""

    keep: str
    key: str


class Entry(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @schema.operation(
        "Open the chat: a signed identity for a token",
        schema.shape(EnteredShape),
        name="buyer_entry",
        status=201,
        errors=(404, 401, 409, 429),
        auth=[],
        request=_BODY,
    )
    def post(self, request: Request) -> Response:
        body = body_of(request)
        incoming.fields(body, "shop", "identity", "visitor", "entry")
        shop = shop_access.shop(incoming.identifier(body.get("shop"), "shop"))
        kind, ref, landing = _entry(body.get("entry"))
        visit = _visit(body["visitor"]) if body.get("visitor") is not None else None
        keys = [key for key in (request.COOKIES.get(_cookie(shop), "")[:64], visit.key if visit else "") if key]
        if body.get("identity") is None and visit:
            buyer, key = _as_visitor(request, shop, keys[0] if keys else "")
        else:
            buyer, key = identity.verify(shop, incoming.words(body.get("identity"), "identity", 4000)), ""
            if buyer.renamed:
                indexing.rename(buyer)
            for held in keys:
                visitors.forget(shop, held)
        entry = access.entry(shop, buyer, kind, ref, landing)
        line = access.conversation_of(buyer)
        token = identity.issue(BuyerToken(shop.pk, buyer.pk, line.pk, entry))
        answer = Response(entered(shop, line, entry, token), status=201)
        _keep(answer, shop, visit, key)
        return answer


def _as_visitor(request: Request, shop: Shop, key: str) -> tuple[Buyer, str]:
    try:
        return visitors.enter(shop, key, request.META.get("REMOTE_ADDR", ""))
    except visitors.TooMany as error:
        raise Throttled(wait=visitors.SPAN.total_seconds()) from error


def _keep(answer: Response, shop: Shop, visit: Visit | None, key: str) -> None:
    """Hand the secret over: in a cookie that no script reads, or to a page in a frame, which gets no cookie (D2)."""
    if key and visit and visit.keep == "cookie":
        life = int(visitors.LIFE / timedelta(seconds=1))
        answer.set_cookie(
            _cookie(shop), key, max_age=life, path=HERE, secure=settings.HTTPS, httponly=True, samesite="Lax"
        )
    elif key:
        answer.data["visitor"] = key
    else:
        answer.delete_cookie(_cookie(shop), path=HERE, samesite="Lax")


def _cookie(shop: Shop) -> str:
    return f"visitor-{shop.pk}"


def _entry(asked: Any) -> tuple[str, str, str]:
    """Check where the buyer comes from: kind, number and landing template."""
    if not isinstance(asked, dict):
        raise Invalid(entry=_("Say where the buyer comes from."))
    incoming.fields(asked, "kind", "ref", "landing")
    kind, landing = asked.get("kind"), asked.get("landing", "")
    if kind not in ENTRIES:
        raise Invalid(entry=_("Choose one of: %(kinds)s.") % {"kinds": ", ".join(ENTRIES)})
    if landing != "" and landing not in LANDINGS:
        raise Invalid(entry=_("Choose one of: %(kinds)s.") % {"kinds": ", ".join(LANDINGS)})
    whole_shop = kind == ServiceSession.Entry.SHOP
    return kind, incoming.words(asked.get("ref", "" if whole_shop else None), "entry", 64, empty=whole_shop), landing


def _visit(asked: Any) -> Visit:
    if not isinstance(asked, dict):
        raise Invalid(visitor=_("Say how the visitor is remembered."))
    incoming.fields(asked, "keep", "key")
    if asked.get("keep") not in KEEPS:
        raise Invalid(visitor=_("Choose one of: %(kinds)s.") % {"kinds": ", ".join(KEEPS)})
    return Visit(asked["keep"], incoming.words(asked.get("key", ""), "visitor", 64, empty=True))


def entered(shop: Shop, line: Conversation, entry: dict[str, Any], token: str) -> EnteredShape:
    """Return what the page shows on opening: greeting, FAQ card and entry card; opening starts nothing (C1)."""
    session = history.buyer_session(line)
    return {
        "token": token,
        "shop": {"id": shop.pk, "name": shop.name},
        "buyer": {"id": line.buyer_id, "nickname": line.buyer.nickname},
        "conversation": line.pk,
        "last_seq": line.last_seq,
        "first_seq": line.first_seq,
        "entry": access.entry_shape(shop, entry),
        "greeting": shop.greeting,
        "faq": serializers.faq(botfaq_access.card(shop)),
        "session": session,
        "receipts": serializers.receipts(line),
        "can_rate": session is not None and not session["rated"] and _answered(session["id"]),
        "visitor": None,
        **_times(shop),
    }


def _times(shop: Shop) -> TimesShape:
    """Return what the buyer is told on entry: holiday mode in words, and the next opening if it is closed now (E5)."""
    now = timezone.now()
    closed = not hours.is_open(shop, now)
    usual = _("The shop is on holiday. Your messages are kept and answered when it is back.")
    return {
        "holiday": (shop.holiday_notice or usual) if hours.on_holiday(shop, now) else None,
        "closed": closed,
        "opens_at": serializers.maybe(hours.next_opening(shop, now)) if closed else None,
    }


def _answered(session_id: int) -> bool:
    return ServiceSession.objects.filter(pk=session_id, last_answer_at__isnull=False).exists()
