"""The bot's pages in Chromium: in both languages and themes, by keyboard, from the first question to its undo."""

from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page, expect

from botfaq import actions, presets_taken
from botfaq.models import Question
from shops.models import Member, Shop
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import DESKTOP
from tests.browser.phone import PHONE
from tests.browser.server import Live
from tests.browser.test_faces import LOCALES, problems_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Words(NamedTuple):
    """What a shop's people wrote, in the language of its pages."""

    shop: str
    owner: str
    agent: str
    category: str
    goods: str
    greeting: str
    vague: tuple[str, str, str]
    asked: str


WORDS = {
    "zh-hans": Words(
        *("港湾小店", "阿梅", "小林", "物流", "暖光床头灯", "您好，欢迎光临港湾小店！"),
        vague=("可以开发票吗？", "亲，帮您看一下哦", "我的快递到哪了"),
        asked="我的快递到哪里了呀",
    ),
    "en": Words(
        *("Harbour", "Mei", "Lin", "Shipping", "Bedside lamp", "Welcome to Harbour!"),
        vague=("Can I get an invoice?", "Let me look into this for you.", "Track my order"),
        asked="where's my parcel",
    ),
}


class Desk(NamedTuple):
    owner: Member
    question: Question
    words: Words


@pytest.fixture(scope="module")
def desks(live: Live) -> dict[str, Desk]:
    """A shop in each language with its preset questions, one vague and in another's way, one draft."""
    return {language: desk(language, words) for language, words in WORDS.items()}


def desk(language: str, words: Words) -> Desk:
    shop = base.shop(words.shop, language=language, greeting=words.greeting, bot_enabled=True)
    boss = base.agent(shop, words.owner, role="owner", online=False)
    base.agent(shop, words.agent, online=False)
    lamp, category = base.product(shop, words.goods), actions.add_category(boss, words.category)
    presets_taken.take(boss, language, range(6))
    rows = list(Question.objects.filter(shop=shop).order_by("pk"))
    actions.publish(boss, [row.pk for row in rows[:5]], True)
    actions.sort(boss, [rows[0].pk, rows[3].pk], category)
    actions.choose(boss, [row.pk for row in rows[:3]])
    for hits, row in zip((128, 64, 31, 90, 12), rows, strict=False):
        Question.objects.filter(pk=row.pk).update(hits=hits, product=lamp)
    text, answer, phrasing = words.vague
    found = actions.save(boss, Question(text=text, answer=answer), [phrasing], rows[:1])
    return Desk(boss, found, words)


def opened(live: Live, new_page: NewPage, who: Member, language: str, **options: Any) -> Page:
    page = new_page(viewport=DESKTOP, locale=LOCALES[language], **options)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live.url}, live.cookie(who.user)])
    return page


def at(shop: Shop, path: str = "") -> str:
    return f"/shops/{shop.pk}/bot/{path}"


def paths(here: Desk) -> list[str]:
    edit = f"questions/{here.question.pk}/"
    return [
        "",
        "?need=vague",
        "questions/new/",
        edit,
        "categories/",
        "card/",
        f"try/?text={here.words.asked}",
        "settings/",
        "misses/",
    ]


@pytest.mark.rule("E1", "E2", "E3")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_the_bot_reads_well(live: Live, new_page: NewPage, desks: dict[str, Desk], language: str) -> None:
    here, problems = desks[language], []
    page = opened(live, new_page, here.owner, language, bypass_csp=True)
    for path in paths(here):
        page.goto(at(here.owner.shop, path))
        problems += [f"{path}: {problem}" for problem in problems_of(page, language, (PHONE, DESKTOP))]
    assert not problems, "\n".join(problems)


def test_an_empty_knowledge_base_says_how_to_begin(live: Live, new_page: NewPage) -> None:
    shop = base.shop("Meadow", language="en")
    page = opened(live, new_page, base.agent(shop, "Ann", role="owner", online=False), "en", bypass_csp=True)
    page.goto(at(shop))
    assert list(problems_of(page, "en", (DESKTOP,))) == []
    page.get_by_role("link", name="Begin with preset questions").click()
    page.get_by_role("button", name="Add as drafts").press("Enter")
    expect(page.get_by_text("6 questions added as drafts.")).to_be_visible()
    page.get_by_label("Tick all").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("6 questions changed.")).to_be_visible()
    assert Question.objects.filter(shop=shop, published=True).count() == 6


@pytest.mark.rule("E1")
def test_a_question_is_removed_and_brought_back_by_keyboard(
    live: Live, new_page: NewPage, desks: dict[str, Desk]
) -> None:
    here = desks["en"]
    page = opened(live, new_page, here.owner, "en")
    page.goto(at(here.owner.shop, f"questions/{here.question.pk}/"))
    expect(page.get_by_text("It promises to look into the matter")).to_be_visible()
    expect(page.get_by_text("“Track my order” belongs to “Where is my order?” too")).to_be_visible()
    page.get_by_role("button", name="Delete the question").press("Enter")
    expect(page.get_by_text("1 question was deleted.")).to_be_visible()
    expect(page.get_by_role("link", name=here.question.text)).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=here.question.text)).to_be_visible()


@pytest.mark.rule("E2")
def test_the_card_is_put_in_order_by_keyboard_and_seen_as_buyers_will(
    live: Live, new_page: NewPage, desks: dict[str, Desk]
) -> None:
    here = desks["en"]
    page = opened(live, new_page, here.owner, "en")
    page.goto(at(here.owner.shop, "card/"))
    preview = page.locator(".faq-list ul:visible li")
    first, second, third = preview.all_text_contents()
    page.get_by_label("Question 2 on the card").press("Alt+ArrowUp")
    expect(page.get_by_label("Question 1 on the card")).to_be_focused()
    expect(preview).to_have_text([second, first, third])
    page.get_by_role("button", name="Move question 2 down").click()
    expect(preview).to_have_text([second, third, first])
    page.get_by_role("button", name="Save the card").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(preview).to_have_text([second, third, first])
    page.get_by_label("By hits").check()
    expect(preview.first).to_have_text(first)


@pytest.mark.rule("E7")
def test_while_writing_the_page_warns_and_offers_questions(
    live: Live, new_page: NewPage, desks: dict[str, Desk]
) -> None:
    here = desks["en"]
    page = opened(live, new_page, here.owner, "en")
    page.goto(at(here.owner.shop, "questions/new/"))
    page.get_by_label("Question", exact=True).fill("Cancel my order")
    expect(page.get_by_text("“Cancel my order” belongs to “Can I change or cancel my order?” too")).to_be_visible()
    page.get_by_role("textbox", name="Answer").fill("Please wait a moment.")
    expect(page.get_by_text("It only asks the buyer to wait.")).to_be_visible()
    page.get_by_role("textbox", name="Answer").fill("Yes, within 1 hour.")
    expect(page.get_by_text("It only asks the buyer to wait.")).to_have_count(0)
    page.get_by_label("Related question 1").press_sequentially("damaged")
    expect(page.locator("#questions option")).to_have_count(1)
    expect(page.locator("#questions option")).to_have_attribute("value", "What if I receive a damaged or wrong item?")
