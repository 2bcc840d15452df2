"""Around the talk, in Chromium: its origin, unsent messages, pauses, who wants to be told, the transcript."""

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import WebSocketRoute, expect

from chat.models import PushSubscription
from commerce.models import Product
from shops.models import Member, Shop
from tests import base
from tests.browser.answerer import Answerer
from tests.browser.conftest import NewPage
from tests.browser.console import answer, look_at, open_desk, row, unreachable
from tests.browser.phone import PHONE, address, mine, open_chat, ready, say, session_of
from tests.browser.server import Live

pytestmark = [pytest.mark.browser, pytest.mark.rule("C25")]
# A browser with a push service behind it; the one that tests run in has none.
PUSHES = """() => {
    let now = 'default';
    Object.defineProperty(Notification, 'permission', { get: () => now });
    window.asked = 0;
    Notification.requestPermission = async () => { window.asked += 1; return (now = 'granted'); };
    const made = { options: {}, endpoint: 'https://push.example/1',
        toJSON: () => ({ endpoint: made.endpoint, keys: { p256dh: 'P256DH', auth: 'AAAAAAAAAAAAAAAAAAAAAA' } }) };
    let found = null;
    PushManager.prototype.getSubscription = async () => found;
    PushManager.prototype.subscribe = async (options) => { window.subscribed = options; return (found = made); };
}"""
# A point on the curve, as browsers send it.
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"


@pytest.fixture
def shop(live: Live) -> Shop:
    made = base.shop(f"Shop {uuid.uuid4().hex[:6]}", greeting="")
    Product.objects.create(shop=made, sku="LAMP", title="Desk lamp", price="19.90", stock=3)
    return made


@pytest.fixture
def ann(shop: Shop) -> Member:
    return base.agent(shop, "Ann", online=False)


@pytest.mark.rule("C21", "C26", "C12")
@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en-GB", ("Transcript: Mia", "With private notes", "Private note", "Product page", "Translate")),
        ("zh-CN", ("会话记录：Mia", "包含内部备注", "内部备注", "商品页", "翻译")),
    ],
)
def test_the_transcript_prints_what_the_console_shows(
    live: Live, new_page: NewPage, shop: Shop, ann: Member, locale: str, words: tuple[str, ...]
) -> None:
    title, with_notes, note, entry, translate = words
    desk = open_desk(new_page, live, ann, locale=locale)
    buyer = open_chat(new_page, live, shop, locale=locale)
    say(buyer, "Is it in stock?")
    look_at(desk, "Mia")
    expect(row(desk, "Mia")).to_contain_text(entry)
    expect(desk.locator(".session-head").last).to_contain_text(entry)
    answer(desk, "Yes, it is.")
    expect(buyer.locator(".row.theirs", has_text="Yes, it is.")).to_be_visible()
    Answerer(live, ann).does(session_of(shop), "notes", text="Knows us well")
    desk.get_by_role("button", name=translate, exact=True).first.click()
    setup = desk.locator("dialog", has_text="TRANSLATE_ENGINE")  # no engine here: how to get one (C12)
    expect(setup).to_be_visible()
    assert unreachable(desk) == []
    desk.keyboard.press("Escape")
    expect(setup).to_be_hidden()
    with desk.context.expect_page() as opened:
        desk.locator(".chat-verbs a[target=_blank]").click()
    paper = opened.value
    expect(paper.get_by_role("heading", name=title)).to_be_visible()
    expect(paper.locator(".said")).to_contain_text(["Is it in stock?", "Yes, it is."])
    expect(paper.locator("#print")).to_be_visible()
    expect(paper.locator(".said.note")).to_have_count(0)
    paper.get_by_role("link", name=with_notes).click()
    expect(paper.locator(".said.note")).to_contain_text([note])
    expect(paper.locator(".said.note")).to_contain_text(["Knows us well"])
    assert unreachable(paper) == []
    paper.emulate_media(media="print", color_scheme="dark")
    expect(paper.locator("#print")).to_be_hidden()
    assert paper.evaluate("getComputedStyle(document.body).color") == "rgb(24, 32, 43)"


