"""What the bot had no answer to: grouped by meaning, made a question or a phrasing, dismissed (E10)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from botfaq import matching, unmatched
from botfaq.models import Miss, Question
from botfaq.recognition import encoders
from botfaq.recognition.groups import grouped
from shops.errors import NotAllowed, NotYours, Refused
from tests import base

pytestmark = pytest.mark.django_db(transaction=True)
TEXTS = [
    "Do you offer gift wrapping?",
    "Can you wrap it as a gift?",
    "Is gift wrapping possible?",
    "Which bank do you use?",
]


@pytest.fixture
def shop():
    found = base.shop(language="en")
    base.agent(found, "Boss", role="owner", online=False)
    return found


def boss(shop):
    return shop.members.get(role="owner")


def missed(shop, *texts, at=None, session=7):
    for text in texts:
        unmatched.missed(shop.pk, text, session, at or timezone.now())
    return [one.pk for one in Miss.objects.filter(shop=shop).order_by("pk")]


@pytest.mark.rule("E10")
def test_wordings_of_one_meaning_stand_together_with_counts_and_sessions(shop):
    missed(shop, *TEXTS, TEXTS[0], session=7)
    missed(shop, TEXTS[1], session=9)
    first, second = unmatched.groups(shop)
    assert ([one.text for one in first.misses], first.count) == ([TEXTS[0], TEXTS[1], TEXTS[2]], 5)
    assert first.sessions == [9, 7]
    assert ([one.text for one in second.misses], second.count) == ([TEXTS[3]], 1)


@pytest.mark.rule("E10")
def test_without_the_encoder_letters_group(shop):
    assert grouped(["gift wrapping", "gift wrapping?!", "bank transfer"], None) == [[0, 1], [2]]
    assert grouped([], encoders.load("use")) == []


@pytest.mark.rule("E10")
def test_chinese_wordings_of_one_meaning_stand_together():
    said = [
        "可以帮忙包装成礼物吗",
        "能不能送礼包装一下",
        "礼品包装有吗？",
        "你们支持花呗分期吗",
        "可以用花呗吗",
        "灯泡坏了能单买吗",
    ]
    assert grouped(said, encoders.load("use")) == [[0, 1, 2], [3, 4], [5]]


@pytest.mark.rule("E10")
def test_one_click_makes_a_draft_of_a_group_and_the_group_is_gone(shop):
    ids = missed(shop, *TEXTS[:3], TEXTS[1])
    draft = unmatched.make_question(boss(shop), ids)
    assert (draft.text, draft.published) == (TEXTS[1], False)
    assert set(draft.phrasings.values_list("text", flat=True)) == {TEXTS[0], TEXTS[2]}
    assert unmatched.groups(shop) == []
    missed(shop, TEXTS[0])
    assert unmatched.groups(shop) == [], "it waits for its answer"
    Question.objects.filter(pk=draft.pk).update(published=True)
    missed(shop, TEXTS[0])
    assert [one.count for one in unmatched.groups(shop)] == [1], "missed although it is answered"


@pytest.mark.rule("E10")
def test_one_click_teaches_a_question_these_words(shop):
    question = base.question(shop, "Gift wrapping", "Yes.", place=None)
    ids = missed(shop, TEXTS[1], "gift wrapping")
    near = unmatched.groups(shop)[0].near
    assert near == [question]
    assert unmatched.add_phrasings(boss(shop), ids, question) == 1, "its own words are no phrasing"
    found = matching.match(shop, TEXTS[1])
    assert found is not None
    assert found.question_id == question.pk
    assert unmatched.groups(shop) == []
    many = missed(shop, *(f"Wording number {n}" for n in range(50)))
    with pytest.raises(Refused):
        unmatched.add_phrasings(boss(shop), many[2:], question)
    assert question.phrasings.count() == 1


@pytest.mark.rule("E10")
def test_what_was_dismissed_stays_away_and_can_be_brought_back(shop):
    ids = missed(shop, TEXTS[3])
    unmatched.dismiss(boss(shop), ids)
    missed(shop, TEXTS[3])
    assert unmatched.groups(shop) == []
    unmatched.restore(boss(shop), ids)
    assert [one.count for one in unmatched.groups(shop)] == [2]


@pytest.mark.rule("E10")
def test_old_wordings_leave_the_page_and_in_time_the_table(shop):
    old = timezone.now() - unmatched.KEPT - timedelta(hours=1)
    missed(shop, TEXTS[0], at=old)
    assert unmatched.groups(shop) == []
    missed(shop, TEXTS[3])
    assert list(Miss.objects.values_list("text", flat=True)) == [TEXTS[3]]


@pytest.mark.rule("E10", "A3")
def test_others_settle_nothing(shop):
    ids = missed(shop, TEXTS[0])
    staff = base.agent(shop, "Staff", role="staff", im=False, online=False)
    stranger = base.agent(base.shop("Meadow"), "Far", role="owner", online=False)
    for by, refusal in ((staff, NotAllowed), (stranger, NotYours)):
        for call in (unmatched.make_question, unmatched.dismiss, unmatched.restore):
            with pytest.raises(refusal):
                call(by, ids)
    assert len(unmatched.groups(shop)) == 1
    assert not Question.objects.exists()


@pytest.mark.rule("E10")
def test_the_page_settles_groups_and_undoes(shop):
    question = base.question(shop, "Gift wrapping", "Yes.", place=None)
    first, second = missed(shop, TEXTS[0], TEXTS[3])
    client, here = Client(), f"/shops/{shop.pk}/bot/misses/"
    client.force_login(boss(shop).user)
    assert TEXTS[3] in client.get(here).content.decode()
    went = client.post(here + "settle/", {"miss": [second], "do": "dismiss"})
    page = client.get(went.url).content.decode()
    assert f'name="miss" value="{second}"' in page
    assert TEXTS[3] not in page
    client.post(here + "settle/", {"miss": [second], "do": "restore"})
    client.post(here + "settle/", {"miss": [first], "do": f"add-{question.pk}"})
    assert list(question.phrasings.values_list("text", flat=True)) == [TEXTS[0]]
    went = client.post(here + "settle/", {"miss": [second], "do": "question"})
    assert went.url.endswith(f"/questions/{Question.objects.latest('pk').pk}/")
    assert "empty" in client.get(here).content.decode()
    for data in ({"do": "dismiss"}, {"miss": ["x"], "do": "add"}, {"miss": [first], "do": "add", "question": "x"}):
        assert client.post(here + "settle/", data).status_code == 302
    assert client.post(here + "settle/", {"miss": [999], "do": "dismiss"}).status_code == 404


@pytest.mark.rule("E10")
def test_an_app_lists_and_settles_the_same(shop):
    question = base.question(shop, "Gift wrapping", "Yes.", place=None)
    first, second = missed(shop, TEXTS[0], TEXTS[3], session=7)
    desk, here = base.desk(boss(shop)), f"/api/v1/shops/{shop.pk}/faq/misses"
    one, other = desk.get(here).json()["results"]
    texts = {group["misses"][0]["text"]: group for group in (one, other)}
    assert texts[TEXTS[0]]["near"] == [{"id": question.pk, "text": question.text}]
    assert texts[TEXTS[3]]["misses"] == [{"id": second, "text": TEXTS[3], "count": 1}]
    assert texts[TEXTS[3]]["sessions"] == [7]
    assert desk.post(f"{here}/dismiss", {"misses": [second]}, format="json").status_code == 204
    assert desk.post(f"{here}/restore", {"misses": [second]}, format="json").status_code == 204
    body = {"misses": [first], "question": question.pk}
    assert desk.post(f"{here}/phrasing", body, format="json").json() == {"added": 1}
    made = desk.post(f"{here}/question", {"misses": [second]}, format="json")
    assert (made.status_code, made.json()) == (201, {"question": Question.objects.latest("pk").pk})
    assert desk.get(here).json()["results"] == []
    far = base.desk(base.agent(base.shop("Meadow"), "Far", role="owner", online=False))
    assert far.get(here).status_code == 404


@pytest.mark.rule("E10")
def test_a_long_wording_with_marks_is_added_once_however_often_one_clicks(shop):
    question = base.question(shop)
    missed(shop, "Hm, " * 60 + "really?")
    (miss,) = Miss.objects.values_list("pk", flat=True)
    assert [unmatched.add_phrasings(boss(shop), [miss], question) for _click in range(2)] == [1, 0]
    assert question.phrasings.count() == 1
