"""What goes out as a file comes back as it was, whatever people write into it (E1)."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from botfaq import sheets
from shops.sheets import CSV, XLSX

pytestmark = pytest.mark.rule("E1")
# What a text of the product may hold: no control characters, no other line breaks, no blanks at its ends.
_LETTER = st.sampled_from("ab|\\'=+-@＝ ,\";问_x0041") | st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
_line = st.text(_LETTER, max_size=12).map(str.strip).filter(bool)
_lines = st.lists(_line, max_size=4)


@given(_lines)
@example(["a|b", "\\", "\\|", "a\\", "|"])
@settings(max_examples=200, deadline=None)
def test_phrasings_come_back_whatever_they_hold(lines: list[str]) -> None:
    assert sheets.split(sheets.join(lines)) == lines


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        ("one|two", ["one", "two"]),
        ("one\r\ntwo | three\n\n", ["one", "two", "three"]),
        (r"one \| two", ["one | two"]),
        (r"C:\temp", [r"C:\temp"]),
        ("|", []),
        ("", []),
    ],
)
def test_phrasings_that_people_type_are_parted_by_lines_or_bars(cell: str, lines: list[str]) -> None:
    assert sheets.split(cell) == lines


@pytest.mark.parametrize("kind", [CSV, XLSX])
@given(st.lists(st.tuples(_line, _lines, _line), min_size=1, max_size=3))
@example([("'=1+1", ["''=1", "'a", "-x"], "'")])
@settings(max_examples=40, deadline=None)
def test_a_file_comes_back_as_it_was(kind: str, rows: list[tuple[str, list[str], str]]) -> None:
    blank = dict.fromkeys(sheets.COLUMNS, "")
    given = [blank | {"text": text, "phrasings": sheets.join(more), "answer": answer} for text, more, answer in rows]
    read = [line.cells for line in sheets.read(sheets.write(given, kind))]
    assert [(one["text"], sheets.split(one["phrasings"]), one["answer"]) for one in read] == rows
