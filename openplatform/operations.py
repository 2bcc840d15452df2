"""What an operation takes and how it may say no, said beside its code; openapi.py makes the description of it."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar, get_type_hints

from openplatform.faults import Fault
from shops.schema import FLAG, TEXT

Operation = TypeVar("Operation", bound=Callable[..., Any])
BINARY: dict[str, Any] = {"type": "string", "format": "binary"}
JSON, FORM, BYTES = "application/json", "multipart/form-data", "application/octet-stream"


class Field(NamedTuple):
    """A parameter of the query, or a field of the body; of the kind that is documented: more may be taken for it."""

    name: str
    schema: dict[str, Any]
    words: str = ""
    must: bool = False

    @property
    def described(self) -> dict[str, Any]:
        return {**self.schema, **({"description": self.words} if self.words else {})}


class About(NamedTuple):
    """An operation as its description tells of it; `media` is empty where it takes no body."""

    title: str
    words: str
    query: Sequence[Field]
    media: str
    body: Sequence[Field]
    faults: Sequence[Fault]
    answer: Any


PAGE_TOKEN = Field("page_token", TEXT, "`next_page_token` of the page before; empty for the first.")
_about: dict[Callable[..., Any], About] = {}


def must(name: str, schema: dict[str, Any], words: str = "") -> Field:
    return Field(name, schema, words, True)


def page_size(most: int) -> Field:
    return must("page_size", {"type": "integer", "minimum": 1}, f"{most} at most; more is taken for {most}.")


def flag(name: str, words: str) -> Field:
    return Field(name, FLAG, words)


def operation(
    title: str,
    *,
    query: Sequence[Field] = (),
    body: Sequence[Field] | None = None,
    media: str = JSON,
    faults: Sequence[Fault] = (),
) -> Callable[[Operation], Operation]:
    """Say what an operation is called, takes and refuses with; what it answers is in its signature."""

    def described(function: Operation) -> Operation:
        words = (function.__doc__ or "").partition(": ")[2] or function.__doc__ or ""
        taken = "" if body is None else media
        answer = get_type_hints(function)["return"]
        _about[function] = About(title, words[:1].upper() + words[1:], query, taken, body or (), faults, answer)
        return function

    return described


def about(function: Callable[..., Any]) -> About:
    return _about[function]
