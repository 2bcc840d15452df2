"""Figures as files: small tables at once, big ones in the background with a list to take them from (G11)."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language

from analytics import access, asked, files, kinds, listing, params, writing
from analytics import exports as export_actions
from analytics.models import Export
from analytics.views import frame
from chat.media_views import download
from shops import pages
from shops.errors import Invalid, Refused
from shops.models import Member


@pages.of_shop
def small(request: HttpRequest, member: Member, kind: str, form: str) -> HttpResponse:
    """One table of a page as a file, the same numbers (G12)."""
    if kind not in kinds.SMALL or form not in writing.FORMATS:
        raise Http404
    chosen = asked.picked(request, member.shop)
    if chosen.problem:
        return HttpResponse(chosen.problem, status=400, content_type="text/plain; charset=utf-8")
    table = kinds.SMALL[kind](member.shop, chosen.range, timezone.now())
    days = chosen.range.days
    files.took(member.user, member.shop, kind, form)
    return files.whole(table, member.shop, form, f"{kind}-{days.first}-{days.last}")


@pages.of_shop
def exports(request: HttpRequest, member: Member) -> HttpResponse:
    """The shop's exports with their progress; a POST asks for one more."""
    if request.method == "POST":
        _order(request, member)
        return redirect("exports", member.shop_id)
    found = export_actions.of_shop(member.shop)
    more = {"exports": list(map(_row, found)), "pending": any(not one.is_over for one in found)}
    return render(request, "analytics/exports.html", frame(request, member, "exports", None, **more))


def _order(request: HttpRequest, member: Member) -> None:
    kind, form = request.POST.get("kind", ""), request.POST.get("form", "")
    if kind not in (kinds.SESSIONS, kinds.RATINGS_LATEST) or form not in writing.FORMATS:
        raise Http404
    rest = asked.as_rest(request)
    try:
        wanted: Any = params.sessions(rest, member.shop)
        if kind == kinds.RATINGS_LATEST:
            wanted = listing.RatingsAsked(wanted.days, wanted.member, wanted.rating, wanted.source)
        export_actions.order(member, kind, form, wanted, get_language() or "en")
    except Invalid as wrong:
        messages.error(request, " ".join(wrong.fields.values()))
    except Refused as refusal:
        messages.error(request, refusal.words)


class Row(NamedTuple):
    """An export as the list shows it."""

    export: Export
    at: str
    label: str
    days: str


def _row(one: Export) -> Row:
    return Row(one, one.created_at.isoformat(), kinds.label(one.kind), " – ".join(one.asked.get("days") or []))


@pages.of_shop
def file(request: HttpRequest, member: Member, export_id: int) -> HttpResponseBase:
    """The file of a finished export; gone when it has expired."""
    return take(member, export_id)


def take(member: Member, export_id: int) -> HttpResponseBase:
    """Hand a finished export out, to a browser or an app alike; that is a line of the audit log."""
    found = access.export(member, export_id)
    name = f"{found.kind}-{found.created_at:%Y-%m-%d}-{found.pk}"
    answer = download(found.ready, found.size, files.headers(name, found.form))
    files.took(member.user, member.shop, found.kind, found.form, found.pk)
    return answer
