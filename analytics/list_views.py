"""The sessions behind the figures: all of them by filter, one's own, a transcript, the dissatisfaction page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics import access, asked, listing, metrics, panels, params, periods, reports, tables
from analytics.conditions import rules
from analytics.views import frame
from chat import looking, transcript
from chat.models import ServiceSession
from chat.params import known
from shops import pages
from shops.errors import Invalid
from shops.models import Member, Shop


@pages.of_shop
def sessions(request: HttpRequest, member: Member) -> HttpResponse:
    """All sessions (全部会话) with filters by agent, rating source, result and time (G9)."""
    return _sessions(request, member, None)


@pages.of_shop
def my_sessions(request: HttpRequest, member: Member) -> HttpResponse:
    """An agent's own sessions (A2)."""
    return _sessions(request, member, member)


def _sessions(request: HttpRequest, member: Member, own: Member | None) -> HttpResponse:
    shop, chosen, problem = member.shop, asked.picked(request, member.shop), ""
    wanted = listing.Asked(days=chosen.range.days)
    try:
        known(asked.as_rest(request), *params.RANGE_NAMES, "member", *params.FILTER_NAMES, "cursor")
        if not chosen.problem:
            wanted = params.sessions(asked.as_rest(request), shop)
        rows, following = _page(shop, wanted, own, request)
    except Invalid as wrong:
        problem = " ".join(wrong.fields.values())
        rows, following = listing.page(shop, _owned(listing.Asked(days=chosen.range.days), own), "", timezone.now())
    more = {
        "rows": rows, "problem": problem, "own": own is not None, "wanted": wanted,
        "outcomes": tables.outcomes(), "behind": _behind(shop, wanted),
        "filters": _filters(shop, wanted, own is not None),
        "next": asked.address(request, cursor=following) if following else "",
        "newest": asked.address(request, cursor=None) if request.GET.get("cursor") else "",
        "order_query": asked.address(request, cursor=None, **asked.named(chosen.range))[1:],
    }  # fmt: skip
    about = frame(request, member, "mine" if own else "sessions", chosen, **more)
    return render(request, "analytics/sessions.html", about | ({"here": "mine"} if own else {}))


def _page(shop: Shop, wanted: listing.Asked, own: Member | None, request: HttpRequest) -> Any:
    return listing.page(shop, _owned(wanted, own), request.GET.get("cursor", ""), timezone.now())


def _owned(wanted: listing.Asked, own: Member | None) -> listing.Asked:
    return wanted._replace(member=own.pk) if own else wanted


def _behind(shop: Shop, wanted: listing.Asked) -> dict[str, str] | None:
    """Return which number the list is the sessions of."""
    metric = metrics.METRICS.get(wanted.figure)
    if metric is None:
        return None
    by = rules(shop)
    return {"label": metrics.label(metric, by), "definition": metrics.definition(metric, by)}


def _filters(shop: Shop, wanted: listing.Asked, own: bool) -> list[dict[str, Any]]:
    """Return the filters of the list with their choices."""
    results = {
        "low": _("2 stars and below"), "neutral": _("3 stars"), "satisfied": _("4 and 5 stars"), "rated": _("Rated"),
        "none": _("Not rated"),
    }  # fmt: skip
    agents = {str(one.pk): one.nickname for one in Member.objects.filter(shop=shop, im_permission=True)}
    found = [
        ("member", _("Agent account"), dict(sorted(agents.items(), key=lambda one: one[1])), str(wanted.member or "")),
        ("rating", _("Rating result"), results, wanted.rating),
        ("source", _("Rating source"), {one: tables.source(one) for one in listing.SOURCES}, wanted.source),
        ("state", _("State"), _labels(ServiceSession.State), wanted.state),
        ("topic", _("Topic"), _labels(ServiceSession.Topic), wanted.topic),
    ]
    return [
        {"name": name, "label": label, "choices": list(choices.items()), "chosen": chosen}
        for name, label, choices, chosen in found
        if not (own and name == "member")
    ]


def _labels(choices: Any) -> dict[str, str]:
    return {str(value): str(label) for value, label in choices.choices}


@pages.of_shop
def session(request: HttpRequest, member: Member, session_id: int) -> HttpResponse:
    """One session: its facts and what was said; fit to print."""
    found = access.session(member, session_id)
    looking.note(member, found, "analytics")
    after = pages.number(request.GET.get("after", ""))
    page = transcript.page(found, after, with_notes=False)
    table = tables.sessions(listing.facts(member.shop, [found], timezone.now()))
    shown = tables.shown(table, member.shop)
    facts = [(head, cell) for head, cell in zip(shown["heads"], shown["rows"][0], strict=True)]
    more = {"session": found, "facts": facts, "lines": page.lines, "next": page.following, "first": not after}
    return render(request, "analytics/session.html", frame(request, member, "sessions", None, **more))


@pages.of_shop
def score(request: HttpRequest, member: Member) -> HttpResponse:
    """The experience score's service part: IM dissatisfaction, its problem list and a what-if (G8, G13)."""
    shop, now = member.shop, timezone.now()
    told = reports.dissatisfaction(shop, now)
    days = periods.last(shop, periods.DISSATISFACTION_DAYS, now)
    wanted = listing.Asked(days=days, figure="dissatisfaction", part="over")
    try:
        rows, following = listing.page(shop, wanted, request.GET.get("cursor", ""), now)
    except Invalid:
        rows, following = listing.page(shop, wanted, "", now)
    found = periods.Range("custom", days, None)
    course = tables.of_days("dissatisfaction", told["figure"]["label"], [told["figure"]], told["results"])
    more = {
        "told": told, "first": days.first, "last": days.last, "updated": periods.local_day(shop, now),
        "card": panels.card(shop, told["figure"], panels.behind(shop, found, "dissatisfaction")),
        "problems": rows, "next": asked.address(request, cursor=following) if following else "",
        "chart": panels.rolling(shop, told), "course": tables.shown(course, shop),
        "what_if": [{**one, "shown": tables.words.shown("rate", one["value"])} for one in told["what_if"]],
        "stars": panels.bars(tables.stars(told["stars"]), shop, [one["count"] for one in told["stars"]]),
    }  # fmt: skip
    return render(request, "analytics/score.html", frame(request, member, "score", None, **more))
