"""The writer's two lanes: what has to wait never holds up the others, and no conversation loses its order."""

import gc
import threading

import pytest
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from chat.actions import messages
from chat.actions.items import NeedsCare, Receipt, Stored
from chat.models import Conversation, Message
from lib.db import write
from shops.models import Desk
from tests import base, invariants, listening, racing
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scribe():
    with racing.writers() as [one]:
        yield one


def texts(line):
    return list(Message.objects.filter(conversation=line).order_by("seq").values_list("text", flat=True))


def holding(rows, ready, release):
    """Return a call that locks rows as an action does, until it is told to let go."""

    def hold():
        with transaction.atomic():
            list(rows.select_for_update())
            ready.set()
            assert release.wait(20)

    return hold


@pytest.mark.postgres
def test_a_held_conversation_delays_no_other_and_keeps_its_own_order(scribe):
    shop = base.shop()
    base.agent(shop, "Lin", capacity=50)
    stuck, free = base.buyer(shop), base.buyer(shop)
    base.writes(stuck, "0")
    base.writes(free, "0")
    ready, release = threading.Event(), threading.Event()

    def talk():
        assert ready.wait(20)
        late = [scribe.submit(base.from_buyer(stuck, str(number))) for number in range(1, 4)]
        prompt = [scribe.submit(base.from_buyer(free, str(number))).result(5) for number in range(1, 4)]
        waited = not any(future.done() for future in late)
        late.append(scribe.submit(base.from_buyer(stuck, "4")))
        release.set()
        return prompt, waited, [future.result(20) for future in late]

    _held, (prompt, waited, late) = together(holding(Conversation.objects.filter(pk=stuck.pk), ready, release), talk)
    assert waited, "the row was held all the while"
    assert all(isinstance(one, Stored) for one in prompt + late)
    assert [one.event["seq"] for one in late] == sorted(one.event["seq"] for one in late)
    assert (texts(stuck), texts(free)) == (list("01234"), list("0123"))
    invariants.check()


@pytest.mark.postgres
def test_a_held_desk_delays_first_messages_and_nobody_else(scribe):
    shop = base.shop()
    base.agent(shop, "Lin", capacity=50)
    running, new = base.buyer(shop), base.buyer(shop)
    base.writes(running)
    ready, release = threading.Event(), threading.Event()

    def talk():
        assert ready.wait(20)
        first = scribe.submit(base.from_buyer(new, "Hello"))
        second = scribe.submit(base.from_buyer(new, "Hello?"))
        prompt = scribe.submit(base.from_buyer(running, "Still here")).result(5)
        listening.until(lambda: racing.waiting_for_locks() == 1)
        release.set()
        return prompt, first.result(20), second.result(20)

    _held, (prompt, first, second) = together(holding(Desk.objects.filter(pk=shop.pk), ready, release), talk)
    assert all(isinstance(one, Stored) for one in (prompt, first, second))
    assert texts(new) == ["Hello", "Hello?"]
    assert first.event["session"] == second.event["session"]
    invariants.check()


def test_what_follows_a_first_message_stays_behind_it_and_then_is_fast_again(scribe):
    shop = base.shop()
    base.agent(shop, "Lin", capacity=50)
    lines = [base.buyer(shop) for _ in range(6)]

    def talk(line):
        return [scribe.submit(base.from_buyer(line, f"{number}")).result(20) for number in range(3)] + [
            future.result(20)
            for future in [scribe.submit(base.from_buyer(line, f"{number}")) for number in range(3, 30)]
        ]

    for line, stored in zip(lines, together(*[lambda line=line: talk(line) for line in lines]), strict=True):
        assert len({one.event["session"] for one in stored}) == 1
        assert texts(line) == [str(number) for number in range(30)]
    listening.until(lambda: not scribe._aside)
    invariants.check()


def test_the_fast_lane_hands_over_what_is_not_for_it_and_writes_nothing_of_it():
    shop = base.shop()
    lin = base.agent(shop, "Lin")
    new, known = base.buyer(shop), base.buyer(shop)
    session = base.writes(known)
    late = base.from_agent(lin, session)
    late.session_id = session.pk + 1
    with write():
        first, stored, other, receipt = messages.post(
            [base.from_buyer(new), base.from_buyer(known), late, Receipt(known.pk, "buyer", 1, 0)], only_fast=True
        )
    assert isinstance(first, NeedsCare)
    assert first.desk, "it opens a session"
    assert [type(one) for one in (stored, other, receipt)] == [NeedsCare] * 3, "one that does not fit takes its group"
    assert not any(one.desk for one in (stored, other, receipt))
    assert texts(new) == []
    assert texts(known) == ["Is it in stock?"]


@pytest.mark.parametrize("count", [1, 20])
def test_a_batch_costs_the_same_statements_however_many_messages(count):
    shop = base.shop()
    base.agent(shop, "Lin", capacity=50)
    lines = [base.buyer(shop) for _ in range(count)]
    for line in lines:
        base.writes(line)
    items = [base.from_buyer(line, "Hello") for line in lines]
    with CaptureQueriesContext(connection) as asked, write():
        assert all(isinstance(one, Stored) for one in messages.post(items, only_fast=True))
    # Lines, sessions, buyers, shops, members, keys, ids; message, event, line, session; begin and commit; lock timeout.
    assert len(asked) == (14 if connection.vendor == "postgresql" else 13)


def test_what_a_batch_read_goes_without_the_garbage_collector():
    """Rows that know each other pile up until it runs, and everybody waits while it does."""
    shop = base.shop()
    lin = base.agent(shop, "Lin")
    lines = [base.buyer(shop) for _ in range(3)]
    talks = [base.writes(line) for line in lines]

    def rows():  # by type: isinstance would ask lazy objects what they are, and they would go and look
        return [one for one in gc.get_objects() if issubclass(type(one), models.Model)]

    def talk():
        items = [base.from_agent(lin, one) for one in talks] + [base.from_buyer(line) for line in lines]
        assert all(isinstance(one, Stored) for one in base.send(*items))

    talk()
    gc.collect()
    gc.disable()
    try:
        before = {id(one) for one in rows()}
        talk()
        left = [type(one).__name__ for one in rows() if id(one) not in before]
    finally:
        gc.enable()
    assert left == []
