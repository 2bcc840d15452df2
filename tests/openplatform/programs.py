"""A program that a shop has let in, as it calls: signed by an implementation of the tests' own."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from openplatform import grants
from openplatform.models import Scope
from shops.models import Member

PAGE = {"page_size": "10", "support_date_ge": "2026-01-01", "support_date_lt": "2026-01-08"}


def signature(secret: str, path: str, query: dict[str, str], body: bytes) -> str:
    said = secret + path + "".join(f"{key}{query[key]}" for key in sorted(query))
    return hmac.new(secret.encode(), said.encode() + body + secret.encode(), hashlib.sha256).hexdigest()


class Program:
    """Made by the platform, authorised by the speaker's shop, with tokens in hand."""

    def __init__(self, speaker: Member, name: str = "Helper", scopes: list[str] | None = None) -> None:
        self.app, self.secret = grants.issue(name, list(Scope.values) if scopes is None else scopes, None)
        self.client = Client(raise_request_exception=False)
        self.enter(speaker)

    def enter(self, speaker: Member) -> None:
        """Be let into another shop, and write in the name of that member."""
        self.grant, self.code = grants.authorise(speaker, self.app.key, speaker)
        self.tokens = grants.exchange(self.app.key, self.secret, self.code)

    def query(self, path: str, body: bytes = b"", **more: str | None) -> dict[str, str]:
        """Return the parameters of a call, signed; None leaves one out."""
        found: dict[str, str | None] = {"app_key": self.app.key, "timestamp": str(int(time.time()))}
        if not path.startswith("/authorization/"):
            found["shop_cipher"] = self.grant.cipher
        kept = {name: value for name, value in (found | more).items() if value is not None}
        return {"sign": signature(self.secret, path, {n: v for n, v in kept.items() if n != "sign"}, body), **kept}

    def call(self, method: str, path: str, body: Any = None, *, upload: bool = False, **more: Any) -> Any:
        """Call as the published documentation says; `more` are parameters, or a `token`."""
        token = more.pop("token", self.tokens.access)
        headers = {"x-tts-access-token": token} if token else {}
        page = PAGE if "/images/" not in path and method in ("GET", "POST") else {}
        if upload:
            address = f"{path}?{urlencode(self.query(path, **more))}"
            return self.client.post(address, body, headers=headers)
        raw = json.dumps(body).encode() if body else b""
        address = f"{path}?{urlencode(self.query(path, raw, **{**page, **more}))}"
        return self.client.generic(method, address, raw, content_type="application/json", headers=headers)

    def says(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Call; return the data of a success."""
        answer = self.call(method, path, body, **more)
        found = answer.json()
        assert (answer.status_code, found["code"]) == (200, 0), found
        assert found["request_id"]
        return found["data"]

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> int:
        """Call; return the code of a refusal."""
        answer = self.call(method, path, body, **more)
        found = answer.json()
        assert set(found) == {"code", "message", "request_id", "data"}
        assert answer.status_code != 200
        assert isinstance(found["code"], int)
        assert found["code"] != 0
        return found["code"]
