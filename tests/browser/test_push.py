"""A push from the server to the service worker in Chromium: its words, and what a click on the notice opens (C11)."""

import json
import time
import uuid
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Worker, expect

from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import look_at, open_desk
from tests.browser.server import Live
from tests.browser.talker import Talker
from tests.push_service import Device, Service

pytestmark = [pytest.mark.browser, pytest.mark.rule("C11", "C15")]
NO_PUSH = "does not support the Push API in incognito mode"  # what tests run in: the browser's own subscription
# What the worker has shown, once the browser has taken it.
LISTEN = """() => {
    self.told = [];
    const real = self.real ??= ServiceWorkerRegistration.prototype.showNotification;
    ServiceWorkerRegistration.prototype.showNotification = async function (title, more) {
        await real.call(this, title, more);
        self.told.push([title, more.body, more.tag]);
    };
}"""
SUBSCRIBE = """async ([path, body]) => {
    const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    return (await fetch(path, { method: "POST", headers, body })).status;
}"""
# No program can click a notice; the worker hears the same event. What only a real click may do is written down.
CLICK = """async (tag) => {
    self.opened = [];
    self.clients.openWindow = async (url) => void self.opened.push(url);
    const shown = async () => (await self.registration.getNotifications()).find((one) => one.tag === tag);
    const until = async (test) => {
        for (let tries = 0; tries < 30 && !test(await shown()); tries += 1)
            await new Promise((done) => setTimeout(done, 200));
    };
    await until(Boolean);
    self.dispatchEvent(new NotificationEvent("notificationclick", { notification: await shown() }));
    await until((one) => !one);
    return self.opened;
}"""


@pytest.fixture(scope="module")
def browser(whole_browser: Browser) -> Browser:
    """Without windows it shows no notifications."""
    return whole_browser


class Receiver:
    """Ann's browser: its service worker, reached as a push service reaches it."""

    def __init__(self, page: Page, live: Live) -> None:
        self.page, self.origin = page, live.url
        self.found: list[Any] = []
        self.link = page.context.new_cdp_session(page)
        self.link.on("ServiceWorker.workerRegistrationUpdated", lambda said: self.found.extend(said["registrations"]))
        self.link.send("ServiceWorker.enable")
        page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")

    @property
    def worker(self) -> Worker:
        return next(one for one in self.page.context.service_workers if "/desk/sw.js" in one.url)

    def receives(self, sent: dict[str, str]) -> list[list[str]]:
        """Deliver a push; return the notices that stand on the screen then."""
        registration = next(one for one in self.found if one["scopeURL"].endswith("/desk/"))["registrationId"]
        worker = self.worker
        worker.evaluate(LISTEN)
        self.link.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": self.origin, "registrationId": registration, "data": json.dumps(sent)},
        )
        deadline = time.monotonic() + 10
        while not (told := worker.evaluate("self.told")) and time.monotonic() < deadline:
            self.page.wait_for_timeout(20)
        return list(told)


def next_push(page: Page, device: Device, before: int = 0) -> dict[str, str]:
    """Wait until the server has sent another one."""
    deadline = time.monotonic() + 20
    while len(device.shown) <= before and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    return device.shown[before]


@pytest.mark.parametrize(("locale", "words"), [("en-GB", "New message"), ("zh-CN", "新消息")])
def test_a_push_is_shown_in_ones_language_and_a_click_opens_the_conversation(
    live: Live, new_page: NewPage, pushes: Service, allowed_console: list[str], locale: str, words: str
) -> None:
    allowed_console.append(NO_PUSH)
    shop = base.shop(f"Shop {uuid.uuid4().hex[:6]}", greeting="")
    ann, device = base.agent(shop, "Ann", online=False), pushes.device(uuid.uuid4().hex[:8])
    page = open_desk(new_page, live, ann, locale=locale, permissions=["notifications"], service_workers="allow")
    mia = Talker(live, shop, "Mia")
    found = mia.says("Hello")
    look_at(page, "Mia")
    browser = Receiver(page, live)
    assert page.evaluate(SUBSCRIBE, [f"/api/v1/shops/{shop.pk}/push", json.dumps(device.body)]) == 204
    page.goto(f"{live.url}/shops/{shop.pk}/settings/")  # the console is closed
    mia.says("Are you there?")
    sent = next_push(page, device)
    link = f"/desk/{shop.pk}/#session={found.pk}"
    assert sent == {"title": "Mia", "body": words, "tag": f"session-{found.pk}", "url": link}
    assert browser.receives(sent) == [["Mia", words, f"session-{found.pk}"]]
    assert browser.worker.evaluate(CLICK, sent["tag"]) == [live.url + link]  # a window of its own: there is none
    assert browser.receives(sent) == [["Mia", words, f"session-{found.pk}"]]
    page.goto(f"{live.url}/desk/{shop.pk}/")
    Talker(live, shop, "Leo").says("Hi")
    look_at(page, "Leo")
    assert browser.worker.evaluate(CLICK, sent["tag"]) == []  # the window that is there shows it
    expect(page.locator(".chat-name")).to_have_text("Mia")
    expect(page.locator(".said", has_text="Are you there?")).to_be_visible()
