"""The batch writer: one thread that stores whatever queued, and loses nothing (DESIGN, rules of the writer)."""

import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction

from chat import writer
from chat.actions import sessions
from chat.actions.items import Receipt, Stored
from chat.models import Conversation, Message
from lib.db import write
from shops.errors import Busy, NotYours
from shops.models import Desk
from tests import base, invariants, listening, racing
from tests.racing import codes, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scribe():
    with racing.writers() as [one]:
        yield one


@contextmanager
def pen_held(scribe):
    """Keep the writer from starting while the block queues items, so that they make one batch."""
    start, scribe._start = scribe._start, lambda: None
    try:
        yield
    finally:
        scribe._start = start
        scribe._start()


def settle(futures):
    """Wait for all; return outcomes and refusals in order."""
    return [future.exception(20) or future.result() for future in futures]


def at_once(scribe, *items):
    """Queue items as one batch; return their outcomes."""
    with pen_held(scribe):
        futures = [scribe.submit(item) for item in items]
    return settle(futures)


def texts(line):
    return list(Message.objects.filter(conversation=line).order_by("seq").values_list("text", flat=True))


def broken(line, text="Broken"):
    """A buyer's message that no database stores: it says that a member who does not exist wrote it."""
    item = base.from_buyer(line, text)
    item.member_id = 999_999_999
    return item


@pytest.mark.rule("C1")
def test_each_senders_order_is_kept_and_the_numbers_are_dense(scribe):
    shop = base.shop()
    base.agent(shop, "Lin", capacity=50)
    lines = [base.buyer(shop) for _ in range(4)]

    def talk(line):
        return [scribe.submit(base.from_buyer(line, f"{number}")) for number in range(60)]

    sent = together(*[lambda line=line: talk(line) for line in lines])
    for line, futures in zip(lines, sent, strict=True):
        numbers = [outcome.event["seq"] for outcome in settle(futures)]
        assert numbers == sorted(numbers)
        assert texts(line) == [str(number) for number in range(60)]
    invariants.check()


def test_a_full_batch_of_one_conversation_is_stored_at_once(scribe):
    shop = base.shop()
    base.agent(shop, "Lin")
    line = base.buyer(shop)
    base.writes(line, "First")
    before = line.last_seq
    outcomes = at_once(scribe, *[base.from_buyer(line, f"{number}") for number in range(writer.BATCH)])
    line.refresh_from_db()
    assert [one.event["seq"] for one in outcomes] == list(range(line.last_seq - writer.BATCH + 1, line.last_seq + 1))
    assert len({one.event["message"]["created_at"] for one in outcomes}) == 1, "one transaction, one clock reading"
    assert line.last_seq == before + 3 + writer.BATCH
    assert base.session(line).unread == writer.BATCH + 1
    invariants.check()


def test_the_same_key_twice_in_a_batch_and_again_later_is_one_message(scribe):
    line = base.buyer(base.shop())
    item = base.from_buyer(line, "Once")
    first, twin = at_once(scribe, item, replace(item))
    [later] = at_once(scribe, replace(item))
    assert (first.duplicate, twin.duplicate, later.duplicate) == (False, True, True)
    assert first.event == twin.event == later.event
    assert texts(line) == ["Once"]
    invariants.check()


def test_the_same_key_with_another_body_is_a_conflict_wherever_the_first_stands(scribe):
    line = base.buyer(base.shop())
    first, other = base.from_buyer(line, "This"), base.from_buyer(line, "That")
    other.client_msg_id = first.client_msg_id
    assert codes(at_once(scribe, first, other)) == ["key_reused"]
    assert codes(at_once(scribe, other)) == ["key_reused"]
    assert texts(line) == ["This"]
    invariants.check()


@pytest.mark.parametrize("place", [0, 9, 19])
def test_one_message_that_no_database_stores_does_not_fail_its_batch(scribe, place):
    shop = base.shop()
    base.agent(shop, "Lin", capacity=50)
    lines = [base.buyer(shop) for _ in range(20)]
    for line in lines[::2]:
        base.writes(line, "Before")
    items = [base.from_buyer(line, "Hello") for line in lines]
    items[place] = broken(lines[place])
    outcomes = at_once(scribe, *items)
    assert [isinstance(outcome, Stored) for outcome in outcomes] == [index != place for index in range(20)]
    assert isinstance(outcomes[place], NotYours), "to send it again would not help"
    assert not Message.objects.filter(text="Broken").exists()
    assert [texts(line)[-1:] for line in lines[1:9:2]] == [["Hello"]] * 4
    invariants.check()


