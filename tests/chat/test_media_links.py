"""Links to stored files: signed, short-lived, in ranges, and never a page."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import AsyncClient

from chat import media, media_views
from chat.models import Attachment

pytestmark = pytest.mark.rule("C2")
BODY = bytes(range(256)) * 4000  # a megabyte: several chunks
STEM = "ab" + "0" * 30
NOW = 1_800_000_060


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def video() -> Attachment:
    name = default_storage.save(f"ab/{STEM}.mp4", ContentFile(BODY))
    poster = default_storage.save(f"ab/{STEM}.jpg", ContentFile(b"\xff\xd8\xff poster"))
    return Attachment(file=name, preview=poster, mime="video/mp4")


def ask(link: str, method: str = "get", **headers: str) -> tuple[Any, bytes]:
    """The response as an asynchronous server gives it, and all of its body."""

    async def run() -> tuple[Any, bytes]:
        response = await getattr(AsyncClient(), method)(link, headers=headers)
        if not response.streaming:
            return response, response.content
        chunks = [chunk async for chunk in response]
        assert response.is_async
        assert max(map(len, chunks)) <= media_views.CHUNK
        return response, b"".join(chunks)

    return async_to_sync(run)()


def test_the_whole_file_comes_with_headers_that_keep_it_harmless(video: Attachment) -> None:
    response, body = ask(media.url(video))
    assert (response.status_code, body) == (200, BODY)
    expected = {
        "Content-Type": "video/mp4",
        "Content-Length": str(len(BODY)),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Disposition": f'inline; filename="{STEM}.mp4"',
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=840",
    }
    assert {name: response[name] for name in expected} == expected
    assert ask(media.preview_url(video))[1] == b"\xff\xd8\xff poster"


@pytest.mark.parametrize("extension", sorted(set(media.EXTENSIONS.values()) - {"gif"}))
def test_every_stored_type_has_the_same_guard(extension: str) -> None:
    name = default_storage.save(f"cd/{'cd' + '1' * 30}.{extension}", ContentFile(b"<script>alert(1)</script>"))
    response, _ = ask(media.link(name))
    assert response["Content-Type"] == media.MIMES[extension]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize(
    ("wish", "first", "last"),
    [
        ("bytes=0-", 0, 1_023_999),
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=300000-900000", 300_000, 900_000),
        ("bytes=1023999-", 1_023_999, 1_023_999),
        ("bytes=1000000-99999999999", 1_000_000, 1_023_999),
        ("bytes=-1", 1_023_999, 1_023_999),
        ("bytes=-99999999999", 0, 1_023_999),
    ],
)
def test_a_range_is_served_exactly(video: Attachment, wish: str, first: int, last: int) -> None:
    response, body = ask(media.url(video), Range=wish)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(BODY)}"
    assert response["Content-Length"] == str(len(body))
    assert body == BODY[first : last + 1]


@pytest.mark.parametrize("wish", ["bytes=1024000-", "bytes=1024000-1024001", "bytes=-0", "bytes=999999999999999999-"])
def test_a_range_outside_is_refused_with_the_size(video: Attachment, wish: str) -> None:
    response, body = ask(media.url(video), Range=wish)
    assert (response.status_code, body, response["Content-Range"]) == (416, b"", f"bytes */{len(BODY)}")


@pytest.mark.parametrize(
    "wish",
    [
        "bytes=5-2",
        "bytes=a-b",
        "bytes=",
        "bytes=-",
        "items=0-1",
        "bytes=0-1,5-9",
        "bytes=--5",
        "bytes=1-2-3",
        "\xb2",
        "bytes=\xb2-",
    ],
)
def test_an_unclear_range_gets_the_whole(video: Attachment, wish: str) -> None:
    response, body = ask(media.url(video), Range=wish)
    assert (response.status_code, body) == (200, BODY)
    assert "Content-Range" not in response


def test_an_outdated_range_gets_the_whole_and_a_known_file_nothing(video: Attachment) -> None:
    link = media.url(video)
    tag = ask(link)[0]["ETag"]
    assert ask(link, Range="bytes=0-9", **{"If-Range": tag})[0].status_code == 206
    assert ask(link, Range="bytes=0-9", **{"If-Range": '"other"'})[0].status_code == 200
    assert ask(link, Range="bytes=0-9", **{"If-Range": "Mon, 23 Nov 2026 08:00:00 GMT"})[0].status_code == 200
    unchanged, body = ask(link, **{"If-None-Match": f'"x", W/{tag}'})
    assert (unchanged.status_code, body) == (304, b"")


def test_head_says_the_size_and_sends_nothing(video: Attachment) -> None:
    response, body = ask(media.url(video), "head", Range="bytes=0-9")
    assert (response.status_code, response["Content-Length"], body) == (200, str(len(BODY)), b"")
    assert ask(media.url(video), "post")[0].status_code == 405


def test_a_link_stays_the_same_for_five_minutes_and_dies_after_fifteen(video: Attachment) -> None:
    link = media.url(video)
    with time_machine.travel(NOW + 239, tick=False):
        assert media.url(video) == link
    with time_machine.travel(NOW + 241, tick=False):
        assert media.url(video) != link
    with time_machine.travel(NOW + 839, tick=False):
        assert ask(link)[0].status_code == 200
    with time_machine.travel(NOW + 840, tick=False):
        assert ask(link)[0].status_code == 410


def test_an_altered_link_leads_nowhere(video: Attachment) -> None:
    link = media.url(video)
    _, _, token, name = link.split("/")
    expires, signature = token.split("-", 1)
    altered = [
        f"/media/{int(expires) + 300}-{signature}/{name}",
        f"/media/{expires}-{signature[:-1]}/{name}",
        f"/media/{expires}-{signature.swapcase()}/{name}",
        f"/media/{expires}-/{name}",
        f"/media/-{signature}/{name}",
        f"/media/{expires}/{name}",
        f"/media/{token}/{STEM}.jpg",
        f"/media/{token}/{name}%00",
        f"/media/{token}/..%2f..%2fdesk.sqlite3",
        f"/media/{token}/{name.upper()}",
        f"/media/9999999999999999-{signature}/{name}",
        f"/media/{'٣' * 10}-{signature}/{name}",
    ]
    assert [ask(one)[0].status_code for one in altered] == [404] * len(altered)
    assert ask(link)[0].status_code == 200


def test_another_servers_signature_is_worth_nothing(video: Attachment, settings: Any) -> None:
    link = media.url(video)
    settings.SECRET_KEY = "y" * 50
    assert ask(link)[0].status_code == 404


def test_a_deleted_file_is_gone_at_once(video: Attachment) -> None:
    link = media.url(video)
    media.forget(video.file)
    assert ask(link)[0].status_code == 404


def test_a_link_tells_nothing_but_a_random_name(video: Attachment) -> None:
    assert re.fullmatch(r"/media/\d{10}-[\w-]{43}/[0-9a-f]{32}\.mp4", media.url(video))
