"""Notices, sound, the number on the tab, the offline shell and links of the console, in Chromium (C11, C15, C25)."""

import uuid
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from chat.models import NoticeChoice, ServiceSession
from commerce.models import Product
from shops.models import Member, Shop
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import look_at, open_desk, row, unreachable
from tests.browser.phone import open_chat, say, session_of
from tests.browser.server import Live
from tests.browser.words import Words

pytestmark = [pytest.mark.browser, pytest.mark.rule("C11", "C15")]
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
    .map((one) => [one.title, one.body])"""
WAIT = """async (count) => { for (let tries = 0; tries < 100; tries += 1) {
    const found = await (SHOWN)();
    if (found.length === count) return found;
    await new Promise((done) => setTimeout(done, 50));
} return await (SHOWN)(); }""".replace("SHOWN", SHOWN)
# What the page would play, counted: a tone is an oscillator that was started.
LISTEN = """() => { window.tones = 0; const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) { window.tones += 1; return start.apply(this, at); }; }"""
NO_PUSH = "does not support the Push API in incognito mode"  # what tests run in
AWAY = "() => Object.defineProperty(document, 'hasFocus', { value: () => false, configurable: true })"


@pytest.fixture(scope="module")
def browser(whole_browser: Browser) -> Browser:
    """Without windows it shows no notifications."""
    return whole_browser


@pytest.fixture
def shop(live: Live) -> Shop:
    made = base.shop(f"Shop {uuid.uuid4().hex[:6]}", greeting="")
    Product.objects.create(shop=made, sku="LAMP", title="Desk lamp", price="19.90", stock=3)
    return made


@pytest.fixture(autouse=True)
def _no_push_here(allowed_console: list[str]) -> None:
    allowed_console.append(NO_PUSH)


@pytest.fixture
def ann(shop: Shop) -> Member:
    return base.agent(shop, "Ann", online=False)


@pytest.fixture
def desk(live: Live, new_page: NewPage, ann: Member, t: Words) -> Page:
    """Ann's console, which may show notifications and is not being looked at."""
    may = ["notifications", "clipboard-read", "clipboard-write"]
    page = open_desk(new_page, live, ann, locale=t.locale, permissions=may, service_workers="allow")
    page.locator("h1").click()  # browsers play nothing before a click
    page.evaluate(LISTEN)
    page.evaluate(AWAY)
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    return page


def shown(page: Page, count: int) -> Any:
    """Wait until so many notifications stand on the screen; return them."""
    return page.evaluate(WAIT, count)


def test_a_buyers_message_is_told_by_notice_sound_and_number(
    live: Live, new_page: NewPage, shop: Shop, desk: Page, t: Words
) -> None:
    buyer = open_chat(new_page, live, shop)
    say(buyer, "Hello")
    ((name, words),) = shown(desk, 1)
    assert (name, words in (t("New message"), t("A new conversation is yours"))) == ("Mia", True)
    expect(desk).to_have_title(f"(1) {shop.name} · {t('Inbox')}")
    desk.wait_for_function("document.querySelector('link[rel=icon]').href.startsWith('data:image/png')")
    desk.wait_for_function("window.tones >= 2")
    desk.evaluate(AWAY.replace("false", "true"))
    look_at(desk, "Mia")
    expect(desk).to_have_title(f"{shop.name} · {t('Inbox')}")
    desk.wait_for_function("document.querySelector('link[rel=icon]').href.endsWith('.svg')")
    tones = desk.evaluate("window.tones")
    say(buyer, "Are you there?")
    expect(desk.locator(".said", has_text="Are you there?")).to_be_visible()
    assert desk.evaluate("window.tones") == tones  # it is being looked at


