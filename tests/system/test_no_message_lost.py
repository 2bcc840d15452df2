"""Servers die with signal 9 while buyers and agents talk: nothing acknowledged is lost, doubled or out of order.

The verdict is the independent checker's, which first has to find the faults planted in copies of the same data.
"""

import os
from pathlib import Path

import pytest

from bench import faults
from tests.services import start_valkey

pytestmark = [pytest.mark.system, pytest.mark.slow]


def as_promised(result: faults.Result) -> None:
    clients, checked = result["clients"], result["checker"]
    assert checked["findings"] == []
    assert (clients["lost"], clients["duplicated"], clients["misordered"]) == (0, 0, 0)
    assert clients["everything had arrived"]
    assert clients["clients that could not go on"] == []
    assert checked["acknowledged"] == clients["acknowledged"] > 200
    assert clients["reconnects"] > 0, "no client ever lost its line: nothing was proven"
    assert result["planted faults found"] == 6, result


def test_one_process_on_sqlite_is_killed_again_and_again(tmp_path: Path) -> None:
    result = faults.on_sqlite(tmp_path, faults.QUICK)
    assert result["kills"] >= 2
    as_promised(result)


@pytest.mark.postgres
def test_one_of_two_processes_on_postgres_and_valkey_is_killed_again_and_again(tmp_path: Path) -> None:
    import psycopg

    server = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as link:
        link.execute("CREATE DATABASE faults")
    try:
        with start_valkey() as valkey:
            result = faults.on_postgres(tmp_path, faults.QUICK, f"{server}/faults", valkey.url)
    finally:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as link:
            link.execute("DROP DATABASE faults WITH (FORCE)")
    assert result["kills"] >= 2
    as_promised(result)
