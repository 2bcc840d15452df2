"""REST around the sessions: who I am, presence, colleagues, the desk log, files, the workbench."""

from typing import NamedTuple, TypedDict

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from chat import access, inbox, incoming, locks, pacing, params, routing, serializers, shapes
from chat.actions import attachments, people
from chat.api import MemberView, PersonView
from chat.history import BEHIND
from chat.models import DeskEvent
from commerce.models import Coupon, Product
from shops import permissions, schema
from shops.access import MAX_ID
from shops.errors import Invalid
from shops.models import Member
from shops.rest import body_of

PAGE = 50
FILE = {"multipart/form-data": schema.obj({"file": {"type": "string", "format": "binary"}})}


class UserShape(TypedDict):
    id: int
    name: str


class MyShopShape(TypedDict):
    id: int
    name: str
    role: str
    im_permission: bool
    member: int
    unread: int
    queued: int


class MeShape(TypedDict):
    user: UserShape
    shops: list[MyShopShape]


class PresenceShape(TypedDict):
    id: int
    nickname: str
    role: str
    accepting: bool
    on_break_since: str | None
    break_reason: str
    capacity: int
    load: int
    online: bool
    capacity_min: int
    capacity_max: int
    capacity_advised: int | None
    sole_agent: bool


class Break(NamedTuple):
    """The wish to begin or end a break (C22)."""

    on: bool
    reason: str


class DeskPage(TypedDict):
    results: list[shapes.DeskEventShape]
    through: int
    last_seq: int
    reset: bool


class Me(PersonView):
    @schema.operation("Who I am and in which shops (A6)", schema.shape(MeShape), name="me")
    def get(self, request: Request) -> Response:
        user = self.person
        members = Member.objects.active().select_related("shop").filter(user=user).order_by("shop__name", "pk")
        name = user.get_full_name() or user.get_username()
        return Response({"user": {"id": user.pk, "name": name}, "shops": [my_shop(member) for member in members]})


def my_shop(member: Member) -> MyShopShape:
    """Return a shop as its member sees it in the switcher (A6)."""
    return {
        "id": member.shop_id,
        "name": member.shop.name,
        "role": member.role,
        "im_permission": member.im_permission,
        "member": member.pk,
        "unread": inbox.unread(member) if member.im_permission else 0,
        "queued": inbox.waiting(member.shop_id) if member.im_permission else 0,
    }


class PresenceView(MemberView):
    @schema.operation("My own state", schema.shape(PresenceShape), name="presence_read", errors=(403,))
    def get(self, request: Request, shop_id: int) -> Response:
        return Response(presence(self.member))

    @schema.operation(
        "Change my state",
        schema.shape(PresenceShape),
        name="presence_change",
        errors=(403, 409),
        request=schema.body(
            {},
            {
                "accepting": schema.FLAG,
                "capacity": {"type": "integer", "minimum": 1},
                "on_break": schema.FLAG,
                "break_reason": {"type": "string", "maxLength": 60},
            },
        ),
    )
    def patch(self, request: Request, shop_id: int) -> Response:
        incoming.fields(body_of(request), "accepting", "capacity", "on_break", "break_reason")
        rest = self._break(request)
        accepting, capacity = body_of(request).get("accepting"), body_of(request).get("capacity")
        if accepting is not None:
            incoming.flag(accepting, "accepting")
        if capacity is not None:
            incoming.number(capacity, "capacity", 1, 100_000)
            self.member = people.set_capacity(self.member, capacity)
        if accepting is not None:
            self.member = people.set_accepting(self.member, accepting)
        if rest is not None:
            self.member = people.set_break(self.member, rest.reason if rest.on else None)
        return Response(presence(self.member))

    def _break(self, request: Request) -> "Break | None":
        on, reason = body_of(request).get("on_break"), body_of(request).get("break_reason")
        words = incoming.words(reason, "break_reason", 60, empty=True) if reason is not None else ""
        return Break(incoming.flag(on, "on_break"), words) if on is not None else None


def presence(member: Member) -> PresenceShape:
    policy, sole = member.shop.policy, routing.sole_agent(member.shop)
    return {
        "id": member.pk,
        "nickname": member.nickname,
        "role": member.role,
        "accepting": member.accepting,
        "on_break_since": serializers.maybe(member.on_break_since),
        "break_reason": member.break_reason,
        "capacity": member.capacity,
        "load": member.load,
        "online": Member.objects.online(timezone.now()).filter(pk=member.pk).exists(),
        "capacity_min": policy.capacity_min,
        "capacity_max": policy.capacity_max,
        "capacity_advised": policy.capacity_advised,
        "sole_agent": sole is not None and sole.pk == member.pk,
    }


class Members(MemberView):
    @schema.operation(
        "Colleagues who can get a session", schema.page(shapes.MemberShape), name="members_list", errors=(403,)
    )
    def get(self, request: Request, shop_id: int) -> Response:
        online = set(Member.objects.online(timezone.now()).filter(shop_id=shop_id).values_list("pk", flat=True))
        figures = permissions.may(self.member, "see the team")
        agents = Member.objects.agents().filter(shop_id=shop_id).order_by("nickname")[:500]
        rows = [serializers.member_state(agent, online=agent.pk in online, figures=figures) for agent in agents]
        return Response({"results": rows, "next": None})


