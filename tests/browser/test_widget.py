"""The chat embedded in a shop's own site: another origin, a strict policy, hostile pages around it (SPEC D2, C25)."""

import uuid
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FrameLocator, Locator, Page, expect

from chat.models import ServiceSession
from commerce.models import Product
from shops import identity
from shops.models import Buyer, Member, Shop, Widget
from tests import base
from tests.browser.answerer import Answerer
from tests.browser.conftest import NewPage
from tests.browser.console import DESKTOP
from tests.browser.phone import PHONE
from tests.browser.server import Live
from tests.browser.storefront import Site, site
from tests.browser.words import Words

pytestmark = [pytest.mark.browser, pytest.mark.rule("D2")]
SEND_HELLO = """(what) => {
    const channel = new MessageChannel();
    window.heard = [];
    channel.port1.onmessage = (event) => window.heard.push(event.data);
    document.querySelector("iframe").contentWindow.postMessage(what, "*", [channel.port2]);
    channel.port1.postMessage({ type: "start", identity: "", entry: { kind: "shop" } });
}"""

HEARD = """(count) => new Promise((resolve) => {
    const look = () => (window.heard.length >= count ? resolve(window.heard) : requestAnimationFrame(look));
    look();
})"""


@pytest.fixture
def shop(live: Live) -> Shop:
    made = base.shop(f"Shop {uuid.uuid4().hex[:6]}", greeting="Welcome to the harbour!")
    Product.objects.create(shop=made, sku="LAMP", title="Desk lamp", price="19.90", stock=3)
    return made


@pytest.fixture
def ann(shop: Shop) -> Member:
    base.agent(shop, "Bob", online=False)
    return base.agent(shop, "Ann", online=False)


@pytest.fixture
def store(live: Live, shop: Shop) -> Iterator[Site]:
    with site(live) as made:
        Widget.objects.create(shop=shop, origins=[made.origin], accent="#f4b400", label="Ask us")
        yield made


ENTRY = "**/api/v1/buyer/entry"


def launcher(page: Page, name: str = "Ask us") -> Locator:
    return page.get_by_role("button", name=name)


def spoken(t: Words) -> str:
    return "zh-hans" if t.locale == "zh-CN" else "en"


def chat(page: Page) -> FrameLocator:
    return page.frame_locator("seller-chat iframe")


def say(page: Page, text: str) -> None:
    chat(page).locator("#text").fill(text)
    chat(page).locator("#send").click()
    expect(chat(page).locator("#rows .row.mine", has_text=text)).to_be_visible()


@pytest.mark.rule("D1", "C25")
def test_a_signed_in_buyer_chats_in_the_frame_and_is_told_of_an_answer_after_leaving(
    live: Live, shop: Shop, ann: Member, store: Site, new_page: NewPage, t: Words
) -> None:
    page, agent = new_page(viewport=DESKTOP, locale=t.locale), Answerer(live, ann)
    signed = identity.sign(shop, "mia", "Mia")
    address = store.embed(live, shop, lang=spoken(t), identity=signed, kind="product", ref="LAMP")
    page.goto(address)
    expect(page.locator("seller-chat iframe")).to_have_count(0)  # nothing is loaded before it is wanted
    launcher(page).click()
    expect(chat(page).locator("#entry-card")).to_contain_text("Desk lamp")
    expect(chat(page).locator(".welcome")).to_contain_text("Welcome to the harbour!")
    say(page, "Is it bright?")
    session = ServiceSession.objects.get(shop=shop)
    assert (session.buyer.uid, session.entry) == ("mia", "product")
    assert session.entry_product == Product.objects.get(shop=shop)
    chat(page).locator("#close").click()
    expect(page.locator("seller-chat iframe")).to_be_hidden()
    agent.does(session, "take")
    agent.says(session, "Very bright!")
    expect(page.locator("seller-chat .badge")).to_have_text("1")
    page.goto(
        store.embed(live, shop, "/other", lang=spoken(t), identity=identity.sign(shop, "mia", "Mia"))
    )  # the buyer reads on
    expect(page.locator("seller-chat .badge")).to_have_text("1")
    page.get_by_role("button", name=f"Ask us, 1 {t('unread')}").click()
    expect(chat(page).locator(".row.theirs", has_text="Very bright!")).to_be_visible()
    expect(page.locator("seller-chat .badge")).to_have_text("")
    page.keyboard.press("Escape")
    expect(page.locator("seller-chat iframe")).to_be_hidden()


