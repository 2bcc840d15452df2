"""The agent's console in Chromium, against a real server, with buyers who write through the public API."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from chat.actions import sessions
from chat.models import Conversation, Message, ServiceSession
from shops.models import Member, Shop
from tests import base
from tests.browser.conftest import Desk, NewPage
from tests.browser.console import answer, row, snapshot, sticking_out, unreachable
from tests.browser.server import Live
from tests.browser.talker import Talker
from tests.browser.test_faces import THEMES
from tests.browser.words import Words

pytestmark = pytest.mark.browser
OFFLINE = ("ERR_INTERNET_DISCONNECTED", "WebSocket")


def busy(*members: Member) -> None:
    """Those do not accept: whoever writes waits in the queue."""
    Member.objects.filter(pk__in=[member.pk for member in members]).update(accepting=False)


def same(first: Page, second: Page) -> None:
    """Wait until two windows hold the same rows; fail with both."""
    second.wait_for_function(
        "rows => JSON.stringify(window.desk.snapshot().rows) === rows",
        arg=first.evaluate("JSON.stringify(window.desk.snapshot().rows)"),
    )


@pytest.mark.rule("B5")
def test_enter_takes_the_selected_waiting_session(live: Live, shop: Shop, ann: Member, bob: Member, desk: Desk) -> None:
    busy(ann, bob)
    hers, his = desk(ann), desk(bob)
    Talker(live, shop, "Mia").says("Where is my parcel?")
    expect(his.locator("#tab-unassigned .count")).to_have_text("1")
    hers.locator("#tab-unassigned").click()
    expect(row(hers, "Mia")).to_be_visible()
    hers.keyboard.press("j")
    hers.keyboard.press("Enter")
    expect(hers.locator(".chat-name")).to_have_text("Mia")
    expect(his.locator("#tab-unassigned .count")).to_have_text("0")
    assert ServiceSession.objects.get(buyer__nickname="Mia", shop=shop).assignee == ann


@pytest.mark.rule("B7")
def test_the_second_of_two_takers_is_told_in_words(
    live: Live, shop: Shop, ann: Member, bob: Member, desk: Desk, allowed_console: list[str]
) -> None:
    busy(ann, bob)
    page = desk(ann)
    waiting = Talker(live, shop, "Leo").says("Anybody here?")
    page.locator("#tab-unassigned").click()

    def bob_is_quicker(route: Route) -> None:
        sessions.take(waiting.pk, bob)
        route.continue_()

    allowed_console.extend(("409", "404"))  # the refusal, then the row that is hers no more
    page.route("**/take", bob_is_quicker)
    row(page, "Leo").get_by_role("button", name="Assign to me").click()
    expect(page.locator("#alerts")).to_contain_text("Somebody else has taken this session already")
    expect(row(page, "Leo")).to_have_count(0)
    assert ServiceSession.objects.get(pk=waiting.pk).assignee == bob


@pytest.mark.rule("B4")
def test_a_sole_agent_has_no_switch_and_no_unassigned_list(live: Live, desk: Desk) -> None:
    alone = base.shop("Alone", "tiktok_shop")
    page = desk(base.agent(alone, "Solo", online=False))
    Talker(live, alone, "Nina").says("Hello?")
    expect(row(page, "Nina")).to_be_visible()
    expect(page.locator("#accepting")).to_be_hidden()
    expect(page.locator("#tab-unassigned")).to_be_hidden()


@pytest.mark.rule("C4", "C6")
def test_lists_count_sort_and_label_live(live: Live, shop: Shop, ann: Member, desk: Desk) -> None:
    page = desk(ann)
    first, second = Talker(live, shop, "Olga"), Talker(live, shop, "Paul")
    first.says("First question")
    second.says("Second question")
    count = page.locator("#filters [data-filter=unread] .count")
    expect(count).to_have_text("2")
    names = page.locator(".item-name span:first-child")
    expect(names).to_have_text(["Olga", "Paul"])
    page.locator("#sort").select_option("latest")
    expect(names).to_have_text(["Paul", "Olga"])
    expect(row(page, "Olga").locator(".item-avatar.unread")).to_be_visible()
    row(page, "Olga").locator(".item-main").click()
    expect(row(page, "Olga").locator(".item-avatar.unread")).to_have_count(0)
    expect(count).to_have_text("1")
    expect(row(page, "Olga").get_by_text("Unreplied")).to_be_visible()
    page.locator(".composer-text").fill("On its way")
    page.keyboard.press("Enter")
    expect(row(page, "Olga").get_by_text("Unreplied")).to_be_hidden()
    expect(row(page, "Olga").locator(".item-text")).to_have_text("Reply: On its way")
    page.get_by_role("button", name="Mark", exact=True).click()
    expect(page.locator("#filters [data-filter=marked] .count")).to_have_text("1")
    page.locator("#filters [data-filter=unreplied]").click()
    expect(row(page, "Paul")).to_be_visible()
    page.locator("#search").fill("Second")
    expect(names).to_have_text(["Paul"])


@pytest.mark.rule("C6")
def test_a_row_says_why_a_search_found_it(live: Live, shop: Shop, ann: Member, desk: Desk) -> None:
    page = desk(ann)
    base.order(Talker(live, shop, "Olga").says("First question").conversation, "O-4711")
    Talker(live, shop, "Paul").says("Second question")
    page.locator("#search").fill("olg")
    expect(page.locator(".item-name mark")).to_have_text("Olg")
    expect(page.locator(".item-text")).to_have_text("First question")
    page.locator("#search").fill("O-4711")
    expect(page.locator(".item-text")).to_have_text("Order O-4711")
    expect(page.locator(".item-text mark")).to_have_text("O-4711")
    page.locator("#search").fill("")
    expect(page.locator(".item mark")).to_have_count(0)
    expect(row(page, "Olga").locator(".item-text")).to_have_text("First question")


@pytest.mark.rule("C6")
def test_a_session_about_to_expire_is_found_by_its_filter(
    live: Live, shop: Shop, ann: Member, desk: Desk, t: Words
) -> None:
    waiting = Talker(live, shop, "Quin")
    busy(ann)
    found = waiting.says("Still there?")
    sessions.take(found.pk, ann)
    ServiceSession.objects.filter(pk=found.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    page = desk(ann, locale=t.locale)
    expect(page.locator("#filters [data-filter=expiring]")).to_have_text(f"{t('Expiring')}1")
    page.locator("#filters [data-filter=expiring]").click()
    expect(row(page, "Quin")).to_be_visible()


@pytest.mark.rule("C3")
def test_the_timer_runs_until_the_shop_replies(live: Live, shop: Shop, ann: Member, desk: Desk) -> None:
    page = desk(ann)
    Talker(live, shop, "Rosa").says("How long does it take?")
    row(page, "Rosa").locator(".item-main").click()
    expect(page.locator(".timer")).to_have_text("00:02")
    page.locator(".composer-text").fill("Two days")
    page.keyboard.press("Enter")
    expect(page.locator(".timer")).to_be_hidden()


@pytest.mark.rule("C19")
def test_two_windows_of_one_agent_show_the_same(live: Live, shop: Shop, ann: Member, desk: Desk) -> None:
    page = desk(ann)
    other = desk(ann, beside=page)
    talker = Talker(live, shop, "Sven")
    talker.says("One")
    expect(row(other, "Sven")).to_be_visible()
    row(page, "Sven").locator(".item-main").click()
    page.bring_to_front()
    page.locator(".composer-text").fill("Two")
    page.keyboard.press("Enter")
    expect(row(other, "Sven").locator(".item-text")).to_contain_text("Two")
    same(page, other)
    other.reload()
    expect(row(other, "Sven")).to_be_visible()
    same(page, other)


@pytest.mark.rule("C19")
def test_what_is_written_offline_goes_out_once_and_in_order(
    live: Live, shop: Shop, ann: Member, desk: Desk, allowed_console: list[str]
) -> None:
    page = desk(ann)
    talker = Talker(live, shop, "Tara")
    found = talker.says("Hello")
    row(page, "Tara").locator(".item-main").click()
    expect(page.locator(".said", has_text="Hello")).to_be_visible()
    allowed_console.extend(OFFLINE)
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_contain_text("Offline")
    for text in ("one", "two", "three"):
        page.locator(".composer-text").fill(text)
        page.keyboard.press("Enter")
    expect(page.locator("#connection")).to_contain_text("3 unsent")
    talker.says("Are you there?")
    page.context.set_offline(False)
    expect(page.locator("#connection")).to_have_text("Online")
    expect(page.locator(".message.ours:not(.pending)")).to_have_count(3)
    expect(page.locator(".pending")).to_have_count(0)
    said = Message.objects.filter(session=found).order_by("seq")
    assert [m.text for m in said] == ["Hello", "Are you there?", "one", "two", "three"]
    seqs = [event["seq"] for event in snapshot(page)["events"]]
    assert seqs == list(range(1, Conversation.objects.get(pk=found.conversation_id).last_seq + 1))


@pytest.mark.rule("B6", "C4", "C5")
def test_transfer_then_close_with_a_sentence(live: Live, shop: Shop, ann: Member, bob: Member, desk: Desk) -> None:
    busy(bob)
    hers, his = desk(ann), desk(bob)
    found = Talker(live, shop, "Uma").says("Can I return it?")
    row(hers, "Uma").locator(".item-main").click()
    hers.get_by_role("button", name="Transfer").click()
    hers.get_by_label("Search by nickname").fill("bo")
    expect(hers.locator(".person")).to_have_count(1)
    expect(hers.locator(".person")).to_contain_text("Has room")
    hers.keyboard.press("Enter")
    expect(row(hers, "Uma")).to_have_count(0)
    row(his, "Uma").locator(".item-main").click()
    expect(his.locator(".said", has_text="Can I return it?")).to_be_visible()
    his.get_by_role("button", name="Close", exact=True).click()
    his.get_by_label("Send a closing sentence").check()
    his.get_by_label("Closing sentence", exact=True).fill("Bye, Uma")
    his.get_by_role("button", name="Close the conversation", exact=True).click()
    expect(row(his, "Uma")).to_have_count(0)
    his.locator("#tab-history").click()
    expect(row(his, "Uma")).to_be_visible()
    found.refresh_from_db()
    assert (found.state, found.close_reason) == ("closed", "agent")
    assert Message.objects.filter(session=found, text="Bye, Uma").exists()


@pytest.mark.rule("C4", "F2")
def test_an_invitation_is_shown_as_sent(live: Live, shop: Shop, ann: Member, desk: Desk, t: Words) -> None:
    page = desk(ann, locale=t.locale)
    Talker(live, shop, "Wendy").says("谢谢")
    row(page, "Wendy").locator(".item-main").click()
    answer(page, "不客气")  # an invitation before any answer is refused
    expect(page.locator(".message.ours .tick[data-state]")).to_be_visible()
    page.get_by_role("button", name=t("Invite rating")).click()
    expect(page.locator(".chat-head").get_by_text(t("Rating invitation sent"))).to_be_visible()


@pytest.mark.rule("P1", "B1")
def test_capacity_and_accepting_are_the_agents_own(live: Live, shop: Shop, ann: Member, desk: Desk) -> None:
    page = desk(ann)
    page.locator("#capacity").click()
    expect(page.locator("#capacity-help")).to_contain_text("Between 1 and 50")
    page.locator("#capacity-value").fill("7")
    page.keyboard.press("Enter")
    expect(page.locator("#capacity")).to_have_text("Load 0 / 7")
    page.get_by_role("switch", name="Accept chats").click()
    expect(page.locator("#self-state")).to_have_text("Online, not accepting")
    ann.refresh_from_db()
    assert (ann.capacity, ann.accepting) == (7, False)


@pytest.mark.rule("A6")
def test_the_switcher_counts_each_shop(live: Live, shop: Shop, ann: Member, desk: Desk) -> None:
    second = base.shop("Second")
    twin = base.agent(second, "Ann two", online=False)
    Member.objects.filter(pk=twin.pk).update(user=ann.user, accepting=False)
    Talker(live, second, "Xeno").says("Is anybody there?")
    page = desk(ann)
    page.locator("#switcher-button").click()
    expect(page.locator("#switcher-list a", has_text="Second")).to_contain_text("1 waiting")
    page.locator("#switcher-list a", has_text="Second").click()
    expect(page.locator(".switcher-name")).to_have_text("Second")


@pytest.mark.rule("A1")
def test_without_im_permission_there_is_no_console(
    live: Live, shop: Shop, new_page: NewPage, allowed_console: list[str]
) -> None:
    member = base.agent(shop, "Zoe", online=False, im=False)
    allowed_console.append("403")
    page = new_page()
    page.context.add_cookies([live.cookie(member.user)])
    answer = page.goto(f"{live.url}/desk/{shop.pk}/")
    assert answer is not None
    assert answer.status == 403


@pytest.mark.rule("C19")
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_console_is_accessible_and_fits(live: Live, shop: Shop, ann: Member, desk: Desk, language: str) -> None:
    found = Talker(live, shop, f"Yan {language}").says("在吗")
    base.order(found.conversation)
    page = desk(ann, locale=language)
    page.locator(".item-main").first.click()
    expect(page.locator(".card-order")).to_be_visible()
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        assert unreachable(page) == []
    for width in (1100, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert sticking_out(page) == []
    clipped = """() => [...document.querySelectorAll("button, .tabs, .chip, dt, dd, .badge")]
        .filter(n => n.offsetParent && n.scrollWidth > n.clientWidth + 1 && !n.closest(".item-main, .visually-hidden"))
        .map(n => n.outerHTML.slice(0, 120))"""
    assert page.evaluate(clipped) == []
