"""Reports of buyers (F3): the seller follows its own, the platform's reviewers decide them (A7)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import access, incoming, reporting, transcript
from chat.actions import reports
from chat.models import Rating, UserReport
from shops import pages
from shops.errors import Invalid, NotYours
from shops.models import Member, User

State = UserReport.State


@pages.of_shop
def followed(request: HttpRequest, member: Member) -> HttpResponse:
    """What became of the shop's reports, newest first; an agent sees its own."""
    state, before = _asked(request)
    found = reporting.page(access.reports(member), state, before)
    return render(request, "chat/reports.html", {**pages.frame(member, "reports"), **_list(request, found, state)})


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """Reports for the platform's reviewers: those that wait, the oldest first, or those decided."""
    try:
        rows = access.reported(request.user)
    except NotYours:
        raise Http404 from None
    state, before = _asked(request)
    waits = state in ("", State.PENDING)
    found = reporting.waiting(rows) if waits else reporting.page(rows, state, before)
    about = _list(request, found, state or State.PENDING.value)
    return render(request, "chat/report_queue.html", {"here": "reports", **about})


@login_required
def case(request: HttpRequest, report_id: int) -> HttpResponse:
    """One report for its reviewer: what was said in this session, how it was rated, and the decision."""
    try:
        if request.method == "POST" and pages.tried(request, lambda: _decide(request, report_id)):
            return redirect("report-case", report_id)
        report = access.report(request.user, report_id)  # as it is now: another may have decided meanwhile
    except NotYours:
        raise Http404 from None
    after = pages.number(request.GET.get("after", ""))
    said = transcript.page(report.session, after, with_notes=False)
    about: dict[str, Any] = {
        "here": "reports",
        "report": report,
        "session": report.session,
        "rating": Rating.objects.filter(session=report.session).first(),
        "picked": {one["message"] for one in report.evidence},
        "lines": said.lines,
        "next": said.following,
        "first": not after,
        "overdue": report.is_overdue(timezone.now()),
        "limit": reports.WORDS,
        "words": request.POST.get("words", ""),
    }
    return render(request, "chat/report_case.html", about)


def _decide(request: HttpRequest, report_id: int) -> None:
    report, decision = access.report(request.user, report_id), request.POST.get("decision", "")
    words = incoming.words(request.POST.get("words", ""), "words", reports.WORDS, empty=True)
    if decision in ("reject", "reverse") and not words:
        raise Invalid(words=_("Say why: the seller reads it."))
    assert isinstance(request.user, User)
    match decision:
        case "approve":
            reports.decide(report, request.user, True, words)
            messages.success(request, _("Approved: the conversation has left the figures."))
        case "reject":
            reports.decide(report, request.user, False, words)
            messages.success(request, _("Rejected."))
        case "reverse":
            reports.reverse(report, request.user, words)
            messages.success(request, _("Taken back: the conversation is in the figures again."))
        case _:
            raise Invalid(decision=_("Choose a decision."))


def _asked(request: HttpRequest) -> tuple[str, int | None]:
    """Return which reports are asked for, and below which; what can't be read is left out."""
    state = request.GET.get("state", "")
    return state if state in reporting.CHOICES else "", pages.number(request.GET.get("before", "")) or None


def _list(request: HttpRequest, found: reporting.Page, state: str) -> dict[str, Any]:
    now = timezone.now()
    return {
        "rows": [{"report": row, "overdue": row.is_overdue(now)} for row in found.rows],
        "next": found.following,
        "later": "before" in request.GET,
        "state": state,
        "choices": reporting.CHOICES,
    }
