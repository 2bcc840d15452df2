"""The door to sessions, conversations and what they refer to. Not yours is not there (404)."""

import re
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from botfaq import access as botfaq_access
from botfaq.models import Question
from chat import serializers, shapes
from chat.incoming import Draft
from chat.models import (
    Assignment,
    Attachment,
    AvatarReview,
    Conversation,
    DataRequest,
    Message,
    QuickReply,
    ServiceSession,
    SessionQuerySet,
    UserReport,
)
from commerce.models import AfterSale, Coupon, Order, Product
from lib import quick
from shops import access as shop_access
from shops import permissions
from shops.access import MAX_ID
from shops.errors import NotYours, Refused
from shops.identity import BadIdentity, BuyerToken
from shops.models import Buyer, Member, Shop, User

State = ServiceSession.State


def visible(member: Member) -> SessionQuerySet:
    """Sessions this member may see: own, waiting, own history; leads see the shop's, but for what the bot still has."""
    mine = Exists(Assignment.objects.filter(session=OuterRef("pk"), member=member))
    found = ServiceSession.objects.filter(shop_id=member.shop_id)
    if member.is_lead:
        return found.filter(~Q(state=State.BOT) | mine)
    return found.filter(Q(state=State.QUEUED) | Q(assignee=member) | mine)


def session(member: Member, session_id: int) -> ServiceSession:
    """Return a session with all that a row needs; raise NotYours."""
    found = visible(member).filter(pk=session_id) if 0 < session_id <= MAX_ID else visible(member).none()
    one = found.select_related("shop", "conversation", "buyer", "assignee", "last_assignee", "rating").first()
    if one is None:
        raise NotYours
    return one


def seen(member: Member, session_id: int) -> int:
    """Return the id of a session that the member may see; raise NotYours. For actions, which read it under its lock."""
    known = 0 < session_id <= MAX_ID
    if known and _SEEN[member.is_lead].ask(member.pk, member.shop_id, session_id):
        return session_id
    raise NotYours


def _seen_as(role: str) -> quick.Question:
    return quick.Question(
        lambda member, shop, session: (
            visible(Member(pk=member, shop_id=shop, role=role)).filter(pk=session).values_list("pk")
        )
    )


_SEEN = {True: _seen_as(Member.Role.SERVICE_LEAD), False: _seen_as(Member.Role.AGENT)}


def claimable(member: Member, session_id: int) -> ServiceSession:
    """Return a session of the shop that humans may have: who is second to take it learns of the conflict (B7)."""
    of_shop = ServiceSession.objects.filter(shop_id=member.shop_id).exclude(state=State.BOT)
    found = of_shop.filter(pk=session_id).first() if 0 < session_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found


def colleague(member: Member, member_id: int) -> Member:
    """Return an active member of the same shop; raise NotYours."""
    where = f"id = %s AND shop_id = %s AND {shop_access.IS_ACTIVE}"
    for found in quick.rows(Member, where, [member_id, member.shop_id]) if member_id <= MAX_ID else ():
        return found
    raise NotYours


def reply_scopes(member: Member) -> list[str]:
    """Return whose sentences a member has at hand: the shop's (P10); one's own are for who serves buyers (C17)."""
    return [scope for scope in member.shop.policy.quick_reply_scopes if scope == "shop" or member.is_agent]


def quick_replies(member: Member) -> QuerySet[QuickReply]:
    """Return the sentences at hand for a member, in their order: the shop's, then its own (P10)."""
    scopes = reply_scopes(member)
    found = QuickReply.objects.none()
    if "shop" in scopes:
        found = found | QuickReply.objects.filter(shop_id=member.shop_id, member=None)
    if "agent" in scopes:
        found = found | QuickReply.objects.filter(shop_id=member.shop_id, member=member)
    return found.order_by(F("member").asc(nulls_first=True), "place", "pk")


def reports(member: Member) -> QuerySet[UserReport]:
    """Return the reports of users that the member may see, newest first: its own, a lead the shop's (F3)."""
    rows = UserReport.objects.filter(shop_id=member.shop_id)
    rows = rows if member.is_lead else rows.filter(member=member)
    return rows.select_related("session__buyer", "member").order_by("-pk")


def reported(user: object) -> QuerySet[UserReport]:
    """Return reports for a platform reviewer, but not of shops that are its own (A7); raise NotYours for others."""
    reviewer = platform(user)
    own = Member.objects.active().filter(user=reviewer).values("shop_id")
    return UserReport.objects.exclude(shop_id__in=own).select_related("session__buyer", "member", "shop")


def report(user: object, report_id: int) -> UserReport:
    """Return one of the reports that this reviewer may decide, decided or not; raise NotYours."""
    found = reported(user).select_related("decided_by").filter(pk=report_id) if 0 < report_id <= MAX_ID else []
    for one in found:
        return one
    raise NotYours


def platform(user: object) -> User:
    """Return somebody of the platform's staff (A7); raise NotYours."""
    if isinstance(user, User) and user.is_active and user.is_staff:
        return user
    raise NotYours