@pytest.mark.rule("C23")
@pytest.mark.parametrize(("locale", "words"), [("en-GB", "asks you to pause until"), ("zh-CN", "暂时无法接收")])
def test_a_muted_buyer_reads_until_when(
    live: Live, new_page: NewPage, shop: Shop, ann: Member, locale: str, words: str
) -> None:
    buyer, agent = open_chat(new_page, live, shop, locale=locale), Answerer(live, ann)
    say(buyer, "Hello")
    expect(mine(buyer, "Hello")).to_be_visible()
    session = session_of(shop)
    agent.does(session, "take")
    agent.does(session, "mute", minutes=5)
    say(buyer, "Hello!!!")
    note = buyer.locator("#muted")
    expect(note).to_contain_text(words)
    session.conversation.refresh_from_db()
    until = session.conversation.muted_until
    assert until is not None
    zone = buyer.evaluate("new Date().getTimezoneOffset()")
    minutes = int((until.hour * 60 + until.minute - zone) % (24 * 60))
    expect(note).to_contain_text(f"{minutes // 60:02d}:{minutes % 60:02d}")
    expect(buyer.locator("#unsent li")).to_have_count(1)
    assert unreachable(buyer) == []
    agent.does(session, "unmute")
    buyer.locator("#unsent .small-pill").first.click()
    expect(mine(buyer, "Hello!!!")).to_be_visible()
    expect(note).to_be_hidden()


def test_both_sides_say_how_many_messages_are_unsent(
    live: Live, new_page: NewPage, shop: Shop, ann: Member, allowed_console: list[str]
) -> None:
    allowed_console += ["ERR_INTERNET_DISCONNECTED", "WebSocket"]
    page = new_page(viewport=PHONE, locale="en-GB")
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": live.url}])
    held: list[Any] = []

    def swallow(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        route.on_message(lambda said: held.append(said) if "message.send" in str(said) else server.send(said))

    page.route_web_socket(re.compile("/ws/buyer/"), swallow)
    page.goto(address(live, shop))
    ready(page)
    say(page, "One")
    say(page, "Two")
    expect(page.locator("#bar")).to_have_text("2 messages wait and will be sent by themselves.")
    assert len(held) == 1  # the first one's answer is awaited, the second follows it
    desk = open_desk(new_page, live, ann)
    say(open_chat(new_page, live, shop, uid="bob"), "Hello")
    look_at(desk, "Bob")
    expect(desk.locator(".composer-text")).to_be_visible()  # the conversation is there, not its name alone
    desk.context.set_offline(True)
    expect(desk.locator("#connection")).to_contain_text("Offline")
    answer(desk, "Hi")
    expect(desk.locator("#connection")).to_contain_text("Offline · 1 unsent")


@pytest.mark.parametrize(
    ("locale", "words"), [("en-GB", ("Tell me", "Tell me of answers")), ("zh-CN", ("提醒我", "回复提醒"))]
)
def test_a_buyer_is_offered_to_be_told_after_the_first_message(
    live: Live, new_page: NewPage, shop: Shop, ann: Member, locale: str, words: tuple[str, str]
) -> None:
    page = new_page(viewport=PHONE, locale=locale, service_workers="allow")
    page.add_init_script(f"({PUSHES.replace('P256DH', P256DH)})()")
    language = "zh-hans" if locale == "zh-CN" else "en"
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live.url}])
    page.goto(address(live, shop))
    ready(page)
    offer = page.locator(".push-offer")
    expect(offer).to_have_count(0)
    say(page, "Hello")
    expect(offer).to_be_visible()
    assert page.evaluate("window.asked") == 0  # the browser asks only after a click
    assert unreachable(page) == []
    offer.get_by_role("button", name=words[0], exact=True).click()
    expect(offer).to_have_count(0)
    expect(page.locator("#toast.shown")).to_be_visible()
    assert page.evaluate("window.asked") == 1
    kept = PushSubscription.objects.get(shop=shop)
    assert (kept.buyer and kept.buyer.uid, kept.endpoint) == ("mia", "https://push.example/1")
    page.locator("#open-more").click()
    switch = page.locator("[data-action=push]", has_text=words[1])
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert not PushSubscription.objects.filter(shop=shop).exists()
