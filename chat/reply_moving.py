"""Take quick replies away as a table, and take a table in, row by row, saying what became of each (C17)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from chat import access, incoming
from chat.actions import quick_replies
from chat.models import QuickReply
from chat.tools_api import GROUP, TITLE
from shops import moving, sheets
from shops.errors import Invalid, Refused
from shops.models import Member
from shops.moving import Report

COLUMNS: sheets.Columns = {"title": ("Title", "标题"), "text": ("Text", "内容"), "group": ("Group", "分组")}
_LIMITS = {"title": TITLE, "text": incoming.TEXT_LIMIT, "group": GROUP}


def rows(member: Member, scope: str) -> Iterator[dict[str, str]]:
    """Yield the sentences of one list in their order."""
    for reply in access.quick_replies(member):
        if quick_replies.scope_of(reply) == scope:
            yield {name: getattr(reply, name) for name in COLUMNS}


def read(data: bytes) -> list[sheets.Line]:
    """Return the rows of a file; Refused `bad_file`."""
    return sheets.read(data, COLUMNS, ("title", "text"))


def take_in(by: Member, scope: str, lines: list[sheets.Line], only_check: bool = False) -> list[Report]:
    """Add the sentences of a table and change those that are there, each row by itself; or only say what would happen.

    A sentence is known by its title. Without a column for groups they stay as they are.
    """
    quick_replies.require(by, scope)
    seen: set[str] = set()

    def piece(some: list[sheets.Line]) -> list[Report]:
        mine = [one for one in access.quick_replies(by) if quick_replies.scope_of(one) == scope]
        there = {one.title.casefold(): one for one in mine}  # anew: colleagues may write between two pieces
        return [_row(by, scope, line, there, seen, only_check) for line in some]

    return moving.in_pieces(lines, only_check, piece)


def _row(
    by: Member, scope: str, line: sheets.Line, there: dict[str, QuickReply], seen: set[str], only_check: bool
) -> Report:
    title = line.cells.get("title", "")
    known = title.casefold()

    def store() -> bool:
        found = there.get(known)
        if known in seen:
            raise Refused("twice", _("This title stands further up already."))
        values = _checked(line.cells)
        seen.add(known)
        if found is None and len(there) + len(seen - set(there)) > quick_replies.MOST:
            raise Refused("too_many", _("There are %(most)s quick replies already.") % {"most": quick_replies.MOST})
        if not only_check:
            _store(by, scope, found, values)
        return found is not None

    return moving.become(line, title[:TITLE], store)


def _checked(cells: dict[str, str]) -> dict[str, str]:
    """Check the cells of a row; Refused says which is wrong, by the column's name."""
    found, wrong = {}, []
    for name in COLUMNS:
        if name == "group" and name not in cells:
            continue
        try:
            found[name] = incoming.words(cells.get(name, ""), name, _LIMITS[name], empty=name == "group")
        except Invalid as invalid:
            about = {"column": sheets.here(COLUMNS[name]), "problem": invalid.fields[name]}
            wrong.append(_("%(column)s: %(problem)s") % about)
    if wrong:
        raise Refused("invalid", " ".join(wrong))
    return found


def _store(by: Member, scope: str, found: QuickReply | None, values: dict[str, Any]) -> None:
    if found is None:
        quick_replies.create(by, scope, **values)
    else:
        quick_replies.change(found, by, **values)
