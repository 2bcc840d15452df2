"""The page of the audit log, for the owner and super admins, and its file."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chat import auditing, inbox, params
from chat.past_pages import cursor, midnight
from lib.db import write
from shops import audit, pages, sheets
from shops.models import Member

NAMES = ("actor", "kind", "start", "end")


@pages.of_shop
def log(request: HttpRequest, member: Member) -> HttpResponse:
    """Who did what, newest first, by account, kind and days; what can't be read is left out."""
    given, asked = _asked(request, member)
    found, following = auditing.page(member.shop, asked)
    kept = {name: value for name, value in given.items() if value}
    about: dict[str, Any] = {
        "rows": [
            {
                "row": row,
                "label": auditing.label(row.kind),
                "subject": auditing.subject(row),
                "changes": auditing.changes(row),
            }
            for row in found
        ],
        "people": auditing.people(member.shop),
        "kinds": auditing.Kind.choices,
        "given": {**given, "start": params.day_of(given["start"]), "end": params.day_of(given["end"])},
        "actor": asked.actor,
        "filtered": bool(kept),
        "first": "?" + urlencode(kept),
        "file": "?" + urlencode(kept),
        "next": "?" + urlencode({**kept, "before": inbox.write_cursor(*following)}) if following else "",
        "later": asked.before is not None,
    }
    return render(request, "chat/audit.html", {**pages.frame(member, "team"), **about})


@pages.of_shop
def file(request: HttpRequest, member: Member) -> HttpResponse:
    """The lines asked for as CSV, the newest 10,000; taking them is a line too."""
    return as_file(member, _asked(request, member)[1])


def as_file(member: Member, asked: auditing.Asked) -> HttpResponse:
    """Return the newest 10,000 lines of those asked for as CSV, and note who takes them."""
    with write():
        audit.record(audit.Kind.EXPORTED, member, what="audit", form="csv")
    content = sheets.as_csv(auditing.table(member.shop, asked._replace(before=None)))
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=sheets.FORMATS[sheets.CSV], headers=headers)


def _asked(request: HttpRequest, member: Member) -> tuple[dict[str, str], auditing.Asked]:
    given = {name: request.GET.get(name, "").strip()[:24] for name in NAMES}
    if given["kind"] not in auditing.Kind:
        given["kind"] = ""
    end = params.day_of(given["end"])
    return given, auditing.Asked(
        actor=pages.number(given["actor"]) or None,
        kind=given["kind"],
        since=midnight(member.shop, params.day_of(given["start"])),
        until=midnight(member.shop, end, later=1),
        before=cursor(request.GET.get("before", "")),
    )
