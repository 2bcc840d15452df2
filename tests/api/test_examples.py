"""Whoever reads the API's description finds an example with every operation, and it is a right one."""

from collections.abc import Iterator
from functools import cache
from typing import Any, TypedDict

import pytest
from jsonschema import Draft4Validator, FormatChecker

from sellercenter import api_samples
from sellercenter.api_examples import UNKNOWN, bodies, operations
from shops import schema
from tests.api.description import described

pytestmark = pytest.mark.system  # no database has a say in it: once is enough
HERE = "#/components/schemas/"


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Yield the place, the schema and the example of each address, body and answer that has one."""
    for operation in operations(described()):
        name = operation["operationId"]
        yield from ((name, content["schema"], content["example"]) for _owner, content in bodies(operation))
        for one in operation.get("parameters", ()):
            if one["in"] == "path":
                yield f"{name} {one['name']}", one["schema"], one["example"]


def strict(of: Any) -> Any:
    """Return a schema as JSON Schema has it: null said by its type, and no field that the shape does not name."""
    if isinstance(of, list):
        return [strict(one) for one in of]
    if not isinstance(of, dict):
        return of
    found = {name: strict(inside) for name, inside in of.items() if name not in ("nullable", "example")}
    if "properties" in of and isinstance(of["properties"], dict):
        found["additionalProperties"] = False
    return {"anyOf": [{"type": "null"}, found]} if of.get("nullable") is True else found


@cache
def components() -> Any:
    return strict(described()["components"])


def wrong(of: Any, value: Any) -> list[str]:
    """Return what is not right about a value of a schema of the description."""
    checker = Draft4Validator({**strict(of), "components": components()}, format_checker=FormatChecker())
    return [error.message for error in checker.iter_errors(value)]


def unknown(value: Any) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value == UNKNOWN or any(unknown(one) for one in inside)


def test_every_operation_that_takes_or_answers_something_has_an_example() -> None:
    found = {place.split()[0] for place, _schema, _value in examples()}
    silent = {one["operationId"] for one in operations(described())} - found
    # A file is taken, and nothing but 204 is answered to.
    assert silent == set()
    assert len(found) > 130


def test_every_example_is_right_by_the_schema_of_its_place() -> None:
    assert [f"{place}: {said}" for place, of, value in examples() for said in wrong(of, value)] == []
    assert [place for place, _of, value in examples() if unknown(value)] == [], "say it in sellercenter/api_samples.py"


def test_an_example_that_is_not_right_would_be_found() -> None:
    page = schema.ref("EventPage")
    right = next(value for place, of, value in examples() if of == page)
    assert wrong(page, right) == []
    assert wrong(page, {**right, "through": "17"})
    assert wrong(page, {**right, "more": 1})
    assert wrong(page, {name: value for name, value in right.items() if name != "results"})
    assert wrong(page, {**right, "results": [{**right["results"][0], "message": {}}]})


def test_a_sample_for_what_is_gone_goes_too() -> None:
    owners = {name: set(of["properties"]) for name, of in described()["components"]["schemas"].items()}
    names = set()
    for operation in operations(described()):
        body = dict(bodies(operation)).get(operation["operationId"])
        if body:
            owners[operation["operationId"]] = set(fields(body["schema"]))
        for _owner, content in bodies(operation):
            names |= set(fields(content["schema"]))
        names |= {one["name"].removesuffix("_id") for one in operation.get("parameters", ())}
    names |= {field for inside in owners.values() for field in inside}
    gone = [f"{owner}.{field}" for owner, inside in api_samples.OF_SHAPE.items() for field in inside
            if field not in owners.get(owner, ())]  # fmt: skip
    assert gone + [name for name in api_samples.BODIES if name not in owners] == []
    assert set(api_samples.FIELDS) - names == set()


def fields(of: dict[str, Any]) -> Iterator[str]:
    """Yield the names of fields, those of what stands inside too."""
    for name, inside in of.get("properties", {}).items():
        yield name
        yield from fields(inside)
    if "items" in of:
        yield from fields(of["items"])


def test_two_shapes_of_one_name_are_refused() -> None:
    try:
        assert schema.shape(_errand()) == {"$ref": HERE + "Errand"}
        with pytest.raises(TypeError, match="Errand"):
            schema.shape(_errand())
    finally:
        schema._named.pop("Errand")


def _errand() -> Any:
    class ErrandShape(TypedDict):
        id: int

    return ErrandShape
