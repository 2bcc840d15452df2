"""The buyer's page in Chromium as on a phone, against a real server, with an agent who answers through the API."""

import io
import json
import uuid
from collections.abc import Callable
from functools import partial

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from chat.models import Event, Message, ServiceSession
from commerce.models import AfterSale, Order, Product
from shops.models import Buyer, Member, Shop
from tests import base
from tests.browser.answerer import Answerer
from tests.browser.conftest import NewPage
from tests.browser.phone import address, mine, open_chat, ready, say, session_of, shown
from tests.browser.server import Live
from tests.browser.words import Words

pytestmark = pytest.mark.browser
Chat = Callable[..., Page]
STORED = """() => new Promise(resolve => { indexedDB.open("outbox").onsuccess = event => {
    const entries = event.target.result.transaction("entries").objectStore("entries").count();
    entries.onsuccess = () => resolve(entries.result > 0);
} })"""
OFFLINE = ("ERR_INTERNET_DISCONNECTED", "WebSocket")


@pytest.fixture
def shop(live: Live) -> Shop:
    return base.shop(f"Shop {uuid.uuid4().hex[:6]}", greeting="Welcome to the harbour!")


@pytest.fixture
def goods(shop: Shop) -> Product:
    return Product.objects.create(shop=shop, sku="LAMP", title="Desk lamp", price="19.90", stock=3)


@pytest.fixture
def ann(shop: Shop, goods: Product) -> Member:
    """Agents of this shop have no console open: whoever writes waits until one takes the session."""
    base.agent(shop, "Bob", online=False)
    return base.agent(shop, "Ann", online=False)


@pytest.fixture
def chat(new_page: NewPage, live: Live) -> Chat:
    return partial(open_chat, new_page, live)


def order(shop: Shop, goods: Product) -> Order:
    buyer = Buyer.objects.create(shop=shop, uid="mia", nickname="Mia")
    found = Order.objects.create(
        shop=shop, buyer=buyer, number="N-77", state="in_transit", total="39.80", created_at=timezone.now()
    )
    found.items.create(product=goods, quantity=2, price="19.90")
    AfterSale.objects.create(shop=shop, order=found, number="R-1", kind="return", created_at=timezone.now())
    return found


@pytest.mark.rule("C1", "D1")
def test_opening_shows_greeting_and_questions_and_starts_nothing(shop: Shop, ann: Member, chat: Chat) -> None:
    base.question(shop, "When do you ship?", place=1)
    page = chat(shop)
    expect(page.locator(".welcome")).to_contain_text("Welcome to the harbour!")
    expect(page.locator("#entry-card")).to_contain_text("Desk lamp")
    assert "identity" not in page.url
    assert not ServiceSession.objects.filter(shop=shop).exists()
    page.get_by_role("button", name="When do you ship?").click()
    expect(mine(page, "When do you ship?")).to_be_visible()
    assert session_of(shop).state == ServiceSession.State.QUEUED


@pytest.mark.slow
@pytest.mark.rule("D3")
def test_the_buyer_sees_the_place_then_who_answers_then_what_was_read(
    live: Live, shop: Shop, ann: Member, chat: Chat
) -> None:
    first, page = chat(shop, "leo"), chat(shop)
    say(first, "I was here first")
    expect(mine(first, "I was here first").locator(".mark")).to_have_text("Sent")
    say(page, "Is it bright?")
    expect(page.locator("#queue-note")).to_contain_text("number 2")
    agent = Answerer(live, ann)
    agent.does(session_of(shop, "leo"), "take")
    expect(page.locator("#queue-note")).to_contain_text("next", timeout=25_000)  # told with a beat
    session = session_of(shop)
    agent.does(session, "take")
    expect(page.locator("#status")).to_have_text("Ann is answering you")
    agent.does(session, "read", seq=agent.says(session, "Very bright."))
    expect(page.locator(".row.theirs", has_text="Very bright.")).to_be_visible()
    expect(mine(page, "Is it bright?").locator(".mark")).to_have_text("Read")


def test_what_the_buyer_looks_at_is_told_as_read(live: Live, shop: Shop, ann: Member, chat: Chat) -> None:
    page, agent = chat(shop), Answerer(live, ann)
    with page.expect_websocket() as opened:
        page.reload()
    ready(page)
    say(page, "Is it bright?")
    expect(page.locator("#queue-note")).to_be_visible()
    session = session_of(shop)
    agent.does(session, "take")
    page.bring_to_front()
    with opened.value.expect_event("framereceived", lambda text: _read(text) == seq_of(session, "Very bright.")):
        agent.says(session, "Very bright.")


