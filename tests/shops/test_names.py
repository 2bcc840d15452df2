"""Buyers are found by any part of their nickname, in every state of the index (C6, C7)."""

import pytest

from lib import documents
from shops import names
from shops.models import Buyer, Shop
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.rule("C7")]
NICKNAMES = ["Mia Miller", "张三丰", "ＡＭＩＥ", "三张", "tom 99", "a%b_c", "😀😀"]


@pytest.fixture
def shop() -> Shop:
    found = base.shop()
    for number, nickname in enumerate(NICKNAMES):
        Buyer.objects.create(shop=found, uid=f"u{number}", nickname=nickname)
    far = base.shop("Far")
    Buyer.objects.create(shop=far, uid="u", nickname="Mia Miller 张三丰")
    return found


def found(shop: Shop, q: str, most: int = 20) -> list[str]:
    told = names.find(shop, q, most)
    assert told == sorted(told, reverse=True)
    rows = Buyer.objects.in_bulk(told)
    assert {row.shop_id for row in rows.values()} <= {shop.pk}
    return [rows[pk].nickname for pk in told]


@pytest.mark.parametrize("window", [0, 2, 2000])
@pytest.mark.parametrize(
    ("q", "nicknames"),
    [
        ("mi", ["ＡＭＩＥ", "Mia Miller"]),
        ("ia mil", ["Mia Miller"]),
        ("MILLER", ["Mia Miller"]),
        ("三", ["三张", "张三丰"]),
        ("张三", ["张三丰"]),
        ("9", ["tom 99"]),
        ("%", ["a%b_c"]),
        ("b_c", ["a%b_c"]),
        ("😀", ["😀😀"]),
        ("mr", []),
        ("丰张", []),
        (" ", []),
        ("", []),
    ],
)
def test_a_part_is_found_when_the_index_is_there(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, window: int, q: str, nicknames: list[str]
) -> None:
    monkeypatch.setattr(names, "WINDOW", window)
    assert names.index_due() == len(NICKNAMES) + 1
    assert names.index_due() == 0
    assert found(shop, q) == nicknames


@pytest.mark.parametrize("q", ["mi", "三", "MILLER", "%"])
def test_before_it_is_indexed_a_nickname_is_found_too(shop: Shop, monkeypatch: pytest.MonkeyPatch, q: str) -> None:
    whole = found(shop, q)
    monkeypatch.setattr(names, "WINDOW", 3)
    assert [nickname for nickname in found(shop, q) if nickname.isascii() or q == "三"] == [
        nickname for nickname in whole if nickname.isascii() or q == "三"
    ]


def test_of_very_many_the_newest_are_shown(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    Buyer.objects.bulk_create(Buyer(shop=shop, uid=f"m{number}", nickname=f"buyer {number}") for number in range(60))
    monkeypatch.setattr(names, "WINDOW", 10)
    monkeypatch.setattr(names, "BATCH", 7)
    while names.index_due():
        pass
    assert found(shop, "buyer", 25) == [f"buyer {number}" for number in range(59, 34, -1)]
    assert found(shop, "buyer 7") == ["buyer 7"]


def test_a_collision_of_terms_shows_nobody_else(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two shops in one scope, and pairs that stand apart: what the index gives is looked at."""
    monkeypatch.setattr(documents, "_SCOPE_BITS", 0)
    monkeypatch.setattr(names, "WINDOW", 0)
    Buyer.objects.create(shop=shop, uid="apart", nickname="abxbc")
    names.index_due()
    assert found(shop, "abc") == []
    assert found(shop, "miller") == ["Mia Miller"]
