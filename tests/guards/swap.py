"""Change the code of functions in a running program, wherever they are held: imported by name, wrapped, as methods."""

import ast
import gc
import importlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import CodeType, FunctionType
from typing import Any

from lib.quick import Question
from tests import source
from tests.guards import places
from tests.guards.places import Guard


@contextmanager
def without(guard: Guard) -> Iterator[None]:
    """Run the door without the guard."""
    with _running(guard.path, places.without(guard)):
        yield


@contextmanager
def noted(passed: set[str], guards: Sequence[Guard]) -> Iterator[None]:
    """Run the files of these guards so that the name of each function that is passed is put into `passed`."""
    with ExitStack() as back:
        for path in sorted({one.path for one in guards}):
            vars(_module(path))["_passed"] = passed.add
            back.enter_context(_running(path, places.noting(path)))
        yield


@contextmanager
def _running(path: str, tree: ast.Module) -> Iterator[None]:
    _give(path, tree)
    try:
        yield
    finally:
        _give(path, source.tree(path))  # also to what was made meanwhile


def _give(path: str, tree: ast.Module) -> None:
    """Give every function that a file has made the code that this tree has in its place."""
    file = str(_module(path).__file__)
    fresh = _codes(compile(tree, file, "exec"))
    gc.unfreeze()  # what a test froze is not among the objects
    for one in gc.get_objects():
        if type(one) is FunctionType and one.__code__.co_filename == file and (new := fresh.get(_key(one.__code__))):
            one.__code__ = new
        elif type(one) is Question:
            one._texts.clear()


def _codes(code: CodeType) -> dict[Any, CodeType]:
    """Return the code of every function in a module's code."""
    found: dict[Any, CodeType] = {}
    for one in code.co_consts:
        if isinstance(one, CodeType):
            found |= {_key(one): one, **_codes(one)}
    return found


def _key(code: CodeType) -> Any:
    return code.co_qualname, code.co_firstlineno, code.co_varnames[: code.co_argcount], code.co_freevars


def _module(path: str) -> Any:
    return importlib.import_module(path.removesuffix(".py").replace("/", "."))
