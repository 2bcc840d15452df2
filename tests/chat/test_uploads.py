"""Pictures and videos: taken as harmless copies, refused in words, stored whole, served by signed link only."""

import io
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageStat

from chat import media
from chat.actions import attachments
from chat.models import Attachment
from shops.errors import Busy
from shops.models import Shop
from tests.chat import hostile, samples
from tests.chat.harmless import assert_harmless
from tests.chat.samples import files_of, sent, stored

pytestmark = pytest.mark.rule("C2")


@pytest.fixture
def shop(db: None) -> Shop:
    return samples.shop()


# --- what is taken ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "mime", "size"),
    [
        ("jpg", "image/jpeg", (96, 64)),
        ("png", "image/png", (96, 64)),
        ("webp", "image/webp", (96, 64)),
        ("gif", "image/webp", (48, 32)),
        ("mp4", "video/mp4", (64, 48)),
        ("mov", "video/mp4", (64, 48)),
        ("webm", "video/webm", (64, 48)),
    ],
)
def test_a_good_file_is_stored_clean_with_a_preview(shop: Shop, kind: str, mime: str, size: tuple[int, int]) -> None:
    row = attachments.upload(shop, "b:1", sent(samples.GOOD[kind](), f"x.{kind}"))
    row.refresh_from_db()
    assert (row.shop, row.owner, row.mime, (row.width, row.height), row.bound) == (shop, "b:1", mime, size, False)
    assert row.kind == mime.partition("/")[0]
    assert row.size == len(stored(row.file))
    assert_harmless(mime, stored(row.file))
    assert_harmless(media.sniff(stored(row.preview)[:64]), stored(row.preview))
    assert (row.duration_ms > 0) == (kind in ("gif", "mp4", "mov", "webm"))


def test_a_video_keeps_every_packet_and_its_sound(shop: Shop) -> None:
    row = attachments.upload(shop, "b:1", sent(samples.mp4()))
    with av.open(io.BytesIO(samples.mp4()), "r") as before, av.open(io.BytesIO(stored(row.file)), "r") as after:
        assert len(list(after.decode(video=0))) == len(list(before.decode(video=0))) == 10
        assert [track.codec_context.name for track in after.streams] == ["h264", "aac"]
    assert 350 <= row.duration_ms <= 500


def test_a_large_picture_shrinks_and_its_preview_is_small(shop: Shop) -> None:
    large = samples.encoded(Image.new("RGB", (4000, 3000), "teal"), "JPEG")
    row = attachments.upload(shop, "b:1", sent(large))
    assert (row.width, row.height) == (2560, 1920)
    assert Image.open(io.BytesIO(stored(row.file))).size == (2560, 1920)
    assert Image.open(io.BytesIO(stored(row.preview))).size == (480, 360)


def test_a_picture_is_turned_upright_as_exif_says(shop: Shop) -> None:
    picture = Image.new("RGB", (60, 40), "white")
    picture.paste("red", (0, 0, 60, 10))  # the camera's top row
    data = Image.Exif()
    data[0x0112] = 6
    row = attachments.upload(shop, "b:1", sent(samples.encoded(picture, "JPEG", exif=data.tobytes(), quality=95)))
    upright = Image.open(io.BytesIO(stored(row.file)))
    assert (row.width, row.height) == upright.size == (40, 60)
    red, green, _ = ImageStat.Stat(upright.crop((36, 20, 40, 40))).mean  # top turned to the right
    assert red > 200
    assert green < 90


def test_an_animation_keeps_its_frames_and_their_time(shop: Shop) -> None:
    row = attachments.upload(shop, "b:1", sent(samples.gif(12)))
    with Image.open(io.BytesIO(stored(row.file))) as moving:
        assert getattr(moving, "n_frames", 1) == 12
    assert row.duration_ms == 480


def test_transparent_and_deep_pictures_keep_their_look(shop: Shop) -> None:
    clear = attachments.upload(shop, "b:1", sent(samples.encoded(Image.new("RGBA", (9, 9), (255, 0, 0, 64)), "PNG")))
    assert Image.open(io.BytesIO(stored(clear.file))).getpixel((4, 4)) == (255, 0, 0, 64)
    ramp = Image.frombytes("I;16", (256, 1), b"".join(bytes((0, level)) for level in range(256)))
    deep = attachments.upload(shop, "b:1", sent(samples.encoded(ramp, "PNG")))
    assert Image.open(io.BytesIO(stored(deep.file))).getextrema() == (0, 255)


