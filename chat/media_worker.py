"""Decode one upload in a limited process of its own and write a harmless copy: media_worker.py KIND SOURCE FOLDER.

Prints one JSON object: what was made (FOLDER/file, FOLDER/preview), or {"refused": code}. Imports nothing of the
project: the process starts in a tenth of a second and holds no secret, no database and no settings.
"""

import errno
import json
import resource
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer
    from av.stream import Stream
    from PIL import Image

MEGABYTE = 1 << 20
MAX_PIXELS = 25_000_000
MAX_FRAMES = 100
MAX_FRAME_PIXELS = 50_000_000  # over all frames of an animation
LONGEST = 2560
LONGEST_ANIMATED = 480  # all scaled frames are in memory at once
LONGEST_PREVIEW = 480
MAX_VIDEO_PIXELS = 4096 * 2304
MAX_MS = 180_000
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
MEMORY = {"image": 512 * MEGABYTE, "video": 768 * MEGABYTE}  # address space: libraries, stacks, buffers
CPU_SECONDS = {"image": 10, "video": 20}

# What every current browser plays, by container: (FFmpeg muxer, mime, video codecs, audio codecs)
PLAYABLE = {
    "mov": ("mp4", "video/mp4", {"h264"}, {"aac"}),
    "matroska": ("webm", "video/webm", {"vp8", "vp9"}, {"opus"}),
}
PIXEL_FORMATS = {"yuv420p", "yuvj420p"}


class Refusal(Exception):
    """This file is not taken; the first argument is the stable code."""


def limit(kind: str) -> None:
    """Give the process a ceiling for memory, time and file size, and no core dump."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS[kind], CPU_SECONDS[kind] + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * MEGABYTE, 64 * MEGABYTE))
    if sys.platform == "linux":  # macOS refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY[kind], MEMORY[kind]))


# --- pictures ---------------------------------------------------------------------------------------------------


def image(source: Path, folder: Path) -> dict[str, Any]:
    """Decode a picture and paste its pixels into a new one, so that nothing but pixels survives."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)  # Pillow only warns up to twice the limit
    try:
        with Image.open(source, formats=("JPEG", "PNG", "WEBP", "GIF")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise Refusal("too_many_pixels")
            if opened.format in ("GIF", "WEBP") and getattr(opened, "is_animated", False):
                check_frames(opened, source)
                return animation(opened, folder)
            return still(opened, folder)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as bomb:
        raise Refusal("too_many_pixels") from bomb


def still(opened: "Image.Image", folder: Path) -> dict[str, Any]:
    """Write one picture: photographs as JPEG, what came without loss as PNG, WebP as WebP."""
    mime = {"PNG": "image/png", "GIF": "image/png", "WEBP": "image/webp"}.get(opened.format or "", "image/jpeg")
    opened.draft(None, (LONGEST, LONGEST))  # a JPEG decodes at a fraction of its size
    picture = fit(pixels(opened), LONGEST)
    turn = turn_of(opened)  # only now: getexif() may decode, and after a failed decode the next one answers black
    if turn is not None:
        picture = picture.transpose(turn)
    if mime == "image/jpeg":
        picture = on_white(picture)
    write(clean(picture), folder / "file", mime)
    write(clean(fit(picture, LONGEST_PREVIEW)), folder / "preview", "image/webp")
    return {"mime": mime, "preview": "image/webp", "width": picture.width, "height": picture.height, "duration_ms": 0}


def animation(opened: "Image.Image", folder: Path) -> dict[str, Any]:
    """Write an animation as WebP, small."""
    frames, spans = [], []
    while True:
        opened.load()
        frames.append(clean(fit(opened.convert("RGBA"), LONGEST_ANIMATED)))
        spans.append(min(max(int(opened.info.get("duration") or 100), 20), 10_000))
        try:
            opened.seek(opened.tell() + 1)
        except EOFError:
            break
    first = frames[0]
    frames = [frame if frame.size == first.size else frame.resize(first.size) for frame in frames]
    first.save(
        folder / "file",
        "WEBP",
        save_all=True,
        append_images=frames[1:],
        duration=spans if len(spans) > 1 else spans[0],
        loop=0,
        quality=75,
        method=0,
    )
    write(first, folder / "preview", "image/webp")
    made = {"mime": "image/webp", "preview": "image/webp", "width": first.width, "height": first.height}
    return made | {"duration_ms": sum(spans) if len(spans) > 1 else 0}


def check_frames(opened: "Image.Image", source: Path) -> None:
    """Refuse a flood of frames before any is decoded."""
    count = gif_frames(source.read_bytes()) if opened.format == "GIF" else getattr(opened, "n_frames", 1)
    if count > MAX_FRAMES or count * opened.width * opened.height > MAX_FRAME_PIXELS:
        raise Refusal("too_many_frames")


def gif_frames(data: bytes) -> int:
    """Count frames by walking the blocks, no further than needed: Pillow's own count takes 30 µs for each."""
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    count = 0
    while count <= MAX_FRAMES and at + 9 < len(data):
        if data[at] == 0x2C:
            count += 1
            at += 11 + (3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0)
        elif data[at] == 0x21:
            at += 2
        else:  # stray bytes: Pillow skips them too
            at += 1
            continue
        while at < len(data) and data[at]:
            at += data[at] + 1
        at += 1
    return count


def turn_of(opened: "Image.Image") -> "Image.Transpose | None":
    """The turn that EXIF asks for; a broken EXIF block asks for none."""
    from PIL.Image import Transpose

    try:
        orientation = opened.getexif().get(0x0112)
    except Exception:
        return None
    return {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }.get(orientation if isinstance(orientation, int) else 0)


def pixels(opened: "Image.Image") -> "Image.Image":
    """Decode all of it, as L, RGB or RGBA."""
    opened.load()
    if opened.has_transparency_data:
        return opened if opened.mode == "RGBA" else opened.convert("RGBA")
    if opened.mode == "I;16":  # convert() would clip sixteen bits to white
        return opened.point(lambda value: value / 256, "L")
    return opened if opened.mode in ("L", "RGB") else opened.convert("RGB")


def fit(picture: "Image.Image", longest: int) -> "Image.Image":
    """Shrink to a longest side, never enlarge."""
    scale = longest / max(picture.size)
    if scale >= 1:
        return picture
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, reducing_gap=2.0)


