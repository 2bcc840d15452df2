"""A large file is taken in piece by piece, and not at all when it is too large for a request (E1)."""

from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from botfaq import actions, moving, sheets
from botfaq.models import KnowledgeBase, Question
from shops.errors import Refused
from shops.models import Member
from shops.moving import TOGETHER
from shops.sheets import CSV, ROWS, Line
from tests import base, racing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("E1")]


@pytest.fixture
def boss() -> Member:
    return base.agent(base.shop(language="en"), "Mia", role="owner", online=False)


def lines(count: int, answer: str = "Yes.") -> list[Line]:
    return [Line(number, {"text": f"Question {number}?", "answer": answer}) for number in range(2, count + 2)]


def test_more_rows_than_a_request_has_time_for_are_refused_in_words() -> None:
    rows = [dict.fromkeys(sheets.COLUMNS, "") | {"text": f"Q{number}", "answer": "A"} for number in range(501)]
    assert len(sheets.read(sheets.write(rows[:-1], CSV))) == ROWS == 500
    with pytest.raises(Refused) as refused:
        sheets.read(sheets.write(rows, CSV))
    assert (refused.value.code, "500" in str(refused.value.words)) == ("bad_file", True)


def test_indexes_are_told_once_for_many_rows_in_the_transaction_of_those_rows(boss: Member) -> None:
    with CaptureQueriesContext(connection) as asked:
        moving.take_in(boss, lines(2 * TOGETHER), only_check=False)
    said = [query["sql"] for query in asked.captured_queries]
    marks = [at for at, sql in enumerate(said) if sql.startswith(("INSERT", "UPDATE")) and "knowledgebase" in sql]
    commits = [at for at, sql in enumerate(said) if sql.startswith("COMMIT")]
    assert len(marks) == len(commits) == 2
    assert marks[0] < commits[0] < marks[1] < commits[1]
    assert Question.objects.count() == 2 * TOGETHER


def test_a_row_that_fails_takes_no_other_along(boss: Member) -> None:
    given = lines(3)
    given[1].cells["link"] = "no link"
    assert [one.fate for one in moving.take_in(boss, given, only_check=False)] == ["added", "refused", "added"]
    assert Question.objects.count() == 2


def test_a_check_changes_nothing_and_no_mark(boss: Member) -> None:
    moving.take_in(boss, lines(3), only_check=True)
    assert not Question.objects.exists()
    assert not KnowledgeBase.objects.filter(shop=boss.shop).exists()


def test_files_and_edits_in_other_orders_at_once_all_get_through(boss: Member) -> None:
    """Whoever writes questions takes the mark first; rows locked in two orders would deadlock."""
    given = lines(8)
    moving.take_in(boss, given, only_check=False)
    ids = list(Question.objects.order_by("pk").values_list("pk", flat=True))
    for turn in range(4):
        done = racing.together(
            partial(moving.take_in, boss, lines(8, f"One {turn}."), False),
            partial(moving.take_in, boss, list(reversed(lines(8, f"Two {turn}."))), False),
            partial(actions.publish, boss, list(reversed(ids)), True),
            partial(actions.publish, boss, ids, True),
        )
        assert racing.codes(done) == []
    assert Question.objects.filter(published=True).count() == 8
