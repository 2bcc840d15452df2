"""One run of pytest in which each guard is taken away before the tests that pass it, again and again."""

import time
from collections.abc import Callable

import pytest
from _pytest.runner import runtestprotocol

from tests.guards import places, swap
from tests.guards.places import Guard

CHOSEN = ["-m", "not browser and not system and not slow and not postgres",
         "--ignore=tests/permissions/test_matrix.py", "-p", "no:cacheprovider"]  # fmt: skip
Say = Callable[[Guard, str], None]


class Trial:
    """A plugin of pytest: notes what each test passes with all guards in place, then tries them one by one."""

    def __init__(self, left: list[Guard], say: Say, by_door: bool) -> None:
        self.left, self.say, self.by_door = left, say, by_door

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Stand in for pytest's own loop over the tests."""
        if session.testsfailed or session.config.option.collectonly:
            return False
        items = {item.nodeid: item for item in session.items}
        noted = self._noted(session.items)
        for guard in self.left:
            tests = [items[test] for test in noted.get(places.function_of(guard), ()) if self.is_for(guard, test)]
            self.say(guard, _noticing(guard, tests))
        return True

    def is_for(self, guard: Guard, test: str) -> bool:
        """Whether a test is among those that are to keep the guard."""
        return not self.by_door or test.startswith(tuple(places.tests_of(guard)))

    def _noted(self, items: list[pytest.Item]) -> dict[str, list[str]]:
        """Return by function of the doors which tests pass it, the quickest first."""
        seconds: dict[str, dict[str, float]] = {}
        passed: set[str] = set()
        with swap.noted(passed, self.left):
            for item in items:
                passed.clear()
                started = time.process_time()
                if _succeeds(item):
                    for name in passed:
                        seconds.setdefault(name, {})[item.nodeid] = time.process_time() - started
        return {name: sorted(tests, key=lambda one: float(tests[one])) for name, tests in seconds.items()}


def _noticing(guard: Guard, tests: list[pytest.Item]) -> str:
    """Return which test fails without the guard and succeeds again with it, or nothing."""
    while tests:
        with swap.without(guard):
            at = next((at for at, item in enumerate(tests) if not _succeeds(item)), None)
        if at is None:
            return ""
        if _succeeds(tests[at]):
            return tests[at].nodeid
        tests = tests[at + 1 :]
    return ""


def _succeeds(item: pytest.Item) -> bool:
    """Run a test, perhaps again; what is the session's stays, everything else is torn down."""
    item._initrequest()  # type: ignore[attr-defined]
    reports = runtestprotocol(item, log=False, nextitem=item.session)  # type: ignore[arg-type]
    return not any(report.failed for report in reports)


def run(left: list[Guard], say: Say, files: list[str]) -> None:
    """Try guards with these tests, else with those of their doors, and say of each which test noticed, or nothing."""
    chosen = files or sorted({file for guard in left for file in places.tests_of(guard)})
    pytest.main([*chosen, *CHOSEN], plugins=[Trial(left, say, not files)])
