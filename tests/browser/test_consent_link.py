"""A program's link in Chromium: the page is looked at, and the browser lets the answer go to the program's address."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from openplatform import grants
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import flawless, shot, sticking_out
from tests.browser.server import Live
from tests.browser.words import Words

pytestmark = pytest.mark.browser


def test_a_seller_agrees_and_arrives_at_the_program(new_page: NewPage, live: Live, t: Words) -> None:
    owner = base.agent(base.shop(f"海岸家居 {uuid.uuid4().hex[:4]}"), "店长 王敏", online=False, role="owner")
    back = f"http://127.0.0.1:{live.port}/health/ready"  # to the browser another origin than localhost
    app = grants.issue("小蜜客服助手", ["seller.authorization.info", "seller.customer_service"], None, back).app
    scheme = "dark" if t.locale == "zh-CN" else "light"
    page = new_page(locale=t.locale, viewport={"width": 1280, "height": 800}, color_scheme=scheme)
    language = "zh-hans" if t.locale == "zh-CN" else "en"
    cookies = [live.cookie(owner.user), {"name": "django_language", "value": language, "url": live.url}]
    page.context.add_cookies(cookies)
    page.goto(f"/oauth/authorize/?app_key={app.key}&state=s-1")
    shot(page, f"consent-{t.locale}")
    page.locator("button[value=agree]").click()
    expect(page).to_have_url(re.compile(rf"^{re.escape(back)}\?app_key={app.key}&code=[\w-]+&state=s-1$"))
    look = new_page(locale=t.locale, viewport={"width": 390, "height": 844}, bypass_csp=True)
    look.context.add_cookies(cookies)
    look.goto(f"/oauth/authorize/?app_key={app.key}&state=s-1")
    flawless(look)
    assert sticking_out(look) == []
