"""Smaller things of both pages in Chromium: videos, typing, asking for a human, pasted pictures, the theme."""

import base64
import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chat.models import Message, ServiceSession
from commerce.models import Product
from shops.models import Member, Shop
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import answer, look_at, open_desk, row
from tests.browser.phone import mine, open_chat, say, session_of
from tests.browser.server import Live
from tests.browser.words import Words
from tests.chat import samples

pytestmark = pytest.mark.browser
GIVEN = """(node, [how, name, mime, data]) => {
    const files = new DataTransfer();
    files.items.add(new File([Uint8Array.from(atob(data), (one) => one.charCodeAt(0))], name, { type: mime }));
    const more = { bubbles: true, cancelable: true };
    const event = how === "paste" ? new ClipboardEvent("paste", { clipboardData: files, ...more })
        : new DragEvent(how, { dataTransfer: files, ...more });
    return !node.dispatchEvent(event);
}"""


@pytest.fixture
def shop(live: Live) -> Shop:
    made = base.shop(f"Shop {uuid.uuid4().hex[:6]}", greeting="")
    Product.objects.create(shop=made, sku="LAMP", title="Desk lamp", price="19.90", stock=3)
    return made


@pytest.fixture
def ann(shop: Shop) -> Member:
    return base.agent(shop, "Ann", online=False)


@pytest.fixture
def both(live: Live, new_page: NewPage, shop: Shop, ann: Member, request: pytest.FixtureRequest) -> tuple[Page, Page]:
    """A buyer and an agent who talk with each other in the test's language, the agent's window in front."""
    t = request.getfixturevalue("t") if "t" in request.fixturenames else Words("en-GB")
    desk, buyer = open_desk(new_page, live, ann, locale=t.locale), open_chat(new_page, live, shop, locale=t.locale)
    say(buyer, "Hello")
    look_at(desk, "Mia")
    expect(desk.locator(".said", has_text="Hello")).to_be_visible()
    expect(buyer.locator("#status")).to_have_text(t("%(agent)s is answering you", agent="Ann"))
    return buyer, desk


def film(name: str) -> Any:
    return {"name": name, "mimeType": "video/mp4", "buffer": samples.mp4()}


def give(page: Page, where: str, how: str, name: str, mime: str, data: bytes) -> bool:
    """Paste or drop a file; return whether the page took it from the browser."""
    return bool(page.locator(where).evaluate(GIVEN, [how, name, mime, base64.b64encode(data).decode()]))


@pytest.mark.rule("C2")
def test_videos_go_both_ways(shop: Shop, both: tuple[Page, Page], t: Words) -> None:
    buyer, desk = both
    buyer.locator("#open-more").click()
    with buyer.expect_file_chooser() as chooser:
        buyer.get_by_role("button", name=t("Video")).click()
    chooser.value.set_files(film("lamp.mp4"))
    expect(desk.locator(".message.theirs video")).to_be_visible()
    with desk.expect_file_chooser() as chooser:
        desk.get_by_role("button", name=t("Picture or video")).click()
    chooser.value.set_files(film("how-to.mp4"))
    expect(buyer.locator("#rows .row.theirs video")).to_be_visible()
    said = Message.objects.filter(shop=shop, kind="video").order_by("seq")
    assert [message.sender_kind for message in said] == ["buyer", "agent"]


def test_each_side_sees_the_other_typing(live: Live, new_page: NewPage, shop: Shop, ann: Member, t: Words) -> None:
    desk = open_desk(new_page, live, ann, locale=t.locale)
    buyer = open_chat(new_page, live, shop, locale=t.locale)
    say(buyer, "Hello")
    look_at(desk, "Mia")
    expect(desk.locator(".said", has_text="Hello")).to_be_visible()
    expect(buyer.locator("#status")).to_have_text(t("%(agent)s is answering you", agent="Ann"))
    buyer.locator("#text").press_sequentially("Is it")
    expect(desk.locator("#typing")).to_have_text(t("%(name)s is typing…", name="Mia"))
    desk.locator(".composer-text").press_sequentially("One mo")
    expect(buyer.locator("#typing")).to_be_visible()
    expect(buyer.locator("#typing-words")).to_have_text(t("%(agent)s is typing…", agent="Ann"))
    say(buyer, "Is it bright?")
    expect(desk.locator("#typing")).to_be_empty()
    answer(desk, "Very.")
    expect(buyer.locator(".row.theirs", has_text="Very.")).to_be_visible()
    expect(buyer.locator("#typing")).to_be_hidden()


