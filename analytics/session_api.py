"""REST of single sessions behind figures (docs/wire.md, A2): the own ones, one with its facts, what was said in it."""

from django.http import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from analytics import access, files, kinds, listing, params, shapes, writing
from chat import history, looking
from chat.api import MemberView
from chat.params import SPAN, known, span
from shops import schema
from shops.models import Shop


def listed(request: Request, shop: Shop, asked: listing.Asked) -> HttpResponseBase:
    """Answer with sessions as a page, or all of them as a file."""
    now, cursor = timezone.now(), request.query_params.get("cursor", "")
    return files.listed(
        request, shop, listing.chosen(shop, asked, now), lambda: kinds.sessions(shop, asked, now),
        lambda: listing.page(shop, asked, cursor, now),
    )  # fmt: skip


class MySessions(MemberView):
    @schema.operation(
        "My own sessions with their facts, or those behind a figure of mine (A2)",
        schema.page(shapes.SessionFactsShape),
        name="analytics_my_sessions",
        errors=(403, 409),
        files=tuple(writing.FORMATS.values()),
        parameters=[*params.RANGE, params.FORM, *params.FILTERS, params.CURSOR],
    )
    def get(self, request: Request, shop_id: int) -> HttpResponseBase:
        known(request, *params.RANGE_NAMES, "format", *params.FILTER_NAMES, "cursor")
        asked = params.sessions(request, self.member.shop)
        return listed(request, self.member.shop, asked._replace(member=self.member.pk))


class OneSession(MemberView):
    @schema.operation(
        "One session with its facts: any of the shop's for who sees its figures, else one of one's own desk (A2)",
        schema.shape(shapes.SessionFactsShape),
        name="analytics_session",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int, session_id: int) -> Response:
        known(request)
        found = access.session(self.member, session_id)
        return Response(next(listing.facts(self.member.shop, [found], timezone.now())))


class SessionMessages(MemberView):
    @schema.operation(
        "What was said in such a session; a colleague's leaves a line in the audit log (A2)",
        schema.shape(history.EventPage),
        name="analytics_session_messages",
        errors=(403,),
        parameters=SPAN,
    )
    def get(self, request: Request, shop_id: int, session_id: int) -> Response:
        asked, found = span(request), access.session(self.member, session_id)
        looking.note(self.member, found, "analytics")
        return Response(history.messages(found, asked.after, asked.before, asked.limit))
