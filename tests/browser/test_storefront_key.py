"""From the page that makes a key to an agent who sees the order: docs/storefront.md run as it stands, and the page."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chat.models import ServiceSession
from commerce.models import Order
from shops.models import Shop
from storefront.models import ShopKey
from tests import base, guide
from tests.browser.conftest import NewPage
from tests.browser.console import DESKTOP, flawless, look_at, open_desk, shot, sticking_out
from tests.browser.phone import say
from tests.browser.server import Live
from tests.browser.words import Words

pytestmark = pytest.mark.browser


def look(page: Page, name: str, t: Words) -> None:
    """Nothing serious for axe, nothing to scroll sideways."""
    flawless(page)
    assert sticking_out(page) == []
    shot(page, f"keys-{name}-{t.locale}")


@pytest.mark.rule("H2", "D1")
def test_from_a_key_to_an_agent_who_sees_the_order(new_page: NewPage, live: Live, tmp_path: Path) -> None:
    shop = base.shop("Web shop")
    lin = base.agent(shop, "Lin", online=False)
    page = key_from_the_page(new_page, live, shop, Words("en-GB"))
    said = guide.follow("docs/storefront.md", tmp_path, BASE=live.url, KEY=page.locator("#key").input_value())
    page.goto(f"/shops/{shop.pk}/settings/keys/")
    expect(page.locator("#jobs")).to_be_visible()
    look(page, "jobs", Words("en-GB"))
    assert '"added":1' in said
    assert '2,W-1044,refused,invalid,"state:' in said
    order = Order.objects.get(shop=shop, number="W-1042")
    assert ([one.quantity for one in order.items.all()], order.after_sales.get().number) == ([2], "AS-9")
    # What the guide's program wrote, and what the buyer writes on the page that the link opens.
    link = next(line for line in said.splitlines() if line.startswith(f"{live.url}/c/{shop.pk}/#"))
    buyer = new_page(viewport={"width": 390, "height": 844}, locale="en-GB")
    buyer.goto(link)
    expect(buyer.get_by_text("Where is my order?")).to_be_visible()
    say(buyer, "It was to come yesterday.")
    session = ServiceSession.objects.get(shop=shop)
    assert (session.entry, session.entry_order_id) == ("order", order.pk)
    desk = open_desk(new_page, live, lin)
    look_at(desk, "Mei")
    expect(desk.locator("#stream")).to_contain_text("It was to come yesterday.")
    expect(desk.locator("#panel-orders")).to_contain_text("W-1042")
    expect(desk.locator("#panel-orders")).to_contain_text("SF1042")


def key_from_the_page(new_page: NewPage, live: Live, shop: Shop, t: Words) -> Page:
    owner = base.agent(shop, "店长 王敏", online=False, role="owner")
    page = new_page(locale=t.locale, viewport=DESKTOP, bypass_csp=True)
    language = "zh-hans" if t.locale == "zh-CN" else "en"
    page.context.add_cookies([live.cookie(owner.user), {"name": "django_language", "value": language, "url": live.url}])
    page.goto(f"/shops/{shop.pk}/settings/keys/")
    look(page, "none", t)
    page.locator("input[name=name]").fill("官网商城" if t.locale == "zh-CN" else "Web shop, production")
    page.locator("main button.primary").click()
    expect(page.locator("#key")).to_have_value(re.compile("sfk_.{40}"))
    look(page, "made", t)
    return page


def test_a_key_is_made_and_revoked_on_the_page_in_chinese(new_page: NewPage, live: Live) -> None:
    shop = base.shop("海岸家居")
    t = Words("zh-CN")
    page = key_from_the_page(new_page, live, shop, t)
    page.goto(f"/shops/{shop.pk}/settings/keys/")
    page.locator("main button.danger").click()
    expect(page.locator("main details")).to_be_visible()
    assert ShopKey.objects.get(shop=shop).revoked_at
    look(page, "revoked", t)
