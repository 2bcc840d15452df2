"""A push service on loopback, and the browsers behind it, which check the signature and open the payload."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lib.webpush import decode, encode
from tests.http_server import serving

CURVE = ec.SECP256R1()


class Device:
    """A browser: its address at the push service, its keys, and what it was shown."""

    def __init__(self, address: str, name: str) -> None:
        self.key = ec.generate_private_key(CURVE)
        self.secret = name.encode().ljust(16, b".")[:16]
        self.endpoint = f"{address}/{name}"
        self.shown: list[dict[str, str]] = []
        self.headers: list[Any] = []

    @property
    def keys(self) -> dict[str, str]:
        return {"p256dh": encode(_point(self.key.public_key())), "auth": encode(self.secret)}

    @property
    def body(self) -> dict[str, Any]:
        return {"endpoint": self.endpoint, "keys": self.keys}

    def open(self, body: bytes) -> Any:
        """Decrypt as RFC 8291 says, with none of the product's own code."""
        salt, ours, sealed = body[:16], body[21 : 21 + body[20]], body[21 + body[20] :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, ours))
        info = b"WebPush: info\0" + _point(self.key.public_key()) + ours
        secret = HKDF(hashes.SHA256(), 32, self.secret, info).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        assert plain.endswith(b"\2")
        return json.loads(plain[:-1])


class Service:
    """What the test sees of the push service."""

    def __init__(self) -> None:
        self.host = ""
        self.devices: dict[str, Device] = {}
        self.status = 201
        self.calls = 0
        self.slow: set[str] = set()  # paths that get no answer before `release`
        self.release = threading.Event()

    def device(self, name: str = "laptop") -> Device:
        self.devices[f"/{name}"] = made = Device(f"http://{self.host}", name)
        return made

    def take(self, path: str, headers: Any, body: bytes) -> int:
        self.calls += 1
        if path in self.slow:
            self.release.wait(20)
        device = self.devices.get(path)
        if device is None:
            return 410
        token, public = headers["Authorization"].removeprefix("vapid t=").split(", k=")
        key: Any = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decode(public))
        claims = jwt.decode(token, key, algorithms=["ES256"], audience=f"http://{self.host}")
        assert claims["sub"].startswith("mailto:")
        if self.status == 201:
            device.headers.append(dict(headers))
            device.shown.append(device.open(body))
        return self.status


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status = 500
            try:
                status = service.take(self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"])))
            finally:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@contextmanager
def push_service() -> Iterator[Service]:
    service = Service()
    with serving(_handler(service)) as service.host:
        try:
            yield service
        finally:
            service.release.set()


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
