"""Find what could be taken away from the doors, and write the door that is left."""

import ast
import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests import source

# Each door with the tests that keep what the table of permissions does not.
APART = "permissions/test_kept_apart.py"
DOORS = {
    "shops/permissions.py": "permissions/test_doors.py permissions/test_frames.py",
    "shops/access.py": "permissions/test_doors.py shops/test_shops_apart.py chat/test_accounts.py",
    "shops/pages.py": "",
    "shops/identity.py": "shops/test_identity.py",
    "shops/devices.py": "shops/test_devices.py chat/test_apps_sign_in.py",
    "shops/sign_ins.py": "shops/test_sign_ins.py chat/test_apps_sign_in.py",
    "shops/second_factor.py": "shops/test_sign_ins.py chat/test_second_factor.py",
    "shops/invitations.py": "chat/test_accounts.py chat/test_founding.py",
    "botfaq/access.py": APART,
    "chat/access.py": f"{APART} shops/test_shops_apart.py chat/test_contact.py chat/test_recipients.py "
                      "chat/test_report_pages.py storefront/test_coupons.py storefront/test_links.py",
    "chat/past.py": "chat/test_history_page.py",
    "chat/api.py": "shops/test_shops_apart.py",
    "chat/buyer_api.py": "",
    "chat/catchup.py": "chat/test_locks.py",
    "chat/consumers.py": "permissions/test_frames.py",
    "chat/sockets.py": "permissions/test_frames.py",
    "chat/watching.py": "permissions/test_frames.py",
    "chat/platform.py": "chat/test_founding.py",
    "chat/platform_pages.py": "chat/test_founding.py",
    "analytics/access.py": "analytics/test_exports.py",
    "webhooks/access.py": APART,
    "openplatform/access.py": f"{APART} openplatform/test_whose.py openplatform/test_app_pages.py",
    "openplatform/gate.py": "openplatform/test_gate.py",
    "openplatform/grants.py": "openplatform/test_grants.py openplatform/test_gate.py",
    "openplatform/consenting.py": "openplatform/test_consent_link.py",
    "storefront/door.py": "storefront/test_keys.py",
    "storefront/keys.py": "storefront/test_keys.py",
    "storefront/jobs.py": "storefront/test_jobs.py",
    "storefront/links.py": "storefront/test_links.py",
}  # fmt: skip
# What a refusal raises; `faults` are the open platform's.
REFUSALS = {"NotYours", "NotAllowed", "Refused", "BadIdentity", "BadKey", "errors", "faults", "_gone", "_wrong"}
ASKS = {"require", "enter", "enter_frame", "platform", "avatar_reviews", "permission_denied"}
NARROWS = {"shop", "shop_id", "member", "buyer", "buyer_id", "order__buyer", "order__buyer_id", "assignee", "published",
           "last_assignee", "user", "shop__in", "removed_at__isnull", "state", "app", "is_active", "erased_at",
           "conversation", "order", "shop__seller", "buyer__uid", "order__buyer__uid"}  # fmt: skip
IN_SQL = ("shop_id = %s", "user_id = %s", "buyer_id = %s", "erased_at IS NULL")


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
    found: list[Guard] = []
    for path in DOORS:
        for place, node in enumerate(ast.walk(source.tree(path))):
            if isinstance(node, (ast.stmt, ast.expr)):
                found += [Guard(path, node.lineno, part, place) for part in _parts(node)]
    return [one for one in found if not words or any(word in str(one) for word in words)]


def _parts(node: ast.AST) -> Iterator[str]:
    """Return what can be taken away from a node."""
    if isinstance(node, ast.If) and isinstance(node.body[0], ast.Raise) and _named(node.body[0]) & REFUSALS:
        yield from (f"if {ast.unparse(test)}" for test in _tests(node.test))
    if isinstance(node, ast.If) and isinstance(node.body[0], ast.Return) and "is_staff" in ast.unparse(node.test):
        assert isinstance(node.test, ast.BoolOp)
        yield from (f"unless {ast.unparse(test)}" for test in node.test.values)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _called(node.value) in ASKS:
        yield ast.unparse(node.value)
    if isinstance(node, ast.Call) and _called(node) in ("filter", "exclude"):
        yield from (f"{one.arg}=" for one in node.keywords if one.arg in NARROWS)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from (part for part in IN_SQL if part in node.value)


def _tests(test: ast.expr) -> list[ast.expr]:
    return test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else [test]


def _named(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


def without(guard: Guard) -> ast.Module:
    """Return the door without the guard. What the guard names is still named: a closure keeps its variables."""
    changed = copy.deepcopy(source.tree(guard.path))
    node = next(node for place, node in enumerate(ast.walk(changed)) if place == guard.place)
    _take_away(node, guard.words)
    return ast.fix_missing_locations(changed)


def _take_away(node: Any, words: str) -> None:
    match node:
        case ast.If(test=ast.BoolOp() as test) if words.startswith("unless ") or isinstance(test.op, ast.Or):
            way = _ever if words.startswith("unless ") else _never
            said = words.partition(" ")[2]
            test.values = [way(one) if ast.unparse(one) == said else one for one in test.values]
        case ast.If():
            node.test = _never(node.test)
        case ast.Expr():
            node.value = _never(node.value)
        case ast.Call():
            gone = next(one for one in node.keywords if f"{one.arg}=" == words)
            rest = ast.parse(f"{{}} if True else {ast.unparse(gone.value)}", mode="eval").body
            node.keywords[node.keywords.index(gone)] = ast.keyword(None, _placed(rest, node))
        case ast.Constant(value=str() as value):
            node.value = value.replace(words, f"({words} OR TRUE)" if "%" in words else "TRUE")


def _never(test: ast.expr) -> ast.expr:
    return ast.copy_location(ast.BoolOp(ast.And(), [ast.Constant(False), test]), test)


def _ever(test: ast.expr) -> ast.expr:
    return ast.copy_location(ast.BoolOp(ast.Or(), [ast.Constant(True), test]), test)


def _placed(new: ast.expr, at: ast.expr) -> ast.expr:
    for node in ast.walk(new):
        ast.copy_location(node, at)
    return new


def tests_of(guard: Guard) -> list[str]:
    """Return the files of tests that keep the door of a guard."""
    return [f"tests/{name}" for name in DOORS[guard.path].split()]


def function_of(guard: Guard) -> str:
    """Return the function that a guard stands in, the innermost, as `noting` names it."""
    around = [node for node in ast.walk(source.tree(guard.path))
              if isinstance(node, source.Function) and node.lineno <= guard.line <= (node.end_lineno or 0)]  # fmt: skip
    return name(guard.path, max(around, key=lambda node: node.lineno)) if around else ""


def name(path: str, function: source.Function) -> str:
    return f"{path}:{function.lineno}"


def noting(path: str) -> ast.Module:
    """Return a door of which each function says that it was passed."""
    changed = copy.deepcopy(source.tree(path))
    for node in ast.walk(changed):
        if isinstance(node, source.Function):
            says = ast.parse(f"_passed({name(path, node)!r})").body
            node.body = [ast.copy_location(one, node.body[0]) for one in says] + node.body
    return ast.fix_missing_locations(changed)
