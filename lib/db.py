"""Write transactions: one fair queue per process on SQLite, plain transactions elsewhere."""

import functools
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

from lib import bulk

P = ParamSpec("P")
T = TypeVar("T")
_Waiting = tuple[int, threading.Event]  # a thread, and what tells it that its turn has come


class FairLock:
    """A lock that is handed over in order of arrival, so that a busy thread can't starve the others.

    Who comes first waits for its holder only, but never twice in a row. Its holder may take it again: what runs on
    commit runs while the lock is still held, and writes too.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._owner: int | None = None
        self._depth = 0
        self._was_first = False  # whether its last holder came first
        self._waiting: deque[_Waiting] = deque()
        self._first: deque[_Waiting] = deque()

    def acquire(self, *, first: bool = False) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._owner in (None, me):
                self._was_first = first if self._owner is None else self._was_first
                self._owner, self._depth = me, self._depth + 1
                return
            turn = threading.Event()
            (self._first if first else self._waiting).append((me, turn))
        turn.wait()

    def release(self) -> None:
        with self._guard:
            self._depth -= 1
            if self._depth:
                return
            self._owner = None
            if self._first or self._waiting:
                self._was_first = bool(self._first) and not (self._was_first and self._waiting)
                self._owner, turn = (self._first if self._was_first else self._waiting).popleft()
                self._depth = 1
                turn.set()


_turn = FairLock()


@contextmanager
def write(*, first: bool = False) -> Iterator[None]:
    """Open a write transaction; inside another one, a savepoint. SQLite has one writer, so threads queue here.

    `first` is for messages: each of many senders waits for them, and they hold nobody up for long.
    What the bulk writes put in goes to the database when somebody asks it something, or at the end, with the commit.
    """
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    if connection.vendor != "sqlite":
        with transaction.atomic(), bulk.together() as kept:
            yield
            kept.end()
        return
    _turn.acquire(first=first)
    try:
        with transaction.atomic(), bulk.together() as kept:
            yield
            kept.end()
    finally:
        _turn.release()


def checkpoint() -> None:
    """Bring what SQLite has written aside into its file, beside whoever writes: a commit would stop for it."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def let_go() -> None:
    """Give the pool its connection back before a wait; the next query takes another one. In a transaction, nothing."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.close()


_here = threading.local()


@contextmanager
def snapshot() -> Iterator[None]:
    """Let several reads see the database at one moment; nobody waits for it. Inside another one, nothing."""
    if hasattr(_here, "known"):
        yield
        return
    _here.known = {}
    try:
        with _one_moment():
            yield
    finally:
        del _here.known


def once(ask: Callable[P, T]) -> Callable[P, T]:
    """Ask the same only once in a snapshot, where nothing changes. The answer is shared: nobody may change it."""

    @functools.wraps(ask)
    def asks(*args: P.args, **more: P.kwargs) -> T:
        known = getattr(_here, "known", None)
        if known is None:
            return ask(*args, **more)
        key = ask, args, tuple(more.items())
        if key not in known:
            known[key] = ask(*args, **more)
        found: T = known[key]
        return found

    return asks


@contextmanager
def _one_moment() -> Iterator[None]:
    if connection.in_atomic_block:  # whoever opened it has said what it sees
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        # Deferred: atomic() would begin as a writer and take SQLite's one lock.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("COMMIT")