def test_what_is_switched_off_stays_off(
    live: Live, new_page: NewPage, shop: Shop, ann: Member, desk: Page, t: Words
) -> None:
    desk.goto(f"{live.url}/shops/{shop.pk}/settings/")
    expect(desk.locator("#notice-state")).to_have_text(t("This browser shows notifications."))
    assert unreachable(desk) == []
    for name in ("Desktop notifications", "Sound", "Number of unread conversations on the tab"):
        desk.get_by_label(t(name)).uncheck()
    desk.locator("section[aria-labelledby=notices] .primary").click()
    expect(desk.get_by_text(t("Saved."))).to_be_visible()
    kept = NoticeChoice.objects.get(member=ann)
    assert (kept.desktop, kept.sound, kept.badge, kept.push) == (False, False, False, True)
    desk.goto(f"{live.url}/desk/{shop.pk}/")
    expect(desk.locator("#connection .dot.ok")).to_be_visible()
    desk.locator("h1").click()
    desk.evaluate(LISTEN)
    desk.evaluate(AWAY)
    say(open_chat(new_page, live, shop), "Hello")
    expect(row(desk, "Mia")).to_be_visible()
    expect(desk).to_have_title(f"{shop.name} · {t('Inbox')}")
    assert desk.evaluate(SHOWN) == []
    assert desk.evaluate("window.tones") == 0


def test_a_card_walks_through_the_permission(live: Live, new_page: NewPage, ann: Member, t: Words) -> None:
    page = new_page(viewport={"width": 1280, "height": 800}, locale=t.locale)
    page.add_init_script(
        "let now = 'default'; Object.defineProperty(Notification, 'permission', { get: () => now });"
        "window.asked = 0;"
        "Notification.requestPermission = async () => { window.asked += 1; return (now = 'granted'); };"
    )
    language = "zh-hans" if t.locale == "zh-CN" else "en"
    page.context.add_cookies([live.cookie(ann.user), {"name": "django_language", "value": language, "url": live.url}])
    page.goto(f"{live.url}/desk/{ann.shop_id}/")
    card = page.locator(".notice-card")
    expect(card).to_contain_text(t("Don't miss a buyer"))
    assert page.evaluate("window.asked") == 0  # never by itself
    assert unreachable(page) == []
    card.get_by_role("button", name=t("Turn on")).click()
    expect(card).to_contain_text(t("Notifications are on"))
    assert page.evaluate("window.asked") == 1


def test_the_console_says_offline_when_opened_without_a_server(
    live: Live, desk: Page, allowed_console: list[str], t: Words
) -> None:
    allowed_console += ["Failed to load resource", "ERR_", "WebSocket"]
    manifest = desk.evaluate("fetch('/desk/manifest.json').then((answer) => answer.json())")
    assert (manifest["display"], manifest["start_url"]) == ("standalone", "/desk/")
    desk.wait_for_function("caches.match('/desk/offline/').then(Boolean)")
    desk.context.set_offline(True)
    desk.reload()
    expect(desk.get_by_role("heading", name=t("You are offline"))).to_be_visible()
    desk.context.set_offline(False)
    expect(desk.locator("#connection .dot.ok")).to_be_visible(timeout=15_000)


@pytest.mark.rule("C25")
def test_links_lead_to_a_session_and_a_message(
    live: Live, new_page: NewPage, shop: Shop, desk: Page, allowed_console: list[str], t: Words
) -> None:
    allowed_console.append("404")
    buyer = open_chat(new_page, live, shop)
    for text in ("Hello", "One more thing"):
        say(buyer, text)
    look_at(desk, "Mia")
    desk.get_by_role("button", name=t("Copy the link to this conversation")).click()
    pk = session_of(shop).pk
    assert desk.evaluate("navigator.clipboard.readText()") == f"{live.url}/desk/{shop.pk}/#session={pk}"
    message = desk.locator(".message", has_text="One more thing")
    message.locator("a.stamp").click()
    link = desk.evaluate("navigator.clipboard.readText()")
    assert link == f"{live.url}/desk/{shop.pk}/#session={pk}&seq={message.get_attribute('data-seq')}"
    desk.goto("about:blank")
    desk.goto(link)
    expect(desk.locator(".message.linked", has_text="One more thing")).to_be_visible()
    other = base.agent(shop, "Bo", online=False, accepting=False)
    bo = open_desk(new_page, live, other, locale=t.locale)
    bo.goto("about:blank")
    bo.goto(link)
    expect(bo.get_by_text(t("This conversation is not here, or not yours to see."))).to_be_visible()
    assert ServiceSession.objects.get(pk=pk).assignee_id != other.pk
