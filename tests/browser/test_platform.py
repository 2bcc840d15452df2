"""The platform's shops and rules in Chromium (A7), in both languages: a shop opens, rules change, consoles follow."""

import uuid

import pytest
from playwright.sync_api import expect

from shops.models import Shop, User
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import flawless, open_desk, shot
from tests.browser.server import Live

pytestmark = [pytest.mark.browser, pytest.mark.rule("A7")]


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_a_shop_opens_and_its_rules_change_under_an_open_console(new_page: NewPage, live: Live, locale: str) -> None:
    staff = User.objects.create_user(username=f"staff-{uuid.uuid4().hex[:6]}", is_staff=True)
    page = new_page(locale=locale, viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page.context.add_cookies([live.cookie(staff)])
    page.goto("/platform/shops/new/")
    mark = uuid.uuid4().hex[:5]
    sent = {"seller": f"灯笼贸易 {mark}", "name": f"灯笼家居 {mark}", "nickname": "梅朵", "username": f"mei-{mark}"}
    for name, value in {**sent, "email": f"mei-{mark}@lantern.example"}.items():
        page.locator(f"#{name}").fill(value)
    flawless(page)
    shot(page, f"platform-new-{locale}")
    page.locator("main button.primary").click()
    expect(page.locator("#link")).to_have_value(
        f"{live.url}/join/" + page.locator("#link").input_value().split("/join/")[1]
    )
    flawless(page)
    shot(page, f"platform-shop-{locale}")
    shop = Shop.objects.get(name=sent["name"])
    desk = open_desk(new_page, live, base.agent(shop, "小林", online=False))
    expect(desk.locator("#capacity")).to_contain_text("10")
    page.locator(f"a[href='/platform/shops/{shop.pk}/rules/']").click()
    rule = page.locator("#capacity_min")
    rule.locator("summary").click()
    flawless(page)
    rule.locator("#capacity_default-value").fill("60")
    rule.locator("button[value=save]").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    shot(page, f"platform-rules-wrong-{locale}")
    page.locator("#capacity_default-value").fill("3")
    page.locator("#capacity_max-value").fill("5")
    page.locator("#capacity_min button[value=save]").click()
    expect(page.locator("#capacity_min .badge")).to_be_visible()
    expect(desk.locator("#capacity")).to_contain_text("5")
    shot(page, f"platform-rules-{locale}")
    page.goto(f"/platform/shops/?q={mark}")
    expect(page.locator("tbody tr")).to_have_count(1)
    flawless(page)
    page.goto("/platform/shops/")
    shot(page, f"platform-shops-{locale}")
