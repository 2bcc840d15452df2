"""A console that slept for ten minutes: within two seconds of waking it holds what a fresh one would fetch."""

import time
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from chat.models import ServiceSession
from shops.models import Member
from tests import base
from tests.browser.answerer import Answerer
from tests.browser.conftest import NewPage
from tests.browser.console import DESKTOP, answer, look_at, open_desk, row, snapshot
from tests.browser.server import Live
from tests.browser.talker import Talker

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.rule("C19")]
SLEEP = timedelta(minutes=10)
AWAKE = 2.0  # seconds
GIVE_UP = 45.0  # seconds, two beats: a busy machine is slow, a client that is wrong stays wrong


def asleep(page: Page) -> None:
    """Freeze the page's timers and cut its network: the lid is closed."""
    page.clock.pause_at(timezone.now() + timedelta(seconds=1))
    page.context.set_offline(True)


def wake(page: Page) -> None:
    """The lid is opened ten minutes later; timers that were due fire once."""
    page.context.set_offline(False)
    page.clock.fast_forward(SLEEP // timedelta(milliseconds=1))
    page.clock.resume()


def settled(page: Page, fresh: Page) -> float:
    """Return after how many seconds both hold the same; fail with both if they never do."""
    began = time.monotonic()
    while snapshot(page) != snapshot(fresh) and time.monotonic() < began + GIVE_UP:
        page.wait_for_timeout(50)
    assert snapshot(page) == snapshot(fresh)
    return time.monotonic() - began


def test_after_ten_minutes_asleep_the_store_equals_a_fresh_fetch(
    live: Live, new_page: NewPage, allowed_console: list[str]
) -> None:
    shop = base.shop(f"Shop {uuid.uuid4().hex[:6]}")
    ann, bob = base.agent(shop, "Ann", online=False), base.agent(shop, "Bob", online=False)
    Member.objects.filter(pk=bob.pk).update(accepting=False)
    hers = new_page(viewport=DESKTOP, locale="en-GB")
    hers.clock.install()
    open_desk(new_page, live, ann, page=hers)
    his = open_desk(new_page, live, bob)
    talkers = {name: Talker(live, shop, name) for name in ("Mia", "Leo", "Uma", "Kim", "Zoe")}
    for name in ("Mia", "Leo", "Uma"):
        talkers[name].says("Hello?")
    look_at(hers, "Mia")
    expect(hers.locator(".said", has_text="Hello?")).to_be_visible()
    expect(row(hers, "Mia").locator(".unread")).to_have_count(0)
    allowed_console.extend(("ERR_INTERNET_DISCONNECTED", "WebSocket", "Failed to fetch", "404"))

    hers.evaluate("window.neverReloaded = true")
    asleep(hers)
    work_goes_on(live, ann, bob, talkers, his)
    mia = ServiceSession.objects.get(buyer__uid="uid-Mia", shop=shop)
    fresh = open_desk(new_page, live, ann, at=f"#session={mia.pk}")
    expect(fresh.locator(".said", has_text="Still there?")).to_be_visible()
    expect(row(fresh, "Mia").locator(".unread")).to_have_count(0)  # read here: what is said meanwhile, a beat repairs
    expect(fresh.locator("#tab-open .count")).to_have_text("1")
    expect(fresh.locator("#tab-unassigned .count")).to_have_text("2")
    assert snapshot(hers) != snapshot(fresh)
    assert woken(hers, fresh, talkers) <= AWAKE
    assert hers.evaluate("window.neverReloaded")
    kim = ServiceSession.objects.get(buyer__uid="uid-Kim", shop=shop)
    also = open_desk(new_page, live, bob, at=f"#session={kim.pk}")
    expect(also.locator(".said", has_text="Hello??")).to_be_visible()
    settled(his, also)


def woken(hers: Page, fresh: Page, talkers: dict[str, Talker]) -> float:
    """Wake her; return the least of up to three times that took: a busy machine may spoil one waking, not three."""
    wake(hers)
    took = [settled(hers, fresh)]
    while min(took) > AWAKE and len(took) < 3:
        asleep(hers)
        for name in ("Mia", "Zoe"):
            talkers[name].says(f"Are you asleep? {len(took)}")
        expect(fresh.locator(".said", has_text=f"asleep? {len(took)}")).to_be_visible()
        wake(hers)
        took.append(settled(hers, fresh))
    return min(took)


def work_goes_on(live: Live, ann: Member, bob: Member, talkers: dict[str, Talker], his: Page) -> None:
    """While she sleeps: messages, a new session, a hand-over, a close, a mark, a queue that changes."""
    talkers["Mia"].says("Still there?")
    mine = {name: ServiceSession.objects.get(shop=ann.shop, buyer__uid=f"uid-{name}") for name in ("Mia", "Leo", "Uma")}
    Answerer(live, ann).does(mine["Leo"], "close")
    Answerer(live, ann).does(mine["Mia"], "mark", marked=True)
    Answerer(live, ann).does(mine["Uma"], "transfer", member=bob.pk)
    look_at(his, "Uma")
    answer(his, "Bob here")
    talkers["Leo"].says("One more thing")
    Member.objects.filter(pk=ann.pk).update(accepting=False)
    waits = talkers["Kim"].says("Anybody?")
    talkers["Zoe"].says("Me too")
    talkers["Kim"].says("Hello??")
    expect(his.locator("#tab-unassigned .count")).not_to_have_text("0")
    his.locator("#tab-unassigned").click()
    row(his, "Kim").get_by_role("button", name="Assign to me").click()
    expect(his.locator(".chat-name")).to_have_text("Kim")
    assert ServiceSession.objects.get(pk=waits.pk).assignee == bob
