"""An agent's day in Chromium, in both languages: what each button says, and that it does what it says."""

import uuid
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from chat.actions import sessions
from chat.models import Message, QuickReply, ServiceSession, UserReport
from commerce.models import AfterSale
from shops.models import Feedback, Member, Shop
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import answer, look_at, open_desk, row, unreachable
from tests.browser.server import Live
from tests.browser.talker import Talker
from tests.browser.words import Words

pytestmark = pytest.mark.browser
Desk = Callable[..., Page]
OLD, NEW = 45, 30


@pytest.fixture
def shop(live: Live) -> Shop:
    return base.shop(f"Shop {uuid.uuid4().hex[:6]}", "tiktok_shop", forbidden_words=["promised"])


@pytest.fixture
def ann(shop: Shop) -> Member:
    base.agent(shop, "Bob", online=False, accepting=False)
    return base.agent(shop, "Ann", online=False)


@pytest.fixture
def page(live: Live, new_page: NewPage, ann: Member, t: Words) -> Page:
    clipboard = ["clipboard-read", "clipboard-write"]
    return open_desk(new_page, live, ann, locale=t.locale, permissions=clipboard)


@pytest.fixture
def long_talk(shop: Shop, ann: Member) -> ServiceSession:
    """An earlier reception, and a new one that has waited for long; before the console opens."""
    base.people.came_online(ann, "test", f"console-{ann.pk}")
    line = base.buyer(shop, "uid-Mia")
    for number in range(OLD):
        earlier = base.writes(line, f"old {number}")
    base.replies(ann, earlier, "Bye")
    sessions.close(earlier.pk, ann)
    for number in range(NEW):
        found = base.writes(line, f"new {number}")
    base.leave(ann)
    return found