def test_typing_that_stops_is_told_as_over(both: tuple[Page, Page]) -> None:
    buyer, desk = both
    buyer.locator("#text").fill("Is")
    expect(desk.locator("#typing")).to_have_text("Mia is typing…")
    buyer.locator("#text").fill("")
    expect(desk.locator("#typing")).to_be_empty()


@pytest.mark.rule("D4", "E3")
@pytest.mark.parametrize("where", ["top", "menu"])
def test_a_buyer_with_the_bot_asks_for_a_human(
    live: Live, new_page: NewPage, shop: Shop, ann: Member, where: str
) -> None:
    base.question(shop, "When do you ship?", place=1)
    Shop.objects.filter(pk=shop.pk).update(bot_enabled=True)
    desk, buyer = open_desk(new_page, live, ann), open_chat(new_page, live, shop)
    say(buyer, "When do you ship?")
    expect(buyer.locator(".row.theirs", has_text="Within a day.")).to_be_visible()
    expect(buyer.locator("#status")).to_have_text("The assistant is answering you")
    expect(row(desk, "Mia")).to_have_count(0)
    if where == "top":
        buyer.locator("#human").click()
    else:
        buyer.locator("#open-more").click()
        buyer.locator("[data-action=human]").click()
    expect(buyer.locator("#status")).to_have_text("Ann is answering you")
    expect(buyer.locator("#human")).to_be_hidden()
    look_at(desk, "Mia")
    expect(desk.locator("#stream")).to_contain_text("The buyer asked for a human")
    assert session_of(shop).state == ServiceSession.State.ASSIGNED


@pytest.mark.rule("C2")
def test_pictures_are_pasted_and_dropped_into_the_console(shop: Shop, both: tuple[Page, Page], t: Words) -> None:
    buyer, desk = both
    assert give(desk, ".composer-text", "paste", "pasted.png", "image/png", samples.png())
    expect(buyer.locator("#rows .row.theirs button.media")).to_have_count(1)
    assert give(desk, "#stream", "dragover", "dropped.jpg", "image/jpeg", samples.jpeg())
    expect(desk.locator("#chat.dropping")).to_be_visible()
    assert give(desk, "#stream", "drop", "dropped.jpg", "image/jpeg", samples.jpeg())
    expect(desk.locator("#chat.dropping")).to_have_count(0)
    expect(buyer.locator("#rows .row.theirs button.media")).to_have_count(2)
    expect(desk.locator(".message.ours .media")).to_have_count(2)
    assert give(desk, "#stream", "drop", "notes.pdf", "application/pdf", b"%PDF-1.7")
    expect(desk.get_by_text(t("Only pictures and videos can be sent."))).to_be_visible()
    assert Message.objects.filter(shop=shop, sender_kind="agent").count() == 2


def test_a_picture_is_pasted_into_the_buyers_page(shop: Shop, both: tuple[Page, Page], t: Words) -> None:
    buyer, desk = both
    assert give(buyer, "#text", "paste", "pasted.png", "image/png", samples.png())
    expect(desk.locator(".message.theirs .media")).to_be_visible()
    expect(mine(buyer, "Hello")).to_have_count(1)


def test_the_theme_button_turns_the_theme_and_it_stays(live: Live, new_page: NewPage, shop: Shop, ann: Member) -> None:
    desk = open_desk(new_page, live, ann, color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = desk.evaluate(ground)
    desk.locator("#theme").click()
    dark = desk.evaluate(ground)
    assert dark != light
    desk.goto(f"{live.url}/shops/{shop.pk}/settings/")
    assert desk.evaluate(ground) == dark
    desk.goto(f"{live.url}/desk/{shop.pk}/")
    desk.locator("#theme").click()
    assert desk.evaluate(ground) == light
    desk.emulate_media(color_scheme="dark")
    desk.reload()
    assert desk.evaluate(ground) == light
