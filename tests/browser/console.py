"""The agent's console in Chromium."""

import os
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from shops.models import Member
from tests.browser.conftest import NewPage
from tests.browser.server import Live

SHOTS = os.environ.get("SHOTS", "")  # a folder for pictures of what is tested
DESKTOP = {"width": 1280, "height": 800}


def open_desk(
    new_page: NewPage, live: Live, member: Member, beside: Page | None = None, at: str = "", **options: Any
) -> Page:
    """Open a member's console and wait until it is live; `beside` another window of the same browser."""
    page = options.pop("page", None)
    if page is None:
        page = beside.context.new_page() if beside else new_page(viewport=DESKTOP, **({"locale": "en-GB"} | options))
    language = "zh-hans" if options.get("locale") == "zh-CN" else "en"
    page.context.add_cookies(
        [live.cookie(member.user), {"name": "django_language", "value": language, "url": live.url}]
    )
    page.goto(f"{live.url}/desk/{member.shop_id}/{at}")
    expect(page.locator("#connection .dot.ok")).to_be_visible()
    expect(page.locator("#capacity")).to_be_visible()
    return page


def row(page: Page, name: str) -> Locator:
    return page.locator(".item", has_text=name)


def look_at(page: Page, name: str) -> None:
    """Open the conversation with this buyer."""
    row(page, name).first.locator(".item-main").click()
    expect(page.locator(".chat-name")).to_have_text(name)


def answer(page: Page, text: str) -> None:
    page.locator(".composer-text").fill(text)
    page.keyboard.press("Enter")


def unreachable(page: Page) -> list[str]:
    """Return what axe-core finds on the page that is serious or worse, each with its first place."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


def flawless(page: Page) -> None:
    """No serious violation of accessibility."""
    assert unreachable(page) == []


def sticking_out(page: Page) -> list[str]:
    """Return what makes the page scroll sideways."""
    found: list[str] = page.evaluate("""() => document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll("body *")].filter(n => n.getBoundingClientRect().right > innerWidth)
        .map(n => n.outerHTML.slice(0, 200)).concat(`${document.documentElement.scrollWidth} > ${innerWidth}`)""")
    return found


def shot(page: Page, name: str) -> None:
    """Keep a picture in light and dark, where somebody asked for pictures."""
    for scheme in ("light", "dark") if SHOTS else ():
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=f"{SHOTS}/{name}-{scheme}.png")


def snapshot(page: Page) -> Any:
    return page.evaluate("window.desk.snapshot()")