def seq_of(session: ServiceSession, text: str) -> int | None:
    return Message.objects.filter(session=session, text=text).values_list("seq", flat=True).first()


def _read(text: str | bytes) -> int | None:
    frame = json.loads(text)
    return frame["buyer"]["read"] if frame["type"] == "receipt" else None


@pytest.mark.rule("C2", "D1")
@pytest.mark.parametrize(("kind", "ref", "sent"), [
    ("product", "LAMP", "product_card"), ("order", "N-77", "order_card"), ("after_sale", "R-1", "order_card"),
])  # fmt: skip
def test_the_card_of_the_entry_is_sent_with_one_tap(
    shop: Shop, goods: Product, ann: Member, chat: Chat, kind: str, ref: str, sent: str
) -> None:
    order(shop, goods)
    page = chat(shop, kind=kind, ref=ref)
    page.get_by_role("button", name="Send to the shop").click()
    expect(mine(page, "Desk lamp")).to_be_visible()
    expect(page.locator("#entry-card")).to_be_empty()
    said = Message.objects.get(shop=shop, sender_kind="buyer")
    assert (said.kind, session_of(shop).entry) == (sent, kind)


@pytest.mark.rule("C2")
def test_emoji_and_pictures_are_sent_as_what_they_are(shop: Shop, ann: Member, chat: Chat) -> None:
    page = chat(shop)
    say(page, "👍🎉")
    expect(page.locator("#rows .big-emoji")).to_be_visible()
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(picture, "PNG")
    page.locator("#open-more").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Picture").click()
    chooser.value.set_files({"name": "lamp.png", "mimeType": "image/png", "buffer": picture.getvalue()})
    page.locator("#rows").get_by_role("button", name="Open the picture").click()
    expect(page.locator("#viewer-picture")).to_be_visible()
    page.keyboard.press("Escape")
    assert [m.kind for m in Message.objects.filter(shop=shop).order_by("seq")] == ["emoji", "image"]


@pytest.mark.rule("D3")
def test_what_is_written_offline_goes_out_once_and_in_order(
    live: Live, shop: Shop, ann: Member, chat: Chat, allowed_console: list[str]
) -> None:
    page, agent = chat(shop), Answerer(live, ann)
    say(page, "Hello")
    expect(mine(page, "Hello").locator(".mark")).to_have_text("Sent")
    session = session_of(shop)
    agent.does(session, "take")
    allowed_console.extend(OFFLINE)
    page.context.set_offline(True)
    expect(page.locator("#bar")).to_contain_text("You are offline.")
    for text in ("one", "two", "three"):
        say(page, text)
    expect(page.locator("#bar")).to_contain_text("3 messages")
    agent.says(session, "Still there?")
    page.context.set_offline(False)
    ready(page)
    expect(page.locator("#unsent li")).to_have_count(0)
    expect(page.locator("#bar")).to_be_hidden()
    said = [m.text for m in Message.objects.filter(session=session).order_by("seq")]
    assert said == ["Hello", "Still there?", "one", "two", "three"]
    events = Event.objects.filter(session=session).exclude(kind__in=["session.opened", "session.queued"])
    assert shown(page) == list(events.order_by("seq").values_list("seq", flat=True))


@pytest.mark.rule("D3")
def test_unsent_messages_survive_the_tab(
    live: Live, shop: Shop, ann: Member, chat: Chat, allowed_console: list[str], t: Words
) -> None:
    page = chat(shop, locale=t.locale)
    allowed_console.extend((*OFFLINE, "503"))
    page.route("**/api/v1/buyer/messages", lambda route: route.fulfill(status=503, json={"code": "busy", "detail": ""}))
    page.route_web_socket("**/ws/buyer/*", lambda socket: socket.close(code=4503))
    page.reload()
    expect(page.locator(".welcome")).to_be_visible()
    say(page, "Not lost")
    expect(page.locator("#unsent .row", has_text="Not lost")).to_be_visible()
    page.wait_for_function(STORED)
    other = page.context.new_page()
    page.close()
    other.goto(address(live, shop))
    expect(mine(other, "Not lost")).to_have_count(1)
    assert Message.objects.filter(shop=shop, text="Not lost").count() == 1


