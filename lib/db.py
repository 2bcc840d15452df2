"""Write transactions: one fair queue per process on SQLite, plain transactions elsewhere."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


class FairLock:
    """A lock that is handed over in order of arrival, so that a busy thread can't starve the others."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Event] = deque()

    def acquire(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def release(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


_turn = FairLock()


@contextmanager
def write() -> Iterator[None]:
    """Open a write transaction; inside another one, a savepoint. SQLite has one writer, so threads queue here."""
    if connection.in_atomic_block or connection.vendor != "sqlite":
        with transaction.atomic():
            yield
        return
    _turn.acquire()
    try:
        with transaction.atomic():
            yield
    finally:
        _turn.release()
