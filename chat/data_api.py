"""REST of one buyer's data (docs/wire.md): ask for an export or an erasure, see how far the jobs are."""

from typing import TypedDict

from rest_framework.request import Request
from rest_framework.response import Response

from chat import access, incoming, params, serializers
from chat.actions import data_jobs
from chat.api import MemberView
from chat.models import DataRequest
from shops import schema
from shops.access import MAX_ID
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


def shape(row: DataRequest) -> DataRequestShape:
    """Return a job; `file` is the address of the finished file, for the signed-in browser."""
    return {
        "id": row.pk,
        "buyer": row.buyer_id,
        "kind": row.kind,
        "state": row.state,
        "done": row.done,
        "total": row.total,
        "file": f"/shops/{row.shop_id}/buyers/data/{row.pk}.zip" if row.file else None,
        "created_at": serializers.moment(row.created_at),
        "finished_at": serializers.maybe(row.finished_at),
    }
