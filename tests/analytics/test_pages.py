"""The pages of figures: who sees them, that they show what the API says, and the way to the sessions behind."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from analytics import drawing, listing, periods, words
from analytics.templatetags import figures
from chat.actions import ratings, sessions
from chat.models import ServiceSession
from shops.models import Member, Shop
from tests import base

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday noon in Shanghai
PAGES = ("", "agents/", "quality/", "ratings/", "sessions/", "score/", "bot/")
DAY = "range=custom&start=2026-11-21&end=2026-11-21"


@pytest.fixture
def shop(time_machine: Any) -> Shop:
    time_machine.move_to(NOW, tick=False)
    return base.shop("Harbour", "tiktok_shop")


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Boss", role="owner", im=False, online=False)


@pytest.fixture
def lin(shop: Shop) -> Member:
    return base.agent(shop, "Lin")


@pytest.fixture
def rated(shop: Shop, lin: Member, time_machine: Any) -> list[ServiceSession]:
    """On Saturday the 21st: 20 sessions rated after a minute's wait, three of them with 2 stars."""
    time_machine.move_to(NOW - timedelta(days=2), tick=False)
    found = []
    for n in range(20):
        line = base.buyer(shop)
        one = base.writes(line, f"Question {n}")
        time_machine.shift(60)
        base.replies(lin, one)
        ratings.rate(shop.pk, line.pk, one.pk, 2 if n < 3 else 5, "Too slow" if n < 3 else "")
        sessions.close(one.pk, lin)
        found.append(one)
    time_machine.move_to(NOW, tick=False)
    return found


def page(who: Member, path: str, status: int = 200, shop: Shop | None = None) -> str:
    """Return a page of figures in English, its words as a reader sees them."""
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(who.user)
    answer = client.get(f"/shops/{(shop or who.shop).pk}/analytics/{path}")
    assert answer.status_code == status, answer.content
    return unescape(answer.content.decode())


def card(html: str, key: str) -> str:
    """Return the words of one figure's card."""
    found = re.search(rf'data-figure="{key}">(.*?)</article>', html, re.DOTALL)
    assert found, key
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", found[1]))


@pytest.mark.rule("A2")
@pytest.mark.parametrize("path", PAGES)
def test_owner_and_super_admin_open_the_pages_and_nobody_else(shop: Shop, owner: Member, rated: Any, path: str) -> None:
    page(owner, path)
    page(base.agent(shop, "Vice", role="super_admin", online=False), path)
    for role in ("service_lead", "agent", "staff"):
        page(base.agent(shop, role, role=role, online=False), path, 403)
    stranger = base.agent(base.shop("Other"), "Eve", role="owner", online=False)
    page(stranger, path, 404, shop)


@pytest.mark.rule("A2", "C9")
def test_an_agent_opens_its_own_figures_and_sessions_only(shop: Shop, lin: Member, rated: Any) -> None:
    wu = base.agent(shop, "Wu", online=False)
    assert " 20 " in card(page(lin, f"mine/?{DAY}"), "assigned")
    assert " 0 " in card(page(wu, f"mine/?{DAY}"), "assigned")
    assert page(lin, f"mine/sessions/?{DAY}").count("<tr>") == 21
    assert page(wu, f"mine/sessions/?{DAY}&member={lin.pk}").count('scope="row"') == 0
    page(lin, f"sessions/{rated[0].pk}/")
    page(wu, f"sessions/{rated[0].pk}/", 404)
    page(base.agent(shop, "Office", im=False, online=False, role="staff"), "mine/", 403)


@pytest.mark.rule("G10", "G12")
def test_the_overview_shows_what_the_api_says(owner: Member, rated: Any) -> None:
    html = page(owner, f"?{DAY}")
    told = base.desk(owner).get(f"/api/v1/shops/{owner.shop_id}/analytics/overview?{DAY}").json()
    for one in told["figures"]:
        with translation.override("en"):
            shown = words.cell(one["unit"], one["value"], owner.shop)
        assert f" {shown} " in card(html, one["key"]), one["key"]
        if one["unit"] != "money":
            assert f"figure={one['key']}" in html
    assert "85.0 %" in card(html, "satisfaction")
    assert "Of the rated sessions" in card(html, "satisfaction")


@pytest.mark.rule("G10")
def test_a_change_against_the_span_before_is_good_or_bad(shop: Shop, owner: Member, rated: Any) -> None:
    html = page(owner, f"?{DAY}")
    assert "+20" in card(html, "consultations")
    assert "No comparison" in card(html, "satisfaction")
    assert "No comparison" in card(page(owner, "?range=custom&start=2026-08-25&end=2026-11-22"), "consultations")


@pytest.mark.rule("G8", "G13")
def test_the_experience_score_says_what_two_more_good_ratings_would_do(owner: Member, rated: Any) -> None:
    html = page(owner, "score/")
    assert "15.0 % · missed" in re.sub(r"\s+", " ", card(html, "dissatisfaction")) + " "
    what_if = dict(re.findall(r'data-more="(\d+)">([^<]*)', html))
    assert "13.6 %" in what_if["2"]  # 3 of 22
    assert html.count("Too slow") == 3
    assert "Nov. 23, 2026" in html


