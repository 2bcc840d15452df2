"""The batch writer: one thread per process that stores whatever queued while the last commit ran (DESIGN)."""

import logging
import queue
import threading
import time
from concurrent.futures import Future

from django.db import DatabaseError, close_old_connections, connection

from chat.actions import messages
from chat.actions.items import Item, NeedsDesk, Outcome, Post
from lib.db import write
from shops.errors import Busy

log = logging.getLogger(__name__)
QUEUE = 5_000  # items; beyond it submitters get 503
BATCH = 256
WAIT = 10.0  # seconds that a submitter waits
SMALL = 8
# Without a pause other processes starve on SQLite's one write lock.
SQLITE_PAUSE = 0.003


class Writer:
    """Starts at the first item; `stop` drains it."""

    def __init__(self) -> None:
        self._items: queue.Queue[tuple[Item, Future[Outcome]] | None] = queue.Queue(QUEUE)
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()
        self._stopping = False
        self._tuned: object | None = None

    def submit(self, item: Item) -> "Future[Outcome]":
        """Queue an item; its future ends after the commit with Stored or None, or with the refusal. Raise Busy."""
        if connection.in_atomic_block:
            raise RuntimeError("submit() inside a transaction would wait for itself")
        if self._stopping:
            raise Busy
        self._start()
        future: Future[Outcome] = Future()
        try:
            self._items.put_nowait((item, future))
        except queue.Full:
            raise Busy from None
        return future

    def stop(self) -> None:
        """Store what is queued, then end; new items are refused."""
        self._stopping = True
        with self._guard:
            thread, self._thread = self._thread, None
        if thread:
            self._items.put(None)
            thread.join(timeout=WAIT)
        self._stopping = False

    def _start(self) -> None:
        with self._guard:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        again: list[tuple[Item, Future[Outcome]]] = []
        last = False
        while True:
            taken, ended = self._take(again)
            last = last or ended
            if taken:
                again = self._store(taken)
                if connection.vendor == "sqlite" and not self._items.empty():
                    time.sleep(SQLITE_PAUSE)
            if last and not again:
                connection.close()
                return

    def _take(self, again: list[tuple[Item, Future[Outcome]]]) -> tuple[list[tuple[Item, Future[Outcome]]], bool]:
        """Return what is to be stored next, and whether the end was asked for."""
        taken = list(again)
        if not taken:
            first = self._items.get()
            if first is None:
                return [], True
            taken.append(first)
        while len(taken) < BATCH:
            try:
                item = self._items.get_nowait()
            except queue.Empty:
                break
            if item is None:
                return taken, True
            taken.append(item)
        return taken, False

    def _store(self, taken: list[tuple[Item, Future[Outcome]]]) -> list[tuple[Item, Future[Outcome]]]:
        """Store a batch; on failure smaller and smaller ones, so that one bad item fails alone."""
        try:
            outcomes = self._commit([item for item, _future in taken])
        except Exception as error:
            return self._apart(taken, error)
        again: list[tuple[Item, Future[Outcome]]] = []
        for (item, future), outcome in zip(taken, outcomes, strict=True):
            if isinstance(outcome, NeedsDesk) and isinstance(item, Post):
                item.desk = True
                again.append((item, future))
            else:
                _settle(future, outcome)
        return again

    def _commit(self, items: list[Item]) -> list[Outcome]:
        self._tune()
        with write():
            return messages.post(items)

    def _tune(self) -> None:
        """Bound the wait for row locks, once per connection."""
        connection.ensure_connection()
        if connection.vendor == "postgresql" and self._tuned is not connection.connection:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1s'")
            self._tuned = connection.connection

    def _apart(self, taken: list[tuple[Item, Future[Outcome]]], error: Exception) -> list[tuple[Item, Future[Outcome]]]:
        close_old_connections()
        if len(taken) == 1:
            log.warning("not stored: %r", error)
            # The truth may be either way on a lost connection: the same key finds it.
            _settle(taken[0][1], Busy() if isinstance(error, DatabaseError) else error)
            return []
        log.info("batch of %s taken apart: %r", len(taken), error)
        size = SMALL if len(taken) > SMALL else 1
        again = []
        for start in range(0, len(taken), size):
            again += self._store(taken[start : start + size])
        return again


def _settle(future: "Future[Outcome]", outcome: Outcome) -> None:
    if future.cancelled():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


writer = Writer()
