"""The page of service analytics; no arithmetic here."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from analytics import periods, reports
from analytics.words import shown
from shops import access, pages
from shops.models import Member

RANGES = {7: "last_7_days", 28: "last_28_days"}


@pages.of_shop
def analytics(request: HttpRequest, member: Member) -> HttpResponse:
    """The shop's figures of the last 7 and 28 days; owner and super admin only (A2)."""
    access.require(member, pages.FIGURE_ROLES)
    now = timezone.now()
    asked = [periods.chosen(member.shop, now, key) for key in RANGES.values()]
    found = [reports.overview(member.shop, one, now)["figures"] for one in asked]
    rows: list[dict[str, Any]] = [
        {"metric": first, "values": [shown(one["unit"], one["value"]) for one in (first, *others)]}
        for first, *others in zip(*found, strict=True)
    ]
    about = {"rows": rows, "ranges": list(RANGES), "last_day": asked[0].days.last}
    return render(request, "analytics/analytics.html", {**pages.frame(member, "analytics"), **about})