def button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.rule("C4", "C6", "C17", "C21", "C23", "C26", "F2", "F4")
def test_reading_up_and_answering(
    live: Live, shop: Shop, ann: Member, long_talk: ServiceSession, page: Page, t: Words
) -> None:
    QuickReply.objects.create(shop=shop, title="Sent", text="Dear {buyer}, {agent} has sent it.")
    reads_up(live, shop, page, t)
    text = page.locator(".composer-text")
    text.fill("")
    text.press_sequentially("/")
    expect(page.locator(".quick-option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(text).to_have_value("Dear Uid-Mia, Ann has sent it.")
    page.keyboard.type(" As promised.")
    page.keyboard.press("Enter")
    expect(page.locator(".send-warning")).to_contain_text(t("Forbidden in this shop: %(text)s", text="promised"))
    button(page, t("Send anyway"))
    expect(page.locator(".ours .said").last).to_have_text("Dear Uid-Mia, Ann has sent it. As promised.")
    button(page, t("Note"))
    page.locator("dialog textarea").fill("Calls every week")
    button(page, t("Save"))
    expect(page.locator(".note")).to_contain_text(t("Private note by %(who)s", who="Ann"))
    answer(page, "Tomorow")
    expect(page.locator(".ours .said").last).to_have_text("Tomorow")
    page.locator(".ours").last.get_by_role("button", name=t("Recall")).click()
    expect(page.locator(".line", has_text=t("%(who)s recalled a message", who="Ann"))).to_be_visible()
    look_at(page, "Leo")
    button(page, t("No reply needed"))
    expect(page.locator(".aside")).to_contain_text(t("%(who)s: no reply needed", who="Ann"))
    said = Message.objects.filter(session=long_talk, sender_kind="agent")
    assert list(said.values_list("kind", flat=True).order_by("seq")) == ["text", "recalled"]


def reads_up(live: Live, shop: Shop, page: Page, t: Words) -> None:
    """From the first unread message up to what was said in an earlier reception, and down; a draft stays here."""
    look_at(page, "Uid-Mia")
    page.locator("#jump-unread").click()
    expect(page.locator(".unread-line")).to_be_in_viewport()
    expect(page.locator(".unread-line")).to_have_text(t("New messages"))
    page.locator("#stream").evaluate("stream => { stream.scrollTop = 0; }")
    expect(page.get_by_text("old 0", exact=True)).to_be_attached()
    Talker(live, shop, "Uid-Mia", "uid-Mia").says("And one more")
    page.locator("#jump-newest", has_text=t("%(n)s new message", n=1)).click()
    expect(page.get_by_text("And one more", exact=True).last).to_be_in_viewport()
    text = page.locator(".composer-text")
    text.fill("Half a thought")
    Talker(live, shop, "Leo").says("Hello?")
    look_at(page, "Leo")
    expect(text).to_have_value("")
    look_at(page, "Uid-Mia")
    expect(text).to_have_value("Half a thought")


@pytest.mark.rule("C2", "C4", "C10", "C13", "C18", "C23", "F3")
def test_cards_and_the_menu_more(live: Live, shop: Shop, page: Page, t: Words) -> None:
    base.question(shop, "When do you ship?", place=1)
    base.product(shop, "Green lamp")
    mia = Talker(live, shop, "Mia")
    mia.call("messages", client_msg_id=str(uuid.uuid4()), kind="emoji", text="🙂")
    found = ServiceSession.objects.get(shop=shop)
    order = base.order(found.conversation, "O-4711")
    AfterSale.objects.create(shop=shop, order=order, number="R-9", kind="return", created_at=timezone.now())
    look_at(page, "Mia")
    button(page, t("How can I help you?"))
    expect(page.locator(".ours .said")).to_have_text(t("How can I help you?"))
    mia.says("You fools")
    dialog = page.get_by_role("dialog")
    sends_cards(page, t)
    for what in ("Send the common questions", "Mark with a note…", "Mute the buyer…", "Report the buyer…"):
        button(page, t("More"))
        page.get_by_role("menuitem", name=t(what)).click()
        if what == "Mark with a note…":
            dialog.locator("#mark-note").fill("Is rude")
            page.keyboard.press("Enter")
            expect(row(page, "Mia").locator(".item-note")).to_have_text("Is rude")
        elif what == "Mute the buyer…":
            dialog.get_by_role("button", name=t("Mute the buyer")).click()
            muted = t("%(who)s muted the buyer until %(until)s", who="Ann", until="").strip()
            expect(page.locator(".aside", has_text=muted)).to_be_visible()
    dialog.get_by_role("checkbox").last.check()
    assert unreachable(page) == []
    dialog.get_by_role("button", name=t("Send the report")).click()
    expect(page.locator(".aside", has_text=t("Abuse"))).to_be_visible()
    assert UserReport.objects.get(session=found).evidence
    kinds = Message.objects.filter(session=found, sender_kind="agent").values_list("kind", flat=True)
    assert sorted(kinds) == ["after_sale_card", "faq_card", "order_card", "product_card", "text"]


def sends_cards(page: Page, t: Words) -> None:
    """The workbench's order, after-sale case and product go into the talk with one click each."""
    orders = page.locator("#panel-orders")
    orders.get_by_role("button", name=t("Copy number")).click()
    expect(page.get_by_text(t("Copied: %(text)s", text="O-4711"))).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "O-4711"
    orders.get_by_role("button", name=t("Send"), exact=True).click()
    orders.get_by_role("button", name=t("Send after-sale %(number)s", number="R-9")).click()
    # A case shows its order inside: the order's own card is the article.
    expect(page.locator(".message.ours article.card-order")).to_contain_text("O-4711")
    page.locator("#tab-products").click()
    page.locator("#product-search").fill("green")
    page.get_by_role("button", name=t("Send %(title)s", title="Green lamp")).click()
    expect(page.locator(".message.ours .card-product")).to_contain_text("Green lamp")


@pytest.mark.rule("C5", "C6", "C9", "C14", "C19", "C21", "C22", "C24", "B5")
def test_lists_a_close_a_break_and_feedback(
    live: Live, shop: Shop, ann: Member, page: Page, t: Words, allowed_console: list[str]
) -> None:
    page.get_by_role("switch", name=t("Accept chats")).click()
    expect(page.locator("#self-state")).to_have_text(t("Online, not accepting"))
    Talker(live, shop, "Mia").says("我要退款")
    page.locator("#tab-unassigned").click()
    row(page, "Mia").get_by_role("button", name=t("Assign to me")).click()
    expect(page.locator(".chat-name")).to_have_text("Mia")
    page.locator("#tab-open").click()
    expect(row(page, "Mia").get_by_text(t("Unreplied"))).to_be_visible()
    expect(page.locator("#filters [data-filter=unreplied]")).to_contain_text("1")
    page.locator("#search").fill("退款")
    expect(page.locator(".item-text mark")).to_have_text("退款")
    page.locator("#search").fill("")
    page.locator("#strip div").last.hover()
    definition = t("Conversations that buyers started today and that were assigned to you.")
    expect(page.locator("#strip [role=tooltip]").last).to_have_text(definition)
    expect(page.locator("#strip [role=tooltip]").last).to_be_visible()
    page.locator("#stream").focus()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name=t("Keyboard shortcuts"))
    expect(sheet).to_contain_text(t("Put a suggested reply into the box"))
    page.keyboard.press("Escape")
    button(page, t("Close"))
    page.locator("#closing-topic").select_option("after_sale")
    button(page, t("Close the conversation"))
    button(page, t("Undo"))
    expect(page.locator(".line", has_text=t("The close was undone"))).to_be_visible()
    rests(page, t)
    out_of_reach(page, t, allowed_console)
    button(page, t("Close"))
    page.get_by_label(t("Send a closing sentence")).check()
    page.get_by_label(t("Closing sentence"), exact=True).fill("Bye, Mia")
    button(page, t("Close the conversation"))
    expect(row(page, "Mia")).to_have_count(0)
    assert Message.objects.filter(session__shop=shop, text="Bye, Mia").exists()
    tells_the_makers(live, shop, page, t)


def out_of_reach(page: Page, t: Words, allowed_console: list[str]) -> None:
    """Without a network the console says so and counts what waits; it goes out by itself."""
    allowed_console += ["ERR_INTERNET_DISCONNECTED", "WebSocket"]
    page.context.set_offline(True)
    answer(page, "Still there?")
    expect(page.locator("#connection")).to_contain_text(t("Offline"))
    expect(page.locator("#connection")).to_contain_text(t("%(n)s unsent", n=1))
    page.context.set_offline(False)
    expect(page.locator(".ours:not(.pending) .said", has_text="Still there?")).to_be_visible(timeout=30_000)


def rests(page: Page, t: Words) -> None:
    """A break is seen, and ends."""
    page.locator("#shift").click()
    page.locator("#break-reason").fill("Tea")
    button(page, t("Start a break"))
    expect(page.locator("#self-state")).to_have_text(t("On a break: %(reason)s", reason="Tea"))
    page.locator("#shift").click()
    button(page, t("End the break"))
    expect(page.locator("#self-state")).not_to_contain_text("Tea")


def tells_the_makers(live: Live, shop: Shop, page: Page, t: Words) -> None:
    page.goto(f"{live.url}/shops/{shop.pk}/feedback/")
    page.locator("main textarea").fill("Larger letters, please")
    page.locator("main button[type=submit]").click()
    expect(page.get_by_text(t("Thank you, your feedback has been sent."))).to_be_visible()
    assert Feedback.objects.get(shop=shop).text == "Larger letters, please"
