"""The loop beside the sockets: due closes, queues, dead leases, the bot's leftovers, the outbox. One unit at a time."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import close_old_connections, connection
from django.utils import timezone

from chat import routing
from chat.actions import (
    attachments,
    bot,
    data_jobs,
    faq,
    handover,
    indexing,
    mails,
    outbox,
    parcels,
    people,
    pushing,
    retention,
    sessions,
    visits,
)
from lib.db import checkpoint
from shops import audit, devices, names, session_store

log = logging.getLogger(__name__)
EVERY = 1.0
LEAVE = 10.0  # seconds that the threads beside the loop get to end; what is cut off is done again
_more: list[Callable[[], object]] = []
_sweeps: list[Callable[[datetime], object]] = [
    attachments.sweep,
    visits.sweep,
    outbox.sweep,
    faq.sweep,
    mails.sweep,
    audit.sweep,
    data_jobs.sweep,
    retention.sweep,
    session_store.sweep,
    devices.sweep,
]


def register(step: Callable[[], object]) -> None:
    """Let the loop do what is due in a room that this one may not look into."""
    _more.append(step)


def register_sweep(sweep: Callable[[datetime], object]) -> None:
    """Let the loop clear up in such a room, now and then."""
    _sweeps.append(sweep)


SWEEP = timedelta(minutes=10)


class Worker:
    """`run` until `stop`; a failing step is logged and tried again a second later."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._swept = timezone.now()
        self._beside: list[threading.Thread] = []
        self._wake: dict[str, threading.Condition] = {}  # lane of the outbox → what its threads wait for

    def stop(self) -> None:
        """Let every step end, and begin none."""
        self._stop.set()
        for wake in list(self._wake.values()):
            with wake:
                wake.notify_all()

    def run(self) -> None:
        self._start_beside("bot", self._bot)
        for lane, threads in outbox.lanes().items():
            self._wake[lane] = threading.Condition()
            for _ in range(threads):
                self._start_beside(f"outbox-{lane}", partial(outbox.deliver_due, lane=lane), self._wake[lane])
        self._start_beside("outbox", self._wake_lanes)
        if connection.vendor == "sqlite":
            self._start_beside("checkpoint", checkpoint)
        while not self._stop.is_set():
            started = time.monotonic()
            self.once()
            self._stop.wait(max(0.05, EVERY - (time.monotonic() - started)))
        last = time.monotonic() + LEAVE
        for each in self._beside:
            each.join(max(0.0, last - time.monotonic()))

    def once(self) -> None:
        """Do everything that is due."""
        first = (people.expire, sessions.close_due, handover.requeue_unanswered, self._drain)
        telling = (pushing.tell_agents, pushing.tell_buyers, parcels.tell_changes)
        for step in (*first, *telling, indexing.index_due, names.index_due, self._sweep):
            self._try(step)
        for more in _more:
            self._try(more)
        if not self._beside:
            self._try(self._bot)
            self._try(outbox.deliver_due)
        close_old_connections()

    def _start_beside(self, name: str, step: Callable[[], object], wake: threading.Condition | None = None) -> None:
        """Repeat a step in a thread: a foreign server that is slow or a large index must not keep a queue waiting.

        With `wake` it waits for that: a dozen threads that looked for work each second would all be in the way at once.
        """

        def repeat() -> None:
            while not self._stop.is_set():
                if wake is None:
                    self._stop.wait(EVERY)
                elif not self._woken(wake):
                    continue
                if not self._stop.is_set():
                    self._try(step)
                    close_old_connections()

        self._beside.append(threading.Thread(target=repeat, name=name, daemon=True))
        self._beside[-1].start()

    def _try(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Exception:
            log.exception("worker: %s failed", getattr(step, "__name__", step))
            close_old_connections()

    def _woken(self, wake: threading.Condition) -> bool:
        with wake:
            return not self._stop.is_set() and wake.wait(EVERY)

    def _wake_lanes(self) -> None:
        """Wake as many as there is work for; who is busy looks for more by itself."""
        for lane, count in outbox.due_lanes().items():
            with self._wake[lane]:
                self._wake[lane].notify(count)

    def _drain(self) -> None:
        for shop_id in routing.waiting_shops():
            self._try(partial(routing.drain, shop_id))

    def _bot(self) -> None:
        # A moment's grace: the bot's own thread is usually on it already.
        bot.answer_due(timezone.now() - timedelta(seconds=2))

    def _sweep(self) -> None:
        if timezone.now() - self._swept >= SWEEP:
            self._swept = timezone.now()
            for sweep in _sweeps:
                self._try(partial(sweep, self._swept))