@pytest.mark.postgres
def test_a_nul_that_slipped_through_is_refused_alone(scribe):
    lines = [base.buyer(base.shop(name)) for name in ("Harbour", "Hill")]
    bad, good = base.from_buyer(lines[0]), base.from_buyer(lines[1])
    bad.text = "a\0b"
    refused, stored = at_once(scribe, bad, good)
    assert isinstance(stored, Stored)
    assert isinstance(refused, Exception)
    assert not isinstance(refused, Busy)
    invariants.check()


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_lost_connection_says_try_again_and_never_no(error):
    assert isinstance(writer._verdict(error("the connection is closed")), Busy)


def test_a_message_into_a_conversation_that_is_gone_is_not_there(scribe):
    line = base.buyer(base.shop())
    item, stays = base.from_buyer(line), base.from_buyer(base.buyer(base.shop("Hill")))
    Conversation.objects.filter(pk=line.pk).delete()
    gone, stored = at_once(scribe, item, stays)
    assert isinstance(gone, NotYours)
    assert isinstance(stored, Stored)


def test_a_shop_without_a_desk_does_not_keep_the_writer_busy_for_ever(scribe):
    line, other = base.buyer(base.shop()), base.buyer(base.shop("Hill"))
    Desk.objects.filter(shop_id=line.shop_id).delete()
    lost, stored = at_once(scribe, base.from_buyer(line), base.from_buyer(other))
    assert isinstance(lost, Exception)
    assert isinstance(stored, Stored)


def test_a_full_queue_refuses_and_keeps_what_it_took(scribe, monkeypatch):
    monkeypatch.setattr(writer, "QUEUE", 3)
    line = base.buyer(base.shop())
    with racing.writers() as [small], pen_held(small):
        futures = [small.submit(base.from_buyer(line, f"{number}")) for number in range(3)]
        with pytest.raises(Busy):
            small.submit(base.from_buyer(line, "Too many"))
    assert all(isinstance(outcome, Stored) for outcome in settle(futures))
    assert texts(line) == ["0", "1", "2"]


def test_waiting_for_oneself_is_refused(scribe):
    item = base.from_buyer(base.buyer(base.shop()))
    with write(), pytest.raises(RuntimeError):
        scribe.submit(item)


def test_stop_stores_what_is_queued_and_whoever_comes_later_starts_it_again(scribe):
    line = base.buyer(base.shop())
    futures = [scribe.submit(base.from_buyer(line, f"{number}")) for number in range(300)]
    scribe.stop()
    assert all(future.done() for future in futures)
    assert texts(line) == [str(number) for number in range(300)]
    assert isinstance(settle([scribe.submit(base.from_buyer(line, "Later"))])[0], Stored)


def test_nothing_is_lost_between_stop_and_the_next_start(scribe):
    line = base.buyer(base.shop())
    base.writes(line)
    done = threading.Event()

    def talk():
        got = []
        while not done.is_set():
            try:
                got.append(scribe.submit(base.from_buyer(line)).result(5))
            except Busy:
                time.sleep(0.001)  # a spinning thread would starve the writer of the interpreter
        return got

    def interrupt():
        for _ in range(30):
            scribe.stop()
            time.sleep(0)
        done.set()

    *talks, _none = together(talk, talk, talk, interrupt)
    assert [one for one in talks if isinstance(one, Exception)] == []
    assert Message.objects.filter(conversation=line).count() == 1 + sum(map(len, talks))
    invariants.check()


def test_whoever_stops_waiting_harms_nobody(scribe):
    line = base.buyer(base.shop())
    with pen_held(scribe):
        futures = [scribe.submit(base.from_buyer(line, f"{number}")) for number in range(20)]
        assert all(future.cancel() for future in futures[::2])
    assert all(isinstance(outcome, Stored) for outcome in settle(futures[1::2]))
    assert len(texts(line)) == 20, "the same key finds it"


