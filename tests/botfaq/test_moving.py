"""Questions out as a file and in from one, row by row (E1)."""

import io
import re
import zipfile
from functools import partial
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from botfaq import actions, matching, moving, sheets
from botfaq.models import Question
from shops.errors import Refused
from shops.models import Member, Shop
from shops.sheets import BYTES
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.rule("E1")]


@pytest.fixture
def shop() -> Shop:
    return base.shop(language="en")


@pytest.fixture
def boss(shop: Shop) -> Member:
    return base.agent(shop, "Mia", role="owner", online=False)


web = partial(base.web, language="en")


def at(shop: Shop, path: str) -> str:
    return f"/shops/{shop.pk}/bot/{path}"


def sent(member: Member, data: bytes, do: str = "import") -> Any:
    form = {"file": SimpleUploadedFile("questions.csv", data), "do": do}
    return web(member).post(at(member.shop, "move/"), form)


def fates(answer: Any) -> list[tuple[int, str]]:
    return [(one.number, one.fate) for one in answer.context["reports"]]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_goes_out_fills_another_shop(shop: Shop, boss: Member, kind: str, language: str) -> None:
    lamp = base.product(shop)
    shipping = actions.add_category(boss, "Shipping")
    one = Question(text="=1+1?", answer="Two.\nAlways.", link="https://example.com/a", product=lamp, category=shipping)
    actions.save(boss, one, ["-one and one", "1 plus 1"])
    actions.save(boss, Question(text="退货吗？", answer="七天内可以。", published=False), [])
    file = web(boss, language=language).get(at(shop, f"export/{kind}/")).content
    far = base.agent(base.shop("Far"), "Far", role="owner", online=False)
    base.product(far.shop)
    far.shop.products.update(sku=lamp.sku)
    assert fates(sent(far, file)) == [(2, "added"), (3, "added")]
    assert list(moving.rows(far.shop)) == list(moving.rows(shop))
    assert fates(sent(far, file)) == [(2, "changed"), (3, "changed")]
    assert list(moving.rows(far.shop)) == list(moving.rows(shop))


def test_no_cell_of_an_export_is_a_formula(shop: Shop, boss: Member) -> None:
    actions.save(boss, Question(text="=HYPERLINK(1)", answer="@SUM(1)"), ["+1"])
    client = web(boss)
    assert "'=HYPERLINK(1)" in client.get(at(shop, "export/csv/")).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get(at(shop, "export/xlsx/")).content))
    assert {cell.data_type for row in book.active.iter_rows(min_row=2) for cell in row if cell.value} == {"s"}


def test_each_row_is_taken_or_refused_by_itself_with_the_reason(shop: Shop, boss: Member) -> None:
    rows = [
        "question,answer,link,product number,state",
        "Good?,Yes.,,,draft",
        ",No question.,,,",
        "No answer?,,,,",
        "Bad link?,Yes.,http://a.example,,",
        "Bad goods?,Yes.,,NONE-1,",
        "Bad state?,Yes.,,,maybe",
        "good?,Again.,,,",
        ",,,,",
        "Last?,Yes.,,,",
    ]
    answer = sent(boss, "\n".join(rows).encode())
    refused = [(number, "refused") for number in range(3, 9)]
    assert fates(answer) == [(2, "added"), *refused, (10, "added")]
    assert all(one.words for one in answer.context["reports"] if one.fate == "refused")
    named = [one.words.partition(":")[0] for one in answer.context["reports"][1:5]]
    assert named == ["Question", "Answer", "Link", "Product number"]
    found = Question.objects.order_by("pk").values_list("text", "answer", "published")
    assert list(found) == [("Good?", "Yes.", False), ("Last?", "Yes.", True)]
    assert matching.match(shop, "last") is not None


def test_checking_says_the_same_and_changes_nothing(shop: Shop, boss: Member) -> None:
    base.question(shop, "There?", "Old.", place=None)
    file = b"Question,Answer\nthere?,New.\nFresh?,Yes.\nx,\n"
    assert fates(sent(boss, file, "check")) == [(2, "changed"), (3, "added"), (4, "refused")]
    assert list(Question.objects.values_list("text", "answer")) == [("There?", "Old.")]


def test_columns_that_a_file_lacks_change_nothing(shop: Shop, boss: Member) -> None:
    lamp, other = base.product(shop), base.question(shop, "Other?", place=None)
    made = Question(
        text="There?", answer="Old.", product=lamp, category=actions.add_category(boss, "All"), published=False
    )
    actions.save(boss, made, ["A", "B"], [other])
    sent(boss, "问题,回复\nThere?,New.\n".encode())
    found = Question.objects.get(text="There?")
    assert (found.answer, found.product, found.heading, found.published) == ("New.", lamp, "All", False)
    assert [one.text for one in found.phrasings.order_by("pk")] == ["A", "B"]
    assert list(found.related.all()) == [other]


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04 no zip", b"\xff\xfe\x00\xd8", b"a,b\n1,2", b"Question\nx", b"x" * (BYTES + 1), b"\0,\0"],
)
def test_a_file_that_can_not_be_read_is_refused_in_words(shop: Shop, boss: Member, data: bytes) -> None:
    with pytest.raises(Refused):
        sheets.read(data)
    answer = sent(boss, data)
    assert (answer.status_code, answer.context["reports"]) == (200, None)
    assert Question.objects.count() == 0


def test_a_file_in_the_encoding_of_chinese_spreadsheets_is_read() -> None:
    (line,) = sheets.read("问题,回复\n发货吗,发\n".encode("gb18030"))
    assert (line.number, line.cells) == (2, {"text": "发货吗", "answer": "发"})


def test_only_who_may_write_questions_moves_them(shop: Shop) -> None:
    lin = base.agent(base.shop("Far", preset="tiktok_shop"), "Lin", online=False)
    for path in ("move/", "export/csv/"):
        assert web(lin).get(at(lin.shop, path)).status_code == 403
        assert web(lin).get(at(shop, path)).status_code == 404
    boss = base.agent(shop, "Mia", role="owner", online=False)
    assert web(boss).get(at(shop, "export/pdf/")).status_code == 404


def test_a_sheet_of_billions_of_empty_rows_is_left_early(boss: Member) -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Question", "Answer"])
    book.save(out)
    packed, wide = zipfile.ZipFile(out), io.BytesIO()
    with zipfile.ZipFile(wide, "w") as copy:
        for name in packed.namelist():
            data = packed.read(name)
            if name.endswith("sheet1.xml"):
                data = re.sub(b"<dimension[^>]*/>", b"", data).replace(
                    b"</sheetData>", b'<row r="2000000000"/></sheetData>'
                )
            copy.writestr(name, data)
    assert sent(boss, wide.getvalue()).status_code == 200
