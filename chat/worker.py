"""The loop beside the sockets: due closes, queues, dead leases, the bot's leftovers, the outbox. One unit at a time."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import close_old_connections
from django.utils import timezone

from chat import routing
from chat.actions import attachments, bot, handover, indexing, outbox, people, pushing, sessions, visits

log = logging.getLogger(__name__)
EVERY = 1.0
_more: list[Callable[[], object]] = []
_sweeps: list[Callable[[datetime], object]] = [attachments.sweep, visits.sweep]


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
        self._delivering: threading.Thread | None = None

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> None:
        self._delivering = threading.Thread(target=self._deliver, name="outbox", daemon=True)
        self._delivering.start()
        while not self._stop.is_set():
            started = time.monotonic()
            self.once()
            self._stop.wait(max(0.05, EVERY - (time.monotonic() - started)))
        self._delivering.join(10)

    def once(self) -> None:
        """Do everything that is due."""
        first = (people.expire, sessions.close_due, handover.requeue_unanswered, self._drain, self._bot)
        for step in (*first, pushing.tell_agents, pushing.tell_buyers, indexing.index_due, self._sweep):
            self._try(step)
        for more in _more:
            self._try(more)
        if self._delivering is None:
            self._try(outbox.deliver_due)
        close_old_connections()

    def _deliver(self) -> None:
        """Do outside effects beside the loop: a slow server of somebody else's must not keep a queue waiting."""
        while not self._stop.wait(EVERY):
            self._try(outbox.deliver_due)
            close_old_connections()

    def _try(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Exception:
            log.exception("worker: %s failed", getattr(step, "__name__", step))
            close_old_connections()

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
                sweep(self._swept)
