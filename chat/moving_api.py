"""REST of tables that go out and come in as files: the bot's questions, quick replies (docs/wire.md, E1, C17)."""

from collections.abc import Mapping
from typing import Any, TypedDict

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from botfaq import moving as questions
from botfaq import sheets as question_sheets
from chat import access, incoming, params, reply_moving
from chat.api import MemberView
from chat.tools_api import SCOPES
from shops import moving, schema, sheets
from shops.errors import Invalid, NotYours, Refused

CSV, XLSX = "text/csv", sheets.FORMATS[sheets.XLSX]
IMPORT, CHECK = "import", "check"
_FORMAT = schema.query("format", {"type": "string", "enum": list(sheets.FORMATS)}, "CSV by default.")
_SCOPE = {"type": "string", "enum": list(SCOPES)}
_ERRORS = (403, 413)


class MovedTableRowShape(TypedDict):
    row: int
    name: str
    result: str
    detail: str


class MovedTableShape(TypedDict):
    """What became of a file, or would become: `row` is its line there, the heading being 1."""

    added: int
    changed: int
    refused: int
    results: list[MovedTableRowShape]


def _form(**more: Any) -> dict[str, Any]:
    what = {"file": {"type": "string", "format": "binary"}, **more}
    return {"multipart/form-data": schema.obj({**what, "do": {"type": "string", "enum": [IMPORT, CHECK]}}, list(what))}


class QuestionsFile(MemberView):
    parser_classes = [MultiPartParser]

    @schema.operation(
        "All questions of the bot as a file, which can be taken in again (E1)",
        OpenApiTypes.BINARY,
        name="faq_questions_export",
        errors=(403,),
        parameters=[_FORMAT],
        media=CSV,
        files=(XLSX,),
    )
    def get(self, request: Request, shop_id: int) -> HttpResponse:
        params.known(request, "format")
        rows = questions.rows(self.member.shop)
        return moving.away(self.member, "questions", rows, question_sheets.COLUMNS, "questions", _kind(request))

    @schema.operation(
        "Take in a CSV or XLSX file of at most 500 questions, or only check it (E1)",
        schema.shape(MovedTableShape),
        name="faq_questions_import",
        errors=_ERRORS,
        request=_form(),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        only_check = _only_checks(request, "file", "do")
        try:
            reports = questions.take_in(self.member, question_sheets.read(moving.sent(request)), only_check)
        except Refused as wrong:
            raise Invalid(file=wrong.words) from wrong
        return Response(_told(reports))


class QuickRepliesFile(MemberView):
    parser_classes = [MultiPartParser]

    @schema.operation(
        "One list of quick replies as a file, which can be taken in again (C17)",
        OpenApiTypes.BINARY,
        name="quick_replies_export",
        errors=(403,),
        parameters=[schema.query("scope", _SCOPE, "Which list; one's own by default."), _FORMAT],
        media=CSV,
        files=(XLSX,),
    )
    def get(self, request: Request, shop_id: int) -> HttpResponse:
        params.known(request, "scope", "format")
        scope = params.choice(request, "scope", SCOPES, "agent")
        if scope not in access.reply_scopes(self.member):
            raise NotYours
        rows, columns = reply_moving.rows(self.member, scope), reply_moving.COLUMNS
        return moving.away(self.member, f"quick-replies-{scope}", rows, columns, "quick-replies", _kind(request))

    @schema.operation(
        "Take in a CSV or XLSX file of at most 500 quick replies, or only check it (C17)",
        schema.shape(MovedTableShape),
        name="quick_replies_import",
        errors=_ERRORS,
        request=_form(scope=_SCOPE),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        only_check = _only_checks(request, "file", "scope", "do")
        scope = incoming.choice(_given(request).get("scope"), "scope", SCOPES)
        try:
            reports = reply_moving.take_in(self.member, scope, reply_moving.read(moving.sent(request)), only_check)
        except Refused as wrong:
            raise Invalid(file=wrong.words) from wrong
        return Response(_told(reports))


def _kind(request: Request) -> str:
    return params.choice(request, "format", tuple(sheets.FORMATS), sheets.CSV)


def _only_checks(request: Request, *fields: str) -> bool:
    """Look at the form's fields; say whether it asks what would happen, and no more."""
    params.known(request)
    incoming.fields(_given(request), *fields)
    return incoming.choice(_given(request).get("do", IMPORT), "do", (IMPORT, CHECK)) == CHECK


def _given(request: Request) -> Mapping[str, Any]:
    data: Any = request.data  # the parser of forms lets nothing else through
    return data


def _told(reports: list[moving.Report]) -> MovedTableShape:
    counts = moving.counted(reports)
    return {
        "added": counts[moving.Fate.ADDED],
        "changed": counts[moving.Fate.CHANGED],
        "refused": counts[moving.Fate.REFUSED],
        "results": [
            {"row": one.number, "name": one.text, "result": one.fate.value, "detail": one.words} for one in reports
        ],
    }
