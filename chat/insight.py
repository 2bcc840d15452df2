"""What the shop knows of the buyer in front of an agent (E9): earlier sessions, ratings, orders, reports, mood.

Everything is of one buyer in one shop, as far as the reader may read the conversation, and every look is bounded:
a buyer with years of history costs what one of yesterday costs.
"""

from collections.abc import Sequence
from typing import Any, TypedDict

from django.conf import settings
from django.db.models import Avg, Count, Min, Q, Sum

from botfaq.mood import Mood, mood, together
from botfaq.recognition import encoders
from chat import access, history, serializers, shapes
from chat.models import Message, ServiceSession, UserReport
from commerce.models import AfterSale, Order
from shops.models import Member

CONTACTS = 20  # sessions listed
SESSIONS, ORDERS, REPORTS = 500, 500, 500  # counted at most
NUMBERS = 2_000  # of the conversation, looked at for what was said
FEELS = 8  # messages whose mood is told
LOW, HIGH = 2, 4  # F1: dissatisfied up to, satisfied from
_NOT_BOUGHT = (Order.State.UNPAID, Order.State.CANCELLED)


class PastContactShape(TypedDict):
    id: int
    state: str
    entry: str
    topic: str
    started_at: str
    closed_at: str | None
    first_seq: int
    agent: shapes.ColleagueShape | None
    rating: shapes.GivenRatingShape | None


class MessageCountsShape(TypedDict):
    buyer: int
    agent: int
    automatic: int


class PastRatingsShape(TypedDict):
    count: int
    average: float | None
    low: int
    high: int


class PurchasesShape(TypedDict):
    count: int
    value: str
    currency: str
    after_sales: int


class ReportCountShape(TypedDict):
    count: int
    pending: int
    approved: int


class MessageMoodShape(TypedDict):
    seq: int
    kind: str
    score: float


class MoodShape(TypedDict):
    kind: str
    score: float
    messages: list[MessageMoodShape]


class InsightShape(TypedDict):
    buyer: shapes.BuyerShape
    first_at: str
    sessions: int
    contacts: list[PastContactShape]
    said: MessageCountsShape
    ratings: PastRatingsShape
    orders: PurchasesShape
    reports: ReportCountShape
    mood: MoodShape | None


def of(member: Member, session: ServiceSession) -> InsightShape:
    """Return what the member may know of the buyer of a session that it may see."""
    until = history.horizon(member, session)
    line = ServiceSession.objects.filter(conversation_id=session.conversation_id)
    line = (line.filter(pk__lte=until) if until else line).order_by("-pk")
    known = line[:SESSIONS].aggregate(
        count=Count("pk"),
        first=Min("started_at"),
        rated=Count("stars"),
        average=Avg("stars"),
        low=Count("pk", filter=Q(stars__lte=LOW)),
        high=Count("pk", filter=Q(stars__gte=HIGH)),
    )
    average = None if known["average"] is None else round(float(known["average"]), 2)
    said = _said(session, until)
    buyer = session.buyer
    return {
        "buyer": {"id": buyer.pk, "uid": buyer.uid, "nickname": buyer.nickname},
        "first_at": serializers.moment(known["first"]),
        "sessions": known["count"],
        "contacts": [_contact(row) for row in line.select_related("assignee", "last_assignee", "rating")[:CONTACTS]],
        "said": _counts(said),
        "ratings": {"count": known["rated"], "average": average, "low": known["low"], "high": known["high"]},
        "orders": _orders(session),
        "reports": _reports(member, session),
        "mood": _mood(said),
    }


def _contact(row: ServiceSession) -> PastContactShape:
    rating = getattr(row, "rating", None)
    return {
        "id": row.pk,
        "state": row.state,
        "entry": row.entry,
        "topic": row.topic,
        "started_at": serializers.moment(row.started_at),
        "closed_at": serializers.maybe(row.closed_at),
        "first_seq": row.first_seq,
        "agent": serializers.colleague(row.assignee or row.last_assignee),
        "rating": {"stars": rating.stars, "words": rating.words, "reasons": rating.reasons} if rating else None,
    }


def _said(session: ServiceSession, until: int | None) -> Any:
    """Return the newest messages of the line, unevaluated."""
    newest = session.conversation.last_seq
    rows = Message.objects.filter(conversation_id=session.conversation_id, seq__gt=newest - NUMBERS)
    return rows.filter(session_id__lte=until) if until else rows


def _counts(rows: Any) -> MessageCountsShape:
    senders = Message.Sender
    # How often each spoke, cards and pictures too; system notes are nobody's words.
    found: MessageCountsShape = rows.aggregate(
        buyer=Count("pk", filter=Q(sender_kind=senders.BUYER)),
        agent=Count("pk", filter=Q(sender_kind=senders.AGENT)),
        automatic=Count("pk", filter=Q(sender_kind=senders.BOT)),
    )
    return found


def _orders(session: ServiceSession) -> PurchasesShape:
    """What was bought here: cancelled and unpaid orders are neither counted nor worth anything."""
    orders = Order.objects.filter(shop_id=session.shop_id, buyer_id=session.buyer_id).exclude(state__in=_NOT_BOUGHT)
    found = orders.order_by("-created_at")[:ORDERS].aggregate(count=Count("pk"), value=Sum("total"))
    cases = AfterSale.objects.filter(order__shop_id=session.shop_id, order__buyer_id=session.buyer_id)
    running = cases.filter(state=AfterSale.State.IN_PROGRESS)[:ORDERS].count()
    return {
        "count": found["count"],
        "value": f"{found['value'] or 0:.2f}",
        "currency": session.shop.currency,
        "after_sales": running,
    }


def _reports(member: Member, session: ServiceSession) -> ReportCountShape:
    """Reports of this buyer that the member may see: its own, a lead the shop's (F3)."""
    rows = access.reports(member).filter(session__conversation_id=session.conversation_id)[:REPORTS]
    found = rows.aggregate(
        count=Count("pk"),
        pending=Count("pk", filter=Q(state=UserReport.State.PENDING)),
        approved=Count("pk", filter=Q(state=UserReport.State.APPROVED)),
    )
    return {"count": found["count"], "pending": found["pending"], "approved": found["approved"]}


def _mood(rows: Any) -> MoodShape | None:
    """Tell the mood of the buyer's newest words; None where nothing was said in words."""
    texts = rows.filter(sender_kind=Message.Sender.BUYER, kind=Message.Kind.TEXT).order_by("-seq")
    said: Sequence[tuple[int, str]] = list(texts.values_list("seq", "text")[:FEELS])
    # Never loaded for this: a second of waiting is worth more than a finer ear. The bot loads it.
    encoder = encoders.loaded(settings.BOT_ENCODER)
    felt: list[tuple[int, Mood]] = [(seq, mood(text, encoder)) for seq, text in said]
    if not felt:
        return None
    whole = together([one for _seq, one in felt])
    messages: list[MessageMoodShape] = [{"seq": seq, "kind": one.kind.value, "score": one.score} for seq, one in felt]
    return {"kind": whole.kind.value, "score": whole.score, "messages": messages[::-1]}
