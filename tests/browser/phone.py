"""A buyer's page in Chromium, as on a phone."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from chat.models import ServiceSession
from shops import identity
from shops.models import Shop
from tests.browser.conftest import NewPage
from tests.browser.server import Live

PHONE = {"width": 390, "height": 844}
NUMBERS = "rows => rows.map(row => Number(row.dataset.seq))"


def open_chat(
    new_page: NewPage, live: Live, of: Shop, uid: str = "mia", kind: str = "product", ref: str = "LAMP", **options: Any
) -> Page:
    """Open the page with a signed identity and wait until it is live."""
    page = new_page(**({"viewport": PHONE, "locale": "en-GB"} | options))
    language = "zh-hans" if options.get("locale") == "zh-CN" else "en"
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live.url}])
    page.goto(address(live, of, uid, kind, ref))
    ready(page)
    return page


def address(live: Live, of: Shop, uid: str = "mia", kind: str = "product", ref: str = "LAMP") -> str:
    """Return the address that the storefront sends a buyer to."""
    return f"{live.url}/c/{of.pk}/#identity={identity.sign(of, uid, uid.title())}&kind={kind}&ref={ref}"


def ready(page: Page) -> None:
    expect(page.locator("#app[data-connection=online]")).to_be_visible()


def say(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.keyboard.press("Enter")


def mine(page: Page, text: str) -> Locator:
    return page.locator("#rows .row.mine", has_text=text)


def session_of(shop: Shop, uid: str = "mia") -> ServiceSession:
    return ServiceSession.objects.filter(shop=shop, buyer__uid=uid).latest("pk")


def shown(page: Page) -> Any:
    return page.locator("#rows [data-seq]").evaluate_all(NUMBERS)
