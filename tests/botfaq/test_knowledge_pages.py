"""The knowledge base in the seller center: what its pages show, write, refuse and bring back (E1, E7, A3)."""

from functools import partial
from typing import Any

import pytest
from django.test import Client

from botfaq import actions, health, matching, vagueness
from botfaq.models import Category, Question
from botfaq.preset_questions import PRESETS
from shops.models import Member, Shop
from tests import base

pytestmark = pytest.mark.django_db
SHIP, BACK = "When do you ship?", "How do I return it?"


@pytest.fixture
def shop() -> Shop:
    return base.shop(language="en")


@pytest.fixture
def boss(shop: Shop) -> Member:
    return base.agent(shop, "Mia", role="owner", online=False)


web = partial(base.web, language="en")


def at(shop: Shop, path: str = "") -> str:
    return f"/shops/{shop.pk}/bot/{path}"


def shown(client: Client, address: str, **query: Any) -> list[str]:
    """Return the questions that the list shows."""
    return [row["question"].text for row in client.get(address, query).context["rows"]]


@pytest.mark.rule("E1")
def test_a_question_is_written_with_all_that_goes_with_it(shop: Shop, boss: Member) -> None:
    back, lamp = base.question(shop, BACK, place=None), base.product(shop)
    shipping = actions.add_category(boss, "Shipping")
    form = {
        **{
            "text": SHIP,
            "answer": "Every day at noon.",
            "phrasings": "Shipped yet?\n\n Dispatch time \n",
            "publish": "1",
        },
        **{"category": shipping.pk, "link": "https://example.com/ship", "product_words": f"{lamp.title} · {lamp.sku}"},
        "related_1": BACK.upper(),
    }
    answer = web(boss).post(at(shop, "questions/new/"), form, follow=True)
    found = Question.objects.get(text=SHIP)
    assert answer.redirect_chain[-1][0] == at(shop, f"questions/{found.pk}/")
    assert (found.heading, found.product, found.published) == ("Shipping", lamp, True)
    assert [one.text for one in found.phrasings.order_by("pk")] == ["Shipped yet?", "Dispatch time"]
    assert list(found.related.all()) == [back]
    web(boss).post(at(shop, f"questions/{found.pk}/"), {**form, "publish": "0", "link": "", "related_1": ""})
    found.refresh_from_db()
    assert (found.published, found.link, list(found.related.all())) == (False, "", [])


@pytest.mark.rule("E1")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""),
        ("text", BACK),
        ("link", "http://example.com/"),
        ("link", "javascript:alert(1)"),
        ("product_words", "Nothing like it"),
        ("related_2", "Nobody asks this"),
        ("phrasings", "x" * 201),
        ("category", "999999"),
    ],
)
def test_what_is_wrong_in_a_question_stands_at_its_field(shop: Shop, boss: Member, field: str, value: str) -> None:
    base.question(shop, BACK, place=None)
    form = {"text": SHIP, "answer": "At noon.", "phrasings": "", "publish": "1", field: value}
    answer = web(boss).post(at(shop, "questions/new/"), form)
    assert list(answer.context["form"].errors) == [field]
    assert Question.objects.count() == 1


@pytest.mark.rule("E1")
def test_the_list_is_searched_and_filtered_a_page_at_a_time(shop: Shop, boss: Member) -> None:
    for number in range(52):
        base.question(shop, f"Number {number:02}?", place=None)
    actions.save(boss, Question(text=SHIP, answer="Noon.", published=False, hits=7), ["Dispatch time"])
    actions.sort(boss, [Question.objects.get(text=SHIP).pk], actions.add_category(boss, "Shipping"))
    client = web(boss)
    first = client.get(at(shop))
    rest = shown(client, at(shop) + first.context["next"])
    assert (len(first.context["rows"]), rest) == (50, ["Number 02?", "Number 01?", "Number 00?"])
    assert first.context["rows"][0]["question"].text == SHIP
    by_hits = client.get(at(shop), {"sort": "hits"})
    assert shown(client, at(shop) + by_hits.context["next"]) == ["Number 02?", "Number 01?", "Number 00?"]
    for query in ({"q": "dispatch"}, {"q": "noon"}, {"state": "draft"}, {"category": Category.objects.get().pk}):
        assert shown(client, at(shop), **query) == [SHIP]
    assert shown(client, at(shop), q="Number 07", category=0, state="published") == ["Number 07?"]
    for strange in ("\0", "x" * 500, "-1", "9" * 400):
        assert (
            client.get(at(shop), dict.fromkeys(("q", "category", "state", "need", "before"), strange)).status_code
            == 200
        )


def test_the_list_costs_the_same_however_many_questions(
    shop: Shop, boss: Member, django_assert_num_queries: Any
) -> None:
    client = web(boss)
    for count in (2, 20):
        for number in range(count):
            base.question(shop, f"{count} {number}?", place=None)
        actions.changed(shop.pk)
        client.get(at(shop))
        with django_assert_num_queries(13):
            client.get(at(shop))


