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

    def __init__(self, left: list[Guard], say: Say) -> None:
        self.left, self.say = left, say

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Stand in for pytest's own loop over the tests."""
        if session.testsfailed or session.config.option.collectonly:
            return False
        items = {item.nodeid: item for item in session.items}
        noted = self._noted(session.items)
        for guard in self.left:
            tests = [items[test] for test in noted.get(places.function_of(guard), ()) if test in items]
            with swap.without(guard):
                self.say(guard, next((item.nodeid for item in tests if not _succeeds(item)), ""))
        return True

    def _noted(self, items: list[pytest.Item]) -> dict[str, list[str]]:
        """Return by function of the doors which tests pass it, the quickest first."""
        seconds: dict[str, dict[str, float]] = {}
        passed: set[str] = set()
        with swap.noted(passed):
            for item in items:
                passed.clear()
                started = time.process_time()
                if _succeeds(item):
                    for name in passed:
                        seconds.setdefault(name, {})[item.nodeid] = time.process_time() - started
        return {name: sorted(tests, key=lambda one: float(tests[one])) for name, tests in seconds.items()}


def _succeeds(item: pytest.Item) -> bool:
    """Run a test, perhaps again; what is the session's stays, everything else is torn down."""
    item._initrequest()  # type: ignore[attr-defined]
    reports = runtestprotocol(item, log=False, nextitem=item.session)  # type: ignore[arg-type]
    return not any(report.failed for report in reports)


def run(left: list[Guard], say: Say, files: list[str]) -> None:
    """Try guards with the unit tests, and say of each which test noticed, or nothing."""
    pytest.main([*files, *CHOSEN], plugins=[Trial(left, say)])
