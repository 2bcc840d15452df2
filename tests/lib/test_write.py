"""A write transaction: what is kept back goes with the commit, or with the next question; an error undoes all of it."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from lib import bulk
from lib.db import FairLock, write
from shops.models import Seller
from tests.listening import until

pytestmark = pytest.mark.django_db(transaction=True)
FIELDS = ["id", "name"]


def names():
    return set(Seller.objects.values_list("name", flat=True))


def test_what_is_kept_back_is_stored_with_the_commit():
    with write():
        bulk.insert(Seller, FIELDS, [(91, "kept")])
    assert names() == {"kept"}
    assert not connection.in_atomic_block
    with write():  # the next transaction begins as any other
        assert names() == {"kept"}


def test_whoever_asks_in_between_sees_it_and_hooks_run_after_the_commit():
    seen = []
    with write():
        bulk.insert(Seller, FIELDS, [(91, "kept")])
        transaction.on_commit(lambda: seen.append(names()))
        assert names() == {"kept"}
        assert seen == []
    assert seen == [{"kept"}]


def fails(pk):
    with write():
        bulk.insert(Seller, FIELDS, [(pk, "lost")])
        raise ZeroDivisionError


def test_an_error_or_a_wish_to_undo_leaves_nothing():
    with pytest.raises(ZeroDivisionError):
        fails(91)
    with write():
        bulk.insert(Seller, FIELDS, [(92, "lost")])
        transaction.set_rollback(True)
    assert names() == set()


def test_a_write_that_fails_at_the_commit_undoes_the_others_and_runs_no_hook():
    seen = []

    def twice():
        with write():
            transaction.on_commit(lambda: seen.append("told"))
            bulk.insert(Seller, FIELDS, [(91, "first")])
            bulk.insert(Seller, FIELDS, [(91, "again")])

    with pytest.raises(IntegrityError):
        twice()
    assert names() == set()
    assert seen == []
    with write():
        bulk.insert(Seller, FIELDS, [(91, "later")])
    assert names() == {"later"}


def test_a_savepoint_undoes_only_its_own():
    with write():
        bulk.insert(Seller, FIELDS, [(91, "before")])
        with pytest.raises(ZeroDivisionError):
            fails(92)
        bulk.insert(Seller, FIELDS, [(93, "after")])
    assert names() == {"before", "after"}


def order_of(*who):
    """Let threads queue in this order behind a held lock; return in which they had it."""
    lock, had, threads = FairLock(), [], []

    def take(name):
        lock.acquire(first=name.startswith("first"))
        had.append(name)
        lock.release()

    lock.acquire()
    for place, name in enumerate(who, 1):
        threads.append(threading.Thread(target=take, args=[name]))
        threads[-1].start()
        until(lambda wanted=place: len(lock._waiting) + len(lock._first) == wanted)
    lock.release()
    for one in threads:
        one.join(20)
    return had


def test_the_lock_goes_to_whoever_came_earlier():
    assert order_of("a", "b", "c") == ["a", "b", "c"]


def test_who_comes_first_waits_for_the_holder_only_and_starves_nobody():
    assert order_of("a", "b", "first 1", "first 2", "first 3", "c") == ["first 1", "a", "first 2", "b", "first 3", "c"]
    assert order_of("first 1", "first 2") == ["first 1", "first 2"]


def test_the_holder_may_take_the_lock_again():
    lock = FairLock()
    lock.acquire()
    lock.acquire(first=True)
    lock.release()
    other = threading.Thread(target=lock.acquire)
    other.start()
    until(lambda: len(lock._waiting) == 1)
    assert other.is_alive(), "held once more"
    lock.release()
    other.join(20)
    assert not other.is_alive()
