"""A figure is one number: on its page, in the API, in both files of the API and in the page's export (G12)."""

import csv
import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook

from analytics import files, kinds, words
from shops.models import Member, Shop
from tests import base
from tests.analytics import test_figures_api as lived
from tests.analytics.test_exports import signed_in
from tests.analytics.test_figures_api import DAY, ask

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}
shop, owner, busy_day = lived.shop, lived.owner, lived.busy_day  # the same Saturday
FIGURES = {"overview": "", "quality": "quality/", "ratings": "ratings/"}  # reports with cards, and their pages
TABLES = ("overview", "trend", "agents", "quality", "ratings", "heatmap", "distribution", "dissatisfaction", "bot")


def file(who: Member, name: str, form: str, status: int = 200, **query: Any) -> list[list[Any]]:
    answer = base.desk(who).get(
        f"/api/v1/shops/{who.shop_id}/analytics/{name}", {"format": form, **query}, headers=ENGLISH
    )
    assert answer.status_code == status, answer.content
    return _rows(answer.content, form)


def export(who: Member, kind: str, form: str) -> list[list[Any]]:
    answer = signed_in(who).get(f"/shops/{who.shop_id}/analytics/exports/{kind}.{form}", DAY)
    return _rows(answer.content, form)


def _rows(content: bytes, form: str) -> list[list[Any]]:
    if form == "csv":
        return [[_plain(one) for one in row] for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))]
    sheet = load_workbook(io.BytesIO(content)).active
    return [[_plain(one) for one in row] for row in sheet.iter_rows(values_only=True)]


def _plain(value: Any) -> Any:
    """The same number is a text in CSV and a number in a sheet."""
    if value is None:
        return ""
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value)[:10] if re.match(r"\d{4}-\d\d-\d\d", str(value)) else value


@pytest.mark.rule("G11", "G12")
@pytest.mark.parametrize("name", TABLES)
def test_the_files_of_the_api_and_of_the_page_are_the_same(owner: Member, busy_day: Any, name: str) -> None:
    query = {} if name == "dissatisfaction" else DAY
    found = file(owner, name, "csv", **query)
    assert len(found) > 1
    assert found == file(owner, name, "xlsx", **query) == export(owner, name, "csv") == export(owner, name, "xlsx")


@pytest.mark.rule("G11", "G12")
@pytest.mark.parametrize("name", sorted(FIGURES))
def test_every_figure_is_the_same_on_its_page_in_the_api_and_in_its_file(
    shop: Shop,
    owner: Member,
    busy_day: Any,
    name: str,
) -> None:
    address = f"/api/v1/shops/{shop.pk}/analytics/{name}"
    told = base.desk(owner).get(address, DAY, headers=ENGLISH).json()["figures"]
    page = signed_in(owner).get(f"/shops/{shop.pk}/analytics/{FIGURES[name]}", DAY).content.decode()
    for one in told:
        card = page.split(f'data-figure="{one["key"]}"')[1]
        assert words.cell(one["unit"], one["value"], shop) in card.split("data-figure=")[0]
    if name == "overview":
        by_label = {row[0]: row[1] for row in file(owner, name, "csv", **DAY)[1:]}
        assert by_label == {one["label"]: "" if one["value"] is None else float(one["value"]) for one in told}


@pytest.mark.rule("G7", "G12")
def test_an_agents_numbers_are_the_same_in_all_places(shop: Shop, owner: Member, busy_day: Any) -> None:
    (row,) = ask(owner, "agents", **DAY)["results"]
    mine = {one["key"]: one["value"] for one in ask(Member.objects.get(nickname="Lin"), "mine", **DAY)["figures"]}
    assert mine == row["values"]
    assert file(owner, "agents", "csv", **DAY)[1][1:] == [float(value) for value in row["values"].values()]
    page = signed_in(owner).get(f"/shops/{shop.pk}/analytics/agents/", DAY).content.decode()
    assert all(words.cell("count", row["values"][key], shop) in page for key in ("assigned", "late"))


@pytest.mark.rule("G11")
def test_lists_come_whole_as_files_unless_they_are_long(
    owner: Member,
    busy_day: Any,
    monkeypatch: Any,
) -> None:
    assert len(file(owner, "sessions", "csv", **DAY)) == 1 + 4
    assert len(file(owner, "sessions", "xlsx", rating="low", **DAY)) == 1 + 1
    assert len(file(owner, "ratings/latest", "csv")) == 1 + 2
    monkeypatch.setattr(files, "MOST", 3)
    refused = ask(owner, "sessions", 409, format="csv", **DAY)
    assert refused["code"] == "too_many_rows"
    assert len(ask(owner, "sessions", **DAY)["results"]) == 4


@pytest.mark.rule("A2")
def test_files_of_the_api_are_for_who_sees_the_figures(shop: Shop, owner: Member, busy_day: Any) -> None:
    lin = Member.objects.get(shop=shop, nickname="Lin")
    ask(lin, "overview", 403, format="csv")
    assert len(file(lin, "mine", "xlsx", **DAY)) == 1 + 8
    ask(owner, "overview", 400, format="pdf")


def test_every_report_of_the_pages_has_a_table(owner: Member) -> None:
    assert set(kinds.SMALL) <= set(kinds.OF)
