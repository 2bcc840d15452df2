"""How the pages around the chat look, in every language, theme and size: nothing clipped, foreign or out of reach."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Literal, NamedTuple

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from commerce.models import AfterSale, Order, Product
from shops.models import Buyer, Member, Seller, Shop
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import DESKTOP, unreachable
from tests.browser.phone import PHONE
from tests.browser.server import Live

pytestmark = [pytest.mark.browser, pytest.mark.slow]
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LOCALES = {"zh-hans": "zh-CN", "en": "en-GB"}
REFUSED = ("403", "404", "429")  # a page's own status is a console error too
SETTLED = "*, *::before, *::after { transition: none !important; animation: none !important; }"
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
CLIPPED = """() => [...document.querySelectorAll("body *")].filter((node) => {
    const style = getComputedStyle(node);
    if (!node.checkVisibility() || style.display === "inline" || node.closest(".visually-hidden, svg")) return false;
    if (![...node.childNodes].some((one) => one.nodeType === Node.TEXT_NODE && one.textContent.trim())) return false;
    if (style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none") return false;
    return node.scrollWidth > node.clientWidth + 1;
}).map((node) => node.outerHTML.slice(0, 160))"""
WORDS = """() => [document.title, document.body.innerText,
    ...[...document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")].flatMap((node) =>
        ["aria-label", "title", "placeholder", "alt"].map((name) => node.getAttribute(name) ?? ""))].join("\\n")"""
LATIN, CHINESE = re.compile(r"[A-Za-z_]{2,}"), re.compile(r"[\u4e00-\u9fff]+")
# Names that no language translates: platforms, the other language's own name, a time zone, the server's address.
NAMES = {
    "zh-hans": {
        *("English", "IM", "CSV", "XLSX", "TikTok", "Shop", "Asia", "Shanghai", "localhost", "demo", "desk"),
        *("JPG", "PNG", "WebP", "GIF", "MB", "Webhook"),
    },
    "en": {"简体中文"},
}


class Stage(NamedTuple):
    """A shop whose people and goods are named in the language of its pages."""

    shop: Shop
    owner: Member
    staff: Member
    product: Product
    order: Order


@pytest.fixture(scope="module")
def live(own_live: Live) -> Live:
    """Its page of all demo shops shows the shops of these tests alone."""
    return own_live


@pytest.fixture(scope="module")
def stages(live: Live) -> dict[str, Stage]:
    """One shop in each language."""
    zh = stage(
        "港湾小店",
        "阿梅",
        "小文",
        "夏天的风",
        "暖光床头灯 三档调光，适合卧室与书房",
        "商品破损",
        "多久发货？",
        "一天内发出。",
    )
    en = stage(
        "Harbour", "Mei", "Harry", "Amelia", "Bedside lamp with three warm levels", "Broken", "When?", "In a day."
    )
    Shop.objects.filter(pk=zh.shop.pk).update(time_zone="Asia/Shanghai", currency="CNY")
    Seller.objects.filter(pk=zh.shop.seller_id).update(name="港湾")
    return {"zh-hans": zh, "en": en}


def stage(shop: str, owner: str, staff: str, buyer: str, goods: str, reason: str, question: str, answer: str) -> Stage:
    made = base.shop(shop, greeting="")
    who = Buyer.objects.create(shop=made, uid=f"demo-{made.pk}", nickname=buyer)
    lamp = Product.objects.create(
        shop=made, sku="77-1", title=goods, price="1299.00", stock=3, picture="img/demo/lamp.svg"
    )
    Product.objects.create(shop=made, sku="77-2", title=goods, price="5.00", stock=0, on_sale=False)
    at = timezone.now() - timedelta(days=2)
    order = Order.objects.create(
        shop=made, buyer=who, number="202611200110001", state="delivery_failed", total="2598.00", created_at=at
    )
    order.items.create(product=lamp, quantity=2, price="1299.00")
    AfterSale.objects.create(shop=made, order=order, number="77", kind="return", reason=reason, created_at=at)
    base.question(made, question, answer, place=1)
    base.agent(made, f"{owner}2", online=False)
    return Stage(
        made, base.agent(made, owner, online=False, role="owner"),
        base.agent(made, staff, online=False, role="staff", im=False), lamp, order,
    )  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_reads_well(
    live: Live, new_page: NewPage, stages: dict[str, Stage], language: str, allowed_console: list[str]
) -> None:
    allowed_console.extend(REFUSED)
    here = stages[language]
    page = new_page(viewport=DESKTOP, locale=LOCALES[language], bypass_csp=True)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live.url}])
    problems: list[str] = []

    def look(name: str, path: str, *sizes: Any) -> None:
        page.goto(live.url + path)
        problems.extend(f"{name}: {problem}" for problem in problems_of(page, language, sizes or (DESKTOP,)))

    look("login", "/login/", PHONE, DESKTOP)
    locked_out(page, live)
    problems.extend(f"locked out: {problem}" for problem in problems_of(page, language, (PHONE, DESKTOP)))
    shop = f"/demo/{here.shop.pk}/"
    look("storefront", shop, PHONE, DESKTOP)
    look("product", f"{shop}products/{here.product.pk}/", PHONE)
    look("orders", f"{shop}orders/", PHONE)
    look("order", f"{shop}orders/{here.order.pk}/", PHONE)
    look("me", f"{shop}me/", PHONE)
    look("no such order", f"{shop}orders/999999/", DESKTOP)
    page.context.add_cookies([live.cookie(here.owner.user)])
    look("home", "/", PHONE, DESKTOP)
    for name in ("settings", "bot", "bot/questions/new", "analytics", "feedback"):
        look(name, f"/shops/{here.shop.pk}/{name}/", PHONE, DESKTOP)
    page.context.add_cookies([live.cookie(here.staff.user)])
    look("not allowed", f"/desk/{here.shop.pk}/")
    assert problems == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_of_all_demo_shops_reads_well(
    live: Live, new_page: NewPage, stages: dict[str, Stage], language: str
) -> None:
    page = new_page(viewport=DESKTOP, locale=LOCALES[language], bypass_csp=True)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live.url}])
    other = stages["en" if language == "zh-hans" else "zh-hans"].shop
    page.goto(f"{live.url}/demo/")
    page.locator(f"#shop-{other.pk}").evaluate("node => node.closest('section').remove()")
    assert list(problems_of(page, language, (PHONE, DESKTOP))) == []


def locked_out(page: Page, live: Live) -> None:
    """Give wrong passwords until the page says so."""
    page.goto(f"{live.url}/login/")
    for _attempt in range(7):
        page.locator("[name=username]").fill("77")
        page.locator("[name=password]").fill("wrong")
        with page.expect_navigation() as gone:
            page.locator("main [type=submit]").click()
        if gone.value.status == 429:
            return
    raise AssertionError("seven wrong passwords, and no lock")


def problems_of(page: Page, language: str, sizes: tuple[Any, ...]) -> Iterator[str]:
    """Yield what a visitor would complain about, in each size and both themes."""
    page.add_style_tag(content=SETTLED)
    for size in sizes:
        page.set_viewport_size(size)
        if page.evaluate(SIDEWAYS):
            yield f"scrolls sideways at {size['width']}"
        yield from (f"clipped at {size['width']}: {node}" for node in page.evaluate(CLIPPED))
    foreign = (LATIN if language == "zh-hans" else CHINESE).findall(page.evaluate(WORDS))
    yield from (f"foreign: {word}" for word in sorted(set(foreign) - NAMES[language]))
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        yield from (f"{theme}: {problem}" for problem in unreachable(page))
