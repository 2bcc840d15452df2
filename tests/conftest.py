"""What every test gets: its own media directory, and words instead of a failure where a service is missing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests import empty_database, emptying


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what lives in tests/browser, skip what needs a database that this run does not have.

    What needs none is the same on every database: it runs on the default one only.
    """
    on_postgres = django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    no_postgres = pytest.mark.skip(reason="needs PostgreSQL: script/test starts one")
    sqlite_only = pytest.mark.skip(reason="browser tests run on the default set-up, SQLite")
    for item in items:
        if "browser" in item.path.relative_to(item.config.rootpath).parts:
            item.add_marker(pytest.mark.browser)
            if on_postgres:
                item.add_marker(sqlite_only)
        if item.get_closest_marker("postgres") and not on_postgres:
            item.add_marker(no_postgres)
    items.sort(key=lambda item: not item.get_closest_marker("slow"))  # what is long must not be the last
    if on_postgres:
        config.hook.pytest_deselected(items=[item for item in items if not _needs_a_database(item)])
        items[:] = filter(_needs_a_database, items)


def _needs_a_database(item: pytest.Item) -> bool:
    fixtures = {*getattr(item, "fixturenames", ())}
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("postgres")
    return marked is not None or not fixtures.isdisjoint(("db", "transactional_db"))


def pytest_configure() -> None:
    emptying.install()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite the tests begin on a copy that is there already; PostgreSQL makes its own."""
    return django_settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_keepdb: bool) -> None:
    """Put that copy where this process looks for its test database."""
    if django_db_keepdb:
        empty_database.copy_to(Path(django_settings.DATABASES["default"]["TEST"]["NAME"]))


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    """Give each test an empty media directory."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _no_writer_left() -> Iterator[None]:
    """End the writer's thread, and with it its database connection."""
    yield
    from chat.writer import writer  # models: not before Django is ready

    writer.stop()
