"""REST of what came in bulk, for the shop's people (docs/wire.md, H2); the storefront reads the same by its key."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from chat import params
from chat.api import MemberView
from shops import schema
from storefront import jobs, shapes, telling


class ShopJobs(MemberView):
    @schema.operation(
        "What the shop's storefront sent in bulk, newest first; for thirty days",
        schema.page(shapes.JobShape),
        name="shop_jobs",
        errors=(403,),
        parameters=[telling.CURSOR],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        return telling.page(request, self.member.shop)


class ShopJob(MemberView):
    @schema.operation("How far such a job is", schema.shape(shapes.JobShape), name="shop_job", errors=(403,))
    def get(self, request: Request, shop_id: int, job_id: int) -> Response:
        params.known(request)
        return Response(telling.told(jobs.one(self.member.shop, job_id)))


class ShopJobReport(MemberView):
    @schema.operation(
        "What became of each row of a job so far, in its order; as a file with format=csv",
        schema.page(shapes.OutcomeShape),
        name="shop_job_report",
        errors=(403,),
        parameters=telling.OF_REPORT,
        files=("text/csv",),
    )
    def get(self, request: Request, shop_id: int, job_id: int) -> HttpResponse:
        return telling.report(request, jobs.one(self.member.shop, job_id))
