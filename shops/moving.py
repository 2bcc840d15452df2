"""One way for tables to go out and come in: noted when taken away, stored piece by piece, with a report by row."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from lib.db import write
from shops import audit, sheets
from shops.errors import Refused
from shops.models import Member

TOGETHER = 25  # rows in one transaction: locks are never held for long, and what follows is not done for each row


class Fate(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REFUSED = "refused"


@dataclass(frozen=True)
class Report:
    """What became of a row, or would become: `words` say why it was refused."""

    number: int
    text: str
    fate: Fate
    words: str = ""


def in_pieces(
    lines: list[sheets.Line], only_check: bool, piece: Callable[[list[sheets.Line]], list[Report]]
) -> list[Report]:
    """Call `piece` with some rows at a time, each time in a transaction of its own; a check is one piece in none.

    What broke in the middle leaves the pieces before it stored: the same file may be taken in again.
    """
    if only_check:
        return piece(lines)
    reports: list[Report] = []
    for start in range(0, len(lines), TOGETHER):
        with write():
            reports += piece(lines[start : start + TOGETHER])
    return reports


def become(line: sheets.Line, name: str, store: Callable[[], bool]) -> Report:
    """Report what became of a row: `store` says whether it was there already, or raises Refused."""
    try:
        return Report(line.number, name, Fate.CHANGED if store() else Fate.ADDED)
    except Refused as refusal:
        return Report(line.number, name, Fate.REFUSED, refusal.words)


def only_checks(request: HttpRequest) -> bool:
    """Whether the form asks what would happen, and no more."""
    return request.POST.get("do") == "check"


def sent(request: HttpRequest | Request) -> bytes:
    """Return the file of the form, and of one too large as much as shows it; Refused `bad_file`."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refused("bad_file", _("Choose a CSV or XLSX file."))
    return file.read(sheets.BYTES + 1)


def shown(request: HttpRequest, reports: list[Report] | None) -> dict[str, Any]:
    """Return what `shops/_moved.html` shows; None: no file was taken in."""
    counts = counted(reports or [])
    return {"reports": reports, "counts": counts, "only_check": only_checks(request), "most": sheets.ROWS}


def counted(reports: list[Report]) -> dict[str, int]:
    """Return how many rows met each fate."""
    return {fate.value: sum(one.fate == fate for one in reports) for fate in Fate}


def away(
    by: Member, what: str, rows: Iterable[dict[str, str]], columns: sheets.Columns, name: str, kind: str
) -> HttpResponse:
    """Return a table as a file to keep, with a line of the audit log; no cell can become a formula. Http404."""
    if kind not in sheets.FORMATS:
        raise Http404
    with write():
        audit.record(audit.Kind.EXPORTED, by, what=what, form=kind)
    answer = HttpResponse(sheets.write(rows, columns, kind), content_type=sheets.FORMATS[kind])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer
