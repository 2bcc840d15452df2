"""The page where questions are taken away as a file and taken in from one (E1)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from botfaq import moving, sheets
from botfaq.views import frame
from shops import moving as any_table
from shops import pages
from shops.errors import Refused
from shops.models import Member


@pages.of_shop
def move(request: HttpRequest, member: Member) -> HttpResponse:
    """Take a file in, or only check it; the page shows what became of each row."""
    reports = _reports(request, member) if request.method == "POST" else None
    return render(request, "botfaq/move.html", frame(member, "move") | any_table.shown(request, reports))


def _reports(request: HttpRequest, member: Member) -> list[any_table.Report] | None:
    try:
        return moving.take_in(member, sheets.read(any_table.sent(request)), any_table.only_checks(request))
    except Refused as refusal:
        messages.error(request, refusal.words)
        return None


@pages.of_shop
def export(request: HttpRequest, member: Member, kind: str) -> HttpResponse:
    """Download every question of the shop."""
    return any_table.away(member, "questions", moving.rows(member.shop), sheets.COLUMNS, "questions", kind)
