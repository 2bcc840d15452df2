"""A translation engine on loopback that speaks all three protocols: it turns a text into `[<target>] <text>`."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.http_server import serving


class Engine:
    """What the test sees of the server: what it was asked, and how it shall behave from now on."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.mode = "good"  # good, slow, refused, garbage, fewer, moved
        self.meanwhile: Callable[[], object] = lambda: None  # done while it thinks
        self.ended = threading.Event()
        self.url = ""

    @property
    def texts(self) -> list[str]:
        return [text for one in self.asked for text in one["texts"]]


def said(target: str, text: str) -> str:
    return f"[{target.split('-')[0].lower()}] {text}"


def _read(path: str, body: dict[str, Any]) -> tuple[str, list[str], str]:
    """Return source, texts and target as a protocol tells them."""
    if path == "/translate":
        return body["source"], body["q"], body["target"]
    if path == "/v2/translate":
        return body.get("source_lang", ""), body["text"], body["target_lang"]
    assert path == "/chat/completions"
    order, texts = (message["content"] for message in body["messages"])
    return "", json.loads(texts)["texts"], order.partition("each text in ")[2].partition(",")[0]


def _write(path: str, found: list[str]) -> dict[str, Any]:
    if path == "/translate":
        return {"translatedText": found}
    if path == "/v2/translate":
        return {"translations": [{"detected_source_language": "ZH", "text": text} for text in found]}
    return {"choices": [{"message": {"role": "assistant", "content": json.dumps({"translations": found})}}]}


def _handler(engine: Engine) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            source, texts, target = _read(self.path, body)
            heard = {"path": self.path, "key": self.headers.get("Authorization") or body.get("api_key"), "body": body}
            engine.asked.append({**heard, "source": source, "texts": texts, "target": target})
            engine.meanwhile()
            if engine.mode == "slow":
                engine.ended.wait(20)
            status = {"refused": 403, "moved": 302}.get(engine.mode, 200)
            answer = json.dumps(_write(self.path, [said(target, text) for text in texts])).encode()
            if engine.mode == "garbage":
                answer = b"<html>\xff"
            if engine.mode == "fewer":
                answer = json.dumps(_write(self.path, [])).encode()
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@contextmanager
def engine() -> Iterator[Engine]:
    """Run the engine for a test."""
    found = Engine()
    with serving(_handler(found)) as host:
        found.url = f"http://{host}"
        try:
            yield found
        finally:
            found.ended.set()
