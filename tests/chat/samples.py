"""Good pictures and videos for tests, made here; the videos carry a script and a place in their metadata."""

import functools
import io
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import av
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from shops import presets
from shops.models import Seller, Shop

SCRIPT = b"<script>alert(document.domain)</script>"


def noise(size: tuple[int, int] = (96, 64), mode: str = "RGB", seed: int = 1) -> Image.Image:
    width, height = size
    return Image.frombytes(mode, size, Random(seed).randbytes(width * height * len(mode)))


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


@functools.cache
def jpeg() -> bytes:
    return encoded(noise(), "JPEG")


@functools.cache
def png() -> bytes:
    return encoded(noise(mode="RGBA"), "PNG")


@functools.cache
def webp() -> bytes:
    return encoded(noise(), "WEBP")


@functools.cache
def gif(frames: int = 3, size: tuple[int, int] = (48, 32)) -> bytes:
    pictures = [noise(size, seed=index).quantize(16) for index in range(frames)]
    return encoded(pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=40, loop=0)


def film(
    muxer: str = "mp4",
    codec: str = "libx264",
    sound: str | None = "aac",
    frames: int = 10,
    pixels: str = "yuv420p",
    seconds_each: Fraction = Fraction(1, 25),
) -> bytes:
    """A short video, with a script in its title."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film"
        with av.open(str(path), "w", format=muxer) as out:
            out.metadata["title"] = SCRIPT.decode()
            out.metadata["location"] = "secret-place"
            track: Any = out.add_stream(codec, rate=25, width=64, height=48, pix_fmt=pixels)
            voice: Any = out.add_stream(sound, rate=48000, layout="mono") if sound else None
            for index in range(frames):
                frame = av.VideoFrame.from_image(noise((64, 48), seed=index)).reformat(format=pixels)
                frame.pts, frame.time_base = round(index * seconds_each * 25), Fraction(1, 25)
                out.mux(track.encode(frame))
            out.mux(track.encode(None))
            if voice:
                for chunk in silence(voice):
                    out.mux(voice.encode(chunk))
                out.mux(voice.encode(None))
        return path.read_bytes()


def silence(voice: av.AudioStream) -> Iterator[av.AudioFrame]:
    size = voice.codec_context.frame_size or 960
    for index in range(10):
        frame = av.AudioFrame(format=voice.codec_context.format.name, layout="mono", samples=size)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts, frame.time_base = 48000, index * size, Fraction(1, 48000)
        yield frame


@functools.cache
def mp4() -> bytes:
    return film()


@functools.cache
def mov() -> bytes:
    return film("mov")


@functools.cache
def webm() -> bytes:
    return film("webm", "libvpx-vp9", "libopus")


GOOD = {"jpg": jpeg, "png": png, "gif": gif, "webp": webp, "mp4": mp4, "mov": mov, "webm": webm}


# --- sending and looking ----------------------------------------------------------------------------------------


def shop() -> Shop:
    seller = Seller.objects.create(name="Lin")
    return Shop.objects.create(seller=seller, name="Tea", preset=next(iter(presets.PRESETS)), identity_secret="s" * 40)


def sent(data: bytes, name: str = "picture.jpg") -> SimpleUploadedFile:
    """An upload as a view gets it; its claims are always those of a JPEG."""
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def stored(name: str) -> bytes:
    with default_storage.open(name) as file:
        return file.read()


def files_of(root: str | Path) -> list[Path]:
    return [path for path in Path(root).rglob("*") if path.is_file()]
