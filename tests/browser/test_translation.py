"""Two languages in one talk, in Chromium, with a translation engine on loopback (C12)."""

import os
import threading
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from chat.models import Message
from commerce.models import Product
from shops.models import Member, Shop
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import answer, look_at, open_desk, unreachable
from tests.browser.phone import open_chat, say
from tests.browser.server import Live
from tests.browser.talker import Talker
from tests.browser.words import Words
from tests.engine_server import Engine, engine

pytestmark = [pytest.mark.browser, pytest.mark.rule("C12")]
PATIENT = 20_000  # ms, for what waits for the engine's time limit


@pytest.fixture(scope="module")
def foreign() -> Iterator[Engine]:
    with engine() as running:
        yield running


@pytest.fixture(scope="module")
def _environment(foreign: Engine) -> Iterator[None]:
    """An engine, which has some seconds to answer: on a busy machine a good answer takes its time too."""
    own = {"TRANSLATE_ENGINE": "libretranslate", "TRANSLATE_URL": foreign.url, "TRANSLATE_TIMEOUT": "6"}
    os.environ.update(own)
    yield
    for name in own:
        del os.environ[name]


@pytest.fixture(scope="module")
def live(_environment: None, own_live: Live) -> Live:
    """A server with an engine."""
    return own_live


@pytest.fixture
def shop(live: Live, foreign: Engine) -> Shop:
    foreign.mode, foreign.meanwhile = "good", lambda: None
    made = base.shop(f"Shop {uuid.uuid4().hex[:6]}", greeting="")
    Product.objects.create(shop=made, sku="LAMP", title="Desk lamp", price="19.90", stock=3)
    return made


@pytest.fixture
def both(live: Live, new_page: NewPage, shop: Shop, request: pytest.FixtureRequest) -> tuple[Page, Page]:
    """A buyer who writes Spanish, and an agent who reads English, or the language of the test's words."""
    ann: Member = base.agent(shop, "Ann", online=False)
    locale = request.getfixturevalue("t").locale if "t" in request.fixturenames else "en-GB"
    desk, buyer = open_desk(new_page, live, ann, locale=locale), open_chat(new_page, live, shop)
    say(buyer, "¿Cuándo llega mi pedido?")
    look_at(desk, "Mia")
    expect(desk.locator(".said", has_text="¿Cuándo llega")).to_be_visible()
    return buyer, desk


def test_an_agent_writes_its_language_and_the_buyer_reads_its_own(
    both: tuple[Page, Page], shop: Shop, t: Words
) -> None:
    buyer, desk = both
    mine, spanish = ("zh", "西班牙语") if t.locale == "zh-CN" else ("en", "Spanish")
    expect(desk.locator(".translate-offer")).to_contain_text(t("The buyer writes %(language)s.", language=spanish))
    desk.locator(".translate-offer").get_by_role("button", name=t("Translate")).click()
    expect(desk.locator(".message.theirs .translated")).to_have_text(f"[{mine}] ¿Cuándo llega mi pedido?")
    preview = desk.locator(".translate-preview")
    expect(preview).to_have_text(t("What the buyer will read appears here."))
    desk.locator(".composer-text").fill("It left yesterday")
    expect(preview).to_have_text("[es] It left yesterday")
    assert preview.get_attribute("lang") == "es"
    assert unreachable(desk) == []
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
    assert kept.data == {"original": {"text": "It left yesterday", "from": mine, "to": "es"}}


def test_enter_before_the_translation_waits_for_it(both: tuple[Page, Page], t: Words) -> None:
    buyer, desk = both
    desk.locator(".translate-offer").get_by_role("button", name=t("Translate")).click()
    expect(desk.locator(".translate")).to_be_visible()
    answer(desk, "One moment")
    expect(buyer.locator(".row.theirs", has_text="[es] One moment")).to_be_visible()
    desk.get_by_label(t("The buyer reads")).select_option("fr")
    answer(desk, "Here it is")
    expect(buyer.locator(".row.theirs", has_text="[fr] Here it is")).to_be_visible()
    desk.get_by_role("button", name=t("Switch translation off")).click()
    expect(desk.locator(".translate")).to_be_hidden()
    expect(desk.locator(".translated.received")).to_have_count(0)
    answer(desk, "Bye")
    expect(buyer.locator(".row.theirs", has_text="Bye")).to_be_visible()


