"""A real server, and a place on loopback that hears its webhooks."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.server import Live, live_server, make_template
from tests.hook_listener import Listener
from tests.http_server import serving


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    found = Listener()
    with serving(found.handler()) as found.host:
        yield found


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any, listener: Listener) -> Iterator[Live]:
    """The server as script/server runs it; it may tell the listener though that is on loopback."""
    template = make_template(tmp_path_factory.mktemp("template"))
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setenv("PACE", "0")
        patch.setenv("OUTBOUND_ALLOW", listener.host)
        with live_server(template, tmp_path_factory.mktemp("live")) as server:
            yield server
