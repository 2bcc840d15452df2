"""REST of the audit log (docs/wire.md): for the owner and super admins."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from chat import auditing, inbox, params
from chat.api import MemberView
from chat.audit_pages import as_file
from chat.past_pages import midnight
from shops import schema
from shops.access import MAX_ID

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
            schema.query("format", {"type": "string", "enum": ["json", "csv"]}, "A page, or the newest 10,000 lines."),
        ],
        files=("text/csv",),
    )
    def get(self, request: Request, shop_id: int) -> HttpResponse:
        params.known(request, "actor", "kind", "start", "end", "cursor", "format")
        given, shop = request.query_params, self.member.shop
        asked = auditing.Asked(
            actor=params.whole(request, "actor", 1, MAX_ID),
            kind=params.choice(request, "kind", tuple(auditing.Kind.values), ""),
            since=midnight(shop, params.day(request, "start")),
            until=midnight(shop, params.day(request, "end"), later=1),
            before=inbox.read_cursor(given["cursor"]) if given.get("cursor") else None,
        )
        if params.choice(request, "format", ("json", "csv"), "json") == "csv":
            return as_file(self.member, asked)
        found, following = auditing.page(shop, asked)
        after = inbox.write_cursor(*following) if following else None
        return Response({"results": [auditing.shape(row) for row in found], "next": after})
