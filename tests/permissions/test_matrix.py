"""Every row of shops/permissions.toml as everybody: the status it promises, no trace of what is refused (SPEC A)."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as product
from django.db import connection

from shops.permissions import ADDRESSES
from tests import guards
from tests.permissions.bodies import NEVER_DONE
from tests.permissions.run import Run

BODY = "nobody could: give it a body in tests/permissions/bodies.py"
# Taken away one by one in every run; `python -m tests.guards` does it with all.
QUICK = ("if not may(member, action)", "require(member, action)", "user_id = %s")
TRIED = 300  # cells for each of them


@pytest.fixture
def run(transactional_db: None, settings: Any) -> Iterator[Run]:
    if connection.vendor != "sqlite":
        pytest.skip("what a call left behind is asked of SQLite")
    found = Run.of_a_new_world()
    yield found
    found.ears.stop()


@pytest.mark.rule("A1", "A2", "A3", "A4", "A6", "A7")
def test_every_cell_of_the_table_holds_and_what_is_refused_leaves_no_trace(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert product.DEMO
    wrong = list(run.wrong(run.cells))
    with capsys.disabled():
        print(f" {len(run.cells)} cells ", end="")
    assert not wrong, "\n".join([f"{len(wrong)} of {len(run.cells)} cells", *wrong[:40]])
    rows = {f"{method} {address}" for address, methods in ADDRESSES.items() for method, row in methods.items()
            if row.needs[0] not in ("anybody", "demo")}  # fmt: skip
    assert sorted(rows - run.done) == sorted(NEVER_DONE), BODY
    order = random.Random(7).sample(run.cells, len(run.cells))[:TRIED]
    for guard in guards.guards(*QUICK):
        with guards.without(guard):
            assert run.first_wrong(order), f"nobody notices without {guard}"
