"""A client that stops reading is closed and may resume; nobody else notices."""

import json
import socket
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from shops import identity
from tests import base
from tests.browser.server import Live

pytestmark = pytest.mark.system
PLAIN: dict[str, Any] = {"proxy": None, "compression": None, "close_timeout": 2, "ping_interval": None}
LONG = "字" * 2000
MANY = 700  # of 6 KB: more than the kernel's buffers and the server's own hold


def opened(live: Live, line: Any, after: int = 0, **options: Any) -> Any:
    """A buyer's socket that has said who it is."""
    found = connect(f"ws{live.url[4:]}/ws/buyer/", **PLAIN, **options)
    client = found.__enter__()
    client.send(json.dumps({"type": "auth", "token": identity.issue(base.token(line)), "after": after}))
    while json.loads(client.recv(timeout=10))["type"] != "resumed":
        pass
    return client


def test_a_reader_that_stops_is_closed_with_4408_and_catches_up_later(live: Live) -> None:
    shop = base.shop()
    base.agent(shop, "Lin")
    line = base.buyer(shop)
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", live.port))
    slow = opened(live, line, sock=raw, max_queue=1)
    writer = opened(live, line)
    for _ in range(MANY):
        writer.send(json.dumps({"type": "message.send", "id": "x", **base.body(LONG)}))
        while json.loads(writer.recv(timeout=20)).get("id") != "x":
            pass
    seen, code = drained(slow)
    assert code == 4408
    line.refresh_from_db()
    assert 0 < seen < line.last_seq
    again = opened(live, line, after=line.last_seq - 400)
    again.close()
    writer.close()
    assert "Traceback" not in live.log


def drained(client: Any) -> tuple[int, int | None]:
    """Read what is left; return the highest number and the code of the close."""
    seen = 0
    try:
        while True:
            seen = max(seen, json.loads(client.recv(timeout=30)).get("seq", 0))
    except ConnectionClosed as closed:
        return seen, closed.rcvd.code if closed.rcvd else None