@pytest.mark.rule("E1")
def test_what_is_removed_is_unknown_to_all_until_it_is_brought_back(shop: Shop, boss: Member) -> None:
    actions.save(boss, Question(text=SHIP, answer="Noon.", card_place=1), ["Dispatch time"])
    client, pk = web(boss), Question.objects.get().pk
    gone = client.post(at(shop, f"questions/{pk}/delete/"), follow=True)
    assert gone.context["removed"] == [pk]
    assert matching.match(shop, "Dispatch time") is None
    assert client.get(at(shop, f"questions/{pk}/")).status_code == 404
    assert shown(client, at(shop)) == []
    again = client.post(at(shop, "restore/"), {"question": pk})
    assert again.status_code == 302
    found = matching.match(shop, "Dispatch time")
    assert found is not None
    assert found.question_id == pk
    assert client.get(at(shop), {"removed": pk}).context["removed"] == []


def test_words_of_a_removed_question_can_be_written_again_which_ends_its_undo(shop: Shop, boss: Member) -> None:
    old = actions.save(boss, Question(text=SHIP, answer="Noon."), [])
    actions.delete(boss, old.pk)
    actions.save(boss, Question(text=SHIP, answer="Two o'clock."), [])
    answer = web(boss).post(at(shop, "restore/"), {"question": old.pk}, follow=True)
    assert "There is a question with these words already." in answer.content.decode()
    assert [one.answer for one in Question.objects.all()] == ["Two o'clock."]


def test_ticked_questions_are_changed_together(shop: Shop, boss: Member) -> None:
    ids = [base.question(shop, f"Number {n}?", place=n + 1).pk for n in range(3)]
    other = base.question(base.shop("Other"), "Far?", place=1)
    shipping, client = actions.add_category(boss, "Shipping"), web(boss)
    for do in (f"sort-{shipping.pk}", "draft"):
        client.post(at(shop, "bulk/"), {"question": [*ids[:2], other.pk], "do": do, "back": "?state=draft"})
    drafts = Question.objects.filter(shop=shop, published=False, category=shipping, card_place=None)
    assert set(drafts.values_list("pk", flat=True)) == set(ids[:2])
    client.post(at(shop, "bulk/"), {"question": ids, "do": "remove"})
    assert list(Question.objects.all()) == [other]
    other.refresh_from_db()
    assert (other.published, other.card_place, other.category) == (True, 1, None)
    assert client.post(at(shop, "bulk/"), {"do": "remove", "back": "//evil"}).headers["Location"] == at(shop)


@pytest.mark.rule("E1")
def test_categories_are_added_renamed_removed_and_brought_back(shop: Shop, boss: Member) -> None:
    client, here = web(boss), at(shop, "categories/")
    client.post(here, {"name": " Shipping  abroad "})
    found = Category.objects.get()
    assert found.name == "Shipping abroad"
    question = base.question(shop, SHIP, place=None)
    actions.sort(boss, [question.pk], found)
    client.post(here, {"category": found.pk, "name": "Shipping"})
    assert "There is a category of this name" in client.post(here, {"name": "Shipping"}, follow=True).content.decode()
    gone = client.post(here, {"category": found.pk, "name": "Shipping", "do": "remove"}, follow=True)
    assert (gone.context["removed"], gone.context["categories"]) == (found, [])
    assert Question.objects.get().heading == ""
    assert shown(client, at(shop), category=0) == [SHIP]
    client.post(at(shop, "restore/"), {"category": found.pk})
    assert Question.objects.get().heading == "Shipping"


@pytest.mark.rule("E1")
def test_preset_questions_of_a_language_become_drafts_once(shop: Shop, boss: Member) -> None:
    client = web(boss)
    assert client.get(at(shop, "presets/")).context["languages"][0] == ("en", "English")
    for _twice in range(2):
        client.post(at(shop, "presets/"), {"language": "en", "preset": ["0", "1", "2", "77"]})
    client.post(at(shop, "presets/"), {"language": "th", "preset": ["0"]})
    drafts = Question.objects.filter(published=False).order_by("pk")
    assert [one.text for one in drafts] == [*[one.text for one in PRESETS["en"][:3]], PRESETS["th"][0].text]


@pytest.mark.rule("E1", "E7")
@pytest.mark.parametrize("language", PRESETS)
def test_preset_answers_are_not_vague_and_catch_no_other(shop: Shop, boss: Member, language: str) -> None:
    for preset in PRESETS[language]:
        assert vagueness.look(preset.answer) is None, preset.answer
        actions.save(boss, Question(text=preset.text, answer=preset.answer), preset.phrasings)
    assert health.examine(shop).conflicts == {}


@pytest.mark.rule("E7")
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Let me look into this for you.", "looking"),
        ("亲，帮您看一下哦", "looking"),
        ("您好，请稍等，马上为您处理", "waiting"),
        ("Mohon ditunggu ya kak", "waiting"),
        ("It depends.", "unsure"),
        ("会尽快发货", "soon"),
        ("请联系客服", "elsewhere"),
        ("Hello dear", "greeting"),
    ],
)
def test_a_vague_answer_is_pointed_out_with_the_reason(shop: Shop, boss: Member, answer: str, reason: str) -> None:
    actions.save(boss, Question(text=SHIP, answer=answer), [])
    (row,) = web(boss).get(at(shop), {"need": "vague"}).context["rows"]
    assert row["vague"].reason == reason
    page = web(boss).get(at(shop, f"questions/{row['question'].pk}/")).content.decode()
    assert row["vague"].why in page.replace("&#x27;", "'")