def on_white(picture: "Image.Image") -> "Image.Image":
    if picture.mode != "RGBA":
        return picture
    from PIL import Image

    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def clean(picture: "Image.Image") -> "Image.Image":
    """A new picture with the same pixels: save() would carry comment, EXIF and profile of the old one along."""
    from PIL import Image

    fresh = Image.new(picture.mode, picture.size)
    fresh.paste(picture)
    return fresh


def write(picture: "Image.Image", path: Path, mime: str) -> None:
    if mime == "image/jpeg":
        picture.save(path, "JPEG", quality=85, optimize=False, progressive=False)
    elif mime == "image/png":
        picture.save(path, "PNG", compress_level=6)
    else:
        picture.save(path, "WEBP", quality=82, method=2)


# --- videos -----------------------------------------------------------------------------------------------------


def video(source: Path, folder: Path) -> dict[str, Any]:
    """Copy one video and one audio track, packet by packet, into a new file without metadata; draw a poster."""
    import av

    av.logging.set_level(None)
    head = source.open("rb").read(4)
    muxer, mime, codecs, sounds = PLAYABLE["matroska" if head == b"\x1aE\xdf\xa3" else "mov"]
    target = folder / "file"
    options = {"protocol_whitelist": "file", "enable_drefs": "0", "use_absolute_path": "0"}
    demuxer = "matroska" if muxer == "webm" else "mov"
    with av.open(str(source), format=demuxer, options=options if demuxer == "mov" else {}) as opened:
        tracks = tracks_of(opened, codecs, sounds)
        # Bit-exact: the muxer signs nothing and dates nothing.
        flags = {"fflags": "+bitexact"} | ({"movflags": "+faststart"} if muxer == "mp4" else {})
        with av.open(str(target), "w", format=muxer, options=flags) as made:
            duration = remux(opened, made, tracks)
    width, height = poster(target, folder / "preview")
    return {"mime": mime, "preview": "image/jpeg", "width": width, "height": height, "duration_ms": duration}


