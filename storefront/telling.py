"""What is told of the storefront's jobs, to the storefront and to the shop's people alike (docs/wire.md)."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from chat import params, serializers
from shops import schema, sheets
from shops.access import MAX_ID
from shops.models import Shop
from storefront import jobs, receiving, shapes
from storefront.models import Job
from storefront.settling import REFUSED

PAGE = 200  # rows of a report
JOBS = 50
CURSOR = schema.query("cursor", schema.TEXT, "`next` of the page before.")
OF_REPORT = [
    schema.query("result", {"type": "string", "enum": [REFUSED]}, "Only the rows that were refused."),
    CURSOR,
    schema.query("format", {"type": "string", "enum": ["json", "csv"]}, "A page, or everything as a file."),
]


def page(request: Request, shop: Shop) -> Response:
    """Answer with a page of the shop's jobs."""
    params.known(request, "cursor")
    below = params.whole(request, "cursor", 1, MAX_ID)
    rows = jobs.of_shop(shop)
    found = list((rows.filter(pk__lt=below) if below else rows)[: JOBS + 1])
    following = str(found[JOBS - 1].pk) if len(found) > JOBS else None
    return Response({"results": [told(one) for one in found[:JOBS]], "next": following})


def report(request: Request, job: Job) -> HttpResponse:
    """Answer with what became of the job's rows: a page, or all of it as a file."""
    params.known(request, "result", "cursor", "format")
    only = params.choice(request, "result", (REFUSED,), "") == REFUSED
    above = params.whole(request, "cursor", 0, receiving.MOST) or 0
    if params.choice(request, "format", ("json", "csv"), "json") == "csv":
        return as_file(job, only)
    rows = jobs.report(job, above, PAGE + 1, only)
    following = str(rows[PAGE - 1].number) if len(rows) > PAGE else None
    return Response({"results": [outcome(one) for one in rows[:PAGE]], "next": following})


def as_file(job: Job, only_refused: bool) -> HttpResponse:
    """Return a job's report as CSV; it holds at most as many rows as a job."""
    table = [["row", "id", "result", "code", "detail"]]
    for one in jobs.report(job, 0, receiving.MOST, only_refused):
        table.append([str(one.number), one.ref, one.result, one.code, one.words])
    answer = HttpResponse(sheets.as_csv(table), content_type=sheets.FORMATS[sheets.CSV])
    answer["Content-Disposition"] = f'attachment; filename="job-{job.pk}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def outcome(one: Any) -> shapes.OutcomeShape:
    return {"row": one.number, "id": one.ref, "result": one.result, "code": one.code, "detail": one.words}


def told(job: Job) -> shapes.JobShape:
    return {
        "id": job.pk,
        "kind": job.kind,
        "state": job.state,
        "total": job.total,
        "done": job.done,
        "added": job.added,
        "changed": job.changed,
        "unchanged": job.unchanged,
        "older": job.older,
        "refused": job.refused,
        "key_name": job.key_name,
        "created_at": serializers.moment(job.created_at),
        "finished_at": serializers.maybe(job.finished_at),
    }
