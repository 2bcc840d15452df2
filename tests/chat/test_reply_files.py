"""Quick replies as a file go the one way of tables: piece by piece in, with a line of the audit log out (C17)."""

from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from chat import auditing, reply_moving
from chat.actions import quick_replies
from chat.models import QuickReply
from shops import sheets
from shops.models import AuditEntry, Member, Shop
from shops.moving import TOGETHER
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.rule("C17", "P10")]
EXPORTED = AuditEntry.Kind.EXPORTED


class Breaks(dict[str, str]):
    """The cells of a row at which the server dies."""

    def get(self, *_about: Any) -> Any:
        raise OSError("the power is gone")


@pytest.fixture
def shop() -> Shop:
    return base.shop(preset="tiktok_shop")


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Olga", role="owner", online=False)


def lines(count: int) -> list[sheets.Line]:
    return [sheets.Line(n + 2, {"title": f"T{n}", "text": "x"}) for n in range(count)]


def exports(shop: Shop) -> list[dict[str, str]]:
    return list(AuditEntry.objects.filter(shop=shop, kind=EXPORTED).order_by("pk").values_list("data", flat=True))


def address(shop: Shop, name: str) -> str:
    return f"/shops/{shop.pk}/settings/quick-replies/{name}"


@pytest.mark.django_db(transaction=True)
def test_what_breaks_in_row_thirty_leaves_the_first_pieces_stored(owner: Member) -> None:
    given = lines(40)
    given[29] = sheets.Line(31, Breaks())
    with pytest.raises(OSError, match="power"):
        reply_moving.take_in(owner, "shop", given)
    kept = QuickReply.objects.order_by("place").values_list("title", flat=True)
    assert list(kept) == [f"T{n}" for n in range(TOGETHER)]
    again = reply_moving.take_in(owner, "shop", lines(40))
    assert [one.fate for one in again] == ["changed"] * TOGETHER + ["added"] * 15
    assert QuickReply.objects.count() == 40


def test_a_title_twice_is_refused_in_another_piece_too(owner: Member) -> None:
    given = [*lines(30), sheets.Line(32, {"title": "t0", "text": "again"})]
    assert [one.fate for one in reply_moving.take_in(owner, "shop", given)] == ["added"] * 30 + ["refused"]
    assert QuickReply.objects.get(title="T0").text == "x"


def test_who_takes_a_list_away_stands_in_the_audit_log(shop: Shop, owner: Member) -> None:
    ann = base.agent(shop, "Ann", online=False)
    quick_replies.create(owner, "shop", "Hello", "Hello, {buyer}!")
    assert base.web(ann).get(address(shop, "shop.csv")).status_code == 200
    assert base.web(ann).get(address(shop, "agent.xlsx")).status_code == 200
    assert exports(shop) == [
        {"what": "quick-replies-shop", "form": "csv"},
        {"what": "quick-replies-agent", "form": "xlsx"},
    ]
    assert set(AuditEntry.objects.filter(kind=EXPORTED).values_list("who", flat=True)) == {"Ann"}
    with translation.override("en"):
        told = [one.after for row in AuditEntry.objects.filter(kind=EXPORTED) for one in auditing.changes(row)]
    assert {"Quick replies of the shop", "Quick replies of one's own"} <= set(told)


def test_what_is_refused_leaves_no_line(shop: Shop, owner: Member) -> None:
    stranger = base.agent(base.shop("Other", preset="tiktok_shop"), "Eve", online=False, role="owner")
    assert base.web(stranger).get(address(shop, "shop.csv")).status_code == 404
    for gone in ("nobody.csv", "shop.pdf"):
        assert base.web(owner).get(address(shop, gone)).status_code == 404
    assert exports(shop) == exports(stranger.shop) == []


@pytest.mark.parametrize(
    ("where", "column", "text"),
    [
        ("settings-replies", "标题", "Title,Text\nHi,Hello\n,none"),
        ("bot-move", "问题", "Question,Answer\nHi,Hello\n,none"),
    ],
)
def test_both_pages_report_row_by_row_under_the_name_of_their_column(
    shop: Shop, owner: Member, where: str, column: str, text: str
) -> None:
    file = SimpleUploadedFile("table.csv", text.encode(), "text/csv")
    sent = {"form": "import", "scope": "shop", "do": "import", "file": file}
    client = base.web(owner)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    page = client.post(reverse(where, args=[shop.pk]), sent).content.decode()
    assert f'<th scope="col">{column}</th>' in page
    assert ('<td class="num">2</td><td>Hi</td>' in page, '<td class="num">3</td><td>–</td>' in page) == (True, True)
    assert ("500 行" in page, '<span class="badge danger">' in page) == (True, True)
