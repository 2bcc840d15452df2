"""The batch writer: whatever queued while the last commit ran is stored in one transaction (DESIGN)."""

import asyncio
import logging
import queue
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, close_old_connections, connection
from django.utils.translation import gettext_lazy as _

from chat.actions import messages
from chat.actions.items import Item, NeedsCare, NeedsDesk, Outcome, Post
from lib.db import write
from shops.errors import Busy, Invalid, NotYours

log = logging.getLogger(__name__)
QUEUE = 5_000  # items; beyond it submitters get 503
BATCH = 256
CAREFUL = 32  # items that may open sessions in one transaction, so that the desk is never held for long
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


class Lane:
    """A thread and its queue; `store` gets what queued while it last ran, and returns what must come first again."""

    def __init__(self, name: str, batch: int, store: Callable[[list[Waiting]], list[Waiting]]) -> None:
        self._name, self._batch, self._store = name, batch, store
        self._items: queue.Queue[Waiting | None] = queue.Queue(QUEUE)
        self._thread: threading.Thread | None = None

    def put(self, waiting: Waiting) -> None:
        """Queue an item; raise Busy where that is full."""
        try:
            self._items.put_nowait(waiting)
        except queue.Full:
            raise Busy from None

    def start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Store what is queued, then end."""
        thread, self._thread = self._thread, None
        if thread:
            self._items.put(None)
            thread.join(timeout=WAIT)

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
        while len(taken) < self._batch:
            try:
                item = self._items.get_nowait()
            except queue.Empty:
                break
            if item is None:
                return taken, True
            taken.append(item)
        return taken, False


class Writer:
    """Starts at the first item; `stop` drains it.

    Two lanes. The fast one adds to running sessions and waits for no row; whatever it can't do so it hands to the
    careful one, and with it what comes later for the same conversation, so that the order is kept.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._stopping = False
        self._fast = Lane("writer", BATCH, self._store_fast)
        self._careful = Lane("writer-careful", CAREFUL, self._store_careful)
        self._aside: Counter[int] = Counter()  # conversation → items in the careful lane
        self._counting = threading.Lock()

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
            self._fast.put((item, answer))

    def stop(self) -> None:
        """Store what is queued, then end; new items are refused."""
        with self._guard:
            self._stopping = True
        self._fast.stop()  # the first to end: it hands over to the other
        self._careful.stop()
        self._stopping = False

    def _start(self) -> None:
        self._fast.start()

    def _store_fast(self, taken: list[Waiting]) -> list[Waiting]:
        """Store what only adds to a running session; hand over the rest."""
        with self._counting:
            mine = [waiting for waiting in taken if not self._aside[waiting[0].conversation_id]]
            aside = [waiting for waiting in taken if self._aside[waiting[0].conversation_id]]
        try:
            outcomes = _commit([item for item, _answer in mine], only_fast=True) if mine else []
        except Exception as error:
            log.info("batch of %s handed over: %r", len(mine), error)
            close_old_connections()
            self._hand_over(taken)
            return []
        done = []
        for waiting, outcome in zip(mine, outcomes, strict=True):
            if isinstance(outcome, NeedsCare):
                if isinstance(waiting[0], Post):
                    waiting[0].desk = outcome.desk
                aside.append(waiting)
            else:
                done.append((waiting[1], outcome))
        _settle(done)
        self._hand_over(aside)
        return []

    def _hand_over(self, waiting: list[Waiting]) -> None:
        for item, answer in waiting:
            with self._counting:
                self._aside[item.conversation_id] += 1
            try:
                self._careful.put((item, answer))
            except Busy as error:
                self._settle_aside([(item, answer)], [error])
        if waiting:
            self._careful.start()

    def _store_careful(self, taken: list[Waiting]) -> list[Waiting]:
        """Store a batch; on failure smaller and smaller ones, so that one bad item fails alone."""
        try:
            outcomes = _commit([item for item, _answer in taken])
        except Exception as error:
            return self._apart(taken, error)
        again: list[Waiting] = []
        done, settled = [], []
        for waiting, outcome in zip(taken, outcomes, strict=True):
            item = waiting[0]
            if isinstance(outcome, NeedsDesk) and isinstance(item, Post) and not item.desk:
                item.desk = True
                again.append(waiting)
            else:
                done.append(waiting)
                settled.append(outcome)
        self._settle_aside(done, settled)
        return again

    def _apart(self, taken: list[Waiting], error: Exception) -> list[Waiting]:
        close_old_connections()
        if len(taken) == 1:
            log.warning("not stored: %r", error)
            self._settle_aside(taken, [_verdict(error)])
            return []
        log.info("batch of %s taken apart: %r", len(taken), error)
        size = SMALL if len(taken) > SMALL else 1
        again: list[Waiting] = []
        for start in range(0, len(taken), size):
            again += self._store_careful(taken[start : start + size])
        return again

    def _settle_aside(self, done: list[Waiting], outcomes: list[Outcome]) -> None:
        """Answer, and let the conversations that have nothing left here back into the fast lane."""
        with self._counting:
            for item, _answer in done:
                self._aside[item.conversation_id] -= 1
                if not self._aside[item.conversation_id]:
                    del self._aside[item.conversation_id]
        _settle([(answer, outcome) for (_item, answer), outcome in zip(done, outcomes, strict=True)])


def _commit(items: list[Item], *, only_fast: bool = False) -> list[Outcome]:
    with write(first=only_fast):
        return messages.post(items, only_fast=only_fast)


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
