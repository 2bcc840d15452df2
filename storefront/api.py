"""REST of the storefront (docs/wire.md, docs/storefront.md): rows now or as a job, identities, entry links."""

import tempfile
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from chat import incoming, params
from shops import pages, schema
from shops.rest import body_of
from storefront import jobs, links, reading, receiving, shapes, storing, telling
from storefront.door import STORE, StoreView
from storefront.settling import RESULTS


def _now(kind: str) -> type[StoreView]:
    class Rows(StoreView):
        @schema.operation(
            f"Store {kind.replace('_', ' ')} now, at most {shapes.MANY}; each row is stored whole or refused",
            schema.shape(shapes.StoredRowsShape),
            name=f"storefront_{kind}",
            errors=(429,),
            auth=STORE,
            request=shapes.rows(kind, shapes.MANY),
            example={"rows": [shapes.EXAMPLES[kind]]},
        )
        def put(self, request: Request) -> Response:
            found = storing.now_at_once(self.shop, kind, receiving.rows(body_of(request), shapes.MANY))
            counts = {name: sum(one.result == name for one in found) for name in RESULTS}
            return Response({**counts, "results": [telling.outcome(one) for one in found]})

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
            return Response(telling.told(job), status=202)

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
        parameters=[telling.CURSOR],
    )
    def get(self, request: Request) -> Response:
        return telling.page(request, self.shop)


class OneJob(StoreView):
    @schema.operation(
        "How far a job is", schema.shape(shapes.JobShape), name="storefront_job", errors=(429,), auth=STORE
    )
    def get(self, request: Request, job_id: int) -> Response:
        params.known(request)
        return Response(telling.told(jobs.one(self.shop, job_id)))


class JobReport(StoreView):
    @schema.operation(
        "What became of each row of a job so far, in its order; as a file with format=csv",
        schema.page(shapes.OutcomeShape),
        name="storefront_job_report",
        errors=(429,),
        auth=STORE,
        parameters=telling.OF_REPORT,
        files=("text/csv",),
    )
    def get(self, request: Request, job_id: int) -> HttpResponse:
        return telling.report(request, jobs.one(self.shop, job_id))


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
