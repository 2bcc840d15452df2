"""The page of service analytics; no arithmetic here."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from analytics import metrics, periods
from analytics.words import shown
from shops import access, pages
from shops.models import Member

RANGES = (7, 28)


@pages.of_shop
def analytics(request: HttpRequest, member: Member) -> HttpResponse:
    """The shop's figures of the last 7 and 28 days; owner and super admin only (A2)."""
    access.require(member, pages.FIGURE_ROLES)
    now = timezone.now()
    figures = [metrics.overview(member.shop, days, now) for days in RANGES]
    rows = [
        {"metric": metric, "values": [shown(metric.unit, values[metric.id]) for values in figures]}
        for metric in metrics.METRICS
    ]
    days = periods.last_days(member.shop, RANGES[-1], now)
    about = {"rows": rows, "ranges": RANGES, "last_day": days.end - timedelta(minutes=1)}
    return render(request, "analytics/analytics.html", {**pages.frame(member, "analytics"), **about})
