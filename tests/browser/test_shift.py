"""Breaks, hand-over, writing first and the order pages in Chromium."""

import uuid

import pytest
from playwright.sync_api import expect

from chat.models import ServiceSession
from shops.models import Member, Shop
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import flawless, open_desk, row
from tests.browser.server import Live
from tests.browser.talker import Talker
from tests.browser.words import Words

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(live: Live) -> Shop:
    return base.shop(f"Shop {uuid.uuid4().hex[:6]}")


@pytest.mark.rule("C7")
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_an_agent_writes_first_and_is_told_why_not(new_page: NewPage, live: Live, shop: Shop, locale: str) -> None:
    ann = base.agent(shop, "Ann", online=False)
    line, old = base.buyer(shop, "mia"), base.buyer(shop, "ben")
    order = base.order(line)
    base.order(old, created_at=order.created_at.replace(year=order.created_at.year - 1))
    page = open_desk(new_page, live, ann, locale=locale, bypass_csp=True)
    page.locator("#new-conversation").click()
    page.locator("#contact-search").fill("Ben")
    expect(page.locator(".contact button")).to_be_disabled()
    expect(page.locator(".contact .help")).to_contain_text("30")
    page.locator("#contact-search").fill(order.number)
    expect(page.locator(".contact")).to_contain_text("Mia")
    flawless(page)
    page.locator(".contact button").click()
    expect(page.locator(".chat-name")).to_have_text("Mia")
    page.locator(".composer-text").fill("Your parcel comes tomorrow.")
    page.keyboard.press("Enter")
    expect(row(page, "Mia")).to_contain_text("Your parcel comes tomorrow.")
    assert ServiceSession.objects.get(buyer=line.buyer_id).started_by == "agent"


@pytest.mark.rule("C7", "C20")
def test_the_order_page_leads_to_the_conversation(new_page: NewPage, live: Live, shop: Shop, t: Words) -> None:
    ann = base.agent(shop, "Ann", online=False)
    order = base.order(base.buyer(shop, "mia"))
    page = open_desk(new_page, live, ann, locale=t.locale)
    page.get_by_role("link", name=t("Orders")).click()
    page.locator(".order-number", has_text=order.number).click()
    page.get_by_role("button", name=t("Contact buyer")).click()
    expect(page.locator(".chat-name")).to_have_text("Mia")


@pytest.mark.rule("C22")
def test_a_break_is_seen_and_ends(new_page: NewPage, live: Live, shop: Shop) -> None:
    ann = base.agent(shop, "Ann", online=False)
    page = open_desk(new_page, live, ann, bypass_csp=True)
    page.locator("#shift").click()
    page.locator("#break-reason").fill("Tea")
    flawless(page)
    page.keyboard.press("Enter")
    expect(page.locator("#self-state")).to_have_text("On a break: Tea")
    assert Member.objects.get(pk=ann.pk).break_reason == "Tea"
    page.locator("#shift").click()
    page.get_by_role("button", name="End the break").click()
    expect(page.locator("#self-state")).to_have_text("Online, accepting")


@pytest.mark.rule("C22")
def test_a_lead_is_warned_of_who_is_away_and_hands_the_conversations_over(
    new_page: NewPage, live: Live, shop: Shop, t: Words
) -> None:
    ann = base.agent(shop, "Ann", online=False)
    lead = base.agent(shop, "Lea", online=False, role="service_lead", accepting=False)
    hers, leads = open_desk(new_page, live, ann), open_desk(new_page, live, lead, locale=t.locale, bypass_csp=True)
    Talker(live, shop, "Mia").says("Where is my parcel?")
    expect(row(hers, "Mia")).to_be_visible()
    hers.close()
    expect(leads.locator("#absent")).to_contain_text("Ann")
    flawless(leads)
    leads.locator("#absent button").click()
    expect(leads.locator("dialog")).to_contain_text("Mia")
    leads.locator("dialog").get_by_role("button", name=t("Back to the queue")).click()
    expect(leads.locator("#absent")).to_be_hidden()
    expect(leads.locator("#tab-unassigned .count")).to_have_text("1")
