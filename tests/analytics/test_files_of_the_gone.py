"""Files made from a buyer's words go with the words: those that lie there, and those being made meanwhile."""

import threading
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, ClassVar

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.utils import timezone

from analytics import exports
from analytics.listing import Asked, RatingsAsked
from analytics.models import Export
from analytics.periods import Days
from chat.actions import data_files, data_jobs, outbox, ratings, retention, sessions
from chat.models import Conversation, DataRequest
from lib.db import write
from shops.errors import Refused
from shops.models import Buyer, Member, Shop
from tests import base

pytestmark = pytest.mark.django_db(transaction=True)
START = datetime.fromisoformat("2026-03-02T04:00:00Z")


class Meanwhile(FileSystemStorage):
    """The usual storage; beside the keeping of an export something else happens first, once."""

    happens: ClassVar[list[Callable[[], object]]] = []

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        if str(name).startswith("exports/") and self.happens:
            self.happens.pop()()
        return super().save(name, content, max_length)


@pytest.fixture(autouse=True)
def clock(time_machine: Any) -> Any:
    time_machine.move_to(START, tick=False)
    return time_machine


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{__name__}.Meanwhile"}}
    Meanwhile.happens.clear()


@pytest.fixture
def shop() -> Shop:
    return base.shop(preset="tiktok_shop", retention_days=30)


@pytest.fixture
def agent(shop: Shop) -> Member:
    return base.agent(shop, "Ann")


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Olga", role="owner", online=False)


@pytest.fixture
def line(shop: Shop, agent: Member) -> Conversation:
    """A closed reception, rated with words."""
    found = base.buyer(shop, "mia")
    session = base.writes(found, "My secret address")
    base.replies(agent, session)
    sessions.close(session.pk, agent)
    ratings.rate(shop.pk, found.pk, session.pk, 2, "secret words")
    return found


def kept() -> list[str]:
    """The export files that lie in the storage."""
    return default_storage.listdir("exports")[1] if default_storage.exists("exports") else []


def erased(line: Conversation, owner: Member) -> None:
    data_jobs.order(line.buyer, "erase", owner)
    data_jobs.erase({"request": DataRequest.objects.get(kind="erase").pk, "above": 0})


def told_of(request: DataRequest) -> bytes:
    request.refresh_from_db()
    with default_storage.open(request.file) as made, zipfile.ZipFile(BytesIO(made.read())) as book:
        return book.read("messages.jsonl") + book.read("buyer.json")


def figures(by: Member, kind: str = "sessions", days: int | None = 2) -> Export:
    today = timezone.localdate(timezone=by.shop.zone)
    span = Days(today - timedelta(days=days), today) if days is not None else None
    asked = Asked(days=span) if span and kind == "sessions" else RatingsAsked(days=span)
    return exports.order(by, kind, "csv", asked, "en")


def test_a_buyers_file_that_is_being_made_ends_with_the_erasure(line: Conversation, owner: Member) -> None:
    request = data_jobs.order(line.buyer, "export", owner)
    Meanwhile.happens.append(lambda: erased(line, owner))
    data_jobs.export({"request": request.pk})
    request.refresh_from_db()
    assert (request.state, request.file, kept()) == ("failed", "", [])
    with pytest.raises(Refused, match="already_erased"):
        data_jobs.order(line.buyer, "export", owner)


def test_a_buyers_file_is_not_begun_once_the_erasure_was_asked_for(line: Conversation, owner: Member) -> None:
    request = data_jobs.order(line.buyer, "export", owner)
    data_jobs.order(line.buyer, "erase", owner)
    data_jobs.export({"request": request.pk})
    request.refresh_from_db()
    assert (request.state, kept()) == ("failed", [])


def test_a_buyers_file_that_is_being_made_is_made_anew_after_retention(
    line: Conversation, owner: Member, clock: Any
) -> None:
    request = data_jobs.order(line.buyer, "export", owner)
    clock.shift(timedelta(days=31))
    Meanwhile.happens.append(lambda: retention.remove({"shop": line.shop_id}))
    data_jobs.export({"request": request.pk})
    request.refresh_from_db()
    assert (request.state, kept()) == ("queued", [])
    outbox.deliver_due()
    assert b"secret" not in told_of(request)
    assert request.state == "done"


