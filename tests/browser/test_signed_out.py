"""The sign-in ends while something is being written: it stays, and goes out after signing in beside it."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from botfaq.models import Question
from chat.models import Note
from shops.models import Member, Shop, SignIn
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import DESKTOP, look_at, open_desk, row, unreachable
from tests.browser.server import Live
from tests.browser.talker import Talker

pytestmark = pytest.mark.browser
ANSWER = "You can send it back within 30 days, " * 20


@pytest.fixture
def shop(live: Live, allowed_console: list[str]) -> Shop:
    allowed_console.extend(("401", "403", "WebSocket"))
    return base.shop(f"Shop {uuid.uuid4().hex[:6]}", greeting="")


def sign_out(live: Live, page: Page, who: Member) -> None:
    """End every sign-in of theirs, as an administrator or the time does it."""
    SignIn.objects.all().delete()
    page.context.clear_cookies(name="sessionid")


def sign_in_again(live: Live, page: Page, who: Member) -> None:
    page.context.add_cookies([live.cookie(who.user)])


def test_a_conversation_chosen_while_signed_out_opens_after_the_sign_in(
    live: Live, new_page: NewPage, shop: Shop
) -> None:
    ann = base.agent(shop, "Ann", online=False)
    page = open_desk(new_page, live, ann)
    Talker(live, shop, "Mia").says("Hello?")
    expect(row(page, "Mia")).to_be_visible()
    sign_out(live, page, ann)
    row(page, "Mia").locator(".item-main").evaluate("one => one.click()")  # it may be covered already
    asked = page.get_by_role("dialog", name="You have been signed out")
    expect(asked).to_be_visible()
    sign_in_again(live, page, ann)
    asked.get_by_role("button", name="I have signed in").click()
    expect(page.locator(".chat-name")).to_have_text("Mia")
    expect(page.locator(".said", has_text="Hello?")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "note", "save", "title", "done"),
    [
        ("en-GB", "Note", "Save", "You have been signed out", "I have signed in"),
        ("zh-CN", "备注", "保存", "登录已失效", "我已登录"),
    ],
)
def test_a_note_in_a_dialog_outlives_the_sign_in(
    live: Live, new_page: NewPage, shop: Shop, locale: str, note: str, save: str, title: str, done: str
) -> None:
    ann = base.agent(shop, "Ann", online=False)
    page = open_desk(new_page, live, ann, locale=locale)
    found = Talker(live, shop, "Mia").says("Hello?")
    look_at(page, "Mia")
    page.get_by_role("button", name=note, exact=True).click()
    page.locator("dialog textarea").fill("Calls every week")
    sign_out(live, page, ann)
    page.locator("dialog form").evaluate("form => form.requestSubmit()")  # its button may be covered already
    asked = page.get_by_role("dialog", name=title)
    expect(asked).to_be_visible()
    assert unreachable(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    asked.get_by_role("button", name=done).click()
    expect(asked).to_be_visible()  # nobody has signed in
    sign_in_again(live, page, ann)
    asked.get_by_role("button", name=done).click()
    expect(asked).to_have_count(0)
    expect(page.locator("dialog textarea")).to_have_value("Calls every week")
    page.get_by_role("button", name=save).click()
    expect(page.locator(".note .said")).to_have_text("Calls every week")
    assert Note.objects.get(session=found).text == "Calls every week"
    expect(page.locator("#connection .dot.ok")).to_be_visible(timeout=15_000)


def test_who_signed_in_again_elsewhere_first_loses_nothing_either(live: Live, new_page: NewPage, shop: Shop) -> None:
    boss = base.agent(shop, "Ann", role="owner", online=False)
    page = new_page(viewport=DESKTOP, locale="en-GB")
    page.context.add_cookies([live.cookie(boss.user), {"name": "django_language", "value": "en", "url": live.url}])
    page.goto(f"{live.url}/shops/{shop.pk}/bot/questions/new/")
    page.get_by_label("Question", exact=True).fill("How do I return it?")
    page.get_by_role("textbox", name="Answer").fill(ANSWER.strip())
    sign_out(live, page, boss)
    other = page.context.new_page()
    other.goto(f"{live.url}/login/")
    other.get_by_label("Username").fill(boss.user.username)
    other.get_by_label("Password").fill("not-a-secret-9")
    other.keyboard.press("Enter")
    other.wait_for_url(lambda address: "login" not in address)
    # Nobody has looked at the first page since: its form still has the token of before.
    page.locator("button[name=publish][value='1']").evaluate("button => button.form.requestSubmit(button)")
    expect(page.get_by_text("Published.")).to_be_visible()
    assert Question.objects.get(shop=shop, published=True).answer == ANSWER.strip()


def test_an_answer_in_a_form_outlives_the_sign_in_and_another_person_gets_an_own_page(
    live: Live, new_page: NewPage, shop: Shop
) -> None:
    boss = base.agent(shop, "Ann", role="owner", online=False)
    lea = base.agent(shop, "Lea", role="super_admin", online=False)
    page = new_page(viewport=DESKTOP, locale="en-GB")
    page.context.add_cookies([live.cookie(boss.user), {"name": "django_language", "value": "en", "url": live.url}])
    page.goto(f"{live.url}/shops/{shop.pk}/bot/questions/new/")
    page.get_by_label("Question", exact=True).fill("How do I return it?")
    answer = page.get_by_role("textbox", name="Answer")
    answer.fill(ANSWER.strip())
    sign_out(live, page, boss)
    page.get_by_role("button", name="Save and publish").click()
    asked = page.get_by_role("dialog", name="You have been signed out")
    expect(asked).to_be_visible()
    with page.context.expect_page() as opened:
        asked.get_by_role("link", name="Sign in in a new tab").click()
    opened.value.get_by_label("Username").fill(boss.user.username)
    opened.value.get_by_label("Password").fill("not-a-secret-9")
    opened.value.keyboard.press("Enter")
    opened.value.wait_for_url(lambda address: "login" not in address)
    opened.value.close()
    page.get_by_role("button", name="I have signed in").click()
    expect(asked).to_have_count(0)
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("Published.")).to_be_visible()
    assert Question.objects.get(shop=shop, published=True).answer == ANSWER.strip()
    page.goto(f"{live.url}/shops/{shop.pk}/bot/questions/new/")
    page.get_by_label("Question", exact=True).fill("Is it mine?")
    sign_out(live, page, boss)
    page.get_by_role("button", name="Save as a draft").click()
    expect(asked).to_be_visible()
    sign_in_again(live, page, lea)
    page.get_by_role("button", name="I have signed in").click()
    expect(asked).to_have_count(0)
    expect(page.get_by_label("Question", exact=True)).to_have_value("")


def test_an_older_sign_in_that_ends_under_a_newer_one_asks_nothing(live: Live, new_page: NewPage, shop: Shop) -> None:
    ann = base.agent(shop, "Ann", online=False)
    page = open_desk(new_page, live, ann)
    older = page.context.cookies()
    sign_in_again(live, page, ann)
    with page.expect_websocket():  # the old one ends with the next beat
        SignIn.objects.filter(pk__in=[cookie["value"] for cookie in older if cookie["name"] == "sessionid"]).delete()
    expect(page.locator("#connection .dot.ok")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
