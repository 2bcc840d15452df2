"""How often a question was answered is counted where no batch waits for it (E4)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction

from botfaq.models import Question
from chat import bot_runner, incoming, sending
from chat.writer import writer
from tests import base
from tests.listening import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("E4")]


def hits(question: Question) -> int:
    return Question.objects.get(pk=question.pk).hits


def test_each_answer_is_a_hit_by_click_and_in_the_bots_own_thread() -> None:
    shop = base.shop(bot_enabled=True, language="en")
    question, other = base.question(shop), base.question(shop, "Do you sell tea?", place=None)
    line = base.buyer(shop)
    base.clicks(line, question)
    assert hits(question) == 1
    bot_runner.start()
    try:
        base.writes(line, question.text)
        until(lambda: hits(question) == 2)
        base.clicks(line, question)
        until(lambda: hits(question) == 3)
    finally:
        bot_runner.stop()
    assert hits(other) == 0


def test_what_was_undone_is_no_hit() -> None:
    shop = base.shop(bot_enabled=True)
    question, line = base.question(shop), base.buyer(shop)
    with transaction.atomic():
        base.clicks(line, question)
        transaction.set_rollback(True)
    assert hits(question) == 0


@pytest.mark.postgres
def test_a_question_that_is_being_edited_holds_up_no_answer() -> None:
    """An answer that took the question's row inside the batch would wait here, or deadlock with one of other order."""
    shop = base.shop(bot_enabled=True)
    question, line = base.question(shop), base.buyer(shop)
    click = sending.click(base.token(line), incoming.draft(base.body(question.text)), question.pk)
    bot_runner.start()
    try:
        with transaction.atomic():
            Question.objects.select_for_update(no_key=True).get(pk=question.pk)
            with ThreadPoolExecutor(1) as others:
                assert others.submit(lambda: writer.submit(click).result(5)).result(6)
            assert hits(question) == 0
        until(lambda: hits(question) == 1)
    finally:
        bot_runner.stop()
