"""A lead looks on while a colleague talks, and takes over; colleagues see each other (C26)."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from chat.models import ServiceSession
from shops.models import Shop
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import answer, flawless, look_at, open_desk, row
from tests.browser.server import Live
from tests.browser.talker import Talker

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(live: Live) -> Shop:
    return base.shop(f"Shop {uuid.uuid4().hex[:6]}")


def watch(page: Page, colleague: str, buyer: str) -> None:
    """Choose a colleague's conversation, as a lead does."""
    page.locator("#watch").click()
    page.locator("dialog .person", has_text=colleague).click()
    page.locator("dialog .person", has_text=buyer).click()
    expect(page.locator(".chat-name")).to_have_text(buyer)


@pytest.mark.rule("C26")
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_a_lead_watches_and_takes_over(new_page: NewPage, live: Live, shop: Shop, locale: str) -> None:
    ann = base.agent(shop, "Ann", online=False)
    lea = base.agent(shop, "Lea", online=False, role="service_lead", accepting=False)
    hers = open_desk(new_page, live, ann, locale=locale)
    leads = open_desk(new_page, live, lea, locale=locale, bypass_csp=True)
    mia = Talker(live, shop, "Mia")
    mia.says("Where is my parcel?")
    look_at(hers, "Mia")
    assert hers.locator("#watch").count() == 0
    watch(leads, "Ann", "Mia")
    expect(leads.locator("#stream")).to_contain_text("Where is my parcel?")
    expect(leads.locator(".composer-form")).to_be_hidden()
    expect(hers.locator(".chat-here")).to_contain_text("Lea")
    expect(leads.locator(".chat-here")).to_contain_text("Ann")
    mia.says("It should be here by now.")
    expect(leads.locator("#stream")).to_contain_text("It should be here by now.")
    hers.locator(".composer-text").press_sequentially("One")
    expect(leads.locator("#typing")).to_contain_text("Ann")
    answer(hers, "One moment, I ask the carrier.")
    expect(leads.locator("#stream")).to_contain_text("I ask the carrier.")
    expect(row(leads, "Mia")).to_have_count(0)
    flawless(leads)
    leads.locator(".chat-verbs button.primary:visible").click()
    expect(leads.locator(".composer-text")).to_be_enabled()
    expect(row(leads, "Mia")).to_be_visible()
    expect(row(hers, "Mia")).to_have_count(0)
    assert ServiceSession.objects.get(shop=shop).assignee == lea
    answer(leads, "I am Lea, I have found it.")
    expect(leads.locator("#stream")).to_contain_text("I have found it.")


@pytest.mark.rule("C26")
def test_who_looks_away_or_closes_the_window_is_not_named_any_more(new_page: NewPage, live: Live, shop: Shop) -> None:
    ann = base.agent(shop, "Ann", online=False)
    lea = base.agent(shop, "Lea", online=False, role="service_lead", accepting=False)
    hers, leads = open_desk(new_page, live, ann), open_desk(new_page, live, lea)
    Talker(live, shop, "Mia").says("Hello")
    Talker(live, shop, "Ben").says("Hello")
    look_at(hers, "Mia")
    watch(leads, "Ann", "Mia")
    expect(hers.locator(".chat-here")).to_contain_text("Also looking: Lea")
    watch(leads, "Ann", "Ben")
    expect(hers.locator(".chat-here")).to_be_hidden()
    watch(leads, "Ann", "Mia")
    expect(hers.locator(".chat-here")).to_be_visible()
    leads.close()
    expect(hers.locator(".chat-here")).to_be_hidden()
