"""Read the project's own source for the rules of the house."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("shops", "commerce", "botfaq", "chat", "analytics", "webhooks", "openplatform", "storefront", "sellercenter")
PRODUCT = ("lib", *ROOMS)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def python(*folders: str) -> list[str]:
    """Return the Python files of some folders, migrations left out, as paths below the root."""
    found = (path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path.as_posix() for path in found if "migrations" not in path.parts)


def files(pattern: str) -> list[str]:
    """Return the files of a glob pattern, as paths below the root."""
    return sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern))


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@functools.cache
def tree(path: str) -> ast.Module:
    """Parse one file, once."""
    return ast.parse(text(path), path)


def imports(path: str) -> Iterator[str]:
    """Name everything a file imports, dotted: `from chat import hub` is chat.hub, and chat.hub.hub counts as well."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(path: str) -> Iterator[tuple[str, int]]:
    """Name each function of a file with its number of lines."""
    for node in ast.walk(tree(path)):
        if isinstance(node, Function):
            yield f"{path}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def strings(path: str) -> Iterator[str]:
    """Yield the string constants of a file, docstrings left out."""
    docs = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Module | ast.ClassDef | Function) and ast.get_docstring(node, clean=False):
            first = node.body[0]
            docs.add(id(first.value) if isinstance(first, ast.Expr) else 0)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def calls(path: str) -> Iterator[tuple[list[str], ast.Call]]:
    """Yield each call of a file with its name: `Event.objects.filter(…).update()` is Event objects filter update."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


@functools.cache
def rules() -> set[str]:
    """Return the rule ids that the tests cite with pytest.mark.rule."""
    cited = set()
    for path in python("tests"):
        for name, call in calls(path):
            if name[-2:] == ["mark", "rule"]:
                cited |= {str(part.value) for part in call.args if isinstance(part, ast.Constant)}
    return cited


def dotted(node: ast.expr) -> list[str]:
    """Spell an expression as its names, calls and subscripts left out."""
    match node:
        case ast.Name():
            return [node.id]
        case ast.Attribute():
            return [*dotted(node.value), node.attr]
        case ast.Call():
            return dotted(node.func)
        case ast.Subscript():
            return dotted(node.value)
    return [""]
