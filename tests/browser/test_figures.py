"""The pages of figures in Chromium: in both languages and themes, on paper, by keyboard, down to the sessions."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from chat.actions import ratings, sessions
from chat.models import ServiceSession
from shops.models import Member, Shop
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import DESKTOP
from tests.browser.phone import PHONE
from tests.browser.server import Live
from tests.browser.test_faces import LOCALES, problems_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = ("", "agents/", "quality/", "ratings/", "sessions/", "score/", "bot/")


class Desk(NamedTuple):
    owner: Member
    agent: Member
    session: ServiceSession


@pytest.fixture(scope="module")
def desks(live: Live) -> dict[str, Desk]:
    """A shop in each language with six rated sessions, all of yesterday."""
    return {
        "zh-hans": desk("港湾小店", "阿梅", "小林", "晚风", "这款灯还有货吗？", "有的，今天发货。", "等了太久"),
        "en": desk("Harbour", "Mei", "Lin", "Guest", "Is it in stock?", "Yes, it ships today.", "Too slow"),
    }


def desk(name: str, owner: str, agent: str, buyer: str, question: str, answer: str, words: str) -> Desk:
    shop = base.shop(name, "tiktok_shop", time_zone="Asia/Shanghai", currency="CNY", greeting="")
    boss, lin = base.agent(shop, owner, role="owner", online=False), base.agent(shop, agent)
    for n in range(6):
        line = base.buyer(shop, f"{buyer} {n}")
        one = base.writes(line, question)
        base.replies(lin, one, answer)
        ratings.rate(shop.pk, line.pk, one.pk, 1 if n == 0 else 5, words if n == 0 else "")
        sessions.close(one.pk, lin)
    base.leave(lin)
    return Desk(boss, lin, _yesterday(shop))


def _yesterday(shop: Shop) -> ServiceSession:
    ago = timezone.now() - timedelta(days=1)
    ServiceSession.objects.filter(shop=shop).update(started_at=ago)
    return ServiceSession.objects.filter(shop=shop).earliest("pk")


def opened(live: Live, new_page: NewPage, who: Member, language: str, **options: Any) -> Page:
    page = new_page(viewport=DESKTOP, locale=LOCALES[language], **options)
    page.context.add_cookies(
        [{"name": "django_language", "value": language, "url": live.url}, live.cookie(who.user)]
    )  # fmt: skip
    return page


@pytest.mark.rule("G10", "G13")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_figures_reads_well(live: Live, new_page: NewPage, desks: dict[str, Desk], language: str) -> None:
    here, problems = desks[language], []
    page = opened(live, new_page, here.owner, language, bypass_csp=True)
    for path in (*PAGES, f"sessions/{here.session.pk}/"):
        page.goto(f"/shops/{here.owner.shop_id}/analytics/{path}")
        problems += [f"{path}: {problem}" for problem in problems_of(page, language, (PHONE, DESKTOP))]
    page.context.add_cookies([live.cookie(here.agent.user)])
    page.goto(f"/shops/{here.owner.shop_id}/analytics/mine/")
    problems += [f"mine: {problem}" for problem in problems_of(page, language, (DESKTOP,))]
    assert not problems, "\n".join(problems)


@pytest.mark.rule("G9", "G10", "G13")
def test_a_number_leads_to_its_sessions_and_a_session_to_what_was_said(
    live: Live, new_page: NewPage, desks: dict[str, Desk]
) -> None:
    page = opened(live, new_page, desks["en"].owner, "en")
    page.goto(f"/shops/{desks['en'].owner.shop_id}/analytics/")
    card = page.locator("[data-figure=satisfaction]")
    card.get_by_role("button").focus()
    expect(card.get_by_role("tooltip")).to_be_visible()
    expect(card.get_by_role("tooltip")).to_contain_text("4 or 5 stars")
    page.get_by_role("link", name="Last 28 days").click()
    card.get_by_role("link").click()
    expect(page.locator("[data-table=sessions] tbody tr")).to_have_count(6)
    assert "range=last_28_days" in page.url
    page.get_by_label("Rating result").select_option("low")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("[data-table=sessions] tbody tr")).to_have_count(1)
    page.locator("[data-table=sessions] tbody th a").click()
    expect(page.locator(".transcript")).to_contain_text("Yes, it ships today.")
    page.emulate_media(media="print")
    expect(page.locator(".transcript")).to_be_visible()
    expect(page.locator(".figure-tabs")).to_be_hidden()


@pytest.mark.rule("G11")
def test_a_chart_has_a_line_a_table_and_another_figure_by_click(
    live: Live, new_page: NewPage, desks: dict[str, Desk]
) -> None:
    page = opened(live, new_page, desks["en"].owner, "en")
    page.goto(f"/shops/{desks['en'].owner.shop_id}/analytics/?range=last_28_days")
    expect(page.locator(".chart .now polyline")).to_have_count(1)
    page.get_by_role("navigation", name="Figure of the chart").get_by_role("link", name="Satisfaction").click()
    expect(page.locator(".chart .now circle")).to_have_count(1)  # rated on one day only
    page.locator("summary", has_text="The same as a table").press("Enter")
    expect(page.locator("[data-table=trend] tbody tr")).to_have_count(28)
    page.emulate_media(media="print")
    expect(page.locator(".chart svg")).to_be_visible()
