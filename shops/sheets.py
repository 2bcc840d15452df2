"""Tables that people take away and bring back: CSV and XLSX, whatever the language of the headings. No query here."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import openpyxl
import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shops.errors import Refused

CSV, XLSX = "csv", "xlsx"
FORMATS = {CSV: "text/csv; charset=utf-8", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
BYTES, UNPACKED = 2 << 20, 40 << 20
TAGS = 500_000  # each becomes an object, and packs to a byte: a small file could ask for minutes and gigabytes
ROWS = 500  # each is checked and stored by itself, some 10 ms: a request has seconds for a file, not minutes
MOST_READ = ROWS + 1000  # empty rows between count too: a file of a few bytes may name the two-billionth
# Each column by its names in the languages of the pages: a file written in one is read in the other.
Columns = dict[str, tuple[str, str]]
_FORMULA = re.compile(r"[\s\x00]*[=+\-@＝＋－＠]|[\t\r\n]")
_RISKY = re.compile(rf"'*(?:{_FORMULA.pattern})")  # who wrote '=1 gets '=1 back
_SHIELDED = re.compile(rf"'(?='*(?:{_FORMULA.pattern}))")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Line(NamedTuple):
    """A row of a file with its number there, the heading being 1; missing columns are missing in `cells`."""

    number: int
    cells: dict[str, str]


def here(names: Sequence[str]) -> str:
    """Return the name in the language of the page."""
    return names[1] if (get_language() or "").startswith("zh") else names[0]


def write(rows: Iterable[dict[str, str]], columns: Columns, kind: str) -> bytes:
    """Return a file of these rows; no cell can become a formula."""
    table = [[here(names) for names in columns.values()]]
    table += [[_CONTROL.sub("", row[column]) for column in columns] for row in rows]
    return as_csv(table) if kind == CSV else _xlsx(table)


def as_csv(table: Iterable[list[str]]) -> bytes:
    """Return a table as CSV that spreadsheets read as UTF-8; no cell can become a formula."""
    out = io.StringIO()
    csv.writer(out).writerows([f"'{cell}" if _RISKY.match(cell) else cell for cell in row] for row in table)
    return ("\ufeff" + out.getvalue()).encode()


def _xlsx(table: list[list[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, bold, wrapped = (
            book.add_worksheet(),
            book.add_format({"bold": True}),
            book.add_format({"text_wrap": True}),
        )
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 2, 40)
        for line, row in enumerate(table):
            for place, cell in enumerate(row):
                sheet.write_string(line, place, cell, wrapped if line else bold)
    return out.getvalue()


def read(data: bytes, columns: Columns, needed: tuple[str, ...]) -> list[Line]:
    """Return the rows of a CSV or XLSX file, empty ones left out; Refused `bad_file` says what is wrong with it."""
    named = {name.casefold(): column for column, names in columns.items() for name in names}
    if len(data) > BYTES:
        raise Refused("bad_file", _("The file is too large: at most 2 MB."))
    table = _sheet(data) if data.startswith(b"PK") else _lines(data)
    heading = [named.get(cell.strip().casefold(), "") for cell in next(table, [])]
    if not set(needed) <= set(heading):
        names = _(", ").join(here(columns[column]) for column in needed)
        raise Refused("bad_file", _("The first row must name the columns, at least: %(names)s.") % {"names": names})
    found = []
    for number, row in enumerate(table, 2):
        cells = {column: _CONTROL.sub("", cell).strip() for column, cell in zip(heading, row, strict=False) if column}
        if any(cells.values()):
            found.append(Line(number, cells))
        if len(found) > ROWS:
            words = _("At most %(most)s rows a file. Take it in as several files; each needs the first row.")
            raise Refused("bad_file", words % {"most": ROWS})
    return found


def _lines(data: bytes) -> Iterator[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused("bad_file", _("This file can't be read. Save it as CSV in UTF-8, or as XLSX."))
    try:
        for row in csv.reader(io.StringIO(text, newline="")):
            yield [_SHIELDED.sub("", cell, count=1) if cell.startswith("'") else cell for cell in row]
    except csv.Error as error:
        raise Refused("bad_file", _("This file can't be read. Save it as CSV in UTF-8, or as XLSX.")) from error


def _sheet(data: bytes) -> Iterator[list[str]]:
    try:
        book = openpyxl.load_workbook(_unpacked(data), read_only=True, data_only=True, keep_links=False)
        for row in book.worksheets[0].iter_rows(values_only=True, max_row=MOST_READ, max_col=20):
            yield [_plain(value) for value in row]
    except Refused:
        raise
    except Exception as error:  # a stranger's file: whatever the library makes of it, it can't be read
        raise Refused("bad_file", _("This file can't be read. Save it as CSV in UTF-8, or as XLSX.")) from error


def _unpacked(data: bytes) -> io.BytesIO:
    """Return a workbook's parts as they claim to be: the library believes a part's size after it has unpacked all."""
    out, tags = io.BytesIO(), 0
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(out, "w") as plain:
        parts = [one for one in packed.infolist() if one.filename.endswith((".xml", ".rels"))]
        if sum(one.file_size for one in parts) > UNPACKED:
            raise Refused("bad_file", _("The file is too large: at most 2 MB."))
        for one in parts:
            with packed.open(one) as part:
                content = part.read(one.file_size)
            tags += content.count(b"<")
            plain.writestr(one.filename, content)
    if tags > TAGS:
        raise Refused("bad_file", _("There is too much around the rows. Copy them into a new file, please."))
    return out


def _plain(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
