"""Lists that answer late: what the socket told meanwhile is newer."""

import json
import time

import pytest
from django.utils import timezone
from playwright.sync_api import APIResponse, Page, Route, WebSocketRoute, expect

from chat.models import Conversation, DeskEvent, ServiceSession
from shops.models import Member, Shop
from tests.browser.answerer import Answerer
from tests.browser.conftest import Desk, NewPage
from tests.browser.console import DESKTOP, look_at, open_desk, row
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


@pytest.mark.rule("C6")
def test_positions_from_before_it_was_read_do_not_make_it_unread_again(
    live: Live, shop: Shop, ann: Member, bob: Member, new_page: NewPage
) -> None:
    busy(bob)
    page, routes = new_page(viewport=DESKTOP, locale="en-GB"), list[WebSocketRoute]()

    def between(route: WebSocketRoute) -> None:
        route.connect_to_server()
        routes.append(route)

    page.route_web_socket("**/ws/agent/**", between)
    open_desk(new_page, live, ann, page=page)
    said = Talker(live, shop, "Vera").says("Which lamp?")
    look_at(page, "Vera")
    expect(row(page, "Vera").locator(".unread")).to_have_count(0)
    heads = {str(said.conversation_id): [Conversation.objects.get(pk=said.conversation_id).last_seq, 1]}
    with page.expect_response(f"**/sessions/{said.pk}"):
        routes[-1].send(json.dumps({"type": "beat", "n": 1, "now": timezone.now().isoformat(), "heads": heads}))
    expect(row(page, "Vera").locator(".unread")).to_have_count(0)


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
