"""The team page (A4) and the list of what agents have set for themselves (A3)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chat import team, team_api
from shops import pages
from shops.models import Member


@pages.of_shop
def live(request: HttpRequest, member: Member) -> HttpResponse:
    """Every agent now; static/js/team.js keeps it up."""
    shop = member.shop
    about = {"tab": "live", "found": team_api.shape(shop)}
    return render(request, "chat/team.html", {**pages.frame(member, "team"), **about})


@pages.of_shop
def settings(request: HttpRequest, member: Member) -> HttpResponse:
    """What every agent has set for itself, to read."""
    rows = team.settings(member)
    about = {"tab": "settings", "rows": rows, "bounds": member.shop.policy}
    return render(request, "chat/team_settings.html", {**pages.frame(member, "team"), **about})
