"""What an action costs in statements: none of them may grow unnoticed, nor with the length of the lists."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.actions import messages, sessions
from lib.db import write
from tests import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lin():
    return base.agent(base.shop(), "Lin", capacity=50)


@pytest.fixture
def mia(lin):
    return base.agent(lin.shop, "Mia", capacity=50)


def cost(work):
    with CaptureQueriesContext(connection) as asked:
        work()
    return len(asked)


@pytest.fixture(params=[1, 15])
def held(request, lin):
    """A session of Lin's, among few or many others."""
    lines = [base.buyer(lin.shop) for _ in range(request.param)]
    sessions_of = [base.writes(line) for line in lines]
    return sessions_of[0]


def test_a_handover_costs_a_constant_number_of_statements(held, lin, mia):
    # Begin, 10 in one trip, who had it before, 9 in one trip, commit; whether anybody waits is known from the first.
    assert cost(lambda: sessions.transfer(held.pk, mia, lin)) == 22


def test_a_close_costs_a_constant_number_of_statements(held, lin):
    assert cost(lambda: sessions.close(held.pk, lin)) == 21


def test_a_first_message_costs_two_trips_and_the_commit_with_the_second(held, lin):
    item = base.from_buyer(base.buyer(lin.shop))
    item.desk = True

    def store():
        with write():
            messages.post([item])

    assert cost(store) == (30 if connection.vendor == "postgresql" else 29)


def test_over_http_a_close_adds_who_it_is_and_whether_one_may(held, lin):
    desk = base.desk(lin)
    path = f"/api/v1/shops/{lin.shop_id}/sessions/{held.pk}/close"
    assert cost(lambda: desk.post(path, {}, format="json")) == 26


def test_the_answer_of_an_action_is_the_row_as_it_is_stored(held, lin, mia):
    path = f"/api/v1/shops/{lin.shop_id}/sessions/{held.pk}"
    for by, verb, body in (
        (lin, "mark", {"marked": True}),
        (lin, "transfer", {"member": mia.pk}),
        (mia, "close", {"text": "Bye."}),
    ):
        answer = base.desk(by).post(f"{path}/{verb}", body, format="json").json()
        assert answer == base.desk(by).get(path).json()["session"]