def test_a_language_changed_meanwhile_holds_for_the_messages_on_their_way(
    both: tuple[Page, Page], foreign: Engine, t: Words
) -> None:
    _buyer, desk = both
    thinks, changed = threading.Event(), threading.Event()

    def hold() -> None:
        thinks.set()
        changed.wait(2)

    foreign.meanwhile = hold
    desk.locator(".translate-offer").get_by_role("button", name=t("Translate")).click()
    while not thinks.is_set():
        desk.wait_for_timeout(20)
    with desk.expect_response("**/translation"):
        desk.get_by_label(t("I write")).select_option("fr")
    changed.set()
    expect(desk.locator(".translated.received")).to_have_text("[fr] ¿Cuándo llega mi pedido?")


def test_a_buyer_who_changes_to_another_language_is_offered_too(
    both: tuple[Page, Page], live: Live, shop: Shop
) -> None:
    _, desk = both
    leo = Talker(live, shop, "Leo")
    leo.says("Where is my parcel, please?")
    look_at(desk, "Leo")
    expect(desk.locator(".said", has_text="Where is my parcel")).to_be_visible()
    desk.get_by_role("button", name="Translate", exact=True).first.click()
    expect(desk.locator(".translate-preview")).to_have_text("Both languages are the same: choose the buyer's.")
    desk.get_by_role("button", name="Switch translation off").click()
    expect(desk.locator(".translate-offer")).to_be_hidden()
    leo.says("¿Dónde está mi paquete, por favor?")
    expect(desk.locator(".translate-offer")).to_contain_text("The buyer writes Spanish.")


def test_two_conversations_are_translated_side_by_side_and_nothing_is_asked_in_vain(
    both: tuple[Page, Page], live: Live, shop: Shop, foreign: Engine, t: Words
) -> None:
    buyer, desk = both
    desk.locator(".translate-offer").get_by_role("button", name=t("Translate")).click()
    expect(desk.locator(".translated.received")).to_have_count(1)
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url) if request.url.endswith("/translation") else None)
    leo = Talker(live, shop, "Leo")
    leo.says("12345")
    look_at(desk, "Leo")
    expect(desk.locator(".said", has_text="12345")).to_be_visible()
    say(buyer, "¿Sigue ahí?")
    leo.call("messages", client_msg_id=str(uuid.uuid4()), kind="emoji", text="🙂")
    expect(desk.locator(".message.theirs")).to_have_count(2)
    leo.says("¿Dónde está mi paquete, por favor?")
    expect(desk.locator(".translate-offer")).to_be_visible()
    assert len(asked) == 2  # on opening, and when there were words
    desk.locator(".translate-offer").get_by_role("button", name=t("Translate")).click()
    expect(desk.locator(".translated.received")).to_have_count(2)
    look_at(desk, "Mia")
    released = threading.Event()
    foreign.meanwhile = lambda: released.wait(2) if foreign.asked[-1]["texts"] == ["First"] else None
    answer(desk, "First")
    look_at(desk, "Leo")
    answer(desk, "Second")
    expect(desk.locator(".message.ours .said", has_text="Second")).to_be_visible()
    assert not Message.objects.filter(shop=shop, text="[es] First").exists()
    released.set()
    expect(buyer.locator(".row.theirs", has_text="[es] First")).to_be_visible()


@pytest.mark.parametrize(("mode", "t"), [("slow", "en-GB"), ("refused", "zh-CN")], indirect=["t"])
def test_a_failing_engine_lets_the_original_go(
    both: tuple[Page, Page], foreign: Engine, allowed_console: list[str], mode: str, t: Words
) -> None:
    allowed_console.append("503")
    buyer, desk = both
    desk.locator(".translate-offer").get_by_role("button", name=t("Translate")).click()
    expect(desk.locator(".translated.received")).to_have_count(1)
    foreign.mode = mode
    answer(desk, "It is on its way")
    words = "too slow" if mode == "slow" else "翻译引擎"
    expect(desk.locator(".translate-preview.failed")).to_contain_text(words, timeout=PATIENT)
    expect(desk.locator(".composer-text")).to_have_value("It is on its way")
    say(buyer, "¿Hola?")
    again = desk.get_by_role("button", name=t("Some messages could not be translated"))
    expect(again).to_be_visible(timeout=PATIENT)
    desk.get_by_role("button", name=t("Send the original")).click()
    expect(buyer.locator(".row.theirs", has_text="It is on its way")).to_be_visible()
    foreign.mode = "good"
    again.click()
    expect(desk.locator(".translated.received")).to_have_count(2, timeout=PATIENT)
