"""The pages of webhooks in Chromium: one is added, tried, seen to fail and turned off, in both languages."""

import re
import uuid

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import base, hooks
from tests.browser.conftest import NewPage
from tests.browser.console import flawless, shot, sticking_out
from tests.browser.server import Live
from tests.browser.words import Words
from tests.push_service import Service
from webhooks.models import Endpoint

pytestmark = pytest.mark.browser


def look(page: Page, name: str, t: Words) -> None:
    """Nothing serious for axe, nothing to scroll sideways."""
    flawless(page)
    assert sticking_out(page) == []
    shot(page, f"webhooks-{name}-{t.locale}")


def test_a_webhook_is_added_tried_and_seen_to(new_page: NewPage, live: Live, pushes: Service, t: Words) -> None:
    owner = base.agent(base.shop(f"海岸家居 {uuid.uuid4().hex[:4]}"), "店长 王敏", online=False, role="owner")
    scheme = "dark" if t.locale == "zh-CN" else "light"
    page = new_page(locale=t.locale, viewport={"width": 1280, "height": 800}, bypass_csp=True, color_scheme=scheme)
    language = "zh-hans" if t.locale == "zh-CN" else "en"
    cookies = [live.cookie(owner.user), {"name": "django_language", "value": language, "url": live.url}]
    page.context.add_cookies(cookies)
    page.goto(f"/shops/{owner.shop_id}/settings/webhooks/")
    look(page, "none", t)
    page.locator("input[name=name]").fill("仓库系统 WMS")
    page.locator("input[name=url]").fill(f"http://{pushes.host}/hooks/chat")  # a place that answers 410 to all
    page.locator("main button.primary").click()
    expect(page.locator("#secret")).to_have_value(re.compile("^whsec_"))
    look(page, "secret", t)
    page.locator(f"main a[href$='/{Endpoint.objects.get(shop=owner.shop).pk}/'].button").click()
    page.locator("button[value=test]").click()
    expect(page.locator("main .badge.danger")).to_be_visible()
    expect(page.locator("main")).to_contain_text("410")
    look(page, "delivery", t)

    failing, _row = hooks.with_a_dead_letter(owner.shop)
    Endpoint.objects.filter(pk=failing.pk).update(name="ERP", off_why="failing", off_at=timezone.now())
    page.goto(f"/shops/{owner.shop_id}/settings/webhooks/{failing.pk}/?show=failed")
    expect(page.locator("main [role=alert]")).to_be_visible()
    look(page, "off", t)
    page.locator("input[name=is_on]").check()
    page.locator("input[name=url]").fill("https://hooks.example/erp")
    page.locator("main button.primary").click()
    expect(page.locator("main [role=alert]")).to_have_count(0)
