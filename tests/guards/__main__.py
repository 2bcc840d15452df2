"""Try every guard; print what noticed its absence."""

import os
import random
import sys
import time
from collections.abc import Iterator
from typing import Any

from tests.guards import places, swap
from tests.guards.doors import DOORS
from tests.guards.places import Guard

CELLS = 600  # of those that pass a guard, so many are tried


def main(words: list[str]) -> int:
    at = words.index("--") if "--" in words else len(words)
    table_alone, files = words[at:] == ["--"], words[at + 1 :]
    chosen, kept = places.guards(*words[:at]), list[Guard]()
    doors = [one for one in chosen if one.path in DOORS]
    left = [one for one in chosen if one.path not in DOORS]
    if table_alone:
        chosen, left = doors, []

    def say(guard: Guard, found: str) -> None:
        kept.extend([guard] if found else [])
        print(f"{guard}\n    {found or 'NOBODY NOTICES'}", flush=True)

    if doors:
        for guard, found in tried_by_cells(doors):
            if found or table_alone:
                say(guard, found)
            else:
                left.append(guard)
        print(f"{len(doors)} tried with the table, {time.process_time():.0f} s of CPU", flush=True)
    if left:
        from tests.guards import trial

        trial.run(left, say, files)
    print(f"{len(kept)} of {len(chosen)} guards are kept by tests, {time.process_time():.0f} s of CPU")
    return 0 if len(kept) == len(chosen) else 1


def tried_by_cells(chosen: list[Guard]) -> Iterator[tuple[Guard, str]]:
    """Say of each guard which cell of the table is wrong without it, or nothing."""
    import django
    from django.test.runner import DiscoverRunner

    django.setup()
    runner = DiscoverRunner(verbosity=0)
    databases = runner.setup_databases()
    from tests.permissions.run import Run

    run = Run.of_a_new_world()
    random.Random(7).shuffle(run.cells)
    noted = passed_by_cells(run, chosen)
    for guard in chosen:
        with swap.without(guard):
            found = run.first_wrong(noted.get(places.function_of(guard), [])[:CELLS])
        yield guard, found
    run.ears.stop()
    runner.teardown_databases(databases)


def passed_by_cells(run: Any, chosen: list[Guard]) -> dict[str, list[Any]]:
    """Make every call of the table with every guard; return which pass each function of the doors."""
    found: dict[str, list[Any]] = {}
    passed: set[str] = set()

    def each() -> Iterator[Any]:
        for cell in run.cells:
            passed.clear()
            yield cell
            for name in passed:
                found.setdefault(name, []).append(cell)

    with swap.noted(passed, chosen):
        wrong = list(run.wrong(each()))
    run.traces.undo()
    if wrong:
        raise SystemExit(f"wrong with every guard in its place: {wrong[:3]}")
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    sys.exit(main(sys.argv[1:]))
