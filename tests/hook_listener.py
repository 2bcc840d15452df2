"""A place on loopback that hears webhooks."""

import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any


class Listener:
    """What came: signature and body, one after the other; `status` and `answer` are what it says to that."""

    def __init__(self) -> None:
        self.host, self.status, self.answer = "", 200, b""
        self.heard: list[tuple[str, bytes]] = []
        self.headers: list[Any] = []
        self.news = threading.Condition()

    @property
    def address(self) -> str:
        return f"http://{self.host}/told"

    def wait(self, count: int, patience: float = 30) -> list[tuple[str, bytes]]:
        """Return what was heard when there is as much as that."""
        end = time.monotonic() + patience
        with self.news:
            while len(self.heard) < count and (left := end - time.monotonic()) > 0:
                self.news.wait(left)
            return list(self.heard)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with listener.news:
                    listener.heard.append((self.headers["Authorization"], body))
                    listener.headers.append(self.headers)
                    listener.news.notify_all()
                self.send_response(listener.status)
                self.send_header("Location", f"{listener.address}/elsewhere")
                self.send_header("Content-Length", str(len(listener.answer)))
                self.end_headers()
                self.wfile.write(listener.answer)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
