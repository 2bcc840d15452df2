"""Run calls at once, each in a thread with a database connection of its own."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone

from chat.actions import people
from chat.models import Assignment, ServiceSession
from chat.writer import Writer
from shops.models import Presence

ROUNDS = int(os.environ.get("ROUTING_ROUNDS", "50"))
PATIENCE = 60
CONNECTIONS = 12  # fewer than the pool has, so that all can be had before the start


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Start all calls at the same moment; return what each returned or raised, in order."""
    gate = threading.Barrier(len(calls), timeout=PATIENCE)

    def run(call: Callable[[], Any]) -> Any:
        try:
            if len(calls) <= CONNECTIONS:
                connection.ensure_connection()
            gate.wait()
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(run, call) for call in calls]]


def shared(jobs: Sequence[Callable[[], Any]], workers: int) -> list[Any]:
    """Let some workers take jobs from one list until it is empty; return what failed."""
    left, failed = list(reversed(jobs)), []

    def work() -> None:
        while True:
            try:
                job = left.pop()
            except IndexError:
                return
            try:
                job()
            except Exception as error:
                failed.append(error)

    return failed + [error for error in together(*[work] * workers) if error is not None]


def won(outcomes: list[Any]) -> list[Any]:
    return [outcome for outcome in outcomes if not isinstance(outcome, Exception)]


def codes(outcomes: list[Any]) -> list[str]:
    """Return the codes of the refusals; anything else that was raised shows itself."""
    return sorted(getattr(outcome, "code", repr(outcome)) for outcome in outcomes if isinstance(outcome, Exception))


@contextmanager
def writers(count: int = 1) -> Iterator[list[Writer]]:
    """Lend writers of their own threads; their connections are closed at the end."""
    made = [Writer() for _ in range(count)]
    try:
        yield made
    finally:
        for one in made:
            one.stop()


def keep_consoles_open() -> None:
    """Renew every lease, as the pulse of a living process does; on a busy machine a test outlives one."""
    Presence.objects.update(expires_at=timezone.now() + people.LEASE)


def holders(session: ServiceSession) -> list[int]:
    """Return who has the session by its running assignments."""
    running = Assignment.objects.filter(session=session, ended_at=None)
    return list(running.values_list("member_id", flat=True))


def waiting_for_locks() -> int:
    """Return how many transactions wait for somebody else's lock; PostgreSQL only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])
