"""The pages of apps in Chromium: the platform issues one, an owner lets it in, in both languages."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from openplatform.models import App, Grant
from shops.models import User
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import flawless, shot, sticking_out
from tests.browser.server import Live
from tests.browser.words import Words

pytestmark = pytest.mark.browser


def look(page: Page, name: str, t: Words) -> None:
    """Nothing serious for axe, nothing to scroll sideways."""
    flawless(page)
    assert sticking_out(page) == []
    shot(page, f"apps-{name}-{t.locale}")


def test_an_app_is_issued_let_in_and_shut_out(new_page: NewPage, live: Live, t: Words) -> None:
    staff = User.objects.create_user(f"platform-{uuid.uuid4().hex[:6]}", is_staff=True)
    owner = base.agent(base.shop("海岸家居"), "店长 王敏", online=False, role="owner")
    base.agent(owner.shop, "小林", online=False)
    page = new_page(locale=t.locale, viewport={"width": 1280, "height": 800}, bypass_csp=True)
    language = "zh-hans" if t.locale == "zh-CN" else "en"
    page.context.add_cookies([live.cookie(staff), {"name": "django_language", "value": language, "url": live.url}])
    page.goto("/platform/apps/")
    page.locator("input[name=name]").fill("Helpdesk")
    page.locator("main button.primary").click()
    expect(page.locator("#app-secret")).to_have_value(App.objects.latest("pk").secret)
    look(page, "issued", t)

    page.context.add_cookies([live.cookie(owner.user)])
    page.goto(f"/shops/{owner.shop_id}/settings/apps/")
    look(page, "none", t)
    page.locator("input[name=key]").fill(App.objects.latest("pk").key)
    page.locator("main button.primary").click()
    expect(page.locator("#code")).to_be_visible()
    look(page, "code", t)
    assert Grant.objects.get(shop=owner.shop).speaker == owner
    page.locator("main button.danger").click()
    expect(page.locator("main button.danger")).to_have_count(0)
