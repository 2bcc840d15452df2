"""Two-step verification and sign-ins in Chromium, from the first set-up to a sign-in with a recovery code."""

import uuid

import pytest
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page, expect

from shops.models import User
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import flawless, shot
from tests.browser.server import Live

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_a_second_step_is_set_up_and_a_recovery_code_opens(new_page: NewPage, live: Live, locale: str) -> None:
    who = base.agent(base.shop(f"海岸家居 {uuid.uuid4().hex[:4]}"), "小林", role="owner", online=False).user
    page = new_page(locale=locale, viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    gives_password(page, who)
    page.locator("a.bar-me").click()
    expect(page.locator(".places li")).to_have_count(1)
    seen(page, f"security-{locale}")
    page.locator("a[href='/security/second-factor/']").click()
    expect(page.locator(".qr")).to_be_visible()
    seen(page, f"second-factor-{locale}")
    codes = sets_up(page, who)
    page.locator("[data-copy]").click()
    assert page.evaluate("navigator.clipboard.readText()").split() == codes
    seen(page, f"recovery-codes-{locale}")
    page.locator("a.primary").click()
    expect(page.locator(".badge.ok").first).to_be_visible()
    page.locator("form[action='/logout/'] button").click()
    gives_password(page, who)
    expect(page.locator("[name=code]")).to_be_focused()
    seen(page, f"login-code-{locale}")
    page.keyboard.type(codes[0])
    page.keyboard.press("Enter")
    expect(page.locator("a.bar-me")).to_be_visible()
    page.goto("/security/")
    page.locator("summary").first.click()
    seen(page, f"security-on-{locale}")


def gives_password(page: Page, who: User) -> None:
    page.goto("/login/")
    page.locator("[name=username]").fill(who.username)
    page.locator("[name=password]").fill("not-a-secret-9")
    page.keyboard.press("Enter")


def sets_up(page: Page, who: User) -> list[str]:
    """Mistype once, then type what the app shows; return the recovery codes."""
    page.locator("[name=code]").fill("000000")
    page.locator("[name=password]").fill("not-a-secret-9")
    page.keyboard.press("Enter")
    expect(page.locator("#code-wrong")).to_be_visible()
    page.wait_for_timeout(1100)  # the wait after a wrong code
    page.locator("[name=code]").fill(f"{totp(TOTPDevice.objects.get(user=who).bin_key):06d}")
    page.locator("[name=password]").fill("not-a-secret-9")
    page.keyboard.press("Enter")
    codes = page.locator("#codes").input_value().split()
    assert len(codes) == 10
    return codes


def seen(page: Page, name: str) -> None:
    shot(page, name)
    flawless(page)
