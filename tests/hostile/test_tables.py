"""Hostile tables through both doors that take them: refused in words, or rows of plain text."""

import traceback
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from botfaq.models import Phrasing, Question
from chat.models import QuickReply
from shops import sheets
from shops.errors import Refused
from shops.models import Shop
from tests import base
from tests.hostile.tables import BOOKS, MARK, TABLES

pytestmark = pytest.mark.django_db
Texts = Callable[[], list[str]]


def questions() -> list[str]:
    found = [text for row in Question.objects.values_list("text", "answer", "link") for text in row]
    return found + list(Phrasing.objects.values_list("text", flat=True))


def replies() -> list[str]:
    return [text for row in QuickReply.objects.values_list("title", "text", "group") for text in row]


DOORS: dict[str, tuple[str, str, Texts]] = {
    "questions": ("bot/move/", "bot/export/csv/", questions),
    "quick replies": ("settings/quick-replies/", "settings/quick-replies/agent.csv", replies),
}


def test_the_corpus_is_large() -> None:
    assert len(TABLES) >= 100


@pytest.mark.rule("E1")
@pytest.mark.parametrize("name", ["45 megabytes that say they are ten bytes", "a row of a million cells"])
def test_a_small_file_can_not_ask_for_much(name: str) -> None:
    data = BOOKS[name]()
    tracemalloc.start()
    try:
        with pytest.raises(Refused):
            sheets.read(data, {"text": ("Question", "问题")}, ("text",))
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.rule("E1", "C17")
@pytest.mark.parametrize("door", DOORS)
def test_a_hostile_table_is_refused_or_plain_text(door: str) -> None:
    shop, wrong, taken = base.shop(language="en"), [], 0
    client = base.web(base.agent(shop, "Olga", role="owner", online=False), "en")
    for place, (name, make) in enumerate(TABLES.items()):
        if place % 2 != list(DOORS).index(door) and not name.startswith("formula"):
            continue  # they take turns: both doors read with the same eyes
        try:
            taken += tried(client, shop, door, make())
        except AssertionError:
            wrong.append(f"{name}: {traceback.format_exc(limit=-2)}")
    assert not wrong, "\n".join([f"{len(wrong)} of {len(TABLES)} tables", *wrong])
    assert taken > len(TABLES) // 16, "a door that refuses everything proves nothing"
    harmless_again(client, shop, door)


def tried(client: Client, shop: Shop, door: str, data: bytes) -> bool:
    """Send one table through a door; return whether rows of it were taken."""
    path, _export, texts = DOORS[door]
    before = texts()
    file = SimpleUploadedFile("table.csv.html", data, "text/html")
    answer: Any = client.post(
        f"/shops/{shop.pk}/{path}", {"form": "import", "scope": "agent", "do": "import", "file": file}
    )
    assert answer.status_code == 200
    reports = answer.context["reports"]
    assert MARK not in answer.content.decode()
    if reports is None:
        assert [*answer.context["messages"], *(answer.context.get("wrong") or {}).values()], "refused without a word"
    assert all(one.words for one in reports or () if one.fate == "refused")
    now = texts()
    if not any(one.fate != "refused" for one in reports or ()):
        assert now == before
        return False
    for text in now:
        assert not sheets._CONTROL.search(text)
        assert len(text) <= 2000
        assert MARK not in text
        assert not text.startswith("javascript:") or door == "quick replies"
    return True


def harmless_again(client: Client, shop: Shop, door: str) -> None:
    """What was taken in goes out as text alone, whatever it begins with."""
    file = client.get(f"/shops/{shop.pk}/{DOORS[door][1]}").content.decode("utf-8-sig")
    cells = [cell for row in sheets.csv.reader(file.splitlines(keepends=True)) for cell in row]
    assert cells
    assert [cell for cell in cells if sheets._FORMULA.match(cell)] == []
    assert [cell for cell in cells if cell.startswith("'=")]
