"""Calls to others: in time, of a size, and never to an address inside where a user supplied it."""

import asyncio
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lib import outbound
from lib.outbound import OutboundError


@contextmanager
def server(serve: Callable[[socket.socket, threading.Event], None]) -> Iterator[int]:
    """A socket that answers one connection as told, however rude."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            link, _address = listener.accept()
            with link:
                link.recv(65536)
                serve(link, ended)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        ended.set()
        thread.join(5)


def drip(link: socket.socket, ended: threading.Event) -> None:
    link.sendall(b"HTTP/1.1 200 OK\r\n")
    while not ended.wait(0.02):
        try:
            link.sendall(b"X-More: 1\r\n")
        except OSError:
            return


def test_the_limit_is_on_the_whole_call_however_slowly_it_drips() -> None:
    with server(drip) as port, pytest.raises(OutboundError) as error:
        outbound.post(f"http://127.0.0.1:{port}/", b"", {}, timeout=0.3)
    assert error.value.code == "slow"


def test_an_answer_that_is_too_large_is_dropped() -> None:
    def flood(link: socket.socket, ended: threading.Event) -> None:
        link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100000)

    with server(flood) as port, pytest.raises(OutboundError) as error:
        outbound.post(f"http://127.0.0.1:{port}/", b"", {}, timeout=5, limit=1000)
    assert error.value.code == "too_large"


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    def away(link: socket.socket, ended: threading.Event) -> None:
        link.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")

    with server(away) as port:
        assert outbound.post(f"http://127.0.0.1:{port}/", b"", {}, timeout=5).status == 302


@pytest.mark.parametrize(
    "url",
    [
        "http://push.example/a",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[2002:7f00:1::]/",
        "https://[64:ff9b::7f00:1]/",
        "https://0.0.0.0/",
        "https://user:word@push.example/",
        "https://push.example:x/",
        "ftp://push.example/",
        "https:///x",
        "not an address",
    ],
)
def test_what_users_supply_never_leads_inside(url: str) -> None:
    with pytest.raises(OutboundError) as error:
        outbound.post_public(url, b"", {}, timeout=5)
    assert error.value.code == "not_allowed"


def test_a_host_that_the_operator_trusts_is_called_all_the_same() -> None:
    def fine(link: socket.socket, ended: threading.Event) -> None:
        link.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")

    with server(fine) as port:
        reply = outbound.post_public(f"http://127.0.0.1:{port}/", b"x", {}, timeout=5, allow=[f"127.0.0.1:{port}"])
    assert reply.status == 201


def test_a_packed_answer_is_refused_before_it_is_unpacked() -> None:
    def bomb(link: socket.socket, ended: threading.Event) -> None:
        packed = gzip.compress(bytes(1 << 20))
        link.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)
        ended.wait(2)

    with server(bomb) as port, pytest.raises(OutboundError) as error:
        outbound.post(f"http://127.0.0.1:{port}/", b"", {}, timeout=5)
    assert error.value.code == "encoded"


def heard(port: int, *, timeout: float = 5, limit: int = outbound.LIMIT) -> list[bytes]:
    async def lines() -> list[bytes]:
        found = outbound.stream(f"http://127.0.0.1:{port}/", b"", {}, timeout=timeout, limit=limit)
        return [line async for line in found]

    return asyncio.run(lines())


def test_a_stream_is_heard_line_by_line_however_it_is_cut() -> None:
    def talk(link: socket.socket, ended: threading.Event) -> None:
        link.sendall(b"HTTP/1.1 200 OK\r\n\r\none\r\ntw")
        link.sendall(b"o\n\nlast")

    with server(talk) as port:
        assert heard(port) == [b"one", b"two", b"", b"last"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "status"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n", "status"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "unreachable"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", "encoded"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000, "too_large"),
        (b"not HTTP at all\r\n\r\n", "unreachable"),
    ],
)
def test_a_stream_that_is_none_says_why(said: bytes, code: str) -> None:
    with server(lambda link, ended: link.sendall(said)) as port, pytest.raises(OutboundError) as error:
        heard(port, limit=1000)
    assert error.value.code == code


def test_a_stream_has_its_limit_on_the_whole_too() -> None:
    with server(drip) as port, pytest.raises(OutboundError) as error:
        heard(port, timeout=0.3)
    assert error.value.code == "slow"


def flood(link: socket.socket, ended: threading.Event) -> None:
    link.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not ended.is_set():
        try:
            link.sendall(b"and so on\n" * 100)
        except OSError:
            return


def test_a_call_that_is_broken_off_leaves_nothing_open() -> None:
    async def first_lines(port: int) -> None:
        found = outbound.stream(f"http://127.0.0.1:{port}/", b"", {}, timeout=20)
        async for _line in found:
            break
        await found.aclose()

    for _call in range(3):
        with server(flood) as port:
            asyncio.run(first_lines(port))
    with server(flood) as port, pytest.raises(OutboundError):
        heard(port, timeout=0.2, limit=1 << 40)
    pool: Any = outbound._loop.clients[False]._transport
    deadline = time.monotonic() + 30  # who has what he asked for does not wait for the end of the call
    while pool._pool.connections or pool._pool._requests:
        assert time.monotonic() < deadline, f"still in use: {pool._pool}"
        time.sleep(0.02)
