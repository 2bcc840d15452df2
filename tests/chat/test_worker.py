"""The worker's threads: they work when there is work, and are in nobody's way when there is none."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from chat import worker as workers
from chat.actions import outbox
from chat.models import Outbox
from chat.worker import Worker
from shops.models import Seller
from tests import base
from tests.listening import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "EVERY", 0.05)


@contextmanager
def at_work() -> Iterator[Worker]:
    worker = Worker()
    running = threading.Thread(target=worker.run)
    running.start()
    try:
        yield worker
    finally:
        worker.stop()
        running.join(20)


def test_only_lanes_with_work_are_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, deliver = base.shop(), outbox.deliver_due
    asked: list[str] = []

    def delivered(lane: str) -> int:
        asked.append(lane)
        return deliver(lane=lane)

    monkeypatch.setattr(outbox, "deliver_due", delivered)
    with at_work():
        for _turn in range(2):
            outbox.promise("push.send", {"subscription": 0, "said": {}}, shop.pk)
            until(lambda: not Outbox.objects.exists())
    assert set(asked) == {"push"}


def test_it_ends_at_once_and_begins_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "EVERY", 3600)
    begun: list[str] = []
    monkeypatch.setattr(outbox, "deliver_due", lambda lane: begun.append(lane))
    with at_work() as worker:
        until(lambda: len(worker._beside) > len(outbox.lanes()) + 2 - (connection.vendor != "sqlite"))
    assert not [one.name for one in worker._beside if one.is_alive()]
    assert begun == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL moves its log by itself")
def test_sqlites_log_is_moved_beside_whoever_writes() -> None:
    file = Path(connection.settings_dict["NAME"])

    def moved(name: str) -> bool:
        return name.encode() in file.read_bytes()

    Seller.objects.create(name="Waits in the log")
    assert not moved("Waits in the log")
    with at_work():
        until(lambda: moved("Waits in the log"))
        Seller.objects.create(name="Comes while it runs")
        until(lambda: moved("Comes while it runs"))
