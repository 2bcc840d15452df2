"""A translation engine for the pictures: it speaks LibreTranslate's protocol and knows the tour's own sentences."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.browser.tour_talk import EN, ZH

KNOWN = {said: meant for talk in (ZH, EN) for said, meant in (talk.foreign[1:], talk.abroad)}


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["q"]
        found = [KNOWN.get(text, text) for text in asked] if isinstance(asked, list) else KNOWN.get(asked, asked)
        answer = json.dumps({"translatedText": found}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def engine() -> Iterator[None]:
    """Run the engine, and name it in the environment of the server that is started next."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    os.environ.update(TRANSLATE_ENGINE="libretranslate", TRANSLATE_URL=address)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
