"""Two languages in one talk, in Chromium, with a translation engine on loopback (C12)."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from chat.models import Message
from commerce.models import Product
from shops.models import Member, Shop
from tests import base
from tests.browser.conftest import NewPage, chromium
from tests.browser.console import answer, look_at, open_desk
from tests.browser.phone import open_chat, say
from tests.browser.server import Live, live_server
from tests.engine_server import Engine, engine

pytestmark = [pytest.mark.browser, pytest.mark.rule("C12")]


@pytest.fixture(scope="module")
def foreign() -> Iterator[Engine]:
    with engine() as running:
        yield running


@pytest.fixture(scope="module")
def live(foreign: Engine, template: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Any:
    """A server with an engine, which has a second to answer."""
    if chromium() is None:
        pytest.skip("no Chromium here: install it, or set CHROMIUM to its path")
    own = {"TRANSLATE_ENGINE": "libretranslate", "TRANSLATE_URL": foreign.url, "TRANSLATE_TIMEOUT": "1"}
    os.environ.update(own)
    try:
        with django_db_blocker.unblock(), live_server(template, tmp_path_factory.mktemp("live")) as server:
            yield server
    finally:
        for name in own:
            del os.environ[name]


@pytest.fixture
def shop(live: Live, foreign: Engine) -> Shop:
    foreign.mode = "good"
    made = base.shop(f"Shop {uuid.uuid4().hex[:6]}", greeting="")
    Product.objects.create(shop=made, sku="LAMP", title="Desk lamp", price="19.90", stock=3)
    return made


@pytest.fixture
def both(live: Live, new_page: NewPage, shop: Shop) -> tuple[Page, Page]:
    """A buyer who writes Spanish, and an agent who reads English."""
    ann: Member = base.agent(shop, "Ann", online=False)
    desk, buyer = open_desk(new_page, live, ann), open_chat(new_page, live, shop)
    say(buyer, "¿Cuándo llega mi pedido?")
    look_at(desk, "Mia")
    expect(desk.locator(".said", has_text="¿Cuándo llega")).to_be_visible()
    return buyer, desk


def test_an_agent_writes_its_language_and_the_buyer_reads_its_own(both: tuple[Page, Page], shop: Shop) -> None:
    buyer, desk = both
    expect(desk.locator(".translate-offer")).to_contain_text("The buyer writes Spanish.")
    desk.locator(".translate-offer").get_by_role("button", name="Translate").click()
    expect(desk.locator(".message.theirs .translated")).to_have_text("[en] ¿Cuándo llega mi pedido?")
    preview = desk.locator(".translate-preview")
    expect(preview).to_have_text("What the buyer will read appears here.")
    desk.locator(".composer-text").fill("It left yesterday")
    expect(preview).to_have_text("[es] It left yesterday")
    assert preview.get_attribute("lang") == "es"
    serious = [v["id"] for v in Axe().run(desk).response["violations"] if v["impact"] in ("serious", "critical")]
    assert serious == []
    desk.keyboard.press("Enter")
    expect(buyer.locator(".row.theirs", has_text="[es] It left yesterday")).to_be_visible()
    ours = desk.locator(".message.ours[data-seq]")
    expect(ours.locator(".said")).to_have_text("It left yesterday")
    expect(ours.locator(".translated")).to_have_text("[es] It left yesterday")
    expect(desk.locator(".composer-text")).to_have_value("")
    say(buyer, "Gracias por todo")
    expect(desk.locator(".translated.received")).to_have_count(2)
    desk.reload()
    look_at(desk, "Mia")
    expect(desk.locator(".message.ours .translated")).to_have_text("[es] It left yesterday")
    expect(desk.locator(".translated.received")).to_have_count(2)  # the switch has stayed on
    kept = Message.objects.get(shop=shop, sender_kind="agent")
    assert kept.data == {"original": {"text": "It left yesterday", "from": "en", "to": "es"}}


def test_enter_before_the_translation_waits_for_it(both: tuple[Page, Page]) -> None:
    buyer, desk = both
    desk.get_by_role("button", name="Translate").first.click()
    expect(desk.locator(".translate")).to_be_visible()
    answer(desk, "One moment")
    expect(buyer.locator(".row.theirs", has_text="[es] One moment")).to_be_visible()
    desk.get_by_label("The buyer reads").select_option("fr")
    answer(desk, "Here it is")
    expect(buyer.locator(".row.theirs", has_text="[fr] Here it is")).to_be_visible()
    desk.get_by_role("button", name="Switch translation off").click()
    expect(desk.locator(".translate")).to_be_hidden()
    expect(desk.locator(".translated.received")).to_have_count(0)
    answer(desk, "Bye")
    expect(buyer.locator(".row.theirs", has_text="Bye")).to_be_visible()


@pytest.mark.parametrize("mode", ["slow", "refused"])
def test_a_failing_engine_lets_the_original_go(
    both: tuple[Page, Page], foreign: Engine, allowed_console: list[str], mode: str
) -> None:
    allowed_console.append("503")
    buyer, desk = both
    desk.locator(".translate-offer").get_by_role("button", name="Translate").click()
    expect(desk.locator(".translated.received")).to_have_count(1)
    foreign.mode = mode
    answer(desk, "It is on its way")
    words = "too slow" if mode == "slow" else "did not answer as it should"
    expect(desk.locator(".translate-preview.failed")).to_contain_text(words)
    expect(desk.locator(".composer-text")).to_have_value("It is on its way")
    say(buyer, "¿Hola?")
    expect(desk.get_by_role("button", name="Some messages could not be translated")).to_be_visible()
    desk.get_by_role("button", name="Send the original").click()
    expect(buyer.locator(".row.theirs", has_text="It is on its way")).to_be_visible()
    foreign.mode = "good"
    desk.get_by_role("button", name="Some messages could not be translated").click()
    expect(desk.locator(".translated.received")).to_have_count(2)
