"""What helps an agent while writing, in Chromium: quick replies, warnings before sending."""

import uuid
from collections.abc import Callable
from functools import partial

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from chat.models import Message, QuickReply
from shops.models import Member, Shop
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import answer, look_at, open_desk
from tests.browser.server import Live
from tests.browser.talker import Talker

pytestmark = pytest.mark.browser
Desk = Callable[..., Page]

# What is said, and the kinds of problem it has.
SAID = {
    "Please call 13812345678": ["phone"],
    "我的电话是138 1234 5678": ["phone"],
    "座机０２１－６８８８８８８８": ["phone"],
    "Ring +44 20 7946 0958 or (555) 123-4567": ["phone"],
    "加我微信聊": ["account"],
    "微信号:kettle_2020": ["account"],
    "vx kettle2020": ["account"],
    "QQ群:12345678": ["account"],
    "I am on WhatsApp": ["account"],
    "Write to sales@kettles.example": ["email"],
    "Cheaper at www.kettles.example/blue": ["link"],
    "去淘宝看看shop123.taobao.com": ["link"],
    "Your promised gift, {buyer}": ["forbidden", "variable"],
    "最便宜的一款": ["forbidden"],
    "Order 13812345678 is on its way": [],
    "订单号:13912345678,请查收": [],
    "Your order O-20261126 left; parcel SF13812345678": [],
    "6920034567890123456 是您的订单": [],
    "15812345678 has shipped": [],
    "支持微信支付,199.00元": [],
    "A gift-wrapped kettle, 2026-11-26 10:30, 3.5 l, €1299.00": [],
    "Unpromised. Thanks! 见 OURS/desk/1/": [],
}


@pytest.fixture
def shop(live: Live) -> Shop:
    return base.shop(f"Shop {uuid.uuid4().hex[:6]}", "tiktok_shop", forbidden_words=["promised", "最便宜"])


@pytest.fixture
def desk(new_page: NewPage, live: Live) -> Desk:
    return partial(open_desk, new_page, live)


@pytest.fixture
def ann(shop: Shop) -> Member:
    return base.agent(shop, "Ann", online=False)


def said_by_agents(shop: Shop) -> list[str]:
    return list(Message.objects.filter(session__shop=shop, sender_kind="agent").values_list("text", flat=True))


@pytest.mark.rule("C17", "C23")
def test_a_quick_reply_is_edited_and_a_warning_looked_at_before_anything_is_sent(
    live: Live, shop: Shop, ann: Member, desk: Desk
) -> None:
    QuickReply.objects.create(shop=shop, group="Parcels", title="On its way", text="Dear {buyer}, {agent} has sent it.")
    page = desk(ann)
    Talker(live, shop, "Mia").says("Where is my parcel?")
    look_at(page, "Mia")
    text = page.locator(".composer-text")
    text.press_sequentially("Hello! /")
    page.get_by_role("button", name="Edit quick replies").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Refund")
    dialog.get_by_label("Text").fill("{order} is refunded.")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.locator(".quick-own li")).to_contain_text(["Refund"])
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Escape")
    text.fill("Hello! ")
    text.press_sequentially("/")
    expect(page.locator(".quick-option")).to_have_count(2)
    assert Axe().run(page).response["violations"] == []
    page.keyboard.type("way")
    expect(page.locator(".quick-option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(text).to_have_value("Hello! Dear Mia, Ann has sent it.")
    expect(page.locator(".quick-menu")).to_be_hidden()
    page.keyboard.type(" As promised.")
    page.keyboard.press("Enter")
    warning = page.locator(".send-warning")
    expect(warning).to_contain_text("Forbidden in this shop: promised")
    assert said_by_agents(shop) == []
    page.keyboard.press("Enter")  # Edit has the focus
    expect(text).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send anyway").click()
    expect(page.locator(".ours .said")).to_have_text("Hello! Dear Mia, Ann has sent it. As promised.")
    answer(page, "Now it is fine.")
    expect(page.locator(".ours .said").last).to_have_text("Now it is fine.")
    assert QuickReply.objects.get(title="Refund").member == ann


@pytest.mark.rule("C23")
def test_contact_details_are_told_from_order_numbers(live: Live, ann: Member, desk: Desk) -> None:
    page = desk(ann)
    found = page.evaluate(
        """async (said) => {
            const main = document.querySelector('script[type=module]').src;
            const { problemsOf } = await import(new URL('console_warnings.js', main));
            const known = { forbidden: ['promised', '最便宜'], numbers: ['15812345678'], host: location.host };
            const kinds = (text) => problemsOf(text.replace('OURS', location.origin), known).map(({ kind }) => kind);
            return Object.fromEntries(said.map((text) => [text, kinds(text)]));
        }""",
        list(SAID),
    )
    assert found == SAID
