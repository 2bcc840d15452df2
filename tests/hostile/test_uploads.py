"""Hostile files through every door that takes pictures and videos: refused, or nothing is left of them but pixels."""

import traceback
from pathlib import Path
from typing import Any

import pytest

from chat import media
from chat.models import Attachment, AvatarReview
from tests.chat import hostile, samples
from tests.chat.harmless import assert_harmless
from tests.chat.samples import files_of, stored
from tests.hostile import doors
from tests.hostile.doors import Door, Doors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("C2")]
# One of each kind goes through every door; the others take turns.
EVERYWHERE = (
    "svg", "html", "php", "empty", "jpeg with comment, exif, profile, xmp", "png with text, exif, profile",
    "jpg and zip", "gif and javascript", "png 10,000 squared", "film that names a local file",
)  # fmt: skip


def turns() -> dict[Door, list[str]]:
    """Return which files go through which door: each through one at least, films through those that take films."""
    found: dict[Door, list[str]] = {door: list(EVERYWHERE) for door in doors.ALL}
    for place, (name, (build, _allowed)) in enumerate(hostile.CORPUS.items()):
        takers = doors.VIDEOS if media.sniff(build()[:64]).startswith("video") else doors.PICTURES
        if name not in EVERYWHERE:
            found[takers[place % len(takers)]].append(name)
    return found


TURNS = turns()


def test_the_corpus_is_large() -> None:
    assert len(hostile.CORPUS) + len(hostile.NAMES) >= 200
    assert {name for names in TURNS.values() for name in names} == set(hostile.CORPUS)


@pytest.mark.parametrize("door", doors.ALL, ids=lambda door: str(door.__name__))
def test_a_hostile_file_is_refused_or_made_harmless(door: Door, settings: Any) -> None:
    world, wrong, taken = Doors(), [], 0
    for name in TURNS[door]:
        build, allowed = hostile.CORPUS[name]
        try:
            taken += tried(door, world, build(), allowed, Path(settings.MEDIA_ROOT))
        except AssertionError:
            wrong.append(f"{name}: {traceback.format_exc(limit=-2)}")
    assert not wrong, "\n".join([f"{len(wrong)} of {len(TURNS[door])} files", *wrong])
    assert taken, "a door that refuses everything proves nothing"


def tried(door: Door, world: Doors, data: bytes, allowed: frozenset[str], root: Path) -> bool:
    """Send one file through a door; return whether it was taken. No trace stays of what was refused."""
    kind = media.sniff(data[:64]).partition("/")[0]
    if kind and kind not in doors.TAKES[door]:
        allowed = frozenset({"bad_type"})
    rows = counted()
    came = door(world, data)
    files = files_of(root)
    if came.outcome != hostile.STORED:
        refusals = allowed - {hostile.STORED}
        assert came.outcome in refusals or (came.outcome == "refused" and refusals), came
        assert (counted(), files) == (rows, [])
        return False
    assert hostile.STORED in allowed, "it was taken"
    assert files
    for path in files:
        assert media.NAME.fullmatch(path.name)
        assert_harmless(media.MIMES[path.suffix[1:]], path.read_bytes())
    for link in came.links:
        assert_harmless(*doors.served(link))
    for path in files:
        path.unlink()
    return True


def counted() -> tuple[int, int]:
    return Attachment.objects.count(), AvatarReview.objects.count()


@pytest.mark.parametrize("name", hostile.NAMES.values(), ids=hostile.NAMES)
def test_the_senders_name_counts_for_nothing(name: str, settings: Any) -> None:
    world = Doors()
    assert named(world, name, hostile.SVG) in (400, 415)
    assert files_of(settings.MEDIA_ROOT) == []
    if named(world, name, samples.jpeg()) == 201:
        row = Attachment.objects.get()
        assert media.NAME.fullmatch(row.file.partition("/")[2])
        assert stored(row.file).startswith(b"\xff\xd8\xff")
    assert {path.parent.parent for path in files_of(settings.MEDIA_ROOT)} <= {Path(settings.MEDIA_ROOT)}
    assert not [path for path in files_of(settings.MEDIA_ROOT) if not media.NAME.fullmatch(path.name)]


def named(world: Doors, name: str, data: bytes) -> int:
    """Send a file under this name, byte for byte; return the status."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'
    body = head.encode() + data + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    answer = world.phone.post("/api/v1/buyer/attachments", body, content_type=kind)
    return int(answer.status_code)
