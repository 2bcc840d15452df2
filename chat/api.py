"""REST for agents: lists, one session, its verbs (docs/wire.md). Access, form, one action, answer."""

from typing import Any, TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chat import access, history, inbox, incoming, locks, looking, pacing, params, sending, serializers, shapes
from chat.actions import contact, ratings, sessions
from chat.actions.items import Receipt
from chat.models import Assignment, ServiceSession
from shops import access as shop_access
from shops import permissions, schema
from shops.errors import Invalid
from shops.models import Member, User
from shops.rest import AppAuthentication, body_of

Row = shapes.SessionRowShape
TOPICS = tuple(ServiceSession.Topic.values)
REASON = 200  # characters


class CookieAuthentication(SessionAuthentication):
    """The web console's cookie with CSRF; nobody signed in is 401, not 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


MEMBERS = [AppAuthentication, CookieAuthentication]


class PersonView(APIView):
    """A call of somebody who is signed in, by an app's token or by the console's cookie."""

    authentication_classes = MEMBERS
    permission_classes = [AllowAny]
    person: User

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not isinstance(request.user, User):
            self.permission_denied(request)
        self.person = request.user


class MemberView(PersonView):
    """A call of a member of the shop of the address; permissions.toml says which members may make it."""

    member: Member

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.member = shop_access.member(self.person, kwargs["shop_id"])
        if not permissions.knows(request):
            raise MethodNotAllowed(str(request.method))
        permissions.enter(self.member, request)


class AssignmentShape(TypedDict):
    member: shapes.ColleagueShape
    by: shapes.ColleagueShape | None
    kind: str
    why: dict[str, Any]
    reason: str
    started_at: str
    ended_at: str | None


class SessionShape(TypedDict):
    session: shapes.SessionRowShape
    entry: shapes.EntryShape
    receipts: shapes.ReceiptsShape
    assignments: list[AssignmentShape]
    report: str | None


class Sessions(MemberView):
    @schema.operation(
        "The inbox: one page of a list",
        schema.page(shapes.FoundSessionShape),
        name="sessions_list",
        errors=(403,),
        parameters=[
            schema.query("list", {"type": "string", "enum": list(inbox.LISTS)}, "Which list; in progress by default."),
            schema.query("filter", {"type": "string", "enum": list(inbox.FILTERS)}, "Only these."),
            schema.query(
                "sort",
                {"type": "string", "enum": list(inbox.SORTS)},
                "Longest waiting, latest message, or what threatens the response rate first.",
            ),
            schema.query("q", {"type": "string", "maxLength": 60}, "Keyword, buyer's nickname or order number."),
            schema.query("cursor", schema.TEXT, "`next` of the page before."),
            schema.query(
                "limit", {"type": "integer", "minimum": 1, "maximum": inbox.LONGEST_PAGE}, "How many; 50 by default."
            ),
        ],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request, "list", "filter", "sort", "q", "cursor", "limit")
        asked = inbox.Asked(
            list=params.choice(request, "list", inbox.LISTS, "open"),
            filter=params.choice(request, "filter", inbox.FILTERS, ""),
            sort=params.choice(request, "sort", inbox.SORTS, "latest"),
            q=incoming.words(request.query_params.get("q", ""), "q", 60, empty=True),
            cursor=request.query_params.get("cursor", ""),
            limit=params.whole(request, "limit", 1, inbox.LONGEST_PAGE) or 0,
        )
        if asked.q:
            hits, following = inbox.search(self.member, asked, timezone.now())
            return Response({"results": [serializers.found(hit) for hit in hits], "next": following})
        rows, following = inbox.page(self.member, asked, timezone.now())
        return Response({"results": [serializers.row(row) for row in rows], "next": following})

    @schema.operation(
        "Write to a buyer first (C7): a new session with me, or the buyer's open one",
        schema.shape(Row),
        name="session_start",
        status=(200, 201),
        errors=(403, 409),
        request=schema.body({}, {"buyer": schema.ID, "order": schema.ID}),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        incoming.fields(body_of(request), "buyer", "order")
        order, buyer = body_of(request).get("order"), body_of(request).get("buyer")
        if (order is None) == (buyer is None):
            raise Invalid(buyer=_("Either a buyer or an order, please."))
        if order is not None:
            of = access.order(self.member, incoming.identifier(order, "order"))
            found = contact.start(self.member, of.buyer, of)
        else:
            found = contact.start(self.member, access.any_buyer(self.member, incoming.identifier(buyer, "buyer")))
        return Response(serializers.row(locks.shown(found.session.pk)), status=201 if found.opened else 200)


class SessionCounts(MemberView):
    @schema.operation(
        "The inbox's live counts", schema.shape(inbox.SessionCounts), name="sessions_counts", errors=(403,)
    )
    def get(self, request: Request, shop_id: int) -> Response:
        return Response(inbox.counts(self.member, timezone.now()))


class OneSession(MemberView):
    @schema.operation("One session", schema.shape(SessionShape), name="session_read", errors=(403,))
    def get(self, request: Request, shop_id: int, session_id: int) -> Response:
        found = access.session(self.member, session_id)
        entry = {
            "product": found.entry_product_id,
            "order": found.entry_order_id,
            "after_sale": found.entry_after_sale_id,
            "landing": found.landing,
        }
        rows = Assignment.objects.filter(session=found).select_related("member", "by").order_by("pk")[:50]
        answer: SessionShape = {
            "session": serializers.row(found),
            "entry": access.entry_shape(found.shop, {"kind": found.entry, **entry}),
            "receipts": serializers.receipts(found.conversation),
            "assignments": [_assignment(row) for row in rows],
            "report": found.reports.order_by("-pk").values_list("state", flat=True).first(),
        }
        return Response(answer)


class SessionEvents(MemberView):
    @schema.operation(
        "The conversation's log",
        schema.shape(history.EventPage),
        name="session_events",
        errors=(403,),
        parameters=params.SPAN,
    )
    def get(self, request: Request, shop_id: int, session_id: int) -> Response:
        span = params.span(request)
        found = looking.session(self.member, session_id, "events")
        return Response(history.page(found.conversation, *span, until=history.horizon(self.member, found)))


class SessionMessages(MemberView):
    @schema.operation(
        "One session's messages",
        schema.shape(history.EventPage),
        name="session_messages",
        errors=(403,),
        parameters=params.SPAN,
    )
    def get(self, request: Request, shop_id: int, session_id: int) -> Response:
        span = params.span(request)
        found = looking.session(self.member, session_id, "messages")
        return Response(history.messages(found, *span))

    @schema.operation(
        "Send a message",
        schema.shape(shapes.SentMessageShape),
        name="session_send",
        status=(200, 201),
        errors=(403, 409, 429),
        request=incoming.AGENT_BODY,
    )
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        found = access.session(self.member, session_id)
        pacing.sends(self.member)
        draft = incoming.draft(body_of(request), incoming.AGENT_KINDS)
        done = sending.stored(sending.from_agent(self.member, found, draft))
        return Response({"event": done.event, "duplicate": done.duplicate}, status=200 if done.duplicate else 201)


class Verb(MemberView):
    """A POST that changes one session and answers its row."""

    def done(self, session: ServiceSession) -> Response:
        """Answer the row as the action left it."""
        return Response(serializers.row(session))


def verb(summary: str, name: str, request: Any = None) -> Any:
    """Describe a verb: its summary, its name in the schema, its body."""
    return schema.operation(
        summary, schema.shape(Row), name=name, errors=(403, 409), request=request or schema.body({})
    )


class Take(Verb):
    @verb("Assign a waiting session to oneself", "session_take")
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        incoming.fields(body_of(request))
        return self.done(sessions.take(access.claimable(self.member, session_id).pk, self.member))


class Assign(Verb):
    @verb("Assign a waiting session to a colleague", "session_assign", schema.body({"member": schema.ID}))
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        to = self._receiver(request)
        return self.done(sessions.give(access.claimable(self.member, session_id).pk, to, self.member))

    def _receiver(self, request: Request) -> Member:
        incoming.fields(body_of(request), "member")
        return access.colleague(self.member, incoming.identifier(body_of(request).get("member"), "member"))


class Transfer(Assign):
    @verb(
        "Hand an open session to a colleague; a lead may hand anybody's to itself (C26)",
        "session_transfer",
        schema.body({"member": schema.ID}, {"reason": {"type": "string", "maxLength": REASON}}),
    )
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        incoming.fields(body_of(request), "member", "reason")
        to = access.colleague(self.member, incoming.identifier(body_of(request).get("member"), "member"))
        reason = incoming.words(body_of(request).get("reason", ""), "reason", REASON, empty=True)
        return self.done(sessions.transfer(access.seen(self.member, session_id), to, self.member, reason))


class Close(Verb):
    @verb(
        "Close a session",
        "session_close",
        schema.body(
            {},
            {
                "text": {"type": "string", "maxLength": incoming.TEXT_LIMIT},
                "topic": {"type": "string", "enum": ["", *TOPICS]},
            },
        ),
    )
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        incoming.fields(body_of(request), "text", "topic")
        text = incoming.words(body_of(request).get("text", ""), "text", incoming.TEXT_LIMIT, empty=True)
        topic = incoming.choice(body_of(request).get("topic", ""), "topic", ("", *TOPICS))
        return self.done(sessions.close(access.seen(self.member, session_id), self.member, text, topic))


class Mark(Verb):
    @verb(
        "Mark or unmark a session, with a note why",
        "session_mark",
        schema.body({"marked": schema.FLAG}, {"note": {"type": "string", "maxLength": REASON}}),
    )
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        incoming.fields(body_of(request), "marked", "note")
        marked = incoming.flag(body_of(request).get("marked"), "marked")
        note = incoming.words(body_of(request).get("note", ""), "note", REASON, empty=True)
        return self.done(sessions.mark(access.seen(self.member, session_id), self.member, marked, note))


class Read(Verb):
    @verb("Say how far one has looked", "session_looked", schema.body({"seq": schema.ID}))
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        incoming.fields(body_of(request), "seq")
        seq = incoming.identifier(body_of(request).get("seq"), "seq")
        found = access.session(self.member, session_id)
        sending.store(Receipt(found.conversation_id, "shop", seq, seq, self.member.pk))
        return self.done(locks.shown(found.pk))


class InviteRating(Verb):
    @verb("Invite the buyer to rate", "session_invite_rating")
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        incoming.fields(body_of(request))
        return self.done(locks.shown(ratings.invite(access.seen(self.member, session_id), self.member).pk))


def _assignment(row: Assignment) -> AssignmentShape:
    return {
        "member": {"id": row.member.pk, "nickname": row.member.nickname},
        "by": serializers.colleague(row.by),
        "kind": row.kind,
        "why": row.why,
        "reason": row.reason,
        "started_at": serializers.moment(row.started_at),
        "ended_at": serializers.maybe(row.ended_at),
    }
