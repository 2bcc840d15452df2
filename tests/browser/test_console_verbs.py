"""What an agent does beside talking, in Chromium: undo, recall, notes, no reply needed, transfer with a reason."""

import uuid
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, Route, expect

from chat.models import Assignment, Message, Note, ServiceSession
from shops.models import Member, Shop
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import answer, look_at, open_desk, row
from tests.browser.server import Live
from tests.browser.talker import Talker

pytestmark = pytest.mark.browser
Desk = Callable[..., Page]


@pytest.fixture
def shop(live: Live) -> Shop:
    return base.shop(f"Shop {uuid.uuid4().hex[:6]}")


@pytest.fixture
def desk(new_page: NewPage, live: Live) -> Desk:
    return partial(open_desk, new_page, live)


@pytest.fixture
def ann(shop: Shop) -> Member:
    return base.agent(shop, "Ann", online=False)


@pytest.mark.rule("C21", "C24", "C26", "F4")
def test_notes_recall_no_reply_and_a_close_that_is_undone(live: Live, shop: Shop, ann: Member, desk: Desk) -> None:
    page = desk(ann)
    found = Talker(live, shop, "Mia").says("Where is my parcel?")
    look_at(page, "Mia")
    page.get_by_role("button", name="No reply needed").click()
    expect(page.locator(".aside")).to_contain_text("Ann: no reply needed")
    page.get_by_role("button", name="Note", exact=True).click()
    page.get_by_role("dialog").get_by_label("Private note").last.fill("Calls every week")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".note .said")).to_have_text("Calls every week")
    answer(page, "Tomorow")
    page.get_by_role("button", name="Recall").click()
    expect(page.locator(".line", has_text="Ann recalled a message")).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator("#closing-topic")).to_have_value("logistics")
    page.get_by_role("button", name="Close the conversation", exact=True).click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".chat-state")).to_contain_text("With you")
    expect(page.locator(".note .said")).to_have_text("Calls every week")
    found.refresh_from_db()
    assert (found.state, found.assignee) == ("assigned", ann)
    assert Message.objects.get(session=found, sender_kind="agent").kind == "recalled"
    assert set(Note.objects.filter(session=found).values_list("kind", flat=True)) == {"note", "no_reply"}


@pytest.mark.rule("B6", "C21")
def test_a_transfer_carries_its_reason_and_can_be_undone(
    live: Live, shop: Shop, ann: Member, desk: Desk, allowed_console: list[str]
) -> None:
    allowed_console.append("/suggestions")  # asked for in the moment in which the session goes: not his to see
    bob = base.agent(shop, "Bob", online=False, accepting=False)
    hers, his = desk(ann, locale="zh-CN"), desk(bob, locale="zh-CN")
    found = Talker(live, shop, "Leo").says("退货怎么办")
    look_at(hers, "Leo")
    hers.get_by_role("button", name="转接").click()
    hers.get_by_label("转接原因").fill("售后问题")
    hers.get_by_label("按昵称搜索").fill("bob")
    expect(hers.locator(".person")).to_have_count(1)
    hers.keyboard.press("Enter")
    look_at(his, "Leo")
    expect(his.locator(".aside")).to_contain_text("Ann 转接说明：售后问题")
    assert Assignment.objects.get(session=found, member=bob).reason == "售后问题"
    hers.get_by_role("button", name="撤销").click()
    expect(hers.locator(".chat-name")).to_have_text("Leo")
    expect(row(his, "Leo")).to_have_count(0)
    assert ServiceSession.objects.get(pk=found.pk).assignee == ann


@pytest.mark.rule("C21", "C4")
@pytest.mark.parametrize(("locale", "undo"), [("en-GB", "Undo"), ("zh-CN", "撤销")])
def test_a_mark_is_undone_with_its_note(
    live: Live, shop: Shop, ann: Member, desk: Desk, locale: str, undo: str
) -> None:
    page = desk(ann, locale=locale)
    found = Talker(live, shop, "Mia").says("Where is my parcel?")
    look_at(page, "Mia")
    mark, count = page.locator(".chat-verbs button[aria-pressed]").first, page.locator("[data-filter=marked] .count")
    page.keyboard.press("Alt+Shift+M")
    page.locator("#mark-note").fill("Calls at six")
    page.locator("#mark-note").press("Enter")
    expect(mark).to_have_attribute("aria-pressed", "true")
    mark.click()
    expect(count).to_have_text("0")
    toasts = page.locator(".toast", has=page.get_by_role("button", name=undo))
    expect(toasts).to_have_count(2)  # the frame of the change may be here before its answer
    toasts.last.get_by_role("button").click()
    expect(count).to_have_text("1")
    found.refresh_from_db()
    assert (found.marked, found.mark_note) == (True, "Calls at six")
    page.locator(".toast").get_by_role("button", name=undo).first.click()
    expect(count).to_have_text("0")


@pytest.mark.rule("C19", "C21")
def test_what_was_done_while_a_conversation_opened_is_not_undone_by_an_older_answer(
    live: Live, shop: Shop, ann: Member, desk: Desk
) -> None:
    page = desk(ann)
    Talker(live, shop, "Mia").says("Where is my parcel?")
    held: list[Route] = []
    page.route(
        "**/events?before=*", lambda route: held.append(route)
    )  # asked for with the facts of the session, which are older then
    look_at(page, "Mia")
    page.keyboard.press("Alt+Shift+M")
    page.locator("#mark-note").press("Enter")
    expect(page.locator("[data-filter=marked] .count")).to_have_text("1")
    assert held, "nothing was asked for that could be older"
    for one in held:
        one.continue_()
    expect(page.locator(".said", has_text="Where is my parcel?")).to_be_visible()
    expect(page.locator("[data-filter=marked] .count")).to_have_text("1")
    expect(page.locator(".chat-verbs button[aria-pressed]").first).to_have_attribute("aria-pressed", "true")


@pytest.mark.rule("C6", "E9")
@pytest.mark.parametrize(("locale", "mark"), [("en-GB", "Upset"), ("zh-CN", "不满")])
def test_an_upset_buyer_is_marked_and_comes_first(
    live: Live, shop: Shop, ann: Member, desk: Desk, locale: str, mark: str
) -> None:
    page = desk(ann, locale=locale)
    page.locator("#sort").select_option("urgent")
    calm, angry = Talker(live, shop, "Olga"), Talker(live, shop, "Paul")
    calm.says("When does it ship?")
    names = page.locator(".item-name span:first-child")
    expect(names).to_have_text(["Olga"])
    angry.says("垃圾商家，骗子！")
    expect(row(page, "Paul").get_by_text(mark)).to_be_visible(timeout=15_000)
    expect(row(page, "Olga").get_by_text(mark)).to_be_hidden()
    expect(names).to_have_text(["Paul", "Olga"])
    look_at(page, "Paul")
    answer(page, "对不起，马上为您处理。")
    expect(row(page, "Paul").get_by_text(mark)).to_be_hidden()
    expect(names).to_have_text(["Olga", "Paul"])
