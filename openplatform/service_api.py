"""Sessions, the speaker's own switch and the shop's figures: their operations 8 to 12."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from django.utils import timezone
from django.utils.dateparse import parse_date

from analytics import conditions, reports
from analytics.conditions import Rules
from analytics.periods import Days, Range
from chat.actions import people
from chat.models import Rating, ServiceSession
from openplatform import access, faults, listing, talking, wire
from openplatform.asked import LAST_SECOND, Asked
from openplatform.gate import ShopCaller
from openplatform.operations import PAGE_TOKEN, Field, must, operation, page_size
from openplatform.shapes import (
    AgentSettingsShape,
    NothingShape,
    PerformanceShape,
    SessionShape,
    SessionsShape,
    Tag,
)
from shops import names
from shops.models import Member
from shops.schema import FLAG, TEXT

SESSIONS = 50  # on a page at most
LOOK_BACK = timedelta(days=90)
BUYERS = 200  # whose nickname may match
TAGS: dict[ServiceSession.Topic, Tag] = {
    ServiceSession.Topic.PRE_SALE: "Presale",
    ServiceSession.Topic.LOGISTICS: "Logistics",
    ServiceSession.Topic.AFTER_SALE: "AfterSale",
}
PERCENT, MINUTES = 100, 1 / 60
DAY = {"type": "string", "format": "date"}
SECONDS = {"type": "integer", "minimum": 0, "maximum": LAST_SECOND}


@operation("Get Agent Settings")
def settings(caller: ShopCaller, asked: Asked) -> AgentSettingsShape:
    """8: whether the speaker is given buyers automatically (B1)."""
    return {"can_accept_chat": caller.speaker.accepting}


@operation("Update Agent Settings", body=[must("can_accept_chat", FLAG)], faults=[faults.criteria()])
def change(caller: ShopCaller, asked: Asked) -> NothingShape:
    """9: turn that on or off; the only agent of a shop can't turn it off."""
    on = asked.body.get("can_accept_chat")
    if not isinstance(on, bool):
        raise faults.bad("can_accept_chat is missing or not true or false")
    if not on and len(Member.objects.agents().filter(shop=caller.shop)[:2]) < 2:
        raise faults.criteria("The shop has no other agent to chat")
    people.set_accepting(caller.speaker, on)
    return {}


@operation(
    "Get Customer Service Performance",
    query=[
        must("support_date_ge", DAY, f"The first day; {LOOK_BACK.days} days at most."),
        must("support_date_lt", DAY, "The day after the last."),
    ],
)
def performance(caller: ShopCaller, asked: Asked) -> PerformanceShape:
    """10: the figures of some days, the second one left out; what can't be measured is left out too (G1-G4, G14)."""
    first, end = _day(asked, "support_date_ge"), _day(asked, "support_date_lt")
    if end <= first:
        raise faults.bad("support_date_lt must be after support_date_ge")
    if end - first > LOOK_BACK:
        raise faults.bad("At most 90 days")
    days = Days(first, end - timedelta(days=1))
    told = reports.overview(caller.shop, Range("custom", days, None), timezone.now())
    value = {one["key"]: one["value"] for one in told["figures"]}
    found: dict[str, Any] = {
        "support_session_count": int(value["consultations"] or 0),
        "response_percentage": _decimal(value["response_rate"], PERCENT, 1),
        "satisfaction_percentage": _decimal(value["satisfaction"], PERCENT, 1),
        "response_time_mins": _decimal(value["first_response"], MINUTES, 1),
        "conversion_rate": _decimal(value["conversion"], PERCENT, 2),
        "cs_guided_gmv": _decimal(value["guided_value"], 1, 2),
        "currency": caller.shop.currency,
    }
    return cast(PerformanceShape, {"performance": {name: one for name, one in found.items() if one is not None}})


@operation(
    "Search Sessions",
    query=[page_size(SESSIONS), PAGE_TOKEN],
    body=[
        must("begin_time_ge", SECONDS, f"Of the last {LOOK_BACK.days} days."),
        must("begin_time_lt", SECONDS),
        Field("buyer_nickname", TEXT, "A part of it."),
    ],
)
def search(caller: ShopCaller, asked: Asked) -> SessionsShape:
    """11: sessions that began in a span of the last 90 days, the newest first."""
    begin, end = (datetime.fromtimestamp(asked.moment(name), UTC) for name in ("begin_time_ge", "begin_time_lt"))
    if end <= begin:
        raise faults.bad("begin_time_lt must be after begin_time_ge")
    size, now = asked.page_size(SESSIONS), timezone.now()
    rows = listing.started(caller.shop, max(begin, now - LOOK_BACK), end)
    if asked.body.get("buyer_nickname"):
        found = names.find(caller.shop, asked.field("buyer_nickname")[:60], BUYERS)
        rows = rows.filter(buyer__in=found)
    page = list(listing.after(rows, asked.text("page_token"))[: size + 1])
    by = conditions.rules(caller.shop)
    return {
        "next_page_token": listing.following(page, size),
        "sessions": [_session(one, by, now) for one in page[:size]],
    }


@operation("End Session", body=[], faults=[faults.not_found(), faults.criteria()])
def end(caller: ShopCaller, asked: Asked, conversation_id: int, session_id: int) -> NothingShape:
    """12: close a session; one that is closed already stays so."""
    _ = asked.body
    line = access.conversation(caller.shop, conversation_id)
    found = access.session(line, session_id)
    found.conversation = line
    talking.end(caller.speaker, found)
    return {}


def _session(one: ServiceSession, by: Rules, now: datetime) -> SessionShape:
    waited = getattr(one, by.reply_us)
    within = conditions.limit(by)
    rating: Rating | None = getattr(one, "rating", None)
    found: dict[str, Any] = {
        "id": str(one.pk),
        "conversation_id": str(one.conversation_id),
        "begin_time": wire.seconds(one.started_at),
        "end_time": wire.seconds(one.closed_at) if one.closed_at else None,
        "buyer_nickname": one.buyer.nickname,
        "chat_tags": [TAGS[ServiceSession.Topic(one.topic)]] if one.topic in TAGS else [],
        "satisfaction_score": one.stars,
        "dissatisfaction_reason": _reasons(rating),
        "first_response_late": (now - one.started_at) // timedelta(microseconds=1) > within
        if one.first_reply_us is None
        else one.first_reply_us > within,
        "first_response_time": waited // 1_000_000 if waited is not None else None,
    }
    return cast(SessionShape, {name: value for name, value in found.items() if value is not None})


def _reasons(rating: Rating | None) -> str | None:
    """Say why there were so few stars, in the language asked for (F5)."""
    if rating is None or not rating.reasons:
        return None
    return ", ".join(str(Rating.Reason(one).label) for one in rating.reasons)


def _day(asked: Asked, name: str) -> date:
    try:
        found = parse_date(asked.text(name))
    except ValueError:
        found = None
    if found is None or not 1971 <= found.year <= 9000:
        raise faults.bad(f"{name} is missing or not a date (YYYY-MM-DD)")
    return found


def _decimal(value: float | None, times: float, places: int) -> str | None:
    """Return a figure in decimals, without zeros that say nothing."""
    if value is None:
        return None
    return f"{value * times:.{places}f}".rstrip("0").rstrip(".")