@pytest.mark.rule("D3")
def test_a_refused_message_says_why_and_can_be_put_away(
    shop: Shop, ann: Member, chat: Chat, allowed_console: list[str], t: Words
) -> None:
    page = chat(shop, locale=t.locale)
    allowed_console.append("415")
    page.locator("#file").set_input_files({"name": "x.png", "mimeType": "image/png", "buffer": b"no picture at all"})
    failed = page.locator("#unsent .row")
    expect(failed.locator(".mark")).to_have_text(t("Not sent"))
    expect(failed.locator(".problem")).not_to_be_empty()
    failed.get_by_role("button", name=t("Delete")).click()
    expect(failed).to_have_count(0)
    assert not ServiceSession.objects.filter(shop=shop).exists()


@pytest.mark.rule("D3")
def test_what_was_refused_is_sent_again_on_demand(
    shop: Shop, ann: Member, chat: Chat, allowed_console: list[str], t: Words
) -> None:
    page = chat(shop, locale=t.locale)
    allowed_console.extend(("409", "WebSocket"))
    no = {"code": "paused", "detail": "Not now."}
    page.route("**/api/v1/buyer/messages", lambda route: route.fulfill(status=409, json=no))
    page.route_web_socket("**/ws/buyer/*", lambda socket: socket.close(code=4503))
    page.reload()
    expect(page.locator(".welcome")).to_be_visible()
    say(page, "Once more")
    failed = page.locator("#unsent .row")
    expect(failed.locator(".problem")).to_contain_text("Not now.")
    page.unroute("**/api/v1/buyer/messages")
    failed.get_by_role("button", name=t("Send again")).click()
    expect(mine(page, "Once more")).to_have_count(1)
    assert Message.objects.filter(shop=shop, text="Once more").count() == 1


@pytest.mark.rule("C5", "D3")
def test_after_a_close_the_buyer_writes_again_and_reads_what_was_before(
    live: Live, shop: Shop, ann: Member, chat: Chat
) -> None:
    page, agent = chat(shop), Answerer(live, ann)
    say(page, "First")
    expect(page.locator("#queue-note")).to_be_visible()
    first = session_of(shop)
    agent.does(first, "take")
    for number in range(40):
        agent.says(first, f"line {number}")
    agent.does(first, "close")
    expect(page.locator(".row.closed")).to_be_visible()
    say(page, "Second")
    expect(page.locator(".row.divider")).to_be_visible()
    assert session_of(shop).pk != first.pk
    page.reload()
    ready(page)
    expect(mine(page, "Second")).to_be_visible()
    expect(mine(page, "First")).to_have_count(0)
    page.locator("#stream").evaluate("stream => { stream.scrollTop = 0; }")
    expect(mine(page, "First")).to_have_count(1)
    expect(page.locator("#older")).to_be_hidden()
    assert shown(page) == sorted(set(shown(page)))


def test_a_draft_is_kept_and_the_address_holds_no_secret(shop: Shop, ann: Member, chat: Chat, t: Words) -> None:
    page = chat(shop, locale=t.locale)
    page.locator("#text").fill("Half a thou")
    page.reload()
    ready(page)
    expect(page.locator("#text")).to_have_value("Half a thou")


@pytest.mark.rule("C2")
def test_a_faq_card_that_the_agent_sends_is_shown_to_the_buyer(live: Live, shop: Shop, ann: Member, chat: Chat) -> None:
    page = chat(shop)
    base.question(shop, "Chosen after the page was opened?")
    say(page, "What do people ask?")
    expect(mine(page, "What do people ask?").locator(".mark")).to_have_text("Sent")
    agent, session = Answerer(live, ann), session_of(shop)
    agent.does(session, "take")
    agent.does(session, "messages", client_msg_id=str(uuid.uuid4()), kind="faq_card")
    expect(page.get_by_role("button", name="Chosen after the page was opened?")).to_be_visible()


@pytest.mark.rule("C21")
def test_a_message_that_the_agent_recalls_leaves_the_open_page(live: Live, shop: Shop, ann: Member, chat: Chat) -> None:
    page = chat(shop)
    say(page, "When?")
    expect(mine(page, "When?").locator(".mark")).to_have_text("Sent")
    agent, session = Answerer(live, ann), session_of(shop)
    agent.does(session, "take")
    seq = agent.says(session, "Tomorow")
    expect(page.locator(".row.theirs", has_text="Tomorow")).to_be_visible()
    agent.does(session, "recall", seq=seq)
    expect(page.get_by_text("Ann recalled a message")).to_be_visible()
    expect(page.get_by_text("Tomorow")).to_have_count(0)
