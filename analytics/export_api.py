"""REST of the tables that are made in the background (docs/wire.md, G11): ask for one, see how far it is, take it."""

from typing import TypedDict

from django.http import HttpResponseBase
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from analytics import access, kinds, listing, params, writing
from analytics import exports as export_actions
from analytics.export_views import take
from analytics.models import Export
from chat import incoming, serializers
from chat.api import MemberView
from chat.params import known
from shops import schema
from shops.rest import body_of

KINDS = (kinds.SESSIONS, kinds.RATINGS_LATEST)
FORMS = tuple(writing.FORMATS)


class ExportShape(TypedDict):
    id: int
    kind: str
    format: str
    state: str
    rows: int
    total: int | None
    start: str | None
    end: str | None
    ready: bool
    by: str
    created_at: str
    finished_at: str | None


class Exports(MemberView):
    @schema.operation(
        "The newest fifty exports of the shop, and how far each is",
        schema.page(ExportShape),
        name="analytics_exports",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        known(request)
        return Response({"results": [shape(one) for one in export_actions.of_shop(self.member.shop)], "next": None})

    @schema.operation(
        "Ask for a table of all that `sessions` or `ratings/latest` find with these parameters",
        schema.shape(ExportShape),
        name="analytics_export",
        status=201,
        errors=(403, 409),
        request=schema.body(
            {"kind": {"type": "string", "enum": list(KINDS)}, "format": {"type": "string", "enum": list(FORMS)}}
        ),
        parameters=[*params.RANGE, params.MEMBER, *params.FILTERS],
        example={"kind": "sessions", "format": "csv"},
    )
    def post(self, request: Request, shop_id: int) -> Response:
        incoming.fields(body_of(request), "kind", "format")
        known(request, *params.RANGE_NAMES, "member", *params.FILTER_NAMES)
        kind = incoming.choice(body_of(request).get("kind"), "kind", KINDS)
        form = incoming.choice(body_of(request).get("format"), "format", FORMS)
        wanted: listing.Asked | listing.RatingsAsked = params.sessions(request, self.member.shop)
        if kind == kinds.RATINGS_LATEST:
            wanted = listing.RatingsAsked(wanted.days, wanted.member, wanted.rating, wanted.source)
        made = export_actions.order(self.member, kind, form, wanted, get_language() or "en")
        return Response(shape(made), status=201)


class OneExport(MemberView):
    @schema.operation("How far an export is", schema.shape(ExportShape), name="analytics_export_state", errors=(403,))
    def get(self, request: Request, shop_id: int, export_id: int) -> Response:
        known(request)
        return Response(shape(access.export(self.member, export_id)))


class File(MemberView):
    @schema.operation(
        "The file of an export that is ready; 404 when a week has gone by",
        OpenApiTypes.BINARY,
        name="analytics_export_file",
        errors=(403,),
        media=writing.FORMATS[writing.CSV],
        files=(writing.FORMATS[writing.XLSX],),
    )
    def get(self, request: Request, shop_id: int, export_id: int) -> HttpResponseBase:
        known(request)
        return take(self.member, export_id)


def shape(one: Export) -> ExportShape:
    start, end = one.asked.get("days") or (None, None)
    return {
        "id": one.pk,
        "kind": one.kind,
        "format": one.form,
        "state": one.state,
        "rows": one.rows,
        "total": one.total,
        "start": start,
        "end": end,
        "ready": bool(one.ready),
        "by": one.member.nickname,
        "created_at": serializers.moment(one.created_at),
        "finished_at": serializers.maybe(one.finished_at),
    }
