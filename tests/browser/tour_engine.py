"""A translation engine for the pictures: it speaks LibreTranslate's protocol and knows the tour's own sentences."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from tests.browser.tour_talk import EN, ZH
from tests.http_server import serving

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
    with serving(_Handler) as host:
        os.environ.update(TRANSLATE_ENGINE="libretranslate", TRANSLATE_URL=f"http://{host}")
        yield
