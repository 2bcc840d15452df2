"""Questions as a table (E1): the columns, and several phrasings in one cell. Reading and writing: shops/sheets.py."""

import re
from collections.abc import Iterable

from shops import sheets

COLUMNS: sheets.Columns = {
    "text": ("Question", "问题"),
    "phrasings": ("Phrasings", "问法"),
    "answer": ("Answer", "回复"),
    "category": ("Category", "分类"),
    "link": ("Link", "链接"),
    "product": ("Product number", "商品编码"),
    "state": ("State", "状态"),
}
STATES = {True: ("Published", "已发布"), False: ("Draft", "草稿")}
_ESCAPED = re.compile(r"\\([\\|])|([|\n])")


def join(lines: Iterable[str]) -> str:
    """Return several phrasings as one cell: one a line, so that a table can be edited; `|` would part them too."""
    return "\n".join(line.replace("\\", "\\\\").replace("|", "\\|") for line in lines)


def split(cell: str) -> list[str]:
    """Return the phrasings of a cell, parted by lines or by `|`; a backslash takes that meaning from the next one."""
    found, last = [""], 0
    for mark in _ESCAPED.finditer(cell):
        found[-1] += cell[last : mark.start()] + (mark[1] or "")
        if mark[2]:
            found.append("")
        last = mark.end()
    found[-1] += cell[last:]
    return [line.strip() for line in found if line.strip()]


def write(rows: Iterable[dict[str, str]], kind: str) -> bytes:
    """Return a file of questions."""
    return sheets.write(rows, COLUMNS, kind)


def read(data: bytes) -> list[sheets.Line]:
    """Return the questions of a file; Refused `bad_file`."""
    return sheets.read(data, COLUMNS, ("text", "answer"))
