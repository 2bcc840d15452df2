"""The bot from both sides in Chromium: every way a talk with it can go, what the figures make of it, and its help."""

import json
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from botfaq import actions as knowledge
from chat.actions import quick_replies
from chat.models import ServiceSession, Suggestion
from commerce.models import Product
from shops.models import Member, Shop
from tests import base, invariants
from tests.browser.answerer import Answerer
from tests.browser.conftest import NewPage
from tests.browser.console import look_at, open_desk
from tests.browser.phone import open_chat, say, session_of
from tests.browser.server import Live
from tests.browser.talker import Talker

pytestmark = [pytest.mark.browser, pytest.mark.slow]
State, Part = ServiceSession.State, ServiceSession.BotPart
SHIP, NOON = "When do you ship my parcel?", "Every day at noon."
SORRY = "Could you put it another way?"


@pytest.fixture(scope="module")
def live(own_live: Live) -> Live:
    """One whose whole database is checked."""
    return own_live


@pytest.fixture
def shop(live: Live) -> Shop:
    found = base.shop("Harbour", "tiktok_shop", language="en", bot_enabled=True)
    Product.objects.create(shop=found, sku="LAMP", title="Desk lamp", price="19.90", stock=3)
    base.question(found, SHIP, NOON)
    knowledge.changed(found.pk)
    return found


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Mei", role="owner", online=False)


def asks_card(page: Page) -> None:
    page.get_by_role("button", name=SHIP).click()
    expect(page.locator(".row.theirs", has_text=NOON)).to_be_visible()


def judges(page: Page, words: str, stars: int) -> None:
    """Say whether the answer helped, and rate the bot in the form that follows (E6)."""
    page.get_by_role("button", name=words, exact=True).click()
    page.locator(".star").nth(stars - 1).click()
    page.get_by_role("button", name="Send rating").click()
    expect(page.get_by_role("button", name="Send rating")).to_have_count(0)


def figures(live: Live, who: Member, name: str) -> dict[str, Any]:
    """Return today's figures as the running server tells them."""
    cookie, address = live.cookie(who.user), f"{live.url}/api/v1/shops/{who.shop_id}/analytics/{name}?range=day"
    request = urllib.request.Request(address, headers={"Cookie": f"{cookie['name']}={cookie['value']}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return {one["key"]: one["value"] for one in json.load(answer)["figures"]}


@pytest.mark.rule("E3", "E4", "E6", "D4", "G2", "G5")
def test_every_way_of_the_bot_is_walked_and_counted(live: Live, new_page: NewPage, shop: Shop, owner: Member) -> None:
    ann = base.agent(shop, "Ann", online=False)
    base.agent(shop, "Bob", online=False)

    card = open_chat(new_page, live, shop, "card")
    asks_card(card)
    judges(card, "Solved", 5)
    expect(card.get_by_text("Solved. Glad to help!")).to_be_visible()

    followed = open_chat(new_page, live, shop, "followed")
    say(followed, "when do you ship my parcel")
    expect(followed.locator(".row.theirs", has_text=NOON)).to_be_visible()
    say(followed, "Qwerty asdfgh")
    expect(followed.get_by_text(SORRY)).to_be_visible()

    lost = open_chat(new_page, live, shop, "lost")
    say(lost, "Asdfgh qwerty")
    expect(lost.get_by_text(SORRY)).to_be_visible()
    say(lost, "Zxcvbn")
    expect(lost.locator("#queue-note")).to_be_visible()
    expect(lost.get_by_text(SORRY)).to_have_count(1)

    asks_a_human(live, new_page, shop, ann)

    cross = open_chat(new_page, live, shop, "cross")
    asks_card(cross)
    judges(cross, "Not solved", 1)
    expect(cross.locator("#queue-note")).to_be_visible()

    walked = {uid: session_of(shop, uid) for uid in ("card", "followed", "lost", "human", "cross")}
    assert {uid: (one.state, one.bot_part) for uid, one in walked.items()} == {
        "card": (State.BOT, Part.KEPT),
        "followed": (State.BOT, Part.KEPT),
        "lost": (State.QUEUED, Part.MISSES),
        "human": (State.ASSIGNED, Part.ASKED),
        "cross": (State.QUEUED, Part.RATED_LOW),
    }
    counted(live, owner)
    invariants.check()


def asks_a_human(live: Live, new_page: NewPage, shop: Shop, ann: Member) -> None:
    """A buyer who was answered wants a person all the same, and gets Ann."""
    human = open_chat(new_page, live, shop, "human")
    asks_card(human)
    human.locator("#human").click()
    expect(human.locator("#queue-note")).to_be_visible()
    agent = Answerer(live, ann)
    agent.does(session_of(shop, "human"), "take")
    agent.says(session_of(shop, "human"), "I am here.")


def counted(live: Live, owner: Member) -> None:
    """Answered are the card's and the cross one (no follow-up) and the human's; only the first two automatically."""
    overview, bot = figures(live, owner, "overview"), figures(live, owner, "bot")
    assert overview["consultations"] == 5
    assert overview["response_rate"] == pytest.approx(3 / 5)
    assert (overview["auto_solved"], overview["human_in_time"], overview["unanswered"]) == (2, 1, 2)
    assert (bot["received"], bot["handed_over"]) == (5, pytest.approx(3 / 5))
    assert (bot["bot_answers"], bot["solve_rate"], bot["feedback_rate"]) == (4, 1 / 4, 1 / 2)


@pytest.mark.rule("E8")
def test_an_agent_takes_a_suggested_reply_changes_it_and_sends(
    live: Live, new_page: NewPage, shop: Shop, owner: Member
) -> None:
    Shop.objects.filter(pk=shop.pk).update(bot_enabled=False)
    quick_replies.create(owner, "shop", "Shipping a parcel", "Parcels leave at noon, {buyer}.")
    ann = base.agent(shop, "Ann", online=False)
    desk = open_desk(new_page, live, ann)
    mia = Talker(live, shop, "Mia")
    mia.says(SHIP)
    look_at(desk, "Mia")
    strip, box = desk.get_by_role("region", name="Suggested replies"), desk.locator(".composer-text")
    expect(strip.get_by_role("button")).to_have_count(2)
    expect(box).to_be_focused()
    desk.keyboard.press("Alt+1")
    expect(box).to_have_value(NOON)
    strip.get_by_role("button").nth(1).click()
    expect(box).to_have_value("Parcels leave at noon, Mia.")
    desk.keyboard.type(" Yours too.")
    expect(strip).to_be_hidden()
    desk.keyboard.press("Enter")
    expect(desk.locator("#stream .message", has_text="Yours too.")).to_contain_text("Sent")
    expect(strip).to_be_hidden()
    mia.says(SHIP)
    expect(strip).to_be_visible()
    desk.keyboard.press("Alt+1")
    desk.keyboard.press("Enter")
    expect(desk.locator("#stream .message", has_text=NOON)).to_contain_text("Sent")
    assert list(Suggestion.objects.order_by("seq").values_list("outcome", "source")) == [
        ("changed", "quick"),
        ("sent", "faq"),
    ]
    desk.get_by_role("button", name="Suggested replies", exact=True).click()
    mia.says(SHIP)
    expect(desk.locator("#stream .said", has_text=SHIP)).to_have_count(3)
    expect(strip).to_be_hidden()