# --- what is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["image", "video"])
def test_size_is_looked_at_before_anything_else(shop: Shop, kind: str, settings: Any) -> None:
    head = samples.jpeg() if kind == "image" else samples.mp4()
    file = sent(head + bytes(media.MAX_BYTES[kind] + 1 - len(head)))
    with pytest.raises(media.UploadRefused, match="too_large") as refused:
        attachments.upload(shop, "b:1", file)
    assert refused.value.status == 413
    assert not Attachment.objects.exists()
    assert not files_of(settings.MEDIA_ROOT)


def test_a_false_size_does_not_let_more_in(tmp_path: Path) -> None:
    file = sent(samples.jpeg() + bytes(media.MAX_BYTES["image"]))
    file.size = 5
    with pytest.raises(media.UploadRefused, match="too_large"):
        media.make(file, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("bomb", hostile.BOMBS)
def test_a_bomb_stays_small_in_its_own_process(bomb: str, tmp_path: Path) -> None:
    build, code = hostile.BOMBS[bomb]
    (tmp_path / "source").write_bytes(build())
    program = (
        "import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__');"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    kind = "video" if bomb.startswith("film") else "image"
    command = [sys.executable, "-I", "-c", program, str(media.WORKER), kind, str(tmp_path / "source"), str(tmp_path)]
    answer, peak = subprocess.run(command, capture_output=True, check=True, timeout=20).stdout.splitlines()
    assert code.encode() in answer
    assert int(peak) < 256 * 1024  # KiB


def test_a_worker_that_hangs_is_ended(tmp_path: Path, settings: Any) -> None:
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time; time.sleep(60)")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(media, "WORKER", sleeper)
        patch.setitem(media.SECONDS, "image", 0.5)
        with pytest.raises(media.UploadRefused, match="bad_image"):
            media.make(sent(samples.jpeg()), tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        "[]",
        "no json",
        "{}",
        '{"refused": "<script>"}',
        '{"refused": []}',
        '{"mime": "text/html", "width": 1, "height": 1, "duration_ms": 0}',
        '{"width": -1, "height": 99999999, "duration_ms": "1"}',
    ],
)
def test_a_worker_that_was_taken_over_is_not_believed(words: str, tmp_path: Path) -> None:
    liar = tmp_path / "liar.py"
    liar.write_text(
        "import sys, pathlib\n"
        "pathlib.Path(sys.argv[3], 'file').write_text('<script>')\n"
        "pathlib.Path(sys.argv[3], 'preview').symlink_to('/etc/passwd')\n"
        f"print({words!r})"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(media, "WORKER", liar)
        with pytest.raises(media.UploadRefused, match="bad_image"):
            media.make(sent(samples.jpeg()), tmp_path)


def test_the_worker_sees_no_secret(tmp_path: Path) -> None:
    teller = tmp_path / "teller.py"
    teller.write_text("import os, json; print(json.dumps(dict(os.environ)))")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(media, "WORKER", teller)
        patch.setenv("SECRET_KEY", "x" * 50)
        assert not set(media.run_worker("image", tmp_path, tmp_path)) & {"SECRET_KEY", "DATABASE_URL", "PATH"}


def test_the_third_upload_waits_and_then_is_told_to_come_back(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(media, "PATIENCE", 0.2)
        with media._turns, media._turns, pytest.raises(Busy):
            media.make(sent(samples.jpeg()), tmp_path)
    assert media.make(sent(samples.jpeg()), tmp_path).mime == "image/jpeg"


def test_uploads_from_many_threads_all_arrive(tmp_path: Path) -> None:
    done: list[str] = []

    def one(index: int) -> None:
        folder = tmp_path / str(index)
        folder.mkdir()
        done.append(media.make(sent(samples.jpeg()), folder).mime)

    threads = [threading.Thread(target=one, args=(index,)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert done == ["image/jpeg"] * 6
