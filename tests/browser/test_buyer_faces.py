"""The buyer's page in Chromium: the rating, the dead ends, and how it looks in every language, theme and size."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chat.models import Rating
from commerce.models import Product
from shops.models import Member, Shop
from tests import base
from tests.browser.answerer import Answerer
from tests.browser.conftest import NewPage
from tests.browser.console import DESKTOP, unreachable
from tests.browser.phone import PHONE, open_chat, say, session_of
from tests.browser.server import Live
from tests.browser.test_faces import THEMES

pytestmark = pytest.mark.browser
Chat = Callable[..., Page]
SIZES: tuple[Any, ...] = (PHONE, DESKTOP)
SIDEWAYS = """() => [document.documentElement, document.getElementById('stream'), document.getElementById('bottom')]
    .some(node => node.scrollWidth > node.clientWidth)"""
SMALL = """() => [...document.querySelectorAll('button, .star, textarea')]
    .filter(node => node.offsetParent && (node.offsetHeight < 44 || node.offsetWidth < 44))
    .map(node => node.outerHTML)"""


@pytest.fixture
def shop(live: Live) -> Shop:
    return base.shop(f"Shop {uuid.uuid4().hex[:6]}", greeting="Welcome to the harbour!")


@pytest.fixture
def goods(shop: Shop) -> Product:
    return Product.objects.create(shop=shop, sku="LAMP", title="Desk lamp", price="19.90", stock=3)


@pytest.fixture
def ann(shop: Shop, goods: Product) -> Member:
    """Agents of this shop have no console open: whoever writes waits until one takes the session."""
    base.agent(shop, "Bob", online=False)
    return base.agent(shop, "Ann", online=False)


@pytest.fixture
def chat(new_page: NewPage, live: Live) -> Chat:
    return partial(open_chat, new_page, live)


@pytest.mark.rule("F1", "F2", "P9")
@pytest.mark.parametrize(("preset", "way", "source"), [
    ("douyin", "menu", "buyer"), ("douyin", "invitation", "invitation"), ("tiktok_shop", "close", "survey"),
])  # fmt: skip
def test_a_rating_has_no_star_chosen_and_is_given_once(
    live: Live, shop: Shop, ann: Member, chat: Chat, preset: str, way: str, source: str
) -> None:
    Shop.objects.filter(pk=shop.pk).update(preset=preset)
    page, agent = chat(shop), Answerer(live, ann)
    say(page, "Hello")
    expect(page.locator("#queue-note")).to_be_visible()
    session = session_of(shop)
    agent.does(session, "take")
    agent.says(session, "Good day!")
    expect(page.locator(".row.theirs", has_text="Good day!")).to_be_visible()
    if way == "menu":
        page.locator("#open-more").click()
        page.get_by_role("button", name="Rate the service").click()
    else:
        agent.does(session, "invite-rating" if way == "invitation" else "close")
    form = page.locator("form.rating")
    expect(form).to_be_visible()
    expect(form.locator("input:checked")).to_have_count(0)
    expect(form.get_by_role("button", name="Send rating")).to_be_disabled()
    form.locator("label.star").nth(3).click()
    form.locator("textarea").fill("Quick")
    form.get_by_role("button", name="Send rating").click()
    expect(page.locator(".row.rated")).to_contain_text("Thank you for rating Ann")
    expect(form).to_be_hidden()
    rating = Rating.objects.get(session=session)
    assert (rating.stars, rating.words, rating.source) == (4, "Quick", source)
    page.locator("#open-more").click()
    page.get_by_role("button", name="Rate the service").click()
    expect(page.locator("#toast")).to_contain_text("rated this conversation already")


@pytest.mark.rule("F5", "E5")
def test_few_stars_ask_why_and_several_reasons_are_kept(live: Live, shop: Shop, ann: Member, chat: Chat) -> None:
    Shop.objects.filter(pk=shop.pk).update(holiday_mode=True, holiday_notice="We are away until Monday.")
    page, agent = chat(shop), Answerer(live, ann)
    expect(page.locator("#times")).to_have_text("We are away until Monday.")
    say(page, "Hello")
    expect(page.locator("#queue-note")).to_be_visible()
    session = session_of(shop)
    agent.does(session, "take")
    agent.says(session, "Good day!")
    agent.does(session, "invite-rating")
    form = page.locator("form.rating")
    form.locator("label.star").nth(3).click()
    expect(form.locator(".reasons")).to_be_hidden()
    form.locator("label.star").nth(1).click()
    for reason in ("Problem not solved", "Slow to answer"):
        form.get_by_text(reason).click()
    assert unreachable(page) == []
    assert page.evaluate(SMALL) == []
    form.get_by_role("button", name="Send rating").click()
    expect(page.locator(".row.rated")).to_be_visible()
    rating = Rating.objects.get(session=session)
    assert (rating.stars, rating.words, rating.reasons) == (2, "", ["slow", "unsolved"])


@pytest.mark.parametrize("after", ["", "#identity=forged&kind=product&ref=LAMP"])
def test_without_a_valid_identity_the_page_says_how_to_come_back(
    live: Live, shop: Shop, ann: Member, new_page: NewPage, allowed_console: list[str], after: str
) -> None:
    allowed_console.append("401")
    page = new_page(viewport=PHONE, locale="zh-CN")
    page.goto(f"{live.url}/c/{shop.pk}/{after}")
    expect(page.locator("#stop")).to_contain_text("请从店铺重新进入")
    expect(page.locator("#bottom")).to_be_hidden()


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_everything_fits_and_can_be_reached(live: Live, shop: Shop, ann: Member, chat: Chat, language: str) -> None:
    base.question(shop, "How long is the warranty of a lamp that was bought in the sale?", place=1)
    page, agent = chat(shop, locale=language, bypass_csp=True), Answerer(live, ann)
    say(page, "https://example.com/" + "long" * 60)
    page.locator(".send-card").click()
    expect(page.locator("#queue-note")).to_be_visible()
    session = session_of(shop)
    agent.does(session, "take")
    agent.says(session, "Good day! " * 20)
    for size in SIZES:
        page.set_viewport_size(size)
        page.locator("#open-more").click()
        page.locator("[data-action=rate]").click()
        expect(page.locator("#rating")).to_be_visible()
        assert in_both_themes(page) == []
        page.keyboard.press("Escape")
        page.locator("#open-emoji").click()
        assert in_both_themes(page) == []
        assert page.evaluate(SIDEWAYS) is False
        assert page.evaluate(SMALL) == []
        page.locator("#open-emoji").click()


def in_both_themes(page: Page) -> list[str]:
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        found += [f"{theme}: {problem}" for problem in unreachable(page)]
    return found