class DeskEvents(MemberView):
    @schema.operation(
        "The desk log, to catch up",
        schema.shape(DeskPage),
        name="desk_events",
        errors=(403,),
        parameters=params.SPAN[:1],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request, "after")
        return Response(desk_page(self.member, params.whole(request, "after", 0, MAX_ID) or 0))


def desk_page(member: Member, after: int) -> DeskPage:
    """Return what the desk log says above a number, each row only where the reader may see it now."""
    rows = list(
        DeskEvent.objects.filter(shop_id=member.shop_id, seq__gt=after)
        .select_related("member", "note__member")
        .order_by("seq")[: BEHIND + 1]
    )
    last = member.shop.desk.last_seq
    if len(rows) > BEHIND or after > last:
        return {"results": [], "through": last, "last_seq": last, "reset": True}
    ids = {row.session_id for row in rows if row.session_id}
    listed = (
        locks.loaded()
        .filter(pk__in=ids)
        .filter(Q(state="queued") | Q(assignee=member) | Q(state="closed", last_assignee=member))
    )
    seen = {session.pk: session for session in listed}
    online = set(Member.objects.online(timezone.now()).filter(shop_id=member.shop_id).values_list("pk", flat=True))
    results = [serializers.desk_event(row, seen.get(row.session_id or 0), _member(row, online)) for row in rows]
    return {"results": results, "through": rows[-1].seq if rows else after, "last_seq": last, "reset": False}


def _member(row: DeskEvent, online: set[int]) -> shapes.MemberShape | None:
    return serializers.member_state(row.member, online=row.member.pk in online, figures=False) if row.member else None


def uploaded(request: Request) -> UploadedFile:
    """Return the one file of a multipart request."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Invalid(file=_("Choose a picture or a video."))
    return file


class Attachments(MemberView):
    parser_classes = [MultiPartParser]

    @schema.operation(
        "Upload a picture or video",
        schema.shape(shapes.AttachmentShape),
        name="attachment_upload",
        status=201,
        errors=(403, 413, 415, 429, 507),
        request=FILE,
    )
    def post(self, request: Request, shop_id: int) -> Response:
        pacing.uploads(self.member)
        found = attachments.upload(self.member.shop, f"a:{self.member.pk}", uploaded(request))
        return Response(serializers.attachment(found), status=201)


class BuyerOrders(MemberView):
    @schema.operation(
        "All orders of a buyer in this shop (C10)",
        schema.page(shapes.DeskOrderShape),
        name="buyer_orders",
        errors=(403,),
        parameters=[schema.query("cursor", schema.TEXT, "`next` of the page before.")],
    )
    def get(self, request: Request, shop_id: int, buyer_id: int) -> Response:
        params.known(request, "cursor")
        below = params.whole(request, "cursor", 1, MAX_ID)
        shop, may = self.member.shop, bool(access.served(self.member, [buyer_id]))
        rows = access.orders(shop).filter(buyer=access.buyer(self.member, buyer_id)).order_by("-pk")
        found = list((rows.filter(pk__lt=below) if below else rows)[: PAGE + 1])
        following = str(found[PAGE - 1].pk) if len(found) > PAGE else None
        results = [serializers.desk_order(one, shop, may_unmask=may) for one in found[:PAGE]]
        return Response({"results": results, "next": following})


class Products(MemberView):
    @schema.operation(
        "The shop's products on sale (C10)",
        schema.page(shapes.ProductShape),
        name="products_list",
        errors=(403,),
        parameters=[
            schema.query("q", {"type": "string", "maxLength": 60}, "Part of the title, or the SKU."),
            schema.query("cursor", schema.TEXT, "`next` of the page before."),
        ],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request, "q", "cursor")
        q = incoming.words(request.query_params.get("q", ""), "q", 60, empty=True)
        above = params.whole(request, "cursor", 1, MAX_ID) or 0
        rows = Product.objects.filter(shop_id=shop_id, on_sale=True, pk__gt=above).order_by("pk")
        if q:
            rows = rows.filter(Q(title__icontains=q) | Q(sku=q))
        found = list(rows[: PAGE + 1])
        following = str(found[PAGE - 1].pk) if len(found) > PAGE else None
        return Response(
            {"results": [serializers.product(p, self.member.shop) for p in found[:PAGE]], "next": following}
        )


class Coupons(MemberView):
    @schema.operation(
        "The coupons that buyers can take now",
        schema.page(shapes.CouponShape),
        name="coupons_list",
        errors=(403,),
        parameters=[schema.query("cursor", schema.TEXT, "`next` of the page before.")],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request, "cursor")
        above, now = params.whole(request, "cursor", 1, MAX_ID) or 0, timezone.now()
        rows = Coupon.objects.running(now).filter(shop_id=shop_id, pk__gt=above).order_by("pk")
        found = list(rows[: PAGE + 1])
        following = str(found[PAGE - 1].pk) if len(found) > PAGE else None
        return Response(
            {"results": [serializers.coupon(one, self.member.shop) for one in found[:PAGE]], "next": following}
        )
