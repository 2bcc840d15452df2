"""A table as an answer at once, for pages and calls alike (G11); longer ones are made in the background."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from analytics import kinds, params, writing
from analytics.tables import Table
from lib.db import write
from shops import audit
from shops.errors import Refused
from shops.models import Shop

MOST = 5000  # rows that somebody may wait for


def answer(request: Request, shop: Shop, kind: str, told: Any) -> HttpResponseBase:
    """Answer a report in the form asked for: as JSON, or its table as CSV or XLSX with the same numbers (G12)."""
    form = params.form(request)
    if form == params.JSON:
        return Response(told)
    took(request.user, shop, kind, form)
    return whole(kinds.OF[kind](told), shop, form, kind)


def listed(request: Request, shop: Shop, rows: "QuerySet[Any]", table: Callable[[], Table], page: Any) -> Any:
    """Answer a list: a page as JSON, or all rows as a file; raise Refused when they are too many to wait for."""
    form = params.form(request)
    if form == params.JSON:
        results, following = page()
        return Response({"results": results, "next": following})
    if rows.order_by()[: MOST + 1].count() > MOST:
        words = _("More than %(most)s rows: take this list from the exports page.") % {"most": MOST}
        raise Refused("too_many_rows", words)
    found = table()
    took(request.user, shop, found.name, form)
    return whole(found, shop, form, found.name)


def took(user: Any, shop: Shop, what: str, form: str, subject_id: int | None = None) -> None:
    """Write into the audit log that somebody takes a table away."""
    subject = audit.Subject.EXPORT if subject_id else ""
    with write():
        audit.record(audit.Kind.EXPORTED, user, shop, subject=subject, subject_id=subject_id, what=what, form=form)


def whole(table: Table, shop: Shop, form: str, name: str) -> HttpResponse:
    """Return a table as a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        writing.WRITERS[form](table, shop, path, lambda rows: None)
        content = path.read_bytes()
    return HttpResponse(content, headers=headers(name, form))


def headers(name: str, form: str) -> dict[str, str]:
    """Return what a browser needs to save a file, and no cache may keep."""
    return {
        "Content-Type": writing.FORMATS[form],
        "Content-Disposition": f'attachment; filename="{name}.{form}"',
        "Cache-Control": "private, no-store",
    }
