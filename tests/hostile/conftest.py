"""A real server process on a database of its own, which the test's ORM shares."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.server import Live, live_server, make_template


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Live]:
    """The server as script/server runs it, prepared for this module; it takes as many messages as these tests send."""
    template = make_template(tmp_path_factory.mktemp("template"))
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setenv("PACE", "0")
        with live_server(template, tmp_path_factory.mktemp("live")) as server:
            yield server
