"""Chromium against a real server: `live`, `browser`, `new_page`, `page`. Errors in the console fail the test."""

import os
import shutil
import uuid
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from shops.models import Member, Shop
from tests import base
from tests.browser.server import Live, live_server, make_template, orm_on, running
from tests.browser.words import LOCALES, Words
from tests.push_service import Service, push_service

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 15_000  # ms: machines are busy; who measures seconds does so by itself
NO_CHROMIUM = "no Chromium here: install it, or set CHROMIUM to its path"
NewPage = Callable[..., Page]
Desk = Callable[..., Page]


def chromium() -> str | None:
    """Return the path of a Chromium on this machine."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let a test of what pages do run in one of both languages, each in another; all of them: EVERY_LANGUAGE=1.

    How pages look is tested in both: those tests call it `language`, not `locale`.
    """
    if os.environ.get("EVERY_LANGUAGE"):
        return
    gone = [item for item in items if isinstance(item, pytest.Function) and _said_elsewhere(item)]
    config.hook.pytest_deselected(items=gone)
    items[:] = [item for item in items if item not in gone]


def _said_elsewhere(item: pytest.Function) -> bool:
    values = item.callspec.params if hasattr(item, "callspec") else {}
    locale = values.get("locale") or values.get("t")
    return locale in LOCALES and LOCALES[zlib.crc32(item.originalname.encode()) % len(LOCALES)] != locale


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared data directory that every server starts from a copy of."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def pushes() -> Iterator[Service]:
    """The push service that the shared server may send to."""
    with push_service() as service:
        os.environ["OUTBOUND_ALLOW"] = service.host
        yield service
        del os.environ["OUTBOUND_ALLOW"]


@pytest.fixture(scope="session")
def shared(pushes: Service, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The server of all modules that need no own one: each test makes a shop of its own, and looks at that one only."""
    if chromium() is None:
        pytest.skip(NO_CHROMIUM)
    with running(template, tmp_path_factory.mktemp("live")) as server:
        yield server


@pytest.fixture(scope="module")
def live(shared: Live, django_db_blocker: Any) -> Iterator[Live]:
    """A running server. The test's ORM works on its database."""
    with django_db_blocker.unblock(), orm_on(shared):
        yield shared


@pytest.fixture(scope="module")
def own_live(template: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Live]:
    """A server of this module's own: for who ends it, sets it up otherwise, or looks at all shops."""
    if chromium() is None:
        pytest.skip(NO_CHROMIUM)
    with django_db_blocker.unblock(), live_server(template, tmp_path_factory.mktemp("live")) as server:
        yield server


def shell() -> str | None:
    """Return the path of a Chromium without windows: half the work for each page, but no notifications."""
    return None if os.environ.get("CHROMIUM") else shutil.which("chromium-headless-shell")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What starts browsers."""
    if chromium() is None:
        pytest.skip(NO_CHROMIUM)
    # Playwright's synchronous API keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as started:
        yield started
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for the whole run."""
    started = playwright.chromium.launch(executable_path=shell() or chromium(), args=FLAGS)
    yield started
    started.close()


@pytest.fixture(scope="module")
def whole_browser(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium with all that people's have, for who looks at notifications."""
    started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    yield started
    started.close()


@pytest.fixture(params=LOCALES)
def t(request: pytest.FixtureRequest) -> Words:
    """The words of the pages, in both languages one after the other."""
    return Words(request.param)


@pytest.fixture
def allowed_console() -> list[str]:
    """Parts of console errors that this test provokes on purpose; append to it."""
    return []


@pytest.fixture
def new_page(browser: Browser, live: Live, allowed_console: list[str]) -> Iterator[NewPage]:
    """Open pages, each in a browser context of its own; the options are those of new_context."""
    contexts, errors = [], []

    def hear(page: Page) -> None:
        # A violated content security policy and a file that is not there are console errors too.
        page.on(
            "console",
            lambda said: errors.append(f"{said.text} {said.location['url']}") if said.type == "error" else None,
        )
        page.on("pageerror", lambda error: errors.append(str(error)))

    def open_page(**options: Any) -> Page:
        # Colours that change slowly would be looked at half way. Of a page that a service worker has taken over,
        # Chromium does not always tell the requests: what waits for one asks for no worker, unless it is its subject.
        usual = {"locale": "zh-CN", "reduced_motion": "reduce", "service_workers": "block"}
        context = browser.new_context(base_url=live.url, **(usual | options))
        context.set_default_timeout(PATIENCE)
        context.on("page", hear)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    unexpected = [error for error in errors if not any(part in error for part in allowed_console)]
    assert not unexpected, "\n".join(unexpected)


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """One page of the size of a small desktop."""
    return new_page(viewport={"width": 1280, "height": 800})


@pytest.fixture
def shop(live: Live) -> Shop:
    return base.shop(f"Shop {uuid.uuid4().hex[:6]}")


@pytest.fixture
def ann(shop: Shop) -> Member:
    return base.agent(shop, "Ann", online=False)


@pytest.fixture
def bob(shop: Shop) -> Member:
    return base.agent(shop, "Bob", online=False)


@pytest.fixture
def desk(new_page: NewPage, live: Live) -> Desk:
    """Open a member's console."""
    from tests.browser.console import open_desk  # which needs this module

    return partial(open_desk, new_page, live)
