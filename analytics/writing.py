"""Tables as files: CSV and XLSX, row by row, whatever their length (G11). No cell can become a formula."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from analytics.tables import Cell, Column, Table
from shops.models import Shop

CSV, XLSX = "csv", "xlsx"
FORMATS = {CSV: "text/csv; charset=utf-8", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
SHEET_ROWS = 1_000_000  # a sheet ends at 1,048,576
CELL = 32_000  # characters; a cell of a sheet ends at 32,767
EVERY = 500  # rows between two words about progress
Told = Callable[[int], None]

# What a spreadsheet could take for a formula, in both widths, and digits that it would take for a number.
_FORMULA = re.compile(r"[\s\x00]*[=+\-@＝＋－＠]|[\t\r\n]")
_DIGITS = re.compile(r"0\d+|\d{11,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NUMBERS = {"rate": "0.0%", "seconds": "0.0", "stars": "0.00", "money": "#,##0.00", "count": "#,##0"}


def heading(column: Column) -> str:
    """Return a column's name with the unit that the bare numbers no longer show."""
    return _("%(label)s (seconds)") % {"label": column.label} if column.unit == "seconds" else column.label


def harmless(text: str) -> str:
    """Return text that no spreadsheet runs as a formula or turns into a number when it opens a CSV."""
    return f"'{text}" if _FORMULA.match(text) or _DIGITS.fullmatch(text) else text


def plain(unit: str, value: Any, shop: Shop) -> Any:
    """Return a value as files hold it: the bare number of page and API, times in the shop's zone."""
    if value is None or value == "":
        return None
    if unit == "moment":
        return datetime.fromisoformat(value).astimezone(shop.zone).replace(tzinfo=None, microsecond=0)
    if unit == "day":
        return date.fromisoformat(value)
    if unit == "flag":
        return _("Yes") if value else None
    return _CONTROL.sub("", value)[:CELL] if isinstance(value, str) else value


def lines(table: Table, shop: Shop) -> Iterator[str]:
    """Yield a table as CSV, line by line; the mark in front tells spreadsheets that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([harmless(heading(column)) for column in table.columns])
    yield "\ufeff" + _taken(out)
    for row in table.rows:
        writer.writerow([_csv(value) for _unit, value in _values(table, row, shop)])
        yield _taken(out)


def _taken(out: io.StringIO) -> str:
    said = out.getvalue()
    out.seek(0)
    out.truncate()
    return said


def _csv(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else "" if value is None else value


def _values(table: Table, row: Any, shop: Shop) -> Iterator[tuple[str, Any]]:
    for column, value in zip(table.columns, row, strict=True):
        unit, raw = value if isinstance(value, Cell) else (column.unit, value)
        yield unit, plain(unit, raw, shop)


def write_csv(table: Table, shop: Shop, path: Path, told: Told) -> int:
    """Write a table as CSV; return how many rows it has."""
    count = -1  # the heading is no row
    with path.open("w", encoding="utf-8", newline="") as file:
        for line in lines(table, shop):
            file.write(line)
            count += 1
            if count and not count % EVERY:
                told(count)
    return count


def write_xlsx(table: Table, shop: Shop, path: Path, told: Told) -> int:
    """Write a table as XLSX; one row at a time is held, the file grows on the disk. Return how many rows it has."""
    options = {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False,
               "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True}  # fmt: skip
    count = 0
    with xlsxwriter.Workbook(path, options) as book:
        styles = {unit: book.add_format({"num_format": form}) for unit, form in _NUMBERS.items()}
        styles["moment"] = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        styles["day"] = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet, line = _sheet(book, table), 0
        for row in table.rows:
            line += 1
            if line > SHEET_ROWS:
                sheet, line = _sheet(book, table), 1
            for n, (unit, value) in enumerate(_values(table, row, shop)):
                _put(sheet, line, n, value, styles.get(unit))
            count += 1
            if not count % EVERY:
                told(count)
    return count


def _sheet(book: Any, table: Table) -> Any:
    sheet, bold = book.add_worksheet(), book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 1)
    for n, column in enumerate(table.columns):
        sheet.set_column(n, n, 24 if column.unit in ("text", "moment") else 14)
        sheet.write_string(0, n, heading(column), bold)
    return sheet


def _put(sheet: Any, line: int, n: int, value: Any, style: Any) -> None:
    """Write one cell by its type; text is always text, never a formula, a link or a number."""
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(line, n, value)
    elif isinstance(value, (date, datetime)):
        sheet.write_datetime(line, n, value, style)
    else:
        sheet.write_number(line, n, value, style)


WRITERS: dict[str, Callable[[Table, Shop, Path, Told], int]] = {CSV: write_csv, XLSX: write_xlsx}
