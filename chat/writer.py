"""The batch writer: one thread per process that stores whatever queued while the last commit ran (DESIGN)."""

import asyncio
import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, close_old_connections, connection
from django.utils.translation import gettext as _

from chat.actions import messages
from chat.actions.items import Item, NeedsDesk, Outcome, Post
from lib.db import write
from shops.errors import Busy, Invalid, NotYours

log = logging.getLogger(__name__)
QUEUE = 5_000  # items; beyond it submitters get 503
BATCH = 256
WAIT = 10.0  # seconds that a submitter waits
SMALL = 8
# Without a pause other processes starve on SQLite's one write lock.
SQLITE_PAUSE = 0.003


@dataclass(slots=True)
class LoopAnswer:
    """Where an answer goes on an event loop."""

    loop: asyncio.AbstractEventLoop
    done: Callable[[Outcome], None]


Answer = Future[Outcome] | LoopAnswer
Waiting = tuple[Item, Answer]


class Writer:
    """Starts at the first item; `stop` drains it."""

    def __init__(self) -> None:
        self._items: queue.Queue[Waiting | None] = queue.Queue(QUEUE)
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()
        self._stopping = False

    def submit(self, item: Item) -> "Future[Outcome]":
        """Queue an item; its future ends after the commit with Stored or None, or with the refusal. Raise Busy."""
        if connection.in_atomic_block:
            raise RuntimeError("submit() inside a transaction would wait for itself")
        future: Future[Outcome] = Future()
        self._queue(item, future)
        return future

    def submit_from_loop(self, item: Item, done: Callable[[Outcome], None]) -> None:
        """Queue an item from an event loop; `done` is called there after the commit, many at a time. Raise Busy."""
        self._queue(item, LoopAnswer(asyncio.get_running_loop(), done))

    def _queue(self, item: Item, answer: "Answer") -> None:
        with self._guard:  # an item behind the mark that ends the thread would lie there
            if self._stopping:
                raise Busy
            self._start()
            try:
                self._items.put_nowait((item, answer))
            except queue.Full:
                raise Busy from None

    def stop(self) -> None:
        """Store what is queued, then end; new items are refused."""
        with self._guard:
            self._stopping = True
            thread, self._thread = self._thread, None
        if thread:
            self._items.put(None)
            thread.join(timeout=WAIT)
        self._stopping = False

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        again: list[Waiting] = []
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

    def _take(self, again: list[Waiting]) -> tuple[list[Waiting], bool]:
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

    def _store(self, taken: list[Waiting]) -> list[Waiting]:
        """Store a batch; on failure smaller and smaller ones, so that one bad item fails alone."""
        try:
            outcomes = self._commit([item for item, _answer in taken])
        except Exception as error:
            return self._apart(taken, error)
        again: list[Waiting] = []
        done = []
        for (item, answer), outcome in zip(taken, outcomes, strict=True):
            if isinstance(outcome, NeedsDesk) and isinstance(item, Post) and not item.desk:
                item.desk = True
                again.append((item, answer))
            else:
                done.append((answer, outcome))
        _settle(done)
        return again

    def _commit(self, items: list[Item]) -> list[Outcome]:
        with write():
            if connection.vendor == "postgresql":  # for this transaction only: the connection may go back to the pool
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '1s'")
            return messages.post(items)

    def _apart(self, taken: list[Waiting], error: Exception) -> list[Waiting]:
        close_old_connections()
        if len(taken) == 1:
            log.warning("not stored: %r", error)
            _settle([(taken[0][1], _verdict(error))])
            return []
        log.info("batch of %s taken apart: %r", len(taken), error)
        size = SMALL if len(taken) > SMALL else 1
        again: list[Waiting] = []
        for start in range(0, len(taken), size):
            again += self._store(taken[start : start + size])
        return again


def _verdict(error: Exception) -> Exception:
    """Return the answer to an item that failed alone: whether to send it again would help."""
    match error:
        case IntegrityError():  # what it refers to has just gone
            return NotYours()
        case DataError():
            return Invalid(text=_("This holds characters that can't be stored."))
        case DatabaseError() | InterfaceError():  # the truth may be either way: the same key finds it
            return Busy()
    return error


def _settle(done: list[tuple[Answer, Outcome]]) -> None:
    """Answer every submitter; those on an event loop with one wake-up for all."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[Callable[[Outcome], None], Outcome]]] = defaultdict(list)
    for answer, outcome in done:
        if isinstance(answer, LoopAnswer):
            loops[answer.loop].append((answer.done, outcome))
        elif answer.set_running_or_notify_cancel():  # from here on nobody can cancel it under our hands
            if isinstance(outcome, Exception):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)
    for loop, calls in loops.items():
        try:
            loop.call_soon_threadsafe(_call, calls)
        except RuntimeError:  # the loop has ended, and its sockets with it: the same key finds the truth
            log.info("nobody is left to answer")


def _call(calls: list[tuple[Callable[[Outcome], None], Outcome]]) -> None:
    for done, outcome in calls:
        try:
            done(outcome)
        except Exception:  # one socket's trouble is not the others'
            log.exception("not answered")


writer = Writer()