def test_retention_takes_the_files_that_hold_what_it_removes(line: Conversation, owner: Member, clock: Any) -> None:
    old = data_jobs.order(line.buyer, "export", owner)
    other = data_jobs.order(base.buyer(line.shop, "other").buyer, "export", owner)
    outbox.deliver_due()
    assert b"secret" in told_of(old)
    clock.shift(timedelta(days=31))
    made = [figures(owner, days=33), figures(owner), figures(owner, "ratings_latest", None)]
    while exports.make_next(timezone.now()):
        pass
    retention.remove({"shop": line.shop_id})
    left = [DataRequest.objects.get(pk=one.pk).file != "" for one in (old, other)]
    assert left == [False, True]
    assert [Export.objects.get(pk=one.pk).file != "" for one in made] == [False, True, False]
    assert len(kept()) == 2


@pytest.mark.rule("G11")
def test_a_table_that_is_being_made_is_made_anew_after_an_erasure(line: Conversation, owner: Member) -> None:
    export = figures(owner)
    Meanwhile.happens.append(lambda: erased(line, owner))
    assert exports.make_next(timezone.now())
    export.refresh_from_db()
    assert (export.state, export.ready, kept()) == ("queued", "", [])
    assert exports.make_next(timezone.now())
    export.refresh_from_db()
    with default_storage.open(export.file) as made:
        words = made.read().decode()
    assert (export.state, len(kept())) == ("done", 1)
    assert "secret" not in words
    assert "Mia" not in words


@pytest.mark.rule("G11")
def test_what_a_killed_maker_left_goes_when_another_begins(owner: Member, line: Conversation) -> None:
    export = figures(owner)
    left = default_storage.save("exports/left.csv", BytesIO(b"secret"))
    long_ago = timezone.now() - timedelta(hours=1)
    Export.objects.filter(pk=export.pk).update(state="running", file=left, touched_at=long_ago)
    assert base.desk(owner).get(f"/shops/{owner.shop_id}/analytics/exports/{export.pk}/").status_code == 404
    assert exports.make_next(timezone.now())
    export.refresh_from_db()
    assert kept() == [export.file.partition("/")[2]]
    request = data_jobs.order(line.buyer, "export", owner)
    left = default_storage.save("exports/left.zip", BytesIO(b"secret"))
    DataRequest.objects.filter(pk=request.pk).update(state="running", file=left, touched_at=long_ago)
    assert base.desk(owner).get(f"/shops/{owner.shop_id}/buyers/data/{request.pk}.zip").status_code == 404
    data_jobs.export({"request": request.pk})
    assert not default_storage.exists("exports/left.zip")


def test_files_of_buyers_go_after_a_week_and_are_counted(line: Conversation, owner: Member, clock: Any) -> None:
    data_jobs.order(line.buyer, "export", owner)
    outbox.deliver_due()
    clock.shift(timedelta(days=7))
    assert data_jobs.sweep(timezone.now()) == 0
    clock.shift(timedelta(days=1))
    assert (data_jobs.sweep(timezone.now()), data_jobs.sweep(timezone.now())) == (1, 0)
    assert kept() == []


def test_progress_is_told_while_others_write(
    line: Conversation, owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite refuses a write to who still reads from before another's commit."""
    monkeypatch.setattr(data_files, "EVERY", 1)

    def another() -> None:
        with write():
            Buyer.objects.filter(pk=line.buyer_id).update(nickname="Mia B.")
        connection.close()

    def told(_count: int) -> None:
        thread = threading.Thread(target=another)
        thread.start()
        thread.join()
        with write():
            Buyer.objects.filter(pk=line.buyer_id).update(nickname="Mia")

    assert data_files.make(line.buyer, "exports/a.zip", told) > 0
