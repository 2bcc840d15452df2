"""A reply that a language model writes while the agent looks, in Chromium, with a model on loopback (E8)."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from botfaq import actions as knowledge
from chat.models import Message, Suggestion
from shops.models import Shop
from tests import base
from tests.browser.conftest import NewPage, chromium
from tests.browser.console import look_at, open_desk
from tests.browser.server import Live, live_server
from tests.browser.talker import Talker
from tests.model_server import Model, model

pytestmark = [pytest.mark.browser, pytest.mark.rule("E8")]
SHIP, NOON = "When do you ship my parcel?", "We ship every day at noon."
MARK = "Written by the language model: check it before sending"


@pytest.fixture(scope="module")
def writer() -> Iterator[Model]:
    with model() as running:
        yield running


@pytest.fixture(scope="module")
def live(writer: Model, template: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Any:
    """A server with a language model."""
    if chromium() is None:
        pytest.skip("no Chromium here: install it, or set CHROMIUM to its path")
    own = {"SUGGEST_ENGINE": "openai", "SUGGEST_URL": writer.url, "SUGGEST_TIMEOUT": "10"}
    os.environ.update(own)
    try:
        with django_db_blocker.unblock(), live_server(template, tmp_path_factory.mktemp("live")) as server:
            yield server
    finally:
        for name in own:
            del os.environ[name]


@pytest.fixture
def shop(live: Live, writer: Model) -> Shop:
    writer.mode = "good"
    writer.go.clear()
    writer.hung_up.clear()
    made = base.shop(f"Shop {uuid.uuid4().hex[:6]}", greeting="", language="en")
    base.question(made, SHIP, NOON, place=None)
    knowledge.changed(made.pk)
    return made


@pytest.fixture
def desk(live: Live, new_page: NewPage, shop: Shop) -> Page:
    return open_desk(new_page, live, base.agent(shop, "Ann", online=False))


def test_its_words_are_shown_as_they_come_and_the_agent_sends_them(
    desk: Page, live: Live, shop: Shop, writer: Model
) -> None:
    writer.mode = "paced"
    mia = Talker(live, shop, "Mia")
    mia.says(SHIP)
    look_at(desk, "Mia")
    draft, box = desk.locator(".draft-use"), desk.locator(".composer-text")
    expect(draft.locator(".draft-text")).to_have_text("Every day ")
    expect(draft).to_contain_text(MARK)
    expect(draft).to_contain_text(f"From: Knowledge base · {SHIP}")
    expect(draft).to_be_disabled()
    expect(desk.locator(".suggest-one")).to_contain_text(NOON)  # the others have not waited
    desk.keyboard.press("Alt+4")
    expect(box).to_have_value("")
    writer.go.set()
    expect(draft.locator(".draft-text")).to_have_text("Every day at noon.")
    expect(draft).to_be_enabled()
    serious = [v["id"] for v in Axe().run(desk).response["violations"] if v["impact"] in ("serious", "critical")]
    assert serious == []
    desk.keyboard.press("Alt+4")
    expect(box).to_have_value("Every day at noon.")
    assert not Message.objects.filter(shop=shop, sender_kind="agent").exists(), "the agent alone sends"
    desk.keyboard.type(" Yours too.")
    desk.keyboard.press("Enter")
    expect(desk.locator("#stream .message", has_text="Yours too.")).to_contain_text("Sent")
    expect(draft).to_be_hidden()
    row = Suggestion.objects.get(shop=shop)
    assert (row.outcome, row.source) == ("changed", "model")


def test_who_moves_on_or_writes_ends_the_call(desk: Page, live: Live, shop: Shop, writer: Model) -> None:
    writer.mode = "paced"
    mia, tom = Talker(live, shop, "Mia"), Talker(live, shop, "Tom")
    mia.says(SHIP)
    tom.says("Qwerty asdfgh")
    look_at(desk, "Mia")
    expect(desk.locator(".draft-text")).to_have_text("Every day ")
    look_at(desk, "Tom")
    assert writer.hung_up.wait(30)
    expect(desk.locator(".draft")).to_be_hidden()
    writer.hung_up.clear()
    look_at(desk, "Mia")
    expect(desk.locator(".draft-text")).to_have_text("Every day ")
    desk.keyboard.type("I look")
    assert writer.hung_up.wait(30)
    expect(desk.locator(".suggest")).to_be_hidden()


def test_a_failing_model_is_said_quietly_and_asked_again_on_demand(
    desk: Page, live: Live, shop: Shop, writer: Model
) -> None:
    writer.mode = "broken"
    Talker(live, shop, "Mia").says(SHIP)
    look_at(desk, "Mia")
    failed = desk.locator(".draft-failed")
    expect(failed).to_contain_text("The language model did not answer as it should.")
    expect(desk.locator(".draft-use")).to_be_hidden()
    expect(desk.locator(".suggest-one")).to_contain_text(NOON)
    writer.mode = "good"
    failed.get_by_role("button", name="Try again").click()
    expect(desk.locator(".draft-text")).to_have_text("Every day at noon.")
    expect(failed).to_be_hidden()
    writer.pieces, held = ["NONE"], writer.pieces
    Talker(live, shop, "Tom").says(SHIP)
    look_at(desk, "Tom")
    expect(desk.locator(".suggest-one")).to_be_visible()
    expect(desk.locator(".draft")).to_be_hidden()
    writer.pieces = held
