"""Lists that answer late: what the socket told meanwhile is newer."""

import time

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from chat.models import DeskEvent, ServiceSession
from shops.models import Member, Shop
from tests.browser.answerer import Answerer
from tests.browser.conftest import Desk
from tests.browser.console import row
from tests.browser.server import Live
from tests.browser.talker import Talker
from tests.browser.test_console_page import busy

pytestmark = pytest.mark.browser


@pytest.mark.rule("B7")
def test_a_list_that_comes_late_does_not_undo_what_the_socket_told(
    live: Live, shop: Shop, ann: Member, bob: Member, desk: Desk, allowed_console: list[str]
) -> None:
    busy(ann, bob)
    page = desk(ann)
    allowed_console.append("404")  # the row is asked for again, and is not hers to see
    waiting = Talker(live, shop, "Vera").says("Which lamp?")
    count = page.locator("#tab-unassigned .count")
    expect(count).to_have_text("1")
    late = Late(page, "**/sessions?list=unassigned*")
    page.reload()
    expect(page.locator("#connection .dot.ok")).to_be_visible()
    late.caught(waiting)
    Answerer(live, bob).does(waiting, "take")
    told(page, shop)
    late.comes()
    page.locator("#tab-unassigned").click()
    expect(page.locator("#rows-empty")).to_be_visible()
    expect(count).to_have_text("0")


@pytest.mark.rule("C6")
def test_a_search_that_answers_late_does_not_either(
    live: Live, shop: Shop, ann: Member, bob: Member, desk: Desk, allowed_console: list[str]
) -> None:
    busy(ann, bob)
    page = desk(ann)
    allowed_console.append("404")
    waiting = Talker(live, shop, "Vera").says("Which lamp?")
    page.locator("#tab-unassigned").click()
    expect(row(page, "Vera")).to_be_visible()
    late = Late(page, "**/sessions?list=unassigned&q=*")
    page.locator("#search").fill("Vera")
    late.caught(waiting)
    Answerer(live, bob).does(waiting, "take")
    told(page, shop)
    late.comes()
    page.locator("#search").fill("")
    expect(page.locator("#rows-empty")).to_have_text("Nobody is waiting for an agent.")
    expect(page.locator("#tab-unassigned .count")).to_have_text("0")


class Late:
    """An answer that has left the server and is held on its way to the page."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.held: list[tuple[Route, APIResponse]] = []
        page.route(address, lambda route: self.held.append((route, route.fetch())))

    def caught(self, session: ServiceSession) -> None:
        """Wait until one is held, with this session alone."""
        deadline = time.monotonic() + 10
        while not self.held and time.monotonic() < deadline:
            self.page.wait_for_timeout(20)
        assert [answer.json()["results"][0]["id"] for _route, answer in self.held] == [session.pk]

    def comes(self) -> None:
        with self.page.expect_response(self.address):
            self.held[0][0].fulfill(response=self.held[0][1])


def told(page: Page, shop: Shop) -> None:
    """Wait until the page knows the newest that happened at the desk."""
    last = DeskEvent.objects.filter(shop=shop).latest("seq").seq
    page.wait_for_function("last => window.desk.snapshot().desk >= last", arg=last)
