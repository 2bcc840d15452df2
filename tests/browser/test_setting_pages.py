"""The settings in Chromium (A3, A5, E5, C17, D2, P): one story through the pages, in both languages."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from chat.actions import policy
from shops import widget
from shops.models import Member, Shop
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import flawless, shot, sticking_out
from tests.browser.server import Live
from tests.browser.words import Words

pytestmark = pytest.mark.browser
REPLIES = [
    ("问好", "亲，您好，{buyer}！请问有什么可以帮您？", "开场"),
    ("发货时间", "订单 {order} 会在 24 小时内发出，节假日顺延。", "物流"),
    ("退换货", "支持七天无理由退换，请在订单页提交申请。", "售后"),
]
GREETING = "亲，您好！欢迎光临海岸家居，请问有什么可以帮您？"


@pytest.fixture
def owner(live: Live) -> Member:
    shop = base.shop(f"海岸家居 {uuid.uuid4().hex[:4]}")
    base.agent(shop, "小林", online=False)
    return base.agent(shop, "店长 王敏", online=False, role="owner")


@pytest.fixture
def page(new_page: NewPage, live: Live, owner: Member, t: Words) -> Page:
    found = new_page(locale=t.locale, viewport={"width": 1280, "height": 800}, bypass_csp=True)
    language = "zh-hans" if t.locale == "zh-CN" else "en"
    cookies = [live.cookie(owner.user), {"name": "django_language", "value": language, "url": live.url}]
    found.context.add_cookies(cookies)
    found.goto(f"/shops/{owner.shop_id}/settings/")
    return found


def look(page: Page, name: str, t: Words) -> None:
    """Nothing serious for axe, nothing to scroll sideways."""
    flawless(page)
    assert sticking_out(page) == []
    shot(page, f"settings-{name}-{t.locale}")


def save(page: Page) -> None:
    page.locator("main button.primary").first.click()
    expect(page.locator(".notice.ok")).to_be_visible()


@pytest.mark.rule("A3", "P1", "P8")
def test_an_owner_goes_through_the_settings(page: Page, owner: Member, t: Words) -> None:
    own = {"capacity_max": 40, "closed_reply_window": 48 * 3600, "quick_reply_scopes": ["shop", "agent"]}
    policy.set_overrides(owner.shop, own)
    personal(page, t)
    talk(page, owner.shop, t)
    week(page, owner.shop, t)
    holidays(page, owner.shop, t)
    replies(page, owner.shop, t)
    integration(page, owner.shop, t)
    page.get_by_role("link", name=t("Platform rules")).click()
    expect(page.locator(".rules .badge.accent")).to_have_count(3)
    look(page, "rules", t)
    page.emulate_media(color_scheme="dark")
    for tab in ("", "hours/", "quick-replies/", "integration/") if t.locale == "zh-CN" else ():
        page.goto(f"/shops/{owner.shop_id}/settings/{tab}")
        flawless(page)


def personal(page: Page, t: Words) -> None:
    page.locator("#capacity").fill("25")
    save(page)
    expect(page.locator("#capacity")).to_have_value("25")
    look(page, "personal", t)


def talk(page: Page, shop: Shop, t: Words) -> None:
    page.locator(".settings-list").get_by_role("link", name=t("Conversation settings")).click()
    page.get_by_label(t("Greeting")).fill(GREETING)
    page.get_by_label(t("Last in, first out")).check()
    page.get_by_label(t("Back to the queue after")).fill("10")
    page.get_by_label(t("Forbidden words")).fill("微信\n加我\n最便宜")
    save(page)
    look(page, "talk", t)
    shop.refresh_from_db()
    assert (shop.greeting, shop.queue_order, shop.requeue_after) == (GREETING, "lifo", 10)
    assert shop.forbidden_words == ["微信", "加我", "最便宜"]


def week(page: Page, shop: Shop, t: Words) -> None:
    page.get_by_role("link", name=t("Business hours")).click()
    page.get_by_label(t("At these hours")).check()
    monday = page.locator(".hours-day").first
    monday.locator("input").nth(0).fill("9")
    monday.locator("input").nth(1).fill("12:00")
    monday.locator("[data-add]").click()
    page.keyboard.type("1330")
    page.keyboard.press("Tab")
    page.keyboard.type("17")
    monday.locator("[data-copy-day]").click()
    sunday = page.locator(".hours-day").last
    expect(sunday.locator("input").nth(3)).to_have_value("17")
    for _ in range(2):
        sunday.locator("[data-drop]").first.click()
    page.locator(".hours-day").nth(1).locator("input").nth(3).fill("12:30")
    page.get_by_role("button", name=t("Save the week")).click()
    expect(page.locator("#day-1-wrong")).to_be_visible()
    expect(page.locator(".hours-day").nth(1).locator("input").first).to_be_focused()
    page.locator(".hours-day").nth(1).locator("input").nth(3).fill("18:00")
    page.get_by_role("button", name=t("Save the week")).click()
    expect(page.locator(".notice.ok")).to_be_visible()
    shop.refresh_from_db()
    assert shop.business_week[1] == [["09:00", "12:00"], ["13:30", "18:00"]]
    assert shop.business_week[0] == shop.business_week[5] == [["09:00", "12:00"], ["13:30", "17:00"]]
    assert shop.business_week[6] == []


def holidays(page: Page, shop: Shop, t: Words) -> None:
    page.locator("#date").fill("2027-02-06")
    page.locator("#last").fill("2027-02-08")
    page.locator("#day-name").fill("春节")
    page.get_by_role("button", name=t("Add"), exact=True).click()
    expect(page.locator(".hours-special li")).to_have_count(3)
    page.get_by_role("button", name=t("Remove %(day)s", day="2027-02-08")).click()
    expect(page.locator(".hours-special li")).to_have_count(2)
    look(page, "hours", t)
    page.locator("#notice").fill("春节期间休息，2 月 9 日恢复接待。")
    page.locator("button[name=on]").click()
    expect(page.locator("[aria-labelledby=holiday] .badge.warn")).to_be_visible()
    page.locator("#holiday").scroll_into_view_if_needed()
    shot(page, f"settings-holiday-{t.locale}")
    shop.refresh_from_db()
    assert shop.holiday_mode


def replies(page: Page, shop: Shop, t: Words) -> None:
    page.get_by_role("link", name=t("Quick replies")).click()
    for title, text, group in REPLIES:
        page.locator("#title").fill(title)
        page.locator("#group").fill(group)
        page.locator("#scope").select_option("shop")
        page.locator("#text").fill(text)
        page.locator("#reply-form .primary").click()
        expect(page.locator(".replies li", has_text=title)).to_be_visible()
    page.get_by_role("button", name=t("%(title)s: up", title="发货时间")).click()
    expect(page.locator(".replies li").first).to_contain_text("发货时间")
    page.get_by_role("button", name=t("Remove %(title)s", title="退换货")).click()
    expect(page.locator(".replies li")).to_have_count(2)
    page.get_by_role("button", name=t("Undo")).click()
    expect(page.locator(".replies li").nth(2)).to_contain_text("退换货")
    look(page, "replies", t)
    rows = "标题,内容\n发货时间,改过的内容\n,没有标题\n包邮,满 99 元包邮\n"
    page.locator("#file").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    page.locator("#into").select_option("shop")
    page.locator("button[name=do][value=import]").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("tbody .badge.danger")).to_have_count(1)
    page.locator("#report").scroll_into_view_if_needed()
    look(page, "import", t)


def integration(page: Page, shop: Shop, t: Words) -> None:
    page.get_by_role("link", name=t("Integration")).click()
    page.get_by_label(t("Your sites")).fill("haian.example.com")
    save = page.locator("main button.primary").first
    save.click()
    expect(page.locator(".errorlist")).to_be_visible()
    page.get_by_label(t("Your sites")).fill("https://haian.example.com")
    page.get_by_label(t("A colour of our own")).check()
    page.get_by_label(t("Colour"), exact=True).fill("#d1442f")
    page.get_by_label(t("Words on the button")).fill("联系客服")
    save.click()
    expect(page.locator(".notice.ok").first).to_be_visible()
    look(page, "integration", t)
    found = widget.of(shop)
    assert (found.origins, found.accent) == (["https://haian.example.com"], "#d1442f")