def test_the_buyer_of_the_page_is_the_buyer_of_the_chat_and_signing_out_leaves_nothing(
    live: Live, shop: Shop, ann: Member, store: Site, new_page: NewPage
) -> None:
    page = new_page(viewport=DESKTOP, locale="en-GB")
    page.goto(store.embed(live, shop))
    expect(page.locator("seller-chat")).to_be_attached()
    expect(launcher(page)).to_be_hidden()  # nobody is signed in, and visitors may not write here
    with page.expect_response(ENTRY):
        page.evaluate("(signed) => SellerChat('identify', async () => signed)", identity.sign(shop, "mia", "Mia"))
        page.evaluate("SellerChat('open')")
    say(page, "I am Mia")
    with page.expect_response(ENTRY):  # what is written in the moment of the change is nobody's
        page.evaluate("(signed) => SellerChat('identify', signed)", identity.sign(shop, "tom", "Tom"))
    expect(chat(page).locator(".welcome")).to_be_visible()
    expect(chat(page).locator(".row.mine")).to_have_count(0)
    say(page, "I am Tom")
    page.evaluate("SellerChat('shutdown')")
    expect(page.locator("seller-chat iframe")).to_have_count(0)
    expect(launcher(page)).to_be_hidden()
    said = ServiceSession.objects.filter(shop=shop).order_by("pk").values_list("buyer__uid", "last_message_text")
    assert list(said) == [("mia", "I am Mia"), ("tom", "I am Tom")]
    assert page.evaluate("window.said") == []  # the chat says nothing to windows, only to its port


def test_a_visitor_keeps_the_line_and_who_signs_in_reads_nothing_of_it(
    live: Live, shop: Shop, ann: Member, store: Site, new_page: NewPage, t: Words
) -> None:
    Widget.objects.filter(shop=shop).update(anonymous=True)
    page = new_page(viewport=PHONE, locale=t.locale)
    page.goto(store.embed(live, shop, lang=spoken(t)))
    launcher(page).click()
    say(page, "Do you ship to Wales?")
    page.reload()
    launcher(page).click()
    expect(chat(page).locator(".row.mine", has_text="Wales")).to_be_visible()
    assert Buyer.objects.filter(shop=shop).count() == 1
    page.goto(store.embed(live, shop, "/account", lang=spoken(t), identity=identity.sign(shop, "mia", "Mia")))
    launcher(page).click()
    expect(chat(page).locator("#app[data-connection=online]")).to_be_visible()
    expect(chat(page).locator(".row.mine")).to_have_count(0)
    page.goto(store.embed(live, shop, "/again", lang=spoken(t)))  # signed out: the earlier line does not come back
    launcher(page).click()
    expect(chat(page).locator("#app[data-connection=online]")).to_be_visible()
    expect(chat(page).locator(".row.mine")).to_have_count(0)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_it_fits_any_colour_and_both_sizes(
    live: Live, shop: Shop, ann: Member, store: Site, new_page: NewPage, size: dict[str, int]
) -> None:
    page = new_page(viewport=size, locale="en-GB", bypass_csp=True, has_touch=True)
    page.goto(store.embed(live, shop, identity=identity.sign(shop, "mia", "Mia"), kind="product", ref="LAMP"))
    box = launcher(page).bounding_box()
    assert box
    assert box["height"] >= 44
    assert box["x"] + box["width"] <= size["width"]
    launcher(page).click()
    expect(chat(page).locator("#app[data-connection=online]")).to_be_visible()
    seen = page.locator("seller-chat iframe").bounding_box()
    assert seen
    if size == PHONE:
        assert (seen["width"], seen["height"]) == (390, 844)
    else:
        assert seen["y"] >= 0
        assert seen["y"] + seen["height"] <= 800
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