@pytest.mark.rule("G9")
def test_all_sessions_are_filtered_and_open_their_transcript(owner: Member, rated: list[ServiceSession]) -> None:
    low = page(owner, f"sessions/?{DAY}&rating=low")
    assert low.count('scope="row"') == 3
    assert f"/analytics/sessions/{rated[0].pk}/" in low
    form = page(owner, f"sessions/?{DAY}&member=&rating=satisfied&source=&state=&topic=&q=")
    assert form.count('scope="row"') == 17
    assert page(owner, f"sessions/?{DAY}&rating=low&source=survey").count('scope="row"') == 0
    said = page(owner, f"sessions/{rated[0].pk}/")
    assert "Question 0" in said
    assert "Yes, it is." in said
    page(owner, "sessions/999999/", 404)
    stranger = base.agent(base.shop("Other"), "Eve", role="owner", online=False)
    page(stranger, f"sessions/{rated[0].pk}/", 404)


@pytest.mark.rule("G9")
def test_a_list_of_sessions_takes_two_questions_however_long_it_is(owner: Member, rated: list[ServiceSession]) -> None:
    wanted = listing.Asked(days=periods.last(owner.shop, 7, NOW))
    with CaptureQueriesContext(connection) as told:
        rows, _following = listing.page(owner.shop, wanted, "", NOW)
    assert (len(rows), len(told)) == (20, 2)
    assert [one["rating_words"] for one in rows].count("Too slow") == 3


@pytest.mark.rule("G9")
def test_the_quality_monitor_counts_people_by_step(owner: Member, rated: Any) -> None:
    html = page(owner, "quality/?range=last_7_days&by=week&show=people")
    rows = re.findall(r"<tr>(.*?)</tr>", html.split('data-table="trend"')[1].split("</table>")[0], re.DOTALL)[1:]
    assert [re.findall(r'class="num">\s*(\d+)<', row)[:2] for row in rows] == [["20", "20"]]
    assert html.count("Too slow") == 3


@pytest.mark.parametrize("query", ["range=custom&start=2026-11-30&end=2026-11-21", "range=ages", "start=x&range=week"])
def test_a_range_that_does_not_exist_is_told_and_the_last_week_shown(owner: Member, query: str) -> None:
    for path in PAGES[:5]:
        html = page(owner, f"{path}?{query}")
        assert 'role="alert"' in html
        assert "Shown are the last 7 days." in html


def test_ratings_go_up_to_thirty_days(owner: Member, time_machine: Any) -> None:
    assert "At most 30 days" in page(owner, "ratings/?range=custom&start=2026-10-01&end=2026-11-10")
    assert "At most 30 days" not in page(owner, "ratings/?range=custom&start=2026-10-12&end=2026-11-10")
    time_machine.move_to(datetime(2026, 8, 31, 12, 0, tzinfo=UTC), tick=False)
    assert "At most 30 days" not in page(owner, "ratings/?range=month"), "a month may have 31"


@pytest.mark.parametrize("query", ["figure=nothing", "member=0", "cursor=x", "q=%00", "whatever=1", "rating=six"])
def test_a_filter_that_does_not_exist_is_told(owner: Member, query: str) -> None:
    assert 'role="alert"' in page(owner, f"sessions/?{query}")


def test_rounding_is_not_cutting() -> None:
    assert words.shown("rate", 11 / 12) == "91.7 %"
    assert words.shown("stars", 4.666) == "4.67"


@pytest.mark.parametrize(
    ("values", "unit", "top"),
    [
        ([0], "count", 1),
        ([7], "count", 8),
        ([0.964], "rate", 1.0),
        ([146], "seconds", 180),
        ([260000], "money", 300000),
    ],
)
def test_the_scale_of_a_chart_ends_at_a_round_number(values: list[float], unit: str, top: float) -> None:
    assert drawing.scale(values, unit)[-1] == pytest.approx(top)


def test_a_missing_value_breaks_the_line() -> None:
    drawn = drawing.lines(["a", "b", "c", "d"], ["", "", "", ""], 10, [1, None, 3, 4])
    assert len(drawn["series"][0]["runs"]) == 1
    assert len(drawn["series"][0]["alone"]) == 1


def test_words_kept_of_one_language_are_not_said_in_another() -> None:
    for _turn in range(2):
        with translation.override("en"):
            assert (words.shown("seconds", 7_500), words.day(date(2026, 5, 3))) == ("2 h 5 min", "May 3")
        with translation.override("zh-hans"):
            assert (words.shown("seconds", 7_500), words.day(date(2026, 5, 3))) == ("2 小时 5 分", "5月3日")


def test_what_people_wrote_is_no_markup() -> None:
    row = [{"text": "<b>Eve", "num": False, "link": ""}, {"text": "<i>", "num": True, "link": '?a=1&b="'}]
    assert figures.row_cells(row) == (
        '<th scope="row">&lt;b&gt;Eve</th><td class="num"><a href="?a=1&amp;b=&quot;">&lt;i&gt;</a></td>'
    )
    step = {"x": "1", "left": "0", "width": "2", "tip": "<b>", "dots": ["3"]}
    assert "<title>&lt;b&gt;</title>" in figures.chart_steps({"top": 12, "tall": 220, "foot": 232, "steps": [step]})
