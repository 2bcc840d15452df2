"""Find what could be taken away from the doors, and write the door that is left."""

import ast
import copy
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests import source
from tests.guards.doors import DOORS, INSIDE

# What a refusal raises; `faults` are the open platform's.
REFUSALS = {"NotYours", "NotAllowed", "Refused", "BadIdentity", "BadKey", "errors", "faults", "_gone", "_wrong"}
ASKS = {"require", "enter", "enter_frame", "platform", "avatar_reviews", "permission_denied"}
NARROWS = {"shop", "shop_id", "member", "buyer", "buyer_id", "order__buyer", "order__buyer_id", "assignee", "published",
           "last_assignee", "user", "shop__in", "removed_at__isnull", "state", "app", "is_active", "erased_at",
           "conversation", "order", "shop__seller", "buyer__uid", "order__buyer__uid"}  # fmt: skip
# Behind the doors: what a refusal says there of who it is, what asks, and what narrows to whose things.
WHO = re.compile("NotYours|NotAllowed|not_assignee|not_agent|own_shop")
ASK_INSIDE = {"require", "writer", "must_be_agent", "_must_be_among", "_must_be_mine", "_may_set_bot", "_grants",
              "_admit"}  # fmt: skip
WHOSE = {"shop", "shop_id", "shop__seller", "member", "user", "buyer", "owner", "assignee", "conversation_id"}
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
    """Return every guard of the doors and behind them, or those that hold one of the words."""
    found: list[Guard] = []
    for path in (*DOORS, *INSIDE):
        parts = _parts if path in DOORS else _parts_inside
        for place, node in enumerate(ast.walk(source.tree(path))):
            if isinstance(node, (ast.stmt, ast.expr)):
                found += [Guard(path, node.lineno, part, place) for part in parts(node)]
    found = [one for one in found if function_of(one)]  # a constant of the file stays what it was
    return [one for one in found if not words or any(word in str(one) for word in words)]


def _parts(node: ast.AST) -> Iterator[str]:
    """Return what can be taken away from a node of a door."""
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


def _parts_inside(node: ast.AST) -> Iterator[str]:
    """Return what can be taken away from a node behind the doors: of the refusals those of people, not of business."""
    match node:
        case ast.If(test=test, body=[ast.Raise() | ast.Return() as refusal, *_]) if WHO.search(ast.unparse(refusal)):
            yield from (f"if {ast.unparse(one)}" for one in _tests(test))
        case ast.Expr(ast.Call() as call) | ast.Return(ast.Call() as call) if _called(call) in ASK_INSIDE:
            yield ast.unparse(call)
        case ast.Call(keywords=named) if _called(node) in ("filter", "exclude"):
            yield from (f"{one.arg}=" for one in named if one.arg in WHOSE)
        case ast.Call() if _called(node) == "may":
            yield ast.unparse(node)
        case ast.Call(func=ast.Attribute(attr="agents" | "active" as people), args=[]):
            yield f".{people}()"
        case ast.Constant(str() as value):
            yield from (part for part in IN_SQL if part in value)
        case ast.FormattedValue(ast.Name("IS_AGENT")):
            yield "IS_AGENT"


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
        case ast.Return(ast.Call(args=[first, *_])):
            node.value = first
        case ast.FormattedValue():
            node.value = ast.copy_location(ast.Constant("TRUE"), node.value)
        case ast.Call(func=ast.Attribute() as func) if words.startswith("."):
            func.attr = "all"
        case ast.Call() if not words.endswith("="):
            asked = copy.copy(node)  # the node becomes `True or …` in its place
            node.func, node.args, node.keywords = _placed(ast.parse("bool", mode="eval").body, node), [_ever(asked)], []
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
    return [f"tests/{name}" for name in (DOORS | INSIDE)[guard.path].split()]


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
