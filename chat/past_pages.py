"""The history page of the seller center (C8): what was talked, by time, agent and buyer, with its own address."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chat import inbox, params, past
from chat.models import ServiceSession
from lib.redacting import veil
from shops import audit, pages
from shops.errors import Invalid
from shops.models import Member, Shop

NAMES = ("start", "end", "agent", "buyer")


@pages.of_shop
def history(request: HttpRequest, member: Member) -> HttpResponse:
    """Closed conversations, newest first; an agent's own, a lead's the shop's. What can't be read is left out."""
    given = {name: request.GET.get(name, "").strip().replace("\0", "")[:64] for name in NAMES}
    start, end = params.day_of(given["start"]), params.day_of(given["end"])
    asked = past.Asked(
        since=midnight(member.shop, start),
        until=midnight(member.shop, end, later=1),
        agent=(pages.number(given["agent"]) or None) if member.is_lead else None,
        buyer=given["buyer"],
        before=cursor(request.GET.get("before", "")),
    )
    found, following = shown(member, asked)
    kept = {name: value for name, value in given.items() if value}
    about: dict[str, Any] = {
        "rows": found,
        "agents": past.agents(member),
        "given": {**given, "start": start, "end": end},
        "agent": asked.agent,
        "filtered": bool(kept),
        "first": "?" + urlencode(kept),
        "next": "?" + urlencode({**kept, "before": inbox.write_cursor(*following)}) if following else "",
        "later": asked.before is not None,
    }
    return render(request, "chat/history.html", {**pages.frame(member, "history"), **about})


def shown(member: Member, asked: past.Asked) -> tuple[list[ServiceSession], past.Key | None]:
    """Return a page of the list as a member may see it; a lead's look stands in the audit log."""
    found, following = past.page(member, asked)
    if member.is_lead:
        audit.looked(audit.Kind.HISTORY, member, audit.Subject.SHOP, member.shop_id)
    for row in found:  # the list is read by who need not know more than that they talked
        row.last_message_text = veil(row.last_message_text)
    return found, following


def midnight(shop: Shop, of: date | None, later: int = 0) -> datetime | None:
    """Return when a day of the shop begins, or one so many days later."""
    return datetime.combine(of + timedelta(days=later), time.min, tzinfo=shop.zone) if of else None


def cursor(text: str) -> past.Key | None:
    """Return what a page starts below; the newest page where that can't be read."""
    try:
        return inbox.read_cursor(text) if text else None
    except Invalid:
        return None
