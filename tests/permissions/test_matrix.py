"""Every row of shops/permissions.toml as everybody: the status it promises, no trace of what is refused (SPEC A)."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings as product
from django.db import connection

from chat.actions import recalls
from shops.permissions import ADDRESSES
from tests.guards import places, swap
from tests.permissions.bodies import NEVER_DONE
from tests.permissions.cells import decided_by_platforms
from tests.permissions.run import Run

BODY = "nobody could: give it a body in tests/permissions/bodies.py"
# Taken away one by one in every run; `python -m tests.guards` does it with all.
QUICK = ("if not may(member, action)", "require(member, action)", "user_id = %s")
TRIED = 300  # cells for each of them
ONE_IN = 20  # of the rest, one cell in so many is tried on the second platform


@pytest.fixture
def run(request: pytest.FixtureRequest, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    if connection.vendor != "sqlite":
        pytest.skip("what a call left behind is asked of SQLite")
    monkeypatch.setattr(recalls, "WITHIN", timedelta(hours=1))  # a slow machine needs longer for the whole table
    found = Run.of_a_new_world(getattr(request, "param", "douyin"))
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
    for guard in places.guards(*QUICK):
        with swap.without(guard):
            assert run.first_wrong(order), f"nobody notices without {guard}"


@pytest.mark.rule("A3", "A4", "P7", "P10")
@pytest.mark.parametrize("run", ["tiktok_shop"], indirect=True)
def test_what_platforms_decide_holds_on_the_other_one_too(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    decided = list(decided_by_platforms(run.world, "douyin"))
    some = [*decided, *random.Random(7).sample(run.cells, len(run.cells) // ONE_IN)]
    wrong = list(run.wrong(some))
    with capsys.disabled():
        print(f" {len(decided)} cells that differ, {len(some)} in all ", end="")
    assert not wrong, "\n".join([f"{len(wrong)} of {len(some)} cells", *wrong[:40]])
