"""REST of suggested replies (docs/wire.md, E8)."""

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from chat import access, drafting, incoming, looking, params, suggesting
from chat.actions import suggestions
from chat.api import MemberView
from chat.models import Suggestion
from shops import schema
from shops.access import MAX_ID
from shops.errors import Invalid
from shops.rest import body_of

LINES = "application/x-ndjson"
OUTCOMES, SOURCES = tuple(Suggestion.Outcome.values), tuple(Suggestion.Source.values)


class Suggestions(MemberView):
    @schema.operation(
        "Replies to the buyer's newest message from the shop's own words (E8)",
        schema.shape(suggesting.OfferedRepliesShape),
        name="suggestions",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int, session_id: int) -> Response:
        params.known(request)
        session = looking.session(self.member, session_id, "suggestions")
        found = suggesting.suggest(self.member, session)
        mine = session.assignee_id == self.member.pk
        return Response({**found, "writes": bool(mine and found["results"] and drafting.configured())})

    @schema.operation(
        "Count that replies were shown, or that one was sent",
        None,
        name="suggestion_note",
        status=204,
        errors=(403, 409),
        request=schema.body(
            {"seq": schema.ID, "outcome": {"type": "string", "enum": list(OUTCOMES)}},
            {"source": {"type": "string", "enum": list(SOURCES)}},
        ),
    )
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        found, body = access.session(self.member, session_id), body_of(request)
        incoming.fields(body, "seq", "outcome", "source")
        seq = incoming.number(body.get("seq"), "seq", 1, MAX_ID)
        outcome = incoming.choice(body.get("outcome"), "outcome", OUTCOMES)
        source = incoming.choice(body["source"], "source", SOURCES) if "source" in body else ""
        if (outcome == Suggestion.Outcome.OFFERED) == bool(source):
            raise Invalid(source=_("Which source, where a reply was sent."))
        suggestions.note(found, self.member, seq, outcome, source)
        return Response(status=204)


class Draft(MemberView):
    @schema.operation(
        "A reply that the language model writes from the suggestions, line by line as it comes (E8)",
        schema.shape(drafting.DraftPiece),
        name="suggestion_draft",
        errors=(403, 409),
        request=schema.body({"seq": schema.ID}),
        media=LINES,
    )
    def post(self, request: Request, shop_id: int, session_id: int) -> StreamingHttpResponse:
        found, body = looking.session(self.member, session_id, "suggestions"), body_of(request)
        incoming.fields(body, "seq")
        asked = drafting.brief(self.member, found, incoming.number(body.get("seq"), "seq", 1, MAX_ID))
        # A proxy that gathers an answer would show nothing until its end.
        headers = {"Content-Type": LINES, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingHttpResponse(drafting.lines(asked), headers=headers)
