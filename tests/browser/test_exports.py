"""An export in Chromium: asked for on its page, seen on its way, taken from the list; its numbers are the page's."""

from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import expect

from analytics import words
from analytics.models import Export
from tests.browser import test_figures as figures
from tests.browser.conftest import NewPage
from tests.browser.server import Live

pytestmark = [pytest.mark.browser, pytest.mark.slow]
desks = figures.desks
RANGE = "range=last_28_days"


@pytest.mark.rule("G11", "G12")
def test_an_export_is_asked_for_watched_taken_and_says_what_the_page_said(
    live: Live, new_page: NewPage, desks: dict[str, figures.Desk], tmp_path: Path
) -> None:
    owner = desks["en"].owner
    page = figures.opened(live, new_page, owner, "en", accept_downloads=True)
    page.goto(f"/shops/{owner.shop_id}/analytics/sessions/?{RANGE}")
    shown = page.locator("[data-table=sessions] tbody tr")
    expect(shown).to_have_count(6)
    page.get_by_role("button", name="XLSX").click()
    rows = page.locator("[data-table=exports] tbody tr")
    expect(rows.first).to_contain_text("Ready")  # the list looks again by itself until it is
    expect(rows.first.locator("td.num")).to_have_text("6")
    with page.expect_download() as taken:
        rows.first.get_by_role("link").click()
    path = tmp_path / taken.value.suggested_filename
    taken.value.save_as(path)
    head, *found = load_workbook(path).active.iter_rows(values_only=True)
    assert len(found) == 6
    stars = [row[head.index("Stars")] for row in found]
    page.goto(f"/shops/{owner.shop_id}/analytics/?{RANGE}")
    card = page.locator("[data-figure=satisfaction]")
    satisfied = sum(one >= 4 for one in stars) / len(stars)
    expect(card).to_contain_text(words.cell("rate", satisfied, owner.shop))
    expect(page.locator("[data-figure=consultations]")).to_contain_text(str(len(found)))


@pytest.mark.rule("G11")
def test_an_export_on_its_way_shows_how_far_it_is(
    live: Live, new_page: NewPage, desks: dict[str, figures.Desk]
) -> None:
    now, owner = timezone.now(), desks["en"].owner
    running = Export.objects.create(
        shop=owner.shop, member=owner, kind="sessions", form="csv", asked={"days": None}, language="en",
        state="running", rows=2_500, total=10_000, tries=1, created_at=now, touched_at=now,
    )  # fmt: skip
    page = figures.opened(live, new_page, owner, "en")
    page.goto(f"/shops/{owner.shop_id}/analytics/exports/")
    row = page.locator("[data-table=exports] tbody tr").first
    expect(row.get_by_role("progressbar", name="Progress")).to_have_attribute("value", "2500")
    expect(row).to_contain_text("2500 / 10000")
    Export.objects.filter(pk=running.pk).update(state="failed", finished_at=now)
    expect(row).to_contain_text("Failed")
