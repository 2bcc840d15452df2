"""REST of buyers' data (docs/wire.md): export or erase one's, see how far that is; how long all is kept."""

from typing import TypedDict

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from chat import access, incoming, params, serializers
from chat.actions import data_jobs, policy
from chat.api import MemberView
from chat.data_pages import take
from chat.models import DataRequest
from shops import schema
from shops.access import MAX_ID
from shops.errors import Invalid
from shops.models import Shop
from shops.rest import body_of

PAGE = 50
KINDS = tuple(DataRequest.Kind.values)


class DataRequestShape(TypedDict):
    id: int
    buyer: int
    kind: str
    state: str
    done: int
    total: int
    file: str | None
    created_at: str
    finished_at: str | None


class RetentionShape(TypedDict):
    days: int | None
    shortest: int
    longest: int


class DataRequests(MemberView):
    @schema.operation(
        "Exports and erasures of buyers' data, newest first",
        schema.page(DataRequestShape),
        name="data_requests",
        errors=(403,),
        parameters=[schema.query("cursor", schema.TEXT, "`next` of the page before.")],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request, "cursor")
        below = params.whole(request, "cursor", 1, MAX_ID)
        rows = DataRequest.objects.filter(shop_id=shop_id).order_by("-pk")
        found = list((rows.filter(pk__lt=below) if below else rows)[: PAGE + 1])
        following = str(found[PAGE - 1].pk) if len(found) > PAGE else None
        return Response({"results": [shape(row) for row in found[:PAGE]], "next": following})

    @schema.operation(
        "Ask for all data of a buyer as a file, or for its erasure",
        schema.shape(DataRequestShape),
        name="data_request",
        status=201,
        errors=(403, 409),
        request=schema.body({"buyer": schema.ID, "kind": {"type": "string", "enum": list(KINDS)}}),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, "buyer", "kind")
        kind = incoming.choice(body.get("kind"), "kind", KINDS)
        buyer = access.any_buyer(self.member, incoming.identifier(body.get("buyer"), "buyer"))
        return Response(shape(data_jobs.order(buyer, kind, self.member)), status=201)


class File(MemberView):
    @schema.operation(
        "The file of a finished export; 404 when it has expired",
        OpenApiTypes.BINARY,
        name="data_request_file",
        errors=(403,),
        media="application/zip",
    )
    def get(self, request: Request, shop_id: int, request_id: int) -> HttpResponseBase:
        params.known(request)
        return take(self.member, request_id)


class Retention(MemberView):
    @schema.operation(
        "For how many days conversations are kept after their end; null is for ever",
        schema.shape(RetentionShape),
        name="retention",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        return Response(self._answer(self.member.shop))

    @schema.operation(
        "Set for how many days conversations are kept; older ones are removed within the hour, for good",
        schema.shape(RetentionShape),
        name="retention_set",
        errors=(403,),
        request=schema.body(
            {"days": {"type": "integer", "minimum": policy.SHORTEST, "maximum": policy.LONGEST, "nullable": True}}
        ),
    )
    def patch(self, request: Request, shop_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, "days")
        if "days" not in body:
            raise Invalid(days=_("A number of days, or null."))
        return Response(self._answer(policy.set_retention(self.member.shop, body["days"], self.member)))

    def _answer(self, shop: Shop) -> RetentionShape:
        return {"days": shop.retention_days, "shortest": policy.SHORTEST, "longest": policy.LONGEST}


def shape(row: DataRequest) -> DataRequestShape:
    """Return a job; `file` is the address of the finished file, for the signed-in browser."""
    return {
        "id": row.pk,
        "buyer": row.buyer_id,
        "kind": row.kind,
        "state": row.state,
        "done": row.done,
        "total": row.total,
        "file": f"/shops/{row.shop_id}/buyers/data/{row.pk}.zip" if row.ready else None,
        "created_at": serializers.moment(row.created_at),
        "finished_at": serializers.maybe(row.finished_at),
    }