def avatar_reviews(user: object) -> QuerySet[AvatarReview]:
    """Return the pictures that wait, for platform staff (A7); raise NotYours for others."""
    platform(user)
    rows = AvatarReview.objects.filter(state=AvatarReview.State.PENDING).select_related("member", "shop")
    return rows.order_by("submitted_at", "pk")[:50]


def avatar_review(user: object, review_id: int) -> AvatarReview:
    """Return one of the pictures, waiting or not; raise NotYours."""
    avatar_reviews(user)
    found = AvatarReview.objects.filter(pk=review_id).select_related("member") if 0 < review_id <= MAX_ID else []
    for one in found:
        return one
    raise NotYours


def quick_reply(member: Member, reply_id: int) -> QuickReply:
    """Return a sentence that the member may see; raise NotYours."""
    found = quick_replies(member).filter(pk=reply_id).first() if 0 < reply_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found


def held_by(member: Member) -> SessionQuerySet:
    """Return a member's open sessions with all that a row needs, the longest waiting place first."""
    rows = ServiceSession.objects.assigned().filter(assignee=member).order_by("queued_at", "pk")
    return rows.select_related("shop", "conversation", "buyer", "assignee", "last_assignee", "rating")[:1000]


def answer_picture(of: Question) -> Attachment | None:
    """Return the picture of a question's answer, if it has one (E1)."""
    return Attachment.objects.filter(pk=of.picture, shop_id=of.shop_id).first() if of.picture else None


def answer_pictures(of: Iterable[Question]) -> dict[int, Attachment]:
    """Return the pictures of answers by their numbers."""
    rows = [one for one in of if one.picture]
    found = Attachment.objects.filter(pk__in={one.picture for one in rows}, shop__in={one.shop_id for one in rows})
    return found.in_bulk() if rows else {}


def buyer(member: Member, buyer_id: int) -> Buyer:
    """Return a buyer of the shop that the member may see in some session; raise NotYours."""
    found = Buyer.objects.filter(shop_id=member.shop_id, pk=buyer_id).first() if 0 < buyer_id <= MAX_ID else None
    if found is None or not (member.is_lead or visible(member).filter(buyer=found).exists()):
        raise NotYours
    return found


def line(token: BuyerToken) -> Conversation:
    """Return the buyer's conversation; raise BadIdentity if it is gone."""
    trip = quick.Trip()
    found = trip.rows(
        Conversation,
        ("id = %s AND buyer_id = %s AND shop_id = %s", [token.conversation_id, token.buyer_id, token.shop_id]),
    )
    buyers = trip.rows(Buyer, ("id = %s AND erased_at IS NULL", [token.buyer_id]))
    shops = trip.rows(Shop, ("id = %s", [token.shop_id]))
    trip.go()
    if not (found and buyers and shops):
        raise BadIdentity(_("Please open the chat from the shop again."))
    found[0].buyer, found[0].shop = buyers[0], shops[0]
    return found[0]


def conversation_of(of: Buyer) -> Conversation:
    """Return the buyer's one conversation, made at the first visit."""
    Conversation.objects.bulk_create([Conversation(shop_id=of.shop_id, buyer=of)], ignore_conflicts=True)
    return Conversation.objects.select_related("buyer", "shop").get(buyer=of)


PRE_SALE = (ServiceSession.Entry.PRODUCT, ServiceSession.Entry.SHOP)


def offers(kind: str, landing: str) -> bool:
    """Whether a page has this entry; `landing` is the template of an advertisement's, empty: any other (D1)."""
    return kind not in PRE_SALE or landing in ("", ServiceSession.Landing.TRAFFIC)


def entry(shop: Shop, of: Buyer, kind: str, ref: str, landing: str = "") -> dict[str, Any]:
    """Return the entry as a token carries it: ids of what the buyer came from, all of this shop and this buyer.

    Advertisements: all three templates have the post-sale entries, only shop traffic the pre-sale one (D1 [004]).
    """
    if landing:
        if not offers(kind, landing):
            raise Refused("entry_not_offered", _("This page has no questions before an order."))
        return {**entry(shop, of, kind, ref), "landing": landing}
    if kind == ServiceSession.Entry.SHOP:
        return {"kind": kind}
    if kind == ServiceSession.Entry.PRODUCT:
        return {"kind": kind, "product": _ref(Product.objects.filter(shop=shop), ref, "sku").pk}
    if kind == ServiceSession.Entry.ORDER:
        return {"kind": kind, "order": _ref(Order.objects.filter(shop=shop, buyer=of), ref, "number").pk}
    case = _ref(AfterSale.objects.filter(shop=shop, order__buyer=of), ref, "number")
    return {"kind": kind, "after_sale": case.pk, "order": case.order_id}


def entry_shape(shop: Shop, entry: dict[str, Any]) -> shapes.EntryShape:
    """Return the entry with its card."""
    of_product = Product.objects.filter(shop=shop, pk=entry.get("product") or 0).first()
    of_order = orders(shop).filter(pk=entry.get("order") or 0).first()
    case = AfterSale.objects.filter(shop=shop, pk=entry.get("after_sale") or 0).first()
    found = serializers.entry(shop, entry["kind"], of_product, of_order, case)
    return {**found, "landing": entry.get("landing", "")}


