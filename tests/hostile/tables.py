"""A corpus of hostile tables, made here: TABLES maps a name to what to make, CSV or XLSX."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache, partial
from random import Random

import xlsxwriter

HEAD = ("Question", "Answer", "Title", "Text")  # of both doors: one file fits either
FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "＝1",
    "－1",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
)
MARK = "root:"  # how /etc/passwd begins
ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    "<!DOCTYPE x ["
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(9))
    + '<!ENTITY e "&l8;">]>'
)
SHEET, SHARED, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def csv(*rows: str, head: str = ",".join(HEAD)) -> bytes:
    return "\n".join([head, *rows]).encode()


def row(cell: str) -> str:
    return ",".join([cell] * 4)


@cache
def book(*cells: str) -> bytes:
    """Return a good workbook with one row of data."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        for place, texts in enumerate((HEAD, cells or ("When?", "Soon.", "When", "Soon."))):
            for column, text in enumerate(texts):
                sheet.write_string(place, column, text)
    return out.getvalue()


def altered(change: Callable[[str, bytes], bytes], *more: tuple[str, bytes]) -> bytes:
    """Return the workbook with its parts changed, and further ones."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, data in more:
            new.writestr(name, data)
    return out.getvalue()


def part(wanted: str, change: Callable[[bytes], bytes]) -> bytes:
    changed: list[str] = []

    def one(name: str, data: bytes) -> bytes:
        if name != wanted:
            return data
        changed.append(name)
        return change(data)

    made = altered(one)
    assert changed, wanted
    return made


def replaced(wanted: str, old: str, new: str) -> bytes:
    """Return the workbook with a pattern of one part replaced."""

    def change(data: bytes) -> bytes:
        found, count = re.subn(old.encode(), lambda _found: new.encode(), data, count=1, flags=re.DOTALL)
        assert count, (wanted, old, data[:500])
        return found

    return part(wanted, change)


def declared(wanted: str, doctype: str) -> bytes:
    """Return the workbook with a document type in one part, its entity used."""

    def change(data: bytes) -> bytes:
        body = re.sub(rb"^<\?xml[^>]*\?>", b"", data)
        used = re.sub(b"<(t|v)>([^<]*)</", rb"<\1>\2&e;</", body)  # in every text there is, headings too
        return doctype.encode() + (used if used != body else body.replace(b"</", b"&e;</", 1))

    return part(wanted, change)


def cell(inner: str, kind: str = "") -> bytes:
    """Return the workbook with another cell in place of the first of its data."""
    return replaced(SHEET, r'<c r="A2".*?</c>', f'<c r="A2"{f" t={kind!r}" if kind else ""}>{inner}</c>')


def sized(size: int | None = None) -> bytes:
    """Return a workbook with 45 megabytes packed into its styles, and what its directory says of their size."""
    data = bytearray(part(STYLES, lambda _data: b" " * 45_000_000))
    if size:
        at = data.rindex(b"PK\x01\x02", 0, data.rindex(STYLES.encode()))
        struct.pack_into("<I", data, at + 16, zlib.crc32(b" " * size))
        struct.pack_into("<I", data, at + 24, size)
    return bytes(data)


def filled(inner: bytes, count: int, before: bytes = b"", behind: bytes = b"") -> bytes:
    """Return the workbook with so much of the same in its sheet, packed small."""
    return part(SHEET, lambda data: data.replace(b"</sheetData>", before + inner * count + behind + b"</sheetData>"))


def strings(count: int) -> bytes:
    return part(SHARED, lambda data: data.replace(b"</sst>", b"<si><t>x</t></si>" * count + b"</sst>"))


def flipped(seed: int) -> bytes:
    """Return the workbook with bytes of its packed parts changed."""
    chance, data = Random(seed), bytearray(book())
    for _ in range(8):
        data[chance.randrange(4, len(data))] = chance.randrange(256)
    return bytes(data)


def garbled(seed: int) -> bytes:
    """Return the workbook, well packed, with bytes of the XML inside changed."""
    chance = Random(seed)

    def change(name: str, data: bytes) -> bytes:
        found = bytearray(data)
        for _ in range(3 if name in (SHEET, SHARED, BOOK) else 0):
            found[chance.randrange(len(found))] = chance.randrange(256)
        return bytes(found)

    return altered(change)


Made = Callable[[], bytes]
TEXTS: dict[str, bytes] = {
    "empty": b"", "one nul": b"\0", "a mark alone": b"\xef\xbb\xbf", "no heading": b"a,b\n1,2", "heading alone": csv(),
    "headings twice": csv(row("x"), head=",".join(HEAD * 2)), "headings by thousands": csv(row("x"), head="x," * 9000),
    "utf-16": csv(row("x")).decode().encode("utf-16"), "utf-16 without a mark": csv().decode().encode("utf-16-le"),
    "cut in a character": csv(row("问"))[:-1], "nul in cells": csv(row("a\0b")), "controls": csv(row("a\x1b[31mb\x07")),
    "right to left": csv(row("a\u202eb")), "markup": csv(row("<script>alert(1)</script><img src=x onerror=alert(1)>")),
    "template": csv(row("{{7*7}}{% load static %}%(x)s")), "open quote": csv('"x'), "quote in quote": csv('"a"b"c",1'),
    "a cell of 140,000": csv(row("y" * 140_000)), "a row of 100,000 cells": csv("x," * 100_000),
    "501 rows": csv(*[row(f"q{n}") for n in range(501)]), "20,000 empty rows": csv(*[",,,"] * 20_000, row("x")),
    "only line ends": b"\r" * 5000, "carriage returns": b"Question,Answer,Title,Text\ra,b,c,d\r",
    "a link to a script": csv("javascript:alert(1),x,y,z", head="Link,Answer,Question,Title"), "old excel": OLE,
    "too large": csv(row("x")) + b"\n" * (2 << 20), "html": b"<html><table><tr><td>=1</table>",
    "sylk": b"ID;PWXL;N;E\nC;X1;Y1;K0;EEXEC(\"calc\")\n", "dif": b"TABLE\n0,1\n\"=1\"\n",
    "zip head": b"PK\x03\x04 no zip", "an empty zip": b"PK\x05\x06" + bytes(18),
    **{f"formula {index}": csv(f'"{one.replace(chr(34), chr(34) * 2)}",' * 4) for index, one in enumerate(FORMULAS)},
}  # fmt: skip
BOOKS: dict[str, Made] = {
    "45 megabytes packed": sized,
    "45 megabytes that say they are ten bytes": partial(sized, 10),
    "a row of a million cells": partial(filled, b"<c/>", 1_000_000, b'<row r="3">', b"</row>"),
    "two hundred thousand rows": partial(filled, b'<row><c t="inlineStr"><is><t>x</t></is></c></row>', 200_000),
    "a million shared texts": partial(strings, 1_000_000),
    "a row at two billion": partial(filled, b'<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>', 1),
    "nested a hundred thousand deep": partial(filled, b"<row>", 100_000),
    "ten thousand sheets": partial(replaced, BOOK, r"</sheets>", '<sheet name="x"/>' * 10_000 + "</sheets>"),
    **{f"a foreign file in {name}": partial(declared, name, ENTITY) for name in (SHEET, SHARED, STYLES, BOOK)},
    **{f"a billion laughs in {name}": partial(declared, name, LAUGHS) for name in (SHEET, SHARED)},
    "parts that climb": partial(altered, lambda name, data: data, ("../../../tmp/x.xml", b"x"), ("/etc/x", b"x")),
    "a workbook in a workbook": partial(altered, lambda name, data: data, ("xl/inner.xlsx", book())),
    "a macro": partial(altered, lambda name, data: data, ("xl/vbaProject.bin", OLE)),
    "no sheet": partial(replaced, BOOK, r"<sheet [^>]*/>", ""),
    "no types": partial(part, "[Content_Types].xml", lambda data: b""),
    "no texts": partial(part, SHARED, lambda data: b""),
    "a sheet elsewhere": partial(replaced, RELATIONS, "worksheets/sheet1.xml", "file:///etc/passwd"),
    "a sheet outside": partial(replaced, RELATIONS, "worksheets/sheet1.xml", "../../../etc/passwd"),
    "a size of everything": partial(replaced, SHEET, r"<dimension[^>]*/>", '<dimension ref="A1:XFD1048576"/>'),
    "a size of nonsense": partial(replaced, SHEET, r"<dimension[^>]*/>", '<dimension ref="x"/>'),
    "a formula": partial(cell, "<f>1+1</f>"), "a formula and its value": partial(cell, "<f>1+1</f><v>2</v>"),
    "a shared text of number -1": partial(cell, "<v>-1</v>", "s"), "of number 9,999": partial(cell, "<v>9999</v>", "s"),
    "of no number": partial(cell, "<v>x</v>", "s"), "a number of no end": partial(cell, "<v>1e999</v>"),
    "not a number": partial(cell, "<v>NaN</v>", "n"), "a long number": partial(cell, "<v>" + "9" * 5000 + "</v>"),
    "a kind unheard of": partial(cell, "<v>1</v>", "zz"), "an error": partial(cell, "<v>#REF!</v>", "e"),
    "a date out of time": partial(cell, "<v>2026-99-99T00:00:00</v>", "d"), "a truth": partial(cell, "<v>7</v>", "b"),
    "a style of number 10,000": partial(replaced, SHEET, r'<c r="A2"', '<c r="A2" s="10000"'),
    "a column beyond": partial(replaced, SHEET, r'<c r="A2"', '<c r="ZZZZZZ2"'),
    "a place of nonsense": partial(replaced, SHEET, r'<c r="A2"', '<c r="2A"'),
    **{f"formula {n} as text": partial(book, *[one] * 4) for n, one in enumerate(FORMULAS) if one.isprintable()},
    **{f"cut at {n}/8": partial(lambda n: book()[: len(book()) * n // 8], n) for n in range(1, 8)},
    **{f"bytes flipped {seed}": partial(flipped, seed) for seed in range(12)},
    **{f"words garbled {seed}": partial(garbled, seed) for seed in range(12)},
}  # fmt: skip
TABLES: dict[str, Made] = {name: partial(bytes, data) for name, data in TEXTS.items()} | BOOKS
