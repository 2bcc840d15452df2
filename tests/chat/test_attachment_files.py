"""The files of attachments: whole or not there, never without a row, gone when no message took them."""

import contextlib
import os
import resource
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.utils import timezone

from chat import media
from chat.actions import attachments
from chat.models import Attachment, Outbox
from shops.models import Shop
from tests.chat import samples
from tests.chat.samples import files_of, sent, stored

pytestmark = pytest.mark.rule("C2")


@pytest.fixture
def shop(db: None) -> Shop:
    return samples.shop()


@contextlib.contextmanager
def file_size_limit(most: int) -> Iterator[None]:
    """Let the kernel refuse larger files, as a full disk or a quota does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_failing_disk_leaves_nothing_behind(tmp_path: Path, settings: Any) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(300_000))
    with file_size_limit(100_000), pytest.raises(media.UploadRefused, match="storage_full") as refused:
        media.keep(source, "image/png")
    assert refused.value.status == 507
    assert not files_of(settings.MEDIA_ROOT)
    assert media.keep(source, "image/png")


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 192 KiB; needs the right to mount."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=192k", "tmpfs", str(folder)]
    try:
        mounted = os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("needs the right to mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_uploads_to_a_full_disk_are_refused_until_there_is_room(shop: Shop, tiny_disk: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tiny_disk
    data = samples.encoded(samples.noise((200, 200)), "PNG")  # about 120 KB, and the preview
    first = attachments.upload(shop, "b:1", sent(data))
    with pytest.raises(media.UploadRefused, match="storage_full"):
        attachments.upload(shop, "b:1", sent(data))
    assert Attachment.objects.count() == 1
    assert len(files_of(tiny_disk)) == 2
    attachments.delete_files({"files": [first.file, first.preview]})
    assert attachments.upload(shop, "b:1", sent(data)).pk


@pytest.mark.parametrize("kind", ["jpg", "png", "mp4"])
def test_a_full_working_disk_is_told_apart_from_a_bad_file(tiny_disk: Path, kind: str) -> None:
    (tiny_disk / "ballast").write_bytes(bytes(150_000))
    data = samples.encoded(samples.noise((200, 200)), "PNG") if kind == "png" else samples.GOOD[kind]() * 12
    with pytest.raises(media.UploadRefused, match="storage_full"):
        media.make(sent(data), tiny_disk)


def test_a_storage_without_paths_serves_as_well(shop: Shop, settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    row = attachments.upload(shop, "b:1", sent(samples.jpeg()))
    assert stored(row.file).startswith(b"\xff\xd8\xff")
    attachments.delete_files({"files": [row.file, row.preview, row.file]})
    assert not default_storage.exists(row.file)


def test_no_file_stays_without_its_row(shop: Shop, settings: Any) -> None:
    with pytest.raises(IntegrityError):
        attachments.upload(shop, cast(str, None), sent(samples.jpeg()))  # the database refuses an empty owner
    assert not Attachment.objects.exists()
    assert not files_of(settings.MEDIA_ROOT)


def test_no_working_folder_stays(shop: Shop, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(work))
        attachments.upload(shop, "b:1", sent(samples.jpeg()))
        with pytest.raises(media.UploadRefused):
            attachments.upload(shop, "b:1", sent(samples.jpeg()[:200]))
    assert list(work.iterdir()) == []


# --- letting go -------------------------------------------------------------------------------------------------


def test_what_no_message_took_in_a_day_is_dropped_through_the_outbox(shop: Shop, settings: Any) -> None:
    now = timezone.now()
    old, bound, young = [attachments.upload(shop, "b:1", sent(samples.jpeg())) for _ in range(3)]
    Attachment.objects.filter(pk__in=[old.pk, bound.pk]).update(created_at=now - timedelta(hours=24, seconds=1))
    Attachment.objects.filter(pk=bound.pk).update(bound=True)
    assert attachments.sweep(now) == 1
    assert attachments.sweep(now) == 0
    assert set(Attachment.objects.values_list("pk", flat=True)) == {bound.pk, young.pk}
    promise = Outbox.objects.get()
    assert (promise.kind, promise.payload) == ("attachment.delete", {"files": [old.file, old.preview]})
    for _ in range(2):
        attachments.delete_files(promise.payload)
    assert len(files_of(settings.MEDIA_ROOT)) == 4
    assert default_storage.exists(young.file)


def test_a_sweep_takes_at_most_a_hundred(shop: Shop) -> None:
    rows = [
        Attachment(shop=shop, owner="b:1", kind="image", mime="image/png", file=f"x{i}", width=1, height=1, size=1)
        for i in range(130)
    ]
    Attachment.objects.bulk_create(rows)
    later = timezone.now() + timedelta(days=2)
    assert [attachments.sweep(later) for _ in range(3)] == [100, 30, 0]
    assert [len(row.payload["files"]) for row in Outbox.objects.order_by("pk")] == [200, 60]