def tracks_of(opened: "InputContainer", codecs: set[str], sounds: set[str]) -> "list[Stream]":
    """The tracks to keep, all of them playable by browsers; subtitles, covers, positions and data stay behind."""
    if (opened.duration or 0) > MAX_MS * 1000:
        raise Refusal("too_long")
    pictures = [track for track in opened.streams.video if not track.disposition & track.disposition.attached_pic]
    if not pictures:
        raise Refusal("bad_type")
    first = pictures[0]
    codec = first.codec_context
    if codec is None or codec.name not in codecs | {"libvpx-vp9"} or codec.pix_fmt not in PIXEL_FORMATS:
        raise Refusal("bad_type" if codec is not None and codec.pix_fmt else "bad_video")
    if not 0 < codec.width * codec.height <= MAX_VIDEO_PIXELS:
        raise Refusal("too_many_pixels")
    audio = opened.streams.audio[:1]
    if audio and audio[0].codec_context.name not in sounds | {"lib" + name for name in sounds}:
        raise Refusal("bad_type")
    return [first, *audio]


def remux(opened: "InputContainer", made: "OutputContainer", tracks: "list[Stream]") -> int:
    """Copy the packets; the length is what the packets say, in milliseconds."""
    targets = {track.index: made.add_stream_from_template(track, opaque=True) for track in tracks}
    begin, end, count = None, 0.0, 0
    for packet in opened.demux(*tracks):
        if packet.dts is None or packet.pts is None or packet.time_base is None:
            continue
        if packet.is_corrupt:
            raise Refusal("bad_video")
        at, span = float(packet.pts * packet.time_base), float((packet.duration or 0) * packet.time_base)
        begin = at if begin is None else min(begin, at)
        end = max(end, at + span)
        if (end - begin) * 1000 > MAX_MS:
            raise Refusal("too_long")
        packet.stream = targets[packet.stream.index]
        made.mux(packet)
        count += 1
    if not count or begin is None:
        raise Refusal("bad_video")
    return max(1, round((end - begin) * 1000))


def poster(target: Path, path: Path) -> tuple[int, int]:
    """Decode the first picture of the new file, upright, as JPEG; answer the size as it is shown."""
    import av

    with av.open(str(target)) as made:
        track = made.streams.video[0]
        track.thread_type = "NONE"
        track.codec_context.thread_count = 1
        frame = next(made.decode(track), None)
        if frame is None or frame.width * frame.height > MAX_VIDEO_PIXELS:
            raise Refusal("bad_video")
        picture = frame.to_image()
        turned = int(frame.rotation) % 360  # degrees against the clock, as rotate() wants them
    if turned in (90, 180, 270):
        picture = picture.rotate(turned, expand=True)
    write(clean(fit(picture, LONGEST_PREVIEW)), path, "image/jpeg")
    return picture.width, picture.height


# --- the program ------------------------------------------------------------------------------------------------


def answer(kind: str, source: Path, folder: Path) -> dict[str, Any]:
    """Do the work; whatever a decoder throws at a strange file means that it can't be read."""
    try:
        return (image if kind == "image" else video)(source, folder)
    except Refusal as refusal:
        return {"refused": refusal.args[0]}
    except Exception as error:
        full = getattr(error, "errno", None) in DISK_FULL
        return {"refused": "storage_full" if full else f"bad_{kind}", "error": f"{type(error).__name__}: {error}"[:300]}


if __name__ == "__main__":
    limit(sys.argv[1])
    print(json.dumps(answer(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