@pytest.mark.rule("E7")
@pytest.mark.parametrize(
    "answer",
    [
        "Please pay attention to our LIVE, gifts will be distributed during the LIVE.",
        "Sorry we don't have a free gift for this product now, but it is on sale now and very affordable.",
        "24小时内尽快发货",
        "支持",
        "No.",
    ],
)
def test_a_clear_answer_is_left_alone(answer: str) -> None:
    assert vagueness.look(answer) is None


def test_questions_that_collide_or_lack_phrasings_can_be_listed(shop: Shop, boss: Member) -> None:
    actions.save(boss, Question(text=SHIP, answer="Noon."), ["Shipped yet?", "Dispatch time", "Is it on its way?"])
    actions.save(boss, Question(text=BACK, answer="Here."), ["shipped yet"])
    client = web(boss)
    assert shown(client, at(shop), need="conflict") == [BACK, SHIP]
    assert shown(client, at(shop), need="phrasings") == [BACK]
    mine = Question.objects.get(text=BACK)
    assert (
        "“shipped yet” belongs to “When do you ship?” too"
        in client.get(at(shop, f"questions/{mine.pk}/")).content.decode()
    )


def test_trying_says_what_the_bot_would_do_and_why(shop: Shop, boss: Member) -> None:
    ship = actions.save(boss, Question(text=SHIP, answer="Every day at noon."), ["Dispatch time", "Shipped yet?"])
    actions.save(boss, Question(text=BACK, answer="Here."), ["Return policy"])
    client = web(boss)
    sure = client.get(at(shop, "try/"), {"text": "dispatch time?"}).context["result"]
    assert (sure.does, sure.candidates[0].question, sure.candidates[0].score) == ("answer", ship, 100)
    assert sure.candidates[0].phrasing == "Dispatch time"
    lost = client.get(at(shop, "try/"), {"text": "蓝色的有吗"}).context["result"]
    assert (lost.does, {one.verdict for one in lost.candidates}) == ("none", {"none"})
    assert client.get(at(shop, "try/"), {"text": "\0"}).context["result"] is None
    ship.refresh_from_db()
    assert ship.hits == 0


@pytest.mark.rule("A3")
@pytest.mark.parametrize(("preset", "allowed"), [("douyin", True), ("tiktok_shop", False)])
def test_who_may_write_questions_differs_by_platform(preset: str, allowed: bool) -> None:
    shop = base.shop(preset=preset)
    agent, staff = base.agent(shop, "Lin", online=False), base.agent(shop, "Sam", role="staff", im=False, online=False)
    question = base.question(shop)
    pages = ["questions/new/", f"questions/{question.pk}/", "categories/", "presets/", "card/", "settings/"]
    for page in pages:
        assert web(agent).get(at(shop, page)).status_code == (200 if allowed else 403), page
        assert web(staff).get(at(shop, page)).status_code == 403, page
    for post in ("bulk/", "restore/", f"questions/{question.pk}/delete/"):
        assert web(staff).post(at(shop, post), {"question": question.pk, "do": "remove"}).status_code == 403, post
    assert [web(agent).get(at(shop, page)).status_code for page in ("", "try/")] == [200, 200]
    assert [web(staff).get(at(shop, page)).status_code for page in ("", "try/")] == [403, 403]
    assert Question.objects.count() == 1


def test_another_shop_finds_nothing_of_it(shop: Shop, boss: Member) -> None:
    other = base.shop("Other")
    far, theirs = base.question(other), actions.add_category(base.agent(other, "Far", role="owner"), "Far")
    client = web(boss)
    for path in ("", "categories/", "presets/", "try/", "card/", "settings/"):
        assert client.get(at(other, path)).status_code == 404
    assert client.get(at(shop, f"questions/{far.pk}/")).status_code == 404
    assert client.post(at(shop, f"questions/{far.pk}/delete/")).status_code == 404
    assert client.post(at(shop, "categories/"), {"category": theirs.pk, "do": "remove"}).status_code == 404
    assert client.post(at(shop, "bulk/"), {"question": far.pk, "do": f"sort-{theirs.pk}"}).status_code == 404
    assert (Question.objects.count(), Category.objects.count()) == (1, 1)


def test_what_has_no_answer_yet_stays_a_draft(boss: Member, shop: Shop) -> None:
    draft = Question.objects.create(shop=shop, text="Gift wrap?", answer="", published=False)
    ready = Question.objects.create(shop=shop, text=SHIP, answer="Noon.", published=False)
    assert actions.publish(boss, [draft.pk, ready.pk], True) == 1
    answer = base.desk(boss).patch(f"/api/v1/shops/{shop.pk}/faq/questions/{draft.pk}", {"published": True}, "json")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_answer")
    draft.refresh_from_db()
    assert not draft.published
