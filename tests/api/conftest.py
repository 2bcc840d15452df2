"""A real server process on a database of its own, which the test's ORM shares."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests import empty_database
from tests.browser.server import Live, live_server


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Live]:
    template = tmp_path_factory.mktemp("template")
    empty_database.copy_to(template / "desk.sqlite3")  # the API needs no pages
    with django_db_blocker.unblock(), live_server(template, tmp_path_factory.mktemp("live")) as server:
        yield server
