"""A language model on loopback that speaks OpenAI's protocol, streaming: it writes what the test gives it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.http_server import serving

STATUS = {"unknown_key": 401, "ill": 500, "moved": 302}


class Model:
    """What the test sees of the server: what it was asked, what it writes, and how it behaves from now on."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.pieces = ["Every day ", "at noon."]
        # good, silent (says nothing), paced (the rest after `go`), broken (half way), garbage, endless, or of STATUS
        self.mode = "good"
        self.go, self.ended = threading.Event(), threading.Event()
        self.hung_up = threading.Event()  # who asked has gone before the end
        self.url = ""

    @property
    def told(self) -> dict[str, Any]:
        """What the newest call gave the model to write from."""
        return dict(json.loads(self.asked[-1]["messages"][-1]["content"]))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: Model

    def do_POST(self) -> None:
        assert self.path == "/chat/completions"
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert body["stream"] is True
        self.model.asked.append(body)
        self.model.keys.append(self.headers.get("Authorization"))
        self.close_connection = True
        mode = self.model.mode
        try:
            self.send_response(STATUS.get(mode, 200))
            self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            if mode in STATUS:
                self.chunk(b'{"error": {"message": "no"}}')
            elif mode == "garbage":
                self.chunk(b"data: <html>\xff\n\n")
            elif not self.write(mode):
                return
            self.chunk(b"")
        except (BrokenPipeError, ConnectionResetError):
            self.model.hung_up.set()

    def write(self, mode: str) -> bool:
        """Write the reply; return whether its end is to be told."""
        self.say({"role": "assistant", "content": ""})
        if mode == "silent":
            self.wait(self.model.ended)
        for place, piece in enumerate(self.model.pieces):
            if place == 1 and mode == "paced":
                self.wait(self.model.go)
            if place == 1 and mode == "broken":
                return False
            self.say({"content": piece})
        while mode == "endless" and not self.model.ended.is_set():
            self.say({"content": "and so on " * 50})
        self.say({}, "stop")
        self.chunk(b"data: [DONE]\n\n")
        return True

    def say(self, delta: dict[str, str], why: str | None = None) -> None:
        data = json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": why}]})
        self.chunk(f"data: {data}\n\n".encode())

    def chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def wait(self, until: threading.Event) -> None:
        """Keep the line open with comments, as servers do; notice when the other side hangs up."""
        while not (until.wait(0.02) or self.model.ended.is_set()):
            self.chunk(b": still here\n\n")

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def model() -> Iterator[Model]:
    """Run the model for a test."""
    found = Model()
    with serving(type("Handler", (_Handler,), {"model": found})) as host:
        found.url = f"http://{host}"
        try:
            yield found
        finally:
            found.ended.set()
