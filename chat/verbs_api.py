"""REST for what an agent does to a session beside talking: notes, recall, undo, mute, report (docs/wire.md)."""

from typing import Any, TypedDict

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from chat import access, history, incoming, looking, params, reporting, serializers, shapes, topics
from chat.actions import mutes, notes, recalls, reports, sessions, undoing
from chat.api import MemberView, Verb, verb
from chat.models import Note, ServiceSession, UserReport
from shops import schema
from shops.access import MAX_ID
from shops.errors import Invalid
from shops.rest import body_of

NOTES = 500  # of one stretch of a conversation
REASONS = tuple(UserReport.Reason.values)
UNDO = {"close": undoing.close, "transfer": undoing.transfer}


class SessionTopicShape(TypedDict):
    topic: str
    proposed: str


class ReportShape(TypedDict):
    id: int
    session: int
    buyer: shapes.BuyerShape
    reporter: shapes.ColleagueShape
    reason: str
    words: str
    evidence: list[dict[str, Any]]
    state: str
    submitted_at: str
    due_at: str
    decided_at: str | None
    decision: str


class NoReplyNeeded(Verb):
    @verb("Say that no reply is needed, or take it back (F4)", "session_no_reply", schema.body({"on": schema.FLAG}))
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        incoming.fields(body_of(request), "on")
        on = incoming.flag(body_of(request).get("on"), "on")
        return self.done(sessions.no_reply_needed(access.seen(self.member, session_id), self.member, on))


class Notes(MemberView):
    @schema.operation(
        "Private notes of a conversation's stretch (C26)",
        schema.page(shapes.NoteShape),
        name="session_notes",
        errors=(403,),
        parameters=[
            schema.query("low", {"type": "integer", "minimum": 0, "maximum": MAX_ID}, "After this number or later."),
            schema.query("high", {"type": "integer", "minimum": 0, "maximum": MAX_ID}, "After this number at most."),
        ],
    )
    def get(self, request: Request, shop_id: int, session_id: int) -> Response:
        params.known(request, "low", "high")
        low, high = params.whole(request, "low", 0, MAX_ID) or 0, params.whole(request, "high", 0, MAX_ID)
        found = looking.session(self.member, session_id, "notes")
        until = history.horizon(self.member, found)
        rows = Note.objects.filter(conversation_id=found.conversation_id, after_seq__gte=low).select_related("member")
        rows = rows.filter(session__removed_at=None)  # the others have no words any more (retention)
        rows = rows if high is None else rows.filter(after_seq__lte=high)
        rows = rows if until is None else rows.filter(session_id__lte=until)
        newest = sorted(rows.order_by("-after_seq", "-pk")[:NOTES], key=lambda row: row.pk)
        return Response({"results": [serializers.note(row) for row in newest], "next": None})

    @schema.operation(
        "Write a private note",
        schema.shape(shapes.NoteShape),
        name="session_note",
        status=201,
        errors=(403, 409),
        request=schema.body({"text": {"type": "string", "minLength": 1, "maxLength": notes.LIMIT}}),
    )
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        incoming.fields(body_of(request), "text")
        text = incoming.words(body_of(request).get("text"), "text", notes.LIMIT)
        return Response(
            serializers.note(notes.add(access.seen(self.member, session_id), self.member, text)), status=201
        )


class Recall(Verb):
    @verb("Recall an own message within two minutes (C21)", "session_recall", schema.body({"seq": schema.ID}))
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        incoming.fields(body_of(request), "seq")
        seq = incoming.identifier(body_of(request).get("seq"), "seq")
        return self.done(recalls.recall(access.seen(self.member, session_id), self.member, seq))


class Undo(Verb):
    @verb(
        "Undo one's close or transfer a few seconds later (C21)",
        "session_undo",
        schema.body({"what": {"type": "string", "enum": list(UNDO)}}),
    )
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        incoming.fields(body_of(request), "what")
        what = incoming.choice(body_of(request).get("what"), "what", tuple(UNDO))
        return self.done(UNDO[what](access.seen(self.member, session_id), self.member))


class Mute(Verb):
    @verb(
        "Refuse the buyer's messages for some minutes (C23)",
        "session_mute",
        schema.body({"minutes": {"type": "integer", "minimum": 1, "maximum": mutes.MOST}}),
    )
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        incoming.fields(body_of(request), "minutes")
        minutes = incoming.number(body_of(request).get("minutes"), "minutes", 1, mutes.MOST)
        return self.done(mutes.mute(access.seen(self.member, session_id), self.member, minutes))


class Unmute(Verb):
    @verb("Let the buyer write again (C23)", "session_unmute")
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        incoming.fields(body_of(request))
        return self.done(mutes.unmute(access.seen(self.member, session_id), self.member))


class Topic(MemberView):
    @schema.operation(
        "What a session is about, and what it seems to be about (C24)",
        schema.shape(SessionTopicShape),
        name="session_topic",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int, session_id: int) -> Response:
        params.known(request)
        found = access.session(self.member, session_id)
        answer: SessionTopicShape = {"topic": found.topic, "proposed": topics.proposals([found])[found.pk]}
        return Response(answer)


class Report(MemberView):
    @schema.operation(
        "Report the buyer to the platform (F3)",
        schema.shape(ReportShape),
        name="session_report",
        status=201,
        errors=(403, 409),
        request=schema.body(
            {"reason": {"type": "string", "enum": list(REASONS)}},
            {
                "words": {"type": "string", "maxLength": reports.WORDS},
                "evidence": {"type": "array", "items": schema.ID, "maxItems": reports.EVIDENCE},
            },
        ),
    )
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, "reason", "words", "evidence")
        reason = incoming.choice(body.get("reason"), "reason", REASONS)
        words = incoming.words(body.get("words", ""), "words", reports.WORDS, empty=True)
        evidence = incoming.identifiers(body.get("evidence", []), "evidence", reports.EVIDENCE)
        if not words and not evidence:
            raise Invalid(words=_("Say what happened, or choose messages that show it."))
        found = access.seen(self.member, session_id)
        return Response(report(reports.submit(found, self.member, reason, words, evidence)), status=201)


class Reports(MemberView):
    @schema.operation(
        "The shop's reports; an agent sees its own, a lead all of them (F3)",
        schema.page(ReportShape),
        name="reports_list",
        errors=(403,),
        parameters=[
            schema.query("state", {"type": "string", "enum": list(reporting.CHOICES)}, "Only these."),
            schema.query("cursor", schema.TEXT, "`next` of the page before."),
        ],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request, "state", "cursor")
        state = params.choice(request, "state", tuple(reporting.CHOICES), "")
        below = params.whole(request, "cursor", 1, MAX_ID)
        found = reporting.page(access.reports(self.member), state, below)
        following = str(found.following) if found.following else None
        return Response({"results": [report(row) for row in found.rows], "next": following})


def report(found: UserReport) -> ReportShape:
    """Return a report as its shop sees it; session, buyer and member are at hand."""
    of: ServiceSession = found.session
    return {
        "id": found.pk,
        "session": of.pk,
        "buyer": {"id": of.buyer_id, "uid": of.buyer.uid, "nickname": of.buyer.nickname},
        "reporter": {"id": found.member.pk, "nickname": found.member.nickname},
        "reason": found.reason,
        "words": found.words,
        "evidence": found.evidence,
        "state": found.state,
        "submitted_at": serializers.moment(found.submitted_at),
        "due_at": serializers.moment(found.due_at),
        "decided_at": serializers.maybe(found.decided_at),
        "decision": found.decision,
    }
