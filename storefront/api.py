"""REST of the storefront (docs/wire.md, docs/storefront.md): rows now or as a job, identities, entry links."""

import tempfile
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from chat import incoming, params, serializers
from shops import pages, schema, sheets
from shops.access import MAX_ID
from shops.rest import body_of
from storefront import jobs, links, reading, receiving, shapes, storing
from storefront.door import STORE, StoreView
from storefront.models import Job
from storefront.settling import REFUSED, RESULTS

PAGE = 200  # rows of a report
JOBS = 50


def _now(kind: str) -> type[StoreView]:
    class Rows(StoreView):
        @schema.operation(
            f"Store {kind.replace('_', ' ')} now, at most {shapes.MANY}; each row is stored whole or refused",
            schema.shape(shapes.StoredShape),
            name=f"storefront_{kind}",
            errors=(429,),
            auth=STORE,
            request=shapes.rows(kind, shapes.MANY),
            example={"rows": [shapes.EXAMPLES[kind]]},
        )
        def put(self, request: Request) -> Response:
            found = storing.now_at_once(self.shop, kind, receiving.rows(body_of(request), shapes.MANY))
            counts = {name: sum(one.result == name for one in found) for name in RESULTS}
            return Response({**counts, "results": [_outcome(one) for one in found]})

    return Rows


def _job(kind: str) -> type[StoreView]:
    class RowsAsJob(StoreView):
        parser_classes = [receiving.JsonLines, receiving.JsonRows]

        @schema.operation(
            f"Store up to {receiving.MOST} {kind.replace('_', ' ')} in the background, with a report by row",
            schema.shape(shapes.JobShape),
            name=f"storefront_{kind}_job",
            status=202,
            errors=(409, 429),
            auth=STORE,
            request={**shapes.rows(kind, receiving.MOST), "application/x-ndjson": shapes.lines(kind)},
            example={"rows": [shapes.EXAMPLES[kind]]},
        )
        def post(self, request: Request) -> Response:
            lines: Any = request.data  # our parsers give them one by one
            with tempfile.SpooledTemporaryFile(receiving.SPOOL) as file:
                job = jobs.order(self.key, kind, file, receiving.spool(lines, file))
            return Response(_told(job), status=202)

    return RowsAsJob


Products, Coupons, Orders, AfterSales = _now("products"), _now("coupons"), _now("orders"), _now("after_sales")
ProductsJob, CouponsJob = _job("products"), _job("coupons")
OrdersJob, AfterSalesJob = _job("orders"), _job("after_sales")


class Jobs(StoreView):
    @schema.operation(
        "The shop's jobs, newest first; for thirty days",
        schema.page(shapes.JobShape),
        name="storefront_jobs",
        errors=(429,),
        auth=STORE,
        parameters=[schema.query("cursor", schema.TEXT, "`next` of the page before.")],
    )
    def get(self, request: Request) -> Response:
        params.known(request, "cursor")
        below = params.whole(request, "cursor", 1, MAX_ID)
        rows = jobs.of_shop(self.shop)
        found = list((rows.filter(pk__lt=below) if below else rows)[: JOBS + 1])
        following = str(found[JOBS - 1].pk) if len(found) > JOBS else None
        return Response({"results": [_told(one) for one in found[:JOBS]], "next": following})


class OneJob(StoreView):
    @schema.operation(
        "How far a job is", schema.shape(shapes.JobShape), name="storefront_job", errors=(429,), auth=STORE
    )
    def get(self, request: Request, job_id: int) -> Response:
        params.known(request)
        return Response(_told(jobs.one(self.shop, job_id)))


class JobReport(StoreView):
    @schema.operation(
        "What became of each row of a job so far, in its order; as a file with format=csv",
        schema.page(shapes.OutcomeShape),
        name="storefront_job_report",
        errors=(429,),
        auth=STORE,
        parameters=[
            schema.query("result", {"type": "string", "enum": [REFUSED]}, "Only the rows that were refused."),
            schema.query("cursor", schema.TEXT, "`next` of the page before."),
            schema.query("format", {"type": "string", "enum": ["json", "csv"]}, "A page, or everything as a file."),
        ],
        files=("text/csv",),
    )
    def get(self, request: Request, job_id: int) -> HttpResponse:
        params.known(request, "result", "cursor", "format")
        job, only = jobs.one(self.shop, job_id), params.choice(request, "result", (REFUSED,), "") == REFUSED
        above = params.whole(request, "cursor", 0, receiving.MOST) or 0
        if params.choice(request, "format", ("json", "csv"), "json") == "csv":
            return as_file(job, only)
        rows = jobs.report(job, above, PAGE + 1, only)
        following = str(rows[PAGE - 1].number) if len(rows) > PAGE else None
        return Response({"results": [_outcome(one) for one in rows[:PAGE]], "next": following})


class Identities(StoreView):
    @schema.operation(
        "Sign who a buyer is, for the chat on the shop's pages or for buyer/entry; good for fifteen minutes",
        schema.shape(shapes.IdentityShape),
        name="storefront_identity",
        status=201,
        errors=(429,),
        auth=STORE,
        request=schema.body({"buyer": shapes.BUYER}),
        example={"buyer": {"uid": "u-77", "name": "Mei"}},
    )
    def post(self, request: Request) -> Response:
        incoming.fields(body_of(request), "buyer")
        return Response(links.signed(self.shop, *reading.buyer(body_of(request).get("buyer"))), status=201)


class Links(StoreView):
    @schema.operation(
        "Links into the chat for a product, an order, a case or any page, on every page that has the entry (D1)",
        schema.shape(shapes.LinksShape),
        name="storefront_links",
        status=201,
        errors=(429,),
        auth=STORE,
        request=schema.body(
            {},
            {
                "buyer": shapes.BUYER,
                **{name: {"type": "string", "minLength": 1, "maxLength": 64} for name in links.THINGS},
                "landing": {"type": "string", "enum": list(links.LANDINGS)},
            },
        ),
        example={"buyer": {"uid": "u-77", "name": "Mei"}, "order": "20261126-0042", "landing": ""},
    )
    def post(self, request: Request) -> Response:
        return Response(links.matrix(self.shop, pages.base_of(request), _asked(body_of(request))), status=201)


def _asked(body: dict[str, Any]) -> links.Asked:
    incoming.fields(body, "buyer", "landing", *links.THINGS)
    uid, name = reading.buyer(body["buyer"]) if "buyer" in body else ("", "")
    things = {one: incoming.words(body[one], one, 64) for one in links.THINGS if one in body}
    landing = incoming.choice(body["landing"], "landing", links.LANDINGS) if "landing" in body else None
    return links.Asked(uid, name, landing=landing, **things)


def as_file(job: Job, only_refused: bool) -> HttpResponse:
    """Return a job's report as CSV; it holds at most as many rows as a job."""
    table = [["row", "id", "result", "code", "detail"]]
    for one in jobs.report(job, 0, receiving.MOST, only_refused):
        table.append([str(one.number), one.ref, one.result, one.code, one.words])
    answer = HttpResponse(sheets.as_csv(table), content_type=sheets.FORMATS[sheets.CSV])
    answer["Content-Disposition"] = f'attachment; filename="job-{job.pk}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _outcome(one: Any) -> shapes.OutcomeShape:
    return {"row": one.number, "id": one.ref, "result": one.result, "code": one.code, "detail": one.words}


def _told(job: Job) -> shapes.JobShape:
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
        "created_at": serializers.moment(job.created_at),
        "finished_at": serializers.maybe(job.finished_at),
    }