@pytest.mark.rule("C1")
def test_a_first_message_is_stored_though_its_desk_was_not_declared(scribe):
    shop = base.shop()
    lin = base.agent(shop, "Lin")
    line = base.buyer(shop)
    item = base.from_buyer(line)
    assert not item.desk
    first, second = at_once(scribe, item, base.from_buyer(line, "Hello?"))
    assert (first.event["seq"], second.event["seq"]) == (2, 4)
    assert base.session(line).assignee == lin
    sessions.close(base.session(line).pk, lin)
    [again] = at_once(scribe, base.from_buyer(line, "One more thing"))
    assert again.event["session"] != first.event["session"]
    invariants.check()


def test_receipts_move_forward_beside_messages(scribe):
    line = base.buyer(base.shop())
    base.writes(line)
    outcomes = at_once(scribe, Receipt(line.pk, "buyer", 2, 1), base.from_buyer(line), Receipt(line.pk, "buyer", 1, 0))
    assert [outcomes[0], outcomes[2]] == [None, None]
    line.refresh_from_db()
    assert (line.buyer_delivered, line.buyer_read) == (2, 1)


def test_a_refused_item_leaves_no_frame_and_no_trace_in_the_others(scribe):
    shop = base.shop()
    lin = base.agent(shop, "Lin")
    line = base.buyer(shop)
    base.writes(line)
    good, click, after = base.from_buyer(line, "Good"), base.from_buyer(line, "Click"), base.from_buyer(line, "After")
    click.question_id = 999_999_999
    with listening.ears(f"m{lin.pk}") as heard:
        outcomes = at_once(scribe, good, click, after)
        assert [type(one) for one in outcomes] == [Stored, NotYours, Stored]
        frames = heard.wait_for(2)
    assert [frame["message"]["text"] for frame in frames] == ["Good", "After"]
    assert [frame["row"]["last_message_text"] for frame in frames] == ["Good", "After"]
    assert [frame["row"]["unread"] for frame in frames] == [2, 3]
    invariants.check()


def test_a_batch_that_was_taken_apart_tells_each_message_once(scribe):
    shop = base.shop()
    lin = base.agent(shop, "Lin")
    lines = [base.buyer(shop) for _ in range(10)]
    for line in lines:
        base.writes(line)
    with listening.ears(f"m{lin.pk}") as heard:
        at_once(scribe, broken(lines[0]), *[base.from_buyer(line, "Hello") for line in lines[1:]])
        frames = heard.wait_for(9)
    assert sorted(frame["conversation"] for frame in frames) == [line.pk for line in lines[1:]]


@pytest.mark.postgres
def test_a_row_that_somebody_else_holds_costs_an_answer_and_no_message(scribe):
    shop = base.shop()
    base.agent(shop, "Lin", capacity=50)
    stuck, free = base.buyer(shop), base.buyer(shop)
    base.writes(stuck)
    base.writes(free)
    item, other = base.from_buyer(stuck, "Stuck"), base.from_buyer(free, "Free")
    locked, answered = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Conversation.objects.select_for_update().get(pk=stuck.pk)
            locked.set()
            answered.wait(20)

    def ask():
        locked.wait(20)
        try:
            return at_once(scribe, item, other)
        finally:
            answered.set()

    _held, [busy, stored] = together(hold, ask)
    assert isinstance(busy, Busy)
    assert isinstance(stored, Stored)
    assert texts(stuck)[-1] == "Is it in stock?"
    assert [one.duplicate for one in at_once(scribe, item)] == [False]
    invariants.check()


@pytest.mark.postgres
def test_a_short_wait_for_a_lock_ends_in_a_stored_message(scribe):
    line = base.buyer(base.shop())
    base.writes(line)
    locked, queued = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Conversation.objects.select_for_update().get(pk=line.pk)
            locked.set()
            queued.wait(20)

    def ask():
        locked.wait(20)
        future = scribe.submit(base.from_buyer(line, "Patient"))
        listening.until(lambda: racing.waiting_for_locks() == 1)
        queued.set()
        return future.result(20)

    _held, stored = together(hold, ask)
    assert isinstance(stored, Stored)
    invariants.check()


@pytest.mark.postgres
def test_the_writers_short_patience_stays_with_the_writer(scribe):
    """Its connection goes back to the pool after a failure: the next user must not inherit the lock timeout."""
    line = base.buyer(base.shop())
    at_once(scribe, broken(line), broken(line))
    at_once(scribe, base.from_buyer(line))
    assert set(together(*[lock_timeout] * 8)) == {lock_timeout()}


def lock_timeout():
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return cursor.fetchone()[0]