@pytest.mark.rule("D2")
def test_a_site_that_is_not_on_the_list_can_not_frame_the_chat(
    live: Live, shop: Shop, store: Site, new_page: NewPage, allowed_console: list[str]
) -> None:
    allowed_console.extend(["frame-ancestors", "violates", "Unsafe attempt", "ERR_BLOCKED"])
    Widget.objects.filter(shop=shop).update(origins=["https://shop.example"])
    page = new_page(viewport=DESKTOP)
    for path in ("w", "c"):
        with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
            page.goto(store.page("/evil", f'<iframe src="{live.url}/{path}/{shop.pk}/"></iframe>'))
        expect(page.frame_locator("iframe").locator("#app")).to_have_count(0)


def test_hostile_windows_are_not_heard(
    live: Live, shop: Shop, store: Site, new_page: NewPage, allowed_console: list[str]
) -> None:
    allowed_console.append("postMessage")
    Widget.objects.filter(shop=shop).update(anonymous=True)
    page = new_page(viewport=DESKTOP)
    page.goto(store.page("/", f'<script src="/site.js"></script><iframe src="{live.url}/w/{shop.pk}/"></iframe>'))
    page.wait_for_load_state()
    # Right window, wrong words.
    for bad in (
        {"type": "hello"},
        {"sellerchat": 2, "type": "hello"},
        {"sellerchat": 1, "type": "start"},
        None,
        "hello",
    ):
        page.evaluate(SEND_HELLO, bad)
    # Right words, wrong window: a frame beside it on the same allowed site, which is not its parent.
    store.page("/evil", '<script src="/evil.js"></script>')
    store.pages["/evil.js"] = ("text/javascript", """
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => { parent.taken = true; };
        port1.postMessage({ type: "start", identity: "", entry: { kind: "shop" } });
        parent.frames[0].postMessage({ sellerchat: 1, type: "hello" }, "*", [port2]);
    """)  # fmt: skip
    page.evaluate("document.body.append(Object.assign(document.createElement('iframe'), { src: '/evil', id: 'evil' }))")
    page.frame_locator("#evil").locator("h1").wait_for()
    assert page.evaluate("[window.heard, window.taken, window.said]") == [[], None, []]
    assert not Buyer.objects.filter(shop=shop).exists()
    # Words that are right are heard, so that the test can fail; what follows must have the right shape.
    page.evaluate(SEND_HELLO, {"sellerchat": 1, "type": "hello"})
    assert page.evaluate(HEARD, 1) == [{"type": "ready"}]


def test_the_chat_takes_only_messages_of_the_right_shape(
    live: Live, shop: Shop, store: Site, new_page: NewPage
) -> None:
    Widget.objects.filter(shop=shop).update(anonymous=True)
    page = new_page(viewport=DESKTOP)
    page.goto(store.page("/", f'<script src="/site.js"></script><iframe src="{live.url}/w/{shop.pk}/"></iframe>'))
    page.wait_for_load_state()
    page.evaluate("""() => {
        const { port1, port2 } = new MessageChannel();
        window.heard = [];
        window.port = port1;
        port1.onmessage = (event) => window.heard.push(event.data.type);
        document.querySelector("iframe").contentWindow.postMessage({ sellerchat: 1, type: "hello" }, "*", [port2]);
        for (const bad of [null, 5, {}, { type: "start" }, { type: "start", identity: 5, entry: {} },
            { type: "start", identity: "", entry: { kind: "shop", more: "x" } }, { type: "constructor" },
            { type: "start", identity: "x".repeat(4001), entry: {} },
            { type: "shown", on: "yes" }]) port1.postMessage(bad);
        port1.postMessage({ type: "shutdown" });
    }""")
    assert page.evaluate(HEARD, 2) == ["ready", "bye"]
    assert not Buyer.objects.filter(shop=shop).exists()
