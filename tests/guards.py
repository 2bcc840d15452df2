"""Take each guard of the doors away in turn, and show that a test notices: `python -m tests.guards [WORDS]`.

A guard is a refusal (`if …: raise NotYours`), a call that refuses (`require`, `platform`) or a word that narrows a
query to a shop, a member, a buyer. The cells of the table of permissions are tried first, in a mixed order, until one
is wrong; what they let pass is given to the tests of the doors. Ends with 1 if a guard could go unnoticed.
"""

import ast
import copy
import importlib
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from tests import source

DOORS = (
    "shops/permissions.py", "shops/access.py", "shops/ranks.py", "botfaq/access.py", "chat/access.py",
    "analytics/access.py", "chat/past.py",
)  # fmt: skip
REFUSALS = {"NotYours", "NotAllowed", "Refused", "BadIdentity"}
ASKS = {"require", "platform", "require_manager", "avatar_reviews"}
NARROWS = {"shop", "shop_id", "member", "buyer", "buyer_id", "order__buyer", "order__buyer_id", "assignee", "published",
           "last_assignee", "user", "shop__in", "removed_at__isnull", "state"}  # fmt: skip
IN_SQL = ("shop_id = %s", "user_id = %s", "buyer_id = %s")
TESTS = [
    "tests/permissions/test_doors.py",
    "tests/permissions/test_frames.py",
    "tests/shops",
    "tests/botfaq",
    *(
        f"tests/chat/test_{name}.py"
        for name in (
            "accounts",
            "order_pages",
            "report_pages",
            "buyer_side",
            "message_kinds",
            "faq_api",
            "advertisements",
            "watching",
            "profile",
            "bot_talk",
            "contact",
            "uploads",
            "history_page",
            "parcels",
            "recipients",
            "shifts",
        )
    ),
]

_away = ExitStack()  # what a run of pytest does without


class Guard(NamedTuple):
    """One thing that could be taken away: where it stands, what it is, and its place in the walk over the file."""

    path: str
    line: int
    words: str
    place: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.words}"


def guards(*words: str) -> list[Guard]:
    """Return every guard of the doors, or those that hold one of the words."""
    found = []
    for path in DOORS:
        for place, node in enumerate(ast.walk(ast.parse(source.text(path)))):
            for part in _parts(node):
                found.append(Guard(path, node.lineno, part, place))  # type: ignore[attr-defined]
    return [one for one in found if not words or any(word in str(one) for word in words)]


def _parts(node: ast.AST) -> Iterator[str]:
    """Return what can be taken away from a node."""
    if isinstance(node, ast.If) and isinstance(node.body[0], ast.Raise):
        named = {one.id for one in ast.walk(node.body[0]) if isinstance(one, ast.Name)}
        if named & REFUSALS:
            yield "if " + ast.unparse(node.test)
    if isinstance(node, ast.If) and isinstance(node.body[0], ast.Return) and "is_staff" in ast.unparse(node.test):
        yield "unless " + ast.unparse(node.test)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        called = ast.unparse(node.value.func).rpartition(".")[2]
        if called in ASKS:
            yield ast.unparse(node.value)
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("filter", "exclude"):
        yield from (f"{one.arg}=" for one in node.keywords if one.arg in NARROWS)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from (part for part in IN_SQL if part in node.value)


@contextmanager
def without(guard: Guard) -> Iterator[None]:
    """Run the door's module without the guard."""
    tree = ast.parse(source.text(guard.path))
    changed = copy.deepcopy(tree)
    _take_away(next(node for place, node in enumerate(ast.walk(changed)) if place == guard.place), guard.words)
    module = importlib.import_module(guard.path.removesuffix(".py").replace("/", "."))
    _run(changed, module)
    try:
        yield
    finally:
        _run(tree, module)


def _take_away(node: Any, words: str) -> None:
    match node:
        case ast.If():
            node.test = ast.copy_location(ast.Constant(words.startswith("unless")), node.test)
        case ast.Expr():
            node.value = ast.copy_location(ast.Constant(None), node.value)
        case ast.Call():
            node.keywords = [one for one in node.keywords if f"{one.arg}=" != words]
        case ast.Constant(value=str() as value):
            node.value = value.replace(words, f"({words} OR TRUE)")


def _run(tree: ast.AST, module: Any) -> None:
    """Bind what the module defines anew; whoever asks it through its name meets the new."""
    exec(compile(ast.fix_missing_locations(tree), str(module.__file__), "exec"), vars(module))  # type: ignore[call-overload]


def pytest_collection_finish() -> None:
    """As a plugin of pytest (`-p tests.guards`): without the guard that GUARD names, for the whole run."""
    number = os.environ.get("GUARD")
    if number:
        _away.enter_context(without(guards()[int(number)]))


def pytest_unconfigure() -> None:
    """Put it back while there is still a Python to do it."""
    _away.close()


def noticed_by_tests(guard: Guard) -> str:
    """Return the test of the doors that fails without the guard, or nothing."""
    env = {**os.environ, "GUARD": str(guards().index(guard))}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "tests.guards", *TESTS]
    done = subprocess.run(command, cwd=source.ROOT, env=env, capture_output=True, text=True)
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0] if failed else ""


def main(words: list[str]) -> int:
    """Try every guard; print what noticed its absence."""
    import django
    from django.test.runner import DiscoverRunner

    django.setup()
    runner = DiscoverRunner(verbosity=0)
    databases = runner.setup_databases()
    from tests.permissions.run import Run

    run, left = Run.of_a_new_world(), []
    order = list(run.cells)
    random.Random(7).shuffle(order)
    for guard in guards(*words):
        with without(guard):
            found = run.first_wrong(order)
        found = found or noticed_by_tests(guard)
        left += [] if found else [str(guard)]
        print(f"{guard}\n    {found or 'NOBODY NOTICES'}", flush=True)
    run.ears.stop()
    runner.teardown_databases(databases)
    print(f"{len(guards(*words)) - len(left)} of {len(guards(*words))} guards are kept by tests")
    return 1 if left else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    sys.exit(main(sys.argv[1:]))
