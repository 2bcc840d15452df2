"""REST of the audit log (docs/wire.md): for the owner and super admins."""

from datetime import date, datetime, time, timedelta

from rest_framework.request import Request
from rest_framework.response import Response

from chat import auditing, inbox, params
from chat.api import MemberView
from shops import schema
from shops.access import MAX_ID
from shops.models import Shop

DAY = {"type": "string", "format": "date"}


class AuditLog(MemberView):
    @schema.operation(
        "The audit log: who did what, newest first",
        schema.page(auditing.AuditShape),
        name="audit_list",
        errors=(403,),
        parameters=[
            schema.query("actor", schema.ID, "Only what this account did."),
            schema.query("kind", {"type": "string", "enum": list(auditing.Kind.values)}, "Only this kind."),
            schema.query("start", DAY, "From this day of the shop on."),
            schema.query("end", DAY, "To this day of the shop, its end included."),
            schema.query("cursor", schema.TEXT, "`next` of the page before."),
        ],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request, "actor", "kind", "start", "end", "cursor")
        given, shop = request.query_params, self.member.shop
        asked = auditing.Asked(
            actor=params.whole(request, "actor", 1, MAX_ID),
            kind=params.choice(request, "kind", tuple(auditing.Kind.values), ""),
            since=_midnight(shop, params.day(request, "start")),
            until=_midnight(shop, params.day(request, "end"), later=1),
            before=inbox.read_cursor(given["cursor"]) if given.get("cursor") else None,
        )
        found, following = auditing.page(shop, asked)
        after = inbox.write_cursor(*following) if following else None
        return Response({"results": [auditing.shape(row) for row in found], "next": after})


def _midnight(shop: Shop, day: date | None, later: int = 0) -> datetime | None:
    return datetime.combine(day + timedelta(days=later), time.min, tzinfo=shop.zone) if day else None
