"""Push to phones speaks HTTP/2 where a service wants it, and reads what services answer as they mean it."""

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h2.config
import h2.connection
import h2.events
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from lib import outbound, phone_push
from lib.phone_push import Verdict


def certificate(where: Path) -> Path:
    """Write a key and a certificate of its own for localhost into one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = where / "localhost.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(pem + made.public_bytes(Encoding.PEM))
    return file


class Server:
    """A service that speaks HTTP/2 and nothing else, for one connection."""

    def __init__(self, file: Path) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(file)
        self.context.set_alpn_protocols(["h2"])
        self.door = socket.create_server(("127.0.0.1", 0))
        self.heard: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"https://localhost:{self.door.getsockname()[1]}"

    def serve(self) -> None:
        raw, _address = self.door.accept()
        with self.context.wrap_socket(raw, server_side=True) as line:
            talk = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
            talk.initiate_connection()
            line.sendall(talk.data_to_send())
            body = b""
            while data := line.recv(65536):
                for event in talk.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        headers: Any = dict(event.headers)
                    elif isinstance(event, h2.events.DataReceived):
                        body += event.data
                    elif isinstance(event, h2.events.StreamEnded):
                        self.heard.append((headers, body))
                        talk.send_headers(event.stream_id, [(":status", "200"), ("apns-id", "1")], end_stream=True)
                line.sendall(talk.data_to_send())


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setattr(outbound, "_loop", outbound._Loop())  # its clients were made before this certificate
    running = Server(file)
    threading.Thread(target=running.serve, daemon=True).start()
    yield running
    running.door.close()


def test_a_push_goes_over_http_2(server: Server) -> None:
    note = phone_push.Note("Mia", "New message", "session-1", {"session": "1"})
    asked = phone_push.apns(server.url, "com.example.desk", "signed", "0f" * 32, note, ttl=60, key="id-1")
    reply = outbound.post(asked.url, asked.body, asked.headers, timeout=30, http2=True)
    assert (reply.status, reply.headers["apns-id"]) == (200, "1")
    headers, body = server.heard[0]
    assert (headers[":path"], headers["apns-topic"]) == (f"/3/device/{'0f' * 32}", "com.example.desk")
    assert body == asked.body


@pytest.mark.parametrize(("said", "seconds"), [
    ("", 0), ("7", 7), ("99999999999", 3600), ("-5", 0), ("soon", 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ("٣", 3), ("1e9", 0),
])  # fmt: skip
def test_how_long_a_service_asks_to_wait(said: str, seconds: float) -> None:
    assert phone_push.fcm_outcome(429, {"Retry-After": said}, b"").wait == seconds


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b"1", b'{"error": 1}', b'{"error": {"details": [1]}}', b"\xff"])
def test_an_answer_that_is_none_is_read_all_the_same(body: bytes) -> None:
    assert phone_push.fcm_outcome(500, {}, body).verdict is Verdict.AGAIN
    assert phone_push.apns_outcome(400, {}, body).verdict is Verdict.WRONG


def test_a_tag_that_apple_would_refuse_is_shortened() -> None:
    note = phone_push.Note("x", "y", "会话" * 30, {})
    sent = phone_push.apns("http://x", "t", "p", "0f", note, ttl=1, key="k").headers["apns-collapse-id"]
    assert len(sent.encode()) == phone_push.COLLAPSE
