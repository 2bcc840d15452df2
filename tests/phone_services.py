"""Google's and Apple's push services on loopback: they check who asks as the real ones do, and keep what they took."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.http_server import serving

APP, PROJECT = "com.example.desk", "desk-1"
ANDROID, IPHONE = "c" * 22 + ":APA91b-Xy_z", "0f" * 32
_RSA, _EC = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())


class Phones:
    """What the test sees of both services."""

    def __init__(self) -> None:
        self.host = ""
        self.taken: list[dict[str, Any]] = []  # the bodies of pushes, Apple's with their headers
        self.asked: list[str] = []  # paths, in order
        self.answers: list[tuple[int, Any, dict[str, str]]] = []  # instead of taking: status, body, headers
        self.access = "access-1"

    def set_up(self, settings: Any, where: Path) -> None:
        """Make the server know both services by files of an operator."""
        account = {
            **{"project_id": PROJECT, "client_email": "desk@x.example", "token_uri": f"http://{self.host}/token"},
            "private_key": _pem(_RSA),
        }
        (where / "fcm.json").write_text(json.dumps(account))
        (where / "apns.p8").write_text(_pem(_EC))
        url = f"http://{self.host}"
        settings.PHONE_APPS = [APP]
        settings.FCM = {"credentials": str(where / "fcm.json"), "url": url}
        settings.APNS = {"key": str(where / "apns.p8"), "key_id": "KEY1", "team": "TEAM1", "url": url}

    def take(self, path: str, headers: Any, body: bytes) -> tuple[int, Any, dict[str, str]]:
        self.asked.append(path)
        if path == "/token":
            return self._grant(parse_qs(body.decode()))
        if self.answers:
            return self.answers.pop(0)
        said, given = json.loads(body), headers["authorization"].removeprefix("bearer ").removeprefix("Bearer ")
        if path == f"/v1/projects/{PROJECT}/messages:send":
            if given != self.access:
                return 401, {"error": {"status": "UNAUTHENTICATED"}}, {}
            self.taken.append(said["message"])
            return 200, {"name": "projects/x/messages/1"}, {}
        assert jwt.get_unverified_header(given)["kid"] == "KEY1"
        assert jwt.decode(given, _EC.public_key(), algorithms=["ES256"])["iss"] == "TEAM1"
        assert headers["apns-topic"] == APP
        self.taken.append({**said, "token": path.rpartition("/")[2], "headers": dict(headers)})
        return 200, None, {}

    def _grant(self, form: dict[str, list[str]]) -> tuple[int, Any, dict[str, str]]:
        assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        audience = f"http://{self.host}/token"
        said = jwt.decode(form["assertion"][0], _RSA.public_key(), algorithms=["RS256"], audience=audience)
        assert (said["iss"], said["scope"].rpartition("/")[2]) == ("desk@x.example", "firebase.messaging")
        return 200, {"access_token": self.access, "expires_in": 3599, "token_type": "Bearer"}, {}


@contextmanager
def phone_services() -> Iterator[Phones]:
    phones = Phones()
    with serving(_handler(phones)) as phones.host:
        yield phones


def _handler(phones: Phones) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer: tuple[int, Any, dict[str, str]] = (500, None, {})
            try:
                answer = phones.take(self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"])))
            finally:
                status, said, headers = answer
                body = json.dumps(said).encode() if said is not None else b""
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def _pem(key: Any) -> str:
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
