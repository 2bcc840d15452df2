"""Recognise common questions, and nothing else."""

import pytest

from botfaq import matching
from botfaq.matching import Kind
from botfaq.models import Phrasing, Question
from shops.models import Shop
from tests import base

pytestmark = pytest.mark.django_db

WHERE, CANCEL, DAMAGED = "我的订单在哪里？", "我可以更改或取消订单吗？", "收到损坏或错误的商品怎么办？"


@pytest.fixture
def shop() -> Shop:
    found = base.shop()
    where = base.question(found, WHERE, place=1)
    base.question(found, CANCEL, place=2)
    base.question(found, DAMAGED, place=3)
    base.question(found, "Where is my order?", place=4)
    base.question(found, "How long does delivery take?", place=None)
    Phrasing.objects.create(question=where, text="我的快递到哪了")
    return found


def said(shop: Shop, text: str) -> str | None:
    """Return the question whose answer the bot would give."""
    found = matching.match(shop, text)
    return Question.objects.get(pk=found.question_id).text if found and found.kind == Kind.ANSWER else None


@pytest.mark.parametrize("text", [WHERE, "我的订单在哪里", " 我的订单在哪里?", "我的订单在哪里！！"])
def test_the_words_themselves_match_whatever_the_punctuation(shop: Shop, text: str) -> None:
    found = matching.match(shop, text)
    assert said(shop, text) == WHERE
    assert found is not None
    assert found.score == 1.0


@pytest.mark.parametrize(
    "text", ["WHERE IS MY ORDER", "where's my order", "Ｗｈｅｒｅ　ｉｓ my order?", "Where is my order???"]
)
def test_case_width_and_contractions_make_no_difference(shop: Shop, text: str) -> None:
    assert said(shop, text) == "Where is my order?"


def test_another_phrasing_answers_as_the_question_does(shop: Shop) -> None:
    assert said(shop, "我的快递到哪了？") == WHERE


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("我的快递到哪里了呀", WHERE),
        ("可以取消订单吗", CANCEL),
        ("收到错误的商品怎么办", DAMAGED),
        ("how long does the delivery take please", "How long does delivery take?"),
    ],
)
def test_what_resembles_a_question_matches_it(shop: Shop, text: str, meant: str) -> None:
    assert said(shop, text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "今天天气不错",
        "你好",
        "在吗",
        "hi",
        "",
        "？？？",
        "👍",
        "你们的沙发有几种颜色",
        "is it red?",
        "what is your name",
        "订单",
        "x" * 2000,
    ],
)
def test_unrelated_words_are_never_answered(shop: Shop, text: str) -> None:
    assert said(shop, text) is None


@pytest.mark.parametrize("text", ["", "？？？", "👍", "hi", "你好", "今天天气不错", "x" * 2000])
def test_what_has_nothing_in_common_is_offered_nothing(shop: Shop, text: str) -> None:
    assert matching.match(shop, text) is None


@pytest.mark.rule("E3")
def test_what_comes_near_is_offered_to_choose_from(shop: Shop) -> None:
    found = matching.match(shop, "订单")
    assert found is not None
    assert found.kind == Kind.SUGGEST
    assert 1 <= len(found.near) <= 3
    assert found.near[0] == found.question_id


def test_what_fits_two_questions_equally_is_a_guess_and_no_match() -> None:
    shop = base.shop()
    base.question(shop, "怎么申请退货退款", place=1)
    base.question(shop, "怎么申请退货换货", place=2)
    found = matching.match(shop, "怎么申请退货")
    assert found is not None
    assert found.kind == Kind.SUGGEST
    assert len(found.near) == 2
    assert len(matching.suggest(shop, "怎么申请退货")) == 2


def test_an_edited_question_is_recognised_at_once(shop: Shop) -> None:
    assert said(shop, "支持货到付款么") is None
    Question.objects.filter(shop=shop, text=DAMAGED).update(text="支持货到付款么")
    assert said(shop, "支持货到付款么") == "支持货到付款么"
    Question.objects.filter(shop=shop, text="支持货到付款么").delete()
    assert said(shop, "支持货到付款么") is None


def test_a_shop_answers_from_its_own_questions_only(shop: Shop) -> None:
    other = base.shop("Other")
    assert matching.match(other, WHERE) is None
    assert matching.suggest(other, WHERE) == []


def test_suggestions_come_nearest_first(shop: Shop) -> None:
    found = matching.suggest(shop, "取消订单")
    assert found
    assert Question.objects.get(pk=found[0].question_id).text == CANCEL
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
