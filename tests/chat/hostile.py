"""A corpus of hostile uploads, made here byte by byte: CORPUS maps a name to (what to make, what may come of it)."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from random import Random

from PIL import Image, PngImagePlugin

from tests.chat.samples import GOOD, SCRIPT, encoded, film, gif, jpeg, mov, mp4, noise, webm

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PHP = b"<?php system($_GET['c']); __HALT_COMPILER(); ?>"
STORED = "stored"  # taken, as harmless bytes
ANY = frozenset({STORED, "bad_image", "bad_video", "bad_type", "too_large", "too_long", "too_many_pixels"})
Case = tuple[Callable[[], bytes], frozenset[str]]


# --- hostile parts ----------------------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, *chunks: bytes, pixels: bytes | None = None) -> bytes:
    """A one-bit PNG; without pixels given, all of them, packed small."""
    if pixels is None:
        pack = zlib.compressobj(9)
        row = bytes(1 + (width + 7) // 8)
        pixels = b"".join(pack.compress(row * 100) for _ in range(height // 100)) + pack.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def small_png(*chunks: bytes) -> bytes:
    return png_of(8, 100, *chunks)


def png_with_text() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SCRIPT.decode())
    info.add_itxt("XML:com.adobe.xmp", "<svg onload=alert(1)>secret-place")
    info.add_text("packed", SCRIPT.decode() * 50, zip=True)
    return encoded(noise(), "PNG", pnginfo=info, icc_profile=SCRIPT, exif=exif())


def exif() -> bytes:
    data = Image.Exif()
    data[0x010E] = SCRIPT.decode()  # description
    data[0x8298] = "secret-place"
    data.get_ifd(0x8825)[29] = "secret-place"  # GPS
    return data.tobytes()


def jpeg_with_everything() -> bytes:
    return encoded(noise(), "JPEG", comment=SCRIPT, exif=exif(), icc_profile=SCRIPT + bytes(100), xmp=b"<svg onload=x>")


def webp_with_everything() -> bytes:
    return encoded(noise(), "WEBP", exif=exif(), icc_profile=SCRIPT + bytes(100), xmp=b"<svg onload=x>" + SCRIPT)


def gif_script() -> bytes:
    """A GIF that is also JavaScript: the width bytes open a comment."""
    data = bytearray(gif(1))
    data[6:10] = b"/*\x20\x00"
    return bytes(data) + b"*/=1;" + SCRIPT


def gif_header_script() -> bytes:
    return b"GIF89a/*" + bytes(20) + b"*/=alert(1)//;" + SCRIPT


def gif_flood(frames: int, size: int) -> bytes:
    """Frames of one colour claimed over a large canvas; a few bytes each."""
    head = b"GIF89a" + struct.pack("<HHBBB", size, size, 0x80, 0, 0) + bytes(6)
    one = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return head + one * frames + b";"


def zipped(name: str = "index.html") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, SCRIPT)
    return out.getvalue()


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(4_000_000))
    return out.getvalue()


def jpeg_sized(width: int, height: int) -> bytes:
    """A real JPEG whose frame header claims another size."""
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def boxes_say(hours: int, also_samples: bool) -> bytes:
    """An MP4 whose boxes claim hours: in the headers, or in the table of sample times too."""
    data = bytearray(mp4())
    for box, at_duration in ((b"mvhd", 20), (b"tkhd", 24), (b"mdhd", 20)):
        at = data.find(box)
        while at >= 0:
            scale = struct.unpack_from(">I", data, at + 16)[0] if box == b"mdhd" else 1000
            struct.pack_into(">I", data, at + at_duration, min(hours * 3600 * scale, 0xFFFFFFFE))
            at = data.find(box, at + 4)
    if also_samples:
        at = data.find(b"stts")
        struct.pack_into(">I", data, at + 16, 0x0FFFFFFF)  # each frame stands for hours
    return bytes(data)


def samples_claimed(count: int) -> bytes:
    data = bytearray(mp4())
    struct.pack_into(">I", data, data.find(b"stsz") + 12, count)
    return bytes(data)


def external_reference() -> bytes:
    """A QuickTime file whose data reference names a local file."""
    data = mov()
    at = data.find(b"url \x00\x00\x00\x01")
    assert at > 0
    return data[:at] + b"url \x00\x00\x00\x00" + data[at + 8 :] + b"file:///etc/passwd"


def tiff() -> bytes:
    return encoded(noise(), "TIFF")


def moving(kind: str, frames: int) -> bytes:
    some = [noise((8, 8), seed=index) for index in range(frames)]
    return encoded(some[0], kind, save_all=True, append_images=some[1:], exif=exif())


def flipped(build: Callable[[], bytes], seed: int) -> bytes:
    random, mutable = Random(seed), bytearray(build())
    for _ in range(12):
        mutable[random.randrange(16, len(mutable))] = random.randrange(256)
    return bytes(mutable)


def cut(build: Callable[[], bytes], length: int) -> bytes:
    return build()[:length]


def joined(build: Callable[[], bytes], tail: bytes) -> bytes:
    return build() + tail


# --- the corpus -------------------------------------------------------------------------------------------------

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]><svg>&b;</svg>'

NO_MEDIA: dict[str, bytes] = {
    "empty": b"",
    "one byte": b"\xff",
    "nul bytes": bytes(2000),
    "text": b"hello, here is a picture",
    "text called a film": b"ftyp mp4 " * 40,
    "svg": SVG,
    "svg after a byte order mark": b"\xef\xbb\xbf" + SVG,
    "svg in utf-16": SVG.decode().encode("utf-16"),
    "svg entity bomb": ENTITIES,
    "svg compressed": zlib.compress(SVG),
    "html": b"<!doctype html>" + SCRIPT,
    "html after spaces": b" \r\n\t" + SCRIPT,
    "html before a jpeg": SCRIPT + b"\xff\xd8\xff\xe0",
    "xml": b"<?xml version='1.0'?><x/>",
    "mhtml": b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n" + SCRIPT,
    "javascript": b"alert(1)",
    "php": PHP,
    "eicar": EICAR,
    "shell": b"#!/bin/sh\nrm -rf /\n",
    "elf": b"\x7fELF\x02\x01\x01" + bytes(60),
    "exe": b"MZ" + bytes(60),
    "java class": b"\xca\xfe\xba\xbe" + bytes(60),
    "flash": b"FWS\x09" + bytes(60),
    "pdf": b"%PDF-1.7\n" + SCRIPT,
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n",
    "eps with binary head": b"\xc5\xd0\xd3\xc6" + bytes(60),
    "rtf": b"{\\rtf1 x}",
    "tar": b"a" + bytes(256) + b"ustar" + bytes(300),
    "gzip": b"\x1f\x8b\x08" + bytes(60),
    "7z": b"7z\xbc\xaf\x27\x1c" + bytes(60),
    "bmp": b"BM" + bytes(60),
    "ico": b"\x00\x00\x01\x00\x01\x00" + bytes(60),
    "psd": b"8BPS\x00\x01" + bytes(60),
    "jpeg 2000": b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(60),
    "jpeg xl": b"\xff\x0a" + bytes(60),
    "heic": b"\x00\x00\x00\x18ftypheic" + bytes(60),
    "avif": b"\x00\x00\x00\x18ftypavif" + bytes(60),
    "wmf": b"\xd7\xcd\xc6\x9a" + bytes(60),
    "wav": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(60),
    "avi": b"RIFF\x24\x00\x00\x00AVI LIST" + bytes(60),
    "mp3": b"ID3\x03" + bytes(60),
    "ogg": b"OggS" + bytes(60),
    "flv": b"FLV\x01" + bytes(60),
    "playlist": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
    "concat script": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "dash": b"<MPD xmlns='urn:mpeg:dash:schema:mpd:2011'></MPD>",
}

BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "png 10,000 squared": (lambda: png_of(10_000, 10_000), "too_many_pixels"),
    "png 15,000 squared": (lambda: png_of(15_000, 15_000), "too_many_pixels"),
    "png one pixel by two billion": (lambda: png_of(1, 2**31 - 1, pixels=zlib.compress(b"x")), "too_many_pixels"),
    "png two to the 31 squared": (lambda: png_of(2**31 - 1, 2**31 - 1, pixels=b""), "too_many_pixels"),
    "jpeg 65,535 squared": (lambda: jpeg_sized(65535, 65535), "too_many_pixels"),
    "gif 65,535 squared": (lambda: gif_flood(1, 65535), "too_many_pixels"),
    "gif 600 frames of 4 million": (lambda: gif_flood(600, 2000), "too_many_frames"),
    "gif 200,000 frames": (lambda: gif_flood(200_000, 10), "too_many_frames"),
    "gif 20 frames of 9 million": (lambda: gif_flood(20, 3000), "too_many_frames"),
    "film of ten hours": (lambda: boxes_say(10, also_samples=True), "too_long"),
    "film of four minutes": (lambda: film(sound=None, seconds_each=Fraction(25)), "too_long"),
}

ODD: dict[str, tuple[Callable[[], bytes], frozenset[str]]] = {
    "jpeg with comment, exif, profile, xmp": (jpeg_with_everything, frozenset({STORED})),
    "png with text, exif, profile": (png_with_text, frozenset({STORED})),
    "webp with exif, profile, xmp": (webp_with_everything, frozenset({STORED})),
    "gif and javascript": (gif_script, ANY),
    "gif head and javascript": (gif_header_script, frozenset({"bad_image"})),
    "png profile bomb": (lambda: small_png(chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(80_000_000)))), ANY),
    "png text bomb": (lambda: small_png(chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(80_000_000)))), ANY),
    "png 5,000 text parts": (lambda: small_png(*[chunk(b"tEXt", b"k\0" + SCRIPT)] * 5000), ANY),
    "png broken exif": (lambda: small_png(chunk(b"eXIf", b"MM\0*" + b"\xff" * 40)), frozenset({STORED})),
    "png wrong checksum": (lambda: small_png().replace(b"IDAT", b"IDAT\x00", 1), frozenset({"bad_image"})),
    "png without pixels": (lambda: png_of(8, 8, pixels=b""), frozenset({"bad_image"})),
    "png too few rows": (lambda: png_of(800, 800, pixels=zlib.compress(b"\0")), frozenset({"bad_image"})),
    "png no size": (lambda: png_of(0, 0, pixels=zlib.compress(b"")), frozenset({"bad_image", "too_many_pixels"})),
    "jpeg of another size": (lambda: jpeg_sized(3000, 3000), ANY),
    "jpeg no size": (lambda: jpeg_sized(0, 0), frozenset({"bad_image"})),
    "png that moves": (lambda: moving("PNG", 5), frozenset({STORED})),
    "jpeg of several pictures": (lambda: moving("MPO", 3), frozenset({STORED})),
    "webp of 150 frames": (lambda: moving("WEBP", 150), frozenset({"too_many_frames"})),
    "tiff in a jpeg's name": (tiff, frozenset({"bad_type"})),
    "film with ten hours in its head": (lambda: boxes_say(10, also_samples=False), ANY),
    "film of four billion samples": (lambda: samples_claimed(0xFFFFFFFF), ANY),
    "film that names a local file": (external_reference, ANY),
    "film in mpeg-4": (lambda: film(codec="mpeg4"), frozenset({"bad_type"})),
    "film in 4:4:4": (lambda: film(pixels="yuv444p"), frozenset({"bad_type"})),
    "film in hevc in quicktime": (lambda: mov().replace(b"avc1", b"hvc1"), ANY),
    "matroska": (lambda: film("matroska"), frozenset({"bad_type"})),
    "matroska that says webm": (
        lambda: film("matroska").replace(b"matroska", b"webm\0\0\0\0"),
        frozenset({"bad_type"}),
    ),
    "webm that says mp4": (lambda: b"\x00\x00\x00\x18ftypisom" + webm(), frozenset({"bad_video"})),
    "mp4 of sound only": (lambda: b"\x00\x00\x00\x18ftypM4A " + bytes(300), frozenset({"bad_video"})),
    "film with a script behind": (lambda: mp4() + SCRIPT, ANY),
    "film with a script in a free box": (lambda: mp4() + struct.pack(">I", 8 + len(SCRIPT)) + b"free" + SCRIPT, ANY),
    "zip bomb": (zip_bomb, frozenset({"bad_type"})),
    "zip": (zipped, frozenset({"bad_type"})),
    "jar": (lambda: zipped("META-INF/MANIFEST.MF"), frozenset({"bad_type"})),
}

TAILS = {
    "script": SCRIPT,
    "php": PHP,
    "eicar": EICAR,
    "zip": zipped(),
    "phar": PHP + struct.pack("<I", 40) + bytes(40) + b"GBMB",
    "pdf": b"%PDF-1.7\n%%EOF",
}

NAMES = {
    "double extension": "holiday.jpg.html",
    "page": "x.html",
    "server script": "shell.php",
    "right to left": "holiday\u202egpj.exe",
    "parents": "../../../../etc/passwd",
    "windows parents": "..\\..\\boot.ini",
    "absolute": "/etc/cron.d/x",
    "nul": "x.php\x00.jpg",
    "line ends": "x\r\nSet-Cookie: a=b.jpg",
    "markup": '"><img src=x onerror=alert(1)>.jpg',
    "device": "CON.jpg",
    "dots": "..",
    "long": "a" * 5000 + ".jpg",
    "stream": "x.jpg::$DATA",
    "dot file": ".htaccess",
}


FAILING = frozenset({"bad_image", "bad_video", "bad_type"})


def corpus() -> dict[str, Case]:
    """Every hostile file by name."""
    cases: dict[str, Case] = {}
    for name, data in NO_MEDIA.items():
        cases[name] = (partial(bytes, data), frozenset({"bad_type"}))
    for name, (build, code) in BOMBS.items():
        cases[name] = (build, frozenset({code}))
    cases |= ODD
    for kind, build in GOOD.items():
        cases[f"{kind}, only its first 12 bytes"] = (partial(cut, build, 12), FAILING)
        for part in (2, 5, 8, 10, 12, 14, 15):
            cases[f"{kind}, cut at {part}/16"] = (partial(cut, build, len(build()) * part // 16), FAILING | {STORED})
        for seed in range(5):
            cases[f"{kind}, bytes flipped {seed}"] = (partial(flipped, build, seed), ANY | {"too_many_frames"})
        for tail, data in TAILS.items():
            cases[f"{kind} and {tail}"] = (partial(joined, build, data), FAILING | {STORED})
    return cases


CORPUS = corpus()
