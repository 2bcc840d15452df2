"""What the seller is told about the questions: why a text matches, how well it will go, what gets in its own way."""

from typing import Any

import pytest

from botfaq import actions, matching
from botfaq.matching import Kind
from botfaq.models import Question
from shops.models import Member, Shop
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.rule("E3")]

SHIP = ["怎么查物流", "我的快递到哪了", "查一下快递到哪里了", "物流信息怎么查"]
BACK = ["怎么申请退货", "我想退货怎么操作", "退货怎么申请", "如何办理退货"]


def boss(shop: Shop) -> Member:
    return shop.members.first() or base.agent(shop, "Mia", role="owner")


def asked(shop: Shop, texts: list[str]) -> Question:
    return actions.save(boss(shop), Question(shop=shop, text=texts[0], answer="…"), texts[1:])


def test_an_explanation_names_phrasing_score_and_thresholds() -> None:
    shop = base.shop()
    ship, back = asked(shop, SHIP), asked(shop, BACK)
    first, second = matching.explain(shop, "我的快递现在到哪了")
    assert (first.question_id, second.question_id) == (ship.pk, back.pk)
    assert first.phrasing == "我的快递到哪了"
    assert first.score > first.answer_from > first.offer_from > second.score
    assert first.letters > 0.3
    assert first.meaning == 0


def test_the_threshold_rises_with_the_phrasings() -> None:
    few, many = base.shop(), base.shop("Other")
    asked(few, SHIP[:1])
    asked(many, SHIP)
    assert matching.explain(few, "快递")[0].answer_from < matching.explain(many, "快递")[0].answer_from


def test_the_expected_accuracy_leaves_each_phrasing_out() -> None:
    shop = base.shop()
    ship, back, odd = asked(shop, SHIP), asked(shop, BACK), asked(shop, ["支持货到付款吗"])
    found = matching.expected_accuracy(shop)
    assert found.accuracy is not None
    assert found.accuracy > 0.8
    assert set(found.per_question) == {ship.pk, back.pk}
    assert found.weak == (odd.pk,)


def test_phrasings_that_mislead_lower_the_expected_accuracy() -> None:
    shop = base.shop()
    asked(shop, SHIP)
    wrong = asked(shop, ["怎么退货", "查一下快递到哪里了呀", "物流信息怎么查呢"])
    found = matching.expected_accuracy(shop)
    assert found.accuracy is not None
    assert found.accuracy < 0.7
    assert wrong.pk in found.weak


def test_nothing_is_expected_of_single_phrasings() -> None:
    shop = base.shop()
    asked(shop, SHIP[:1])
    assert matching.expected_accuracy(shop).accuracy is None
    assert matching.expected_accuracy(base.shop("Other")) == matching.Expectation(None, {}, ())


def test_the_same_words_in_two_questions_are_a_conflict() -> None:
    shop = base.shop()
    one, other = asked(shop, BACK), asked(shop, ["怎么换货", "怎么申请退货？"])
    found = {(c.phrasing, c.question_id, c.caught_by) for c in matching.conflicts(shop) if c.score == 1.0}
    assert found == {("怎么申请退货", one.pk, other.pk), ("怎么申请退货？", other.pk, one.pk)}


def test_a_phrasing_that_another_question_catches_is_a_conflict() -> None:
    shop = base.shop()
    ship, back = asked(shop, SHIP), asked(shop, [*BACK, "我的快递到哪了呢"])
    found = [(c.phrasing, c.question_id, c.caught_by) for c in matching.conflicts(shop)]
    assert ("我的快递到哪了呢", back.pk, ship.pk) in found
    assert {phrasing for phrasing, _question, _other in found} <= {"我的快递到哪了", "我的快递到哪了呢"}


def test_clean_questions_have_no_conflict() -> None:
    shop = base.shop()
    asked(shop, SHIP)
    asked(shop, BACK)
    assert matching.conflicts(shop) == []
    assert matching.conflicts(base.shop("Other")) == []


def test_every_saved_change_is_seen_at_once() -> None:
    shop = base.shop()
    owner = boss(shop)
    ship = asked(shop, SHIP)
    assert matching.match(shop, "能不能开发票") is None
    bill = asked(shop, ["能不能开发票"])
    found = matching.match(shop, "能不能开发票")
    assert found is not None
    assert (found.question_id, found.kind) == (bill.pk, Kind.ANSWER)
    actions.save(owner, bill, ["发票怎么开"])
    assert matching.explain(shop, "发票怎么开")[0].score == 1.0
    actions.delete(owner, bill.pk)
    assert [one.question_id for one in matching.explain(shop, "发票怎么开")] == [ship.pk]


def test_an_unchanged_knowledge_base_costs_one_query(django_assert_num_queries: Any) -> None:
    shop = base.shop()
    asked(shop, SHIP)
    matching.match(shop, "快递")
    with django_assert_num_queries(1):
        matching.match(shop, "快递到哪了")


def test_who_cannot_wait_gets_nothing_yet() -> None:
    shop = base.shop()
    asked(shop, SHIP)
    assert matching.suggest(shop, "快递", patience=0) in ([], matching.suggest(shop, "快递"))
