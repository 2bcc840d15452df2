"""A client that a generator makes of the description, and nothing else, does a day's work: the description is true."""

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from shops import identity
from shops.models import Member
from tests import base
from tests.browser.server import Live

pytestmark = pytest.mark.system
PASSWORD = "not-a-secret-9"
# Files and lines of JSON are bytes to it: it knows few types of content by name.
CONFIG = {
    "content_type_overrides": dict.fromkeys(("application/zip", "application/x-ndjson"), "application/octet-stream"),
    "post_hooks": [],
}


def described(url: str) -> Any:
    """Return what the server says of itself."""
    answer = httpx.get(f"{url}/api/v1/schema/", headers={"Accept": "application/json"})
    return answer.raise_for_status().json()


class Made:
    """The generated package: its operations by their ids, its shapes by their names."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.package = import_module("desk_client")
        self.models: ModuleType = import_module("desk_client.models")

    def nobody(self) -> Any:
        return self.package.Client(base_url=self.url)

    def bearer(self, token: str) -> Any:
        return self.package.AuthenticatedClient(base_url=self.url, token=token)

    def call(self, client: Any, name: str, *address: int, status: int = 200, **more: Any) -> Any:
        """Call an operation ("group.id") with its body as a dict; return what its answer was read as."""
        group, operation = name.split(".")
        if "body" in more:
            shape = "".join(word.title() for word in operation.split("_")) + "Body"
            more["body"] = getattr(self.models, shape).from_dict(more["body"])
        answer = import_module(f"desk_client.api.{group}.{operation}").sync_detailed(*address, client=client, **more)
        assert answer.status_code == status, answer.content
        return answer.parsed


@pytest.fixture(scope="module")
def made(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Generate it of what the server says of itself; a warning fails."""
    where = tmp_path_factory.mktemp("client")
    (where / "openapi.json").write_text(json.dumps(described(live.url)))
    (where / "config.json").write_text(json.dumps(CONFIG))
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", "openapi.json", "--config",
               "config.json", "--output-path", "desk_client", "--meta", "none", "--fail-on-warning"]  # fmt: skip
    done = subprocess.run(command, cwd=where, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(where))
        yield Made(live.url)
    for name in [name for name in sys.modules if name.split(".")[0] == "desk_client"]:
        del sys.modules[name]


@pytest.fixture
def lin(live: Live) -> Member:
    member = base.agent(base.shop("Harbour"), "Lin", online=False)
    member.user.set_password(PASSWORD)
    member.user.save()
    return member


def a_buyer_asks(made: Made, lin: Member) -> tuple[Any, int]:
    """Come in with a signed identity and ask; return the buyer's client and the number of the last event."""
    body = {"shop": lin.shop_id, "identity": identity.sign(lin.shop, "mia", "Mia"), "entry": {"kind": "shop"}}
    entered = made.call(made.nobody(), "buyer.buyer_entry", status=201, body=body)
    mia = made.bearer(entered.token)
    asked = {"client_msg_id": str(uuid.uuid4()), "kind": "text", "text": "Does it ship today?"}
    made.call(mia, "buyer.buyer_send", status=201, body=asked)
    return mia, entered.last_seq


def test_it_signs_in_answers_closes_catches_up_and_signs_out(made: Made, lin: Member) -> None:
    mia, before = a_buyer_asks(made, lin)
    signing = {"username": lin.user.username, "password": PASSWORD, "device": "Lin's phone"}
    tokens = made.call(made.nobody(), "auth.token_issue", status=201, body=signing)
    app = made.bearer(tokens.access)
    me = made.call(app, "me.me")
    shop = me.shops[0].id
    assert (me.shops[0].name, me.shops[0].member) == ("Harbour", lin.pk)
    desk = made.call(app, "desk.desk_events", shop, after=0)
    waiting = made.models.SessionsListList("unassigned")
    (row,) = made.call(app, "sessions.sessions_list", shop, list_=waiting).results
    assert (row.state, row.buyer.nickname, row.assignee) == ("queued", "Mia", None)
    assert made.call(app, "sessions.session_take", shop, row.id).assignee.id == lin.pk
    again = made.call(app, "sessions.session_take", shop, row.id, status=409)
    assert (type(again), again.code) == (made.models.Error, "not_waiting")

    words = {"client_msg_id": str(uuid.uuid4()), "kind": "text", "text": "Yes, it ships today."}
    first = made.call(app, "sessions.session_send", shop, row.id, status=201, body=words)
    second = made.call(app, "sessions.session_send", shop, row.id, body=words)
    assert (first.duplicate, second.duplicate, second.event.seq) == (False, True, first.event.seq)
    heard = made.call(mia, "buyer.buyer_events", after=before)
    assert [one.message.text for one in heard.results if one.message][-1] == "Yes, it ships today."

    tokens = made.call(made.nobody(), "auth.token_refresh", body={"refresh": tokens.refresh})
    app = made.bearer(tokens.access)
    assert made.call(app, "sessions.session_close", shop, row.id, body={"topic": "logistics"}).state == "closed"
    missed = made.call(app, "desk.desk_events", shop, after=desk.through)
    assert [one.kind for one in missed.results][-1] == "session.closed"
    assert (missed.results[-1].row.id, missed.results[-1].row.topic, missed.reset) == (row.id, "logistics", False)
    made.call(made.nobody(), "auth.token_revoke", status=204, body={"refresh": tokens.refresh})
    assert made.call(app, "me.me", status=401).code == "unauthenticated"


def test_it_has_every_operation_and_shape(made: Made) -> None:
    told = described(made.url)
    names = {one["operationId"] for methods in told["paths"].values() for one in methods.values()}
    files = {path.stem for path in Path(str(made.package.__file__)).parent.glob("api/*/*.py")}
    assert names - files == set()
    assert {name for name in told["components"]["schemas"] if not hasattr(made.models, name)} == set()
