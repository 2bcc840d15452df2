"""What helps an agent while writing, in Chromium: quick replies, warnings, hints, the menu "More"."""

import uuid
from collections.abc import Callable
from functools import partial

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Page, Route, expect

from chat.models import Message, QuickReply, UserReport
from shops.models import Member, Shop
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import answer, look_at, open_desk, row
from tests.browser.server import Live
from tests.browser.talker import Talker
from tests.chat import samples

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
    assert QuickReply.objects.get(shop=shop, title="Refund").member == ann


@pytest.mark.rule("C10")
def test_a_double_click_sends_a_card_once(live: Live, shop: Shop, ann: Member, desk: Desk) -> None:
    page = desk(ann)
    base.product(shop, "Green lamp")
    found = Talker(live, shop, "Mia").says("Which one?")
    look_at(page, "Mia")
    page.locator("#tab-products").click()
    page.get_by_role("button", name="Send Green lamp").dblclick()
    answer(page, "This one.")
    expect(page.locator(".message.ours[data-seq]", has_text="This one.")).to_be_visible()
    kinds = Message.objects.filter(session=found, sender_kind="agent").order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["product_card", "text"]


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


@pytest.mark.rule("C13", "C18")
def test_an_unclear_need_is_asked_back_in_one_click_and_a_greeting_is_no_answer(
    live: Live, shop: Shop, ann: Member, desk: Desk
) -> None:
    page = desk(ann)
    mia = Talker(live, shop, "Mia")
    mia.call("messages", client_msg_id=str(uuid.uuid4()), kind="product_card", ref=shop.products.get().pk)
    look_at(page, "Mia")
    page.get_by_role("button", name="What would you like to know about this product?").click()
    expect(page.locator(".ours .said")).to_have_text("What would you like to know about this product?")
    expect(page.locator(".hint:visible")).to_have_count(0)
    Talker(live, shop, "Leo").says("Is it in stock?")
    look_at(page, "Leo")
    expect(page.locator(".hint:visible")).to_have_count(0)
    answer(page, "Hi there!")
    expect(page.locator(".hint:visible")).to_contain_text("Only a greeting so far")
    page.keyboard.press("Alt+W")
    expect(page.get_by_role("dialog")).to_contain_text("The buyer got only a greeting so far")
    page.keyboard.press("Escape")
    answer(page, "Yes, hello, it is.")
    expect(page.locator(".ours .said")).to_have_count(2)
    expect(page.locator(".hint:visible")).to_have_count(0)


@pytest.mark.rule("F3", "C23", "C21")
def test_a_buyer_is_marked_with_a_note_muted_and_reported_with_evidence(
    live: Live, shop: Shop, ann: Member, desk: Desk
) -> None:
    page = desk(ann)
    mia = Talker(live, shop, "Mia")
    mia.says("You fools")
    found = mia.says("Answer me")
    look_at(page, "Mia")
    dialog, menu = page.get_by_role("dialog"), page.get_by_role("button", name="More", exact=True)
    menu.click()
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("menuitem", name="Mark with a note…").click()
    dialog.get_by_label("Note").fill("Is rude")
    page.keyboard.press("Enter")
    expect(row(page, "Mia").locator(".item-note")).to_have_text("Is rude")
    menu.click()
    page.get_by_role("menuitem", name="Mute the buyer…").click()
    dialog.get_by_label("Minutes").fill("30")
    dialog.get_by_role("button", name="Mute the buyer").click()
    expect(page.locator(".aside", has_text="muted the buyer until")).to_be_visible()
    menu.click()
    page.get_by_role("menuitem", name="Let the buyer write again").click()
    expect(page.locator(".aside", has_text="lets the buyer write again")).to_be_visible()
    menu.click()
    page.get_by_role("menuitem", name="Report the buyer…").click()
    dialog.get_by_role("button", name="Send the report").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_role("checkbox").last.check()
    assert Axe().run(page).response["violations"] == []
    dialog.get_by_role("button", name="Send the report").click()
    expect(page.locator(".aside", has_text="reported the buyer: Abuse")).to_be_visible()
    report = UserReport.objects.get(session=found)
    assert [said["text"] for said in report.evidence] == ["You fools"]


@pytest.mark.rule("C17")
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_quick_replies_are_put_in_order_by_drag_and_by_keys(
    live: Live, shop: Shop, ann: Member, desk: Desk, locale: str
) -> None:
    for place, title in enumerate(("One", "Two", "Three")):
        QuickReply.objects.create(shop=shop, member=ann, title=title, text=title, place=place)
    page = desk(ann, locale=locale)
    Talker(live, shop, "Mia").says("Where is my parcel?")
    look_at(page, "Mia")
    page.locator("#quick-button").click()
    page.locator(".quick-foot button").click()
    titles = page.locator(".quick-own b")
    expect(titles).to_have_text(["One", "Two", "Three"])
    assert Axe().run(page).response["violations"] == []
    third = page.locator(".quick-own li", has_text="Three").locator(".grip")
    third.focus()
    page.keyboard.press("ArrowUp")
    expect(titles).to_have_text(["One", "Three", "Two"])
    expect(third).to_be_focused()
    page.locator(".quick-own li", has_text="One").locator(".grip").drag_to(
        page.locator(".quick-own li", has_text="Two"), target_position={"x": 100, "y": 40}
    )
    expect(titles).to_have_text(["Three", "Two", "One"])
    expect(page.locator(".quick-own li", has_text="One").locator(".grip")).to_be_focused()
    assert list(QuickReply.objects.filter(shop=shop).order_by("place").values_list("title", flat=True)) == [
        "Three",
        "Two",
        "One",
    ]


@pytest.mark.rule("C2")
@pytest.mark.parametrize(("locale", "words"), [("en-GB", "parcel"), ("zh-CN", "包裹")])
def test_emoji_are_found_by_name_and_remembered(
    live: Live, shop: Shop, ann: Member, desk: Desk, locale: str, words: str
) -> None:
    page = desk(ann, locale=locale)
    Talker(live, shop, "Mia").says("Where is my parcel?")
    look_at(page, "Mia")
    button, panel = page.locator("button[aria-controls=emoji]"), page.locator("#emoji")
    button.click()
    expect(panel.locator("section")).to_have_count(5)
    assert Axe().run(page).response["violations"] == []
    page.keyboard.type(words)
    expect(panel.locator("button")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".composer-text")).to_have_value("📦")
    expect(page.locator(".composer-text")).to_be_focused()
    button.click()
    expect(panel.locator("section").first.locator("button")).to_have_text(["📦"])
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    expect(panel.locator("section").nth(1).locator("button").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".composer-text")).to_have_value("📦😊")
    button.click()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator(".composer-text")).to_be_focused()


@pytest.mark.rule("C2")
def test_a_file_on_its_way_shows_what_it_is(live: Live, shop: Shop, ann: Member, desk: Desk) -> None:
    page = desk(ann)
    Talker(live, shop, "Mia").says("Where is my parcel?")
    look_at(page, "Mia")
    held: list[Route] = []
    page.route("**/attachments", lambda route: held.append(route))
    clip: FilePayload = {"name": "clip.webm", "mimeType": "video/webm", "buffer": samples.webm()}
    page.locator(".composer input[type=file]").set_input_files([clip])
    poster = page.locator(".pending .poster")
    expect(poster.locator("video")).to_have_js_property("readyState", 4)
    expect(page.locator(".pending progress")).to_be_visible()
    held[0].continue_()
    expect(page.locator(".message.ours[data-kind=video]")).to_be_visible(timeout=15_000)
    expect(poster).to_have_count(0)
