"""An agent who answers through the REST API, as an app would; the cookie is the web console's."""

import json
import urllib.error
import urllib.request
import uuid
from typing import Any

from chat.models import ServiceSession
from shops.models import Member
from tests.browser.server import Live

CSRF = "a" * 32


class Answerer:
    """One agent and its session cookie."""

    def __init__(self, live: Live, member: Member) -> None:
        cookie = live.cookie(member.user)
        self.root, self.origin = f"{live.url}/api/v1/shops/{member.shop_id}/sessions", live.url
        self.cookies = f"{cookie['name']}={cookie['value']}; csrftoken={CSRF}"

    def does(self, session: ServiceSession, verb: str, **body: Any) -> Any:
        """Do one of the verbs of the wire on a session; a refusal raises."""
        headers = {
            "Content-Type": "application/json",
            "Cookie": self.cookies,
            "X-CSRFToken": CSRF,
            "Origin": self.origin,
        }
        request = urllib.request.Request(f"{self.root}/{session.pk}/{verb}", json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{verb}: {error.code} {error.read().decode()}") from error

    def says(self, session: ServiceSession, text: str) -> int:
        """Write a text; return its number."""
        done = self.does(session, "messages", client_msg_id=str(uuid.uuid4()), kind="text", text=text)
        return int(done["event"]["seq"])
