"""A buyer's day on a phone in Chromium, in both languages: what each button says, and that it does what it says."""

import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chat.models import Message, Rating
from commerce.models import Product
from shops.models import Member, Shop
from tests import base
from tests.browser.answerer import Answerer
from tests.browser.conftest import NewPage
from tests.browser.console import unreachable
from tests.browser.phone import mine, open_chat, ready, say, session_of
from tests.browser.server import Live
from tests.browser.words import LOCALES, Words
from tests.chat import samples

pytestmark = pytest.mark.browser
PICTURE: Any = {"name": "lamp.png", "mimeType": "image/png", "buffer": samples.png()}


@pytest.fixture
def shop(live: Live) -> Shop:
    made = base.shop(f"Shop {uuid.uuid4().hex[:6]}", greeting="")
    Product.objects.create(shop=made, sku="LAMP", title="Desk lamp", price="19.90", stock=3)
    base.question(made, "When do you ship?", place=1)
    return made


@pytest.fixture
def ann(shop: Shop) -> Member:
    """Nobody has a console open: whoever writes waits until Ann takes the session."""
    base.agent(shop, "Bob", online=False)
    return base.agent(shop, "Ann", online=False)


@pytest.mark.rule("C1", "C2", "D1", "D3", "F1", "F5")
def test_a_talk_from_the_first_card_to_the_stars(
    live: Live, new_page: NewPage, shop: Shop, ann: Member, t: Words, allowed_console: list[str]
) -> None:
    page, agent = open_chat(new_page, live, shop, locale=t.locale), Answerer(live, ann)
    page.get_by_role("button", name=t("Send to the shop")).click()
    expect(mine(page, "Desk lamp")).to_be_visible()
    expect(page.locator("#queue-note")).to_have_text(t("You are next in the queue. You can go on writing."))
    say(page, "👍")
    expect(page.locator("#rows .big-emoji")).to_be_visible()
    page.locator("#open-more").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=t("Picture"), exact=True).click()
    chooser.value.set_files(PICTURE)
    page.locator("#rows").get_by_role("button", name=t("Open the picture")).click()
    page.keyboard.press("Escape")
    session = session_of(shop)
    agent.does(session, "take")
    expect(page.locator("#status")).to_have_text(t("%(agent)s is answering you", agent="Ann"))
    agent.does(session, "read", seq=agent.says(session, "Very bright."))
    expect(page.locator("#rows .row.mine .mark").last).to_have_text(t("Read"))
    allowed_console += ["ERR_INTERNET_DISCONNECTED", "WebSocket"]
    out_of_reach(page, t)
    page.locator("#open-more").click()
    page.get_by_role("button", name=t("Rate the service")).click()
    form = page.locator("form.rating")
    form.locator("label.star").nth(1).click()
    form.get_by_text(t("Slow to answer")).click()
    assert unreachable(page) == []
    form.get_by_role("button", name=t("Send rating")).click()
    expect(page.locator(".row.rated")).to_contain_text("Ann")
    assert Rating.objects.get(session=session).reasons == ["slow"]
    agent.does(session, "close")
    ended = t("This conversation has ended. Write any time to start a new one.")
    expect(page.locator(".row.closed")).to_contain_text(ended)
    kinds = Message.objects.filter(session=session, sender_kind="buyer").order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["product_card", "emoji", "image", "text"]


def out_of_reach(page: Page, t: Words) -> None:
    """Without a network the page says so; what is written then goes out afterwards."""
    page.context.set_offline(True)
    expect(page.locator("#bar")).to_contain_text(t("You are offline."))
    say(page, "Lovely")
    page.context.set_offline(False)
    ready(page)
    expect(mine(page, "Lovely")).to_be_visible()


@pytest.mark.rule("D2", "D4", "E3", "E5", "E6")
def test_the_bot_then_a_person_while_the_shop_is_closed_then_another_language(
    live: Live, new_page: NewPage, shop: Shop, ann: Member, t: Words
) -> None:
    Shop.objects.filter(pk=shop.pk).update(bot_enabled=True, business_week=[[]] * 7)
    page = open_chat(new_page, live, shop, locale=t.locale)
    closed = t("The shop is closed now. Write all the same, your message is kept.")
    expect(page.locator("#times")).to_have_text(closed)
    page.get_by_role("button", name="When do you ship?").click()
    expect(page.locator("#status")).to_have_text(t("The assistant is answering you"))
    page.get_by_role("button", name=t("Solved"), exact=True).click()
    page.locator(".star").nth(4).click()
    page.get_by_role("button", name=t("Send rating")).click()
    page.locator("#human").click()
    later = t("Your message is kept. An agent answers once the shop is open again; you can go on writing.")
    expect(page.locator("#queue-note")).to_have_text(later)
    assert unreachable(page) == []
    page.locator("#open-more").click()
    page.locator("[data-language]:not([aria-current])").click()
    ready(page)
    other = Words(next(locale for locale in LOCALES if locale != t.locale))
    expect(page.locator("#text")).to_have_attribute("placeholder", other("Write a message"))
    expect(mine(page, "When do you ship?")).to_be_visible()
