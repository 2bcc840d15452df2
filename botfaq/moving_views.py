"""The page where questions are taken away as a file and taken in from one (E1)."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from botfaq import moving, sheets
from botfaq.moving import Fate, Report
from botfaq.views import frame
from lib.db import write
from shops import audit, pages
from shops.errors import Refused
from shops.models import Member


@pages.of_shop
def move(request: HttpRequest, member: Member) -> HttpResponse:
    """Take a file in, or only check it; the page shows what became of each row."""
    only_check = request.POST.get("do") == "check"
    reports = _reports(request, member, only_check) if request.method == "POST" else None
    counts = [(fate, sum(one.fate == fate for one in reports)) for fate in Fate] if reports is not None else []
    about = {"reports": reports, "counts": dict(counts), "only_check": only_check, "most": sheets.ROWS}
    return render(request, "botfaq/move.html", frame(member, "move") | about)


def _reports(request: HttpRequest, member: Member, only_check: bool) -> list[Report] | None:
    file = request.FILES.get("file")
    try:
        if not isinstance(file, UploadedFile):
            raise Refused("bad_file", _("Choose a CSV or XLSX file."))
        return moving.take_in(member, sheets.read(file.read(sheets.BYTES + 1)), only_check)
    except Refused as refusal:
        messages.error(request, refusal.words)
        return None


@pages.of_shop
def export(request: HttpRequest, member: Member, kind: str) -> HttpResponse:
    """Download every question of the shop."""
    if kind not in sheets.FORMATS:
        raise Http404
    with write():
        audit.record(audit.Kind.EXPORTED, member, what="questions", form=kind)
    answer = HttpResponse(sheets.write(moving.rows(member.shop), kind), content_type=sheets.FORMATS[kind])
    answer["Content-Disposition"] = f'attachment; filename="questions.{kind}"'
    return answer