def orders(shop: Shop) -> Any:
    """Return the shop's orders, newest first, with all that an order shows."""
    with_all = Order.objects.filter(shop=shop).prefetch_related("items__product", "shipments", "after_sales")
    return with_all.order_by("-created_at", "-pk")


_WORD, _NUMBER = re.compile(r"[\w-]+", re.ASCII), re.compile(r"[A-Za-z]{0,4}[-_]?\d{6}[\w-]*", re.ASCII)


def order_meant(session: ServiceSession, text: str) -> Order | None:
    """Return the buyer's own order that a question is about: named in it, else where the talk came from, or the newest.

    A number that none of them has names another order: None.
    """
    mine = orders(session.shop).filter(buyer_id=session.buyer_id)
    words = _WORD.findall(text)[:50]
    named = mine.filter(number__in={form for one in words for form in (one, one.upper(), one.lower())}).first()
    if named or any(_NUMBER.fullmatch(one) for one in words):
        return named
    entered = mine.filter(pk=session.entry_order_id).first() if session.entry_order_id else None
    return entered or mine.first()


def order(member: Member, order_id: int) -> Order:
    """Return an order of the member's shop with its buyer; raise NotYours."""
    found = orders(member.shop).select_related("buyer").filter(pk=order_id) if 0 < order_id <= MAX_ID else []
    for one in found:
        return one
    raise NotYours


def served(member: Member, buyer_ids: Collection[int]) -> set[int]:
    """Return whose personal data the member may see: of whom it serves or has served; a lead of anybody in the shop."""
    if not permissions.may(member, "see buyers' personal data"):
        return set()
    if member.is_lead:
        return set(buyer_ids)
    mine = Exists(Assignment.objects.filter(session=OuterRef("pk"), member=member))
    return set(ServiceSession.objects.filter(mine, buyer__in=buyer_ids).values_list("buyer_id", flat=True))


def order_to_unmask(member: Member, order_id: int) -> Order:
    """Return an order of a buyer whose personal data the member may see; raise NotYours."""
    found = Order.objects.filter(shop_id=member.shop_id, pk=order_id) if 0 < order_id <= MAX_ID else []
    for one in found:
        if served(member, [one.buyer_id]):
            return one
    raise NotYours


def any_buyer(member: Member, buyer_id: int) -> Buyer:
    """Return a buyer of the member's shop, whether or not the two have ever talked (C7); raise NotYours."""
    found = Buyer.objects.filter(shop_id=member.shop_id, pk=buyer_id).first() if 0 < buyer_id <= MAX_ID else None
    if found is None:
        raise NotYours
    return found


def data_request(member: Member, request_id: int) -> DataRequest:
    """Return a job about a buyer's data, for the owner and super admins; raise NotYours or NotAllowed."""
    permissions.require(member, "keep buyers' data")
    found = DataRequest.objects.filter(shop_id=member.shop_id, pk=request_id) if 0 < request_id <= MAX_ID else []
    for one in found:
        return one
    raise NotYours


def card(shop: Shop, buyer_id: int, draft: Draft) -> dict[str, Any]:
    """Return a card's content as it is now; its product is the shop's, its order this buyer's. Raise NotYours."""
    if draft.kind == Message.Kind.PRODUCT_CARD:
        product = Product.objects.filter(shop=shop, pk=draft.ref or 0).first()
        if product is None:
            raise NotYours
        return {"product": serializers.product(product, shop)}
    if draft.kind == Message.Kind.ORDER_CARD:
        order = orders(shop).filter(buyer_id=buyer_id, pk=draft.ref or 0).first()
        if order is None:
            raise NotYours
        return {"order": serializers.order(order, shop)}
    if draft.kind == Message.Kind.AFTER_SALE_CARD:
        case = AfterSale.objects.filter(shop=shop, order__buyer_id=buyer_id, pk=draft.ref or 0).select_related("order")
        found = case.first()
        if found is None:
            raise NotYours
        return {"after_sale": serializers.after_sale(found), "order": found.order.number}
    if draft.kind == Message.Kind.COUPON_CARD:
        mine = Coupon.objects.filter(shop=shop, pk=draft.ref or 0)
        if not mine.exists():
            raise NotYours
        coupon = mine.running(timezone.now()).first()
        if coupon is None:
            raise Refused("coupon_not_running", _("Buyers can't take this coupon now."))
        return {"coupon": serializers.coupon(coupon, shop)}
    return {"questions": serializers.faq(botfaq_access.card(shop))}


def _ref(rows: Any, ref: str, name: str) -> Any:
    """Find by the shop's own number, else by our id."""
    found = rows.filter(**{name: ref}).first()
    if found is None and ref.isascii() and ref.isdigit() and len(ref) <= 19 and 0 < int(ref) <= MAX_ID:
        found = rows.filter(pk=int(ref)).first()
    if found is None:
        raise NotYours
    return found
