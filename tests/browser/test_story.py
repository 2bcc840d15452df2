"""One story with real pages on both sides: the queue, a talk, two broken connections, the close, the next talk."""

import pytest
from playwright.sync_api import Page, expect

from chat.models import Assignment, Conversation, Event, Message, ServiceSession
from shops.models import Member, Shop
from tests import base, invariants
from tests.browser.conftest import NewPage
from tests.browser.console import answer, look_at, open_desk, row, snapshot
from tests.browser.phone import mine, open_chat, ready, say, session_of, shown
from tests.browser.server import Live

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BROKEN = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "WebSocket")
ENOUGH = 40_000  # the longest pause before another attempt is 30 s
TEXTS = "nodes => nodes.map(node => node.textContent)"
SAID_TO_BUYER = "#rows .bubble > p"
SAID_TO_AGENT = "#stream .message .said"


@pytest.fixture(scope="module")
def live(own_live: Live) -> Live:
    """One that is killed, and whose whole database is checked."""
    return own_live


@pytest.mark.rule("B3", "C1", "C5", "D3")
def test_a_talk_survives_what_happens_to_it(live: Live, new_page: NewPage, allowed_console: list[str]) -> None:
    shop = base.shop("Story", greeting="")
    lamp = base.product(shop)
    ann = base.agent(shop, "Ann", online=False)
    base.agent(shop, "Bob", online=False)
    buyer = open_chat(new_page, live, shop, ref=lamp.sku)
    assert not ServiceSession.objects.filter(shop=shop).exists()

    say(buyer, "Is anybody there?")
    expect(buyer.locator("#queue-note")).to_contain_text("You are next in the queue")
    desk = open_desk(new_page, live, ann)
    expect(buyer.locator("#status")).to_have_text("Ann is answering you")
    expect(buyer.locator("#queue-note")).to_be_hidden()
    look_at(desk, "Mia")
    answer(desk, "Good day, Mia!")
    expect(buyer.locator(".row.theirs", has_text="Good day, Mia!")).to_be_visible()

    allowed_console.extend(BROKEN)
    offline_and_back(buyer, desk)
    killed_and_back(live, buyer, desk)
    nothing_lost_nothing_twice(shop, buyer, desk)
    closed_and_again(shop, ann, buyer, desk)
    invariants.check()


def nothing_lost_nothing_twice(shop: Shop, buyer: Page, desk: Page) -> None:
    """Each side's messages are stored in the order written, and both pages show the log."""
    said = Message.objects.filter(shop=shop, kind="text").order_by("seq")
    assert [m.text for m in said if m.sender_kind == "buyer"] == ["Is anybody there?", "b1", "b2", "b3", "b4"]
    assert [m.text for m in said if m.sender_kind == "agent"] == ["Good day, Mia!", "a1", "a2", "a3", "a4"]
    same_on_both_sides(shop, buyer, desk)


def closed_and_again(shop: Shop, ann: Member, buyer: Page, desk: Page) -> None:
    """The agent closes; the buyer writes again, and a new session is routed."""
    first = session_of(shop)
    desk.get_by_role("button", name="Close", exact=True).click()
    desk.get_by_role("button", name="Close the conversation", exact=True).click()
    expect(buyer.locator(".row.closed")).to_be_visible()
    expect(row(desk, "Mia")).to_have_count(0)
    say(buyer, "One more question")
    expect(buyer.locator("#status")).to_have_text("Ann is answering you")
    expect(row(desk, "Mia")).to_be_visible()
    look_at(desk, "Mia")
    expect(desk.locator(SAID_TO_AGENT, has_text="One more question")).to_be_visible()
    second = session_of(shop)
    first.refresh_from_db()
    assert (first.state, first.close_reason) == ("closed", "agent")
    assert (second.state, second.assignee) == ("assigned", ann)
    assert second.pk != first.pk
    assert list(Assignment.objects.filter(session=second).values_list("kind", flat=True)) == ["auto"]


def offline_and_back(buyer: Page, desk: Page) -> None:
    """The network goes away on both sides while each writes twice."""
    for page in (buyer, desk):
        page.context.set_offline(True)
    expect(buyer.locator("#bar")).to_contain_text("You are offline.")
    expect(desk.locator("#connection")).to_contain_text("Offline")
    each_writes(buyer, desk, "12")
    for page in (buyer, desk):
        page.context.set_offline(False)
    ready(buyer)
    all_arrived(buyer, desk, "12")


def killed_and_back(live: Live, buyer: Page, desk: Page) -> None:
    """The server dies while each writes twice, and starts again."""
    live.kill()
    expect(buyer.locator("#app[data-connection=online]")).to_have_count(0)
    expect(desk.locator("#connection")).not_to_have_text("Online")
    each_writes(buyer, desk, "34")
    live.start()
    all_arrived(buyer, desk, "34")


def each_writes(buyer: Page, desk: Page, numbers: str) -> None:
    for number in numbers:
        say(buyer, f"b{number}")
        answer(desk, f"a{number}")


def all_arrived(buyer: Page, desk: Page, numbers: str) -> None:
    for number in numbers:
        expect(mine(buyer, f"b{number}")).to_have_count(1, timeout=ENOUGH)
        expect(buyer.locator("#rows .row.theirs", has_text=f"a{number}")).to_have_count(1, timeout=ENOUGH)
        for text in (f"a{number}", f"b{number}"):
            expect(desk.locator(SAID_TO_AGENT, has_text=text)).to_have_count(1, timeout=ENOUGH)
    expect(buyer.locator("#unsent li")).to_have_count(0)
    expect(desk.locator("#connection")).to_have_text("Online", timeout=ENOUGH)


def same_on_both_sides(shop: Shop, buyer: Page, desk: Page) -> None:
    """Both pages show each message once, in the order of the log."""
    said = list(Message.objects.filter(shop=shop, kind="text").order_by("seq").values_list("text", flat=True))
    assert buyer.locator(SAID_TO_BUYER).evaluate_all(TEXTS) == said
    assert desk.locator(SAID_TO_AGENT).evaluate_all(TEXTS) == said
    line = Conversation.objects.get(shop=shop)
    assert [event["seq"] for event in snapshot(desk)["events"]] == list(range(1, line.last_seq + 1))
    unseen = ["session.opened", "session.queued"]
    events = Event.objects.filter(conversation=line).exclude(kind__in=unseen).order_by("seq")
    assert shown(buyer) == list(events.values_list("seq", flat=True))
