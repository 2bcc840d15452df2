"""An example for every operation of the API's description, made of its own schema and of what api_samples says."""

from collections.abc import Iterator
from typing import Any

from sellercenter.api_samples import BODIES, FIELDS, KEY, LATER, LATER_ONES, MOMENT, NOTHING_YET, OF_SHAPE, TRUE
from shops import deprecated, schema

METHODS = {"get", "post", "put", "patch", "delete"}
UNKNOWN = "?"
FORMATS = {"uuid": KEY, "date": "2026-11-22", "date-time": MOMENT, "email": "lin@harbour.example"}


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add shapes by their names, examples of what goes in and out, and what ends (drf-spectacular's last step)."""
    components = schema.components()
    result["components"]["schemas"] = components
    for path, methods in result["paths"].items():
        for method in METHODS & methods.keys():
            methods[method]["tags"] = [group(path)]
            methods[method].pop("description", None)  # of its class: how the code is cut, not what a caller asks
    for (method, path), going in deprecated.described().items():
        result["paths"][path][method] |= {"deprecated": True, "description": f"Ends on {going.sunset:%Y-%m-%d}."}
    for operation in operations(result):
        for owner, content in bodies(operation):
            content["example"] = BODIES.get(owner) or sample(content["schema"], components, owner=owner)
            if owner and content["schema"].get("required"):
                operation["requestBody"]["required"] = True
        for parameter in operation.get("parameters", ()):
            if parameter.get("required"):  # a page of documents would fill in the others too
                name = parameter["name"].removesuffix("_id")
                parameter["example"] = sample(parameter["schema"], components, name)
    return result


def operations(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in result["paths"].values():
        yield from (methods[method] for method in methods if method in METHODS)


def group(path: str) -> str:
    """Return what an operation belongs to: the first word of its address, below the shop where it is a shop's."""
    words = [word for word in path.removeprefix("/api/v1/").split("/") if not word.startswith("{")]
    return words[1] if words[0] == "shops" and words[1:] else words[0]


def bodies(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what an operation takes, with its name, and what it answers when it is done, where these are JSON."""
    places = [(operation["operationId"], operation.get("requestBody", {}))]
    places += [("", answer) for status, answer in operation["responses"].items() if status.startswith("2")]
    for owner, place in places:
        if schema.JSON in place.get("content", {}):
            yield owner, place["content"][schema.JSON]


def sample(of: dict[str, Any], components: dict[str, Any], name: str = "", owner: str = "") -> Any:
    """Return a value of this schema; UNKNOWN for text that api_samples has no word for."""
    if name in OF_SHAPE.get(owner, ()):
        return OF_SHAPE[owner][name]
    if "example" in of:
        return of["example"]
    if of.get("nullable") and name in NOTHING_YET:
        return None
    if "$ref" in of or "allOf" in of:
        named = (of.get("$ref") or of["allOf"][0]["$ref"]).rsplit("/", 1)[1]
        return sample(components[named], components, owner=named)
    kind = of.get("type")
    if kind == "object" and "properties" in of:
        return {field: sample(inside, components, field, owner) for field, inside in of["properties"].items()}
    if kind == "array":
        found = FIELDS.get(name)
        return found if isinstance(found, list) else [sample(of["items"], components, name, owner)]
    return _plain(of, name, str(kind))


def _plain(of: dict[str, Any], name: str, kind: str) -> Any:
    found = FIELDS.get(name)
    if "enum" in of:
        return found if found in of["enum"] else next(filter(None, of["enum"]))
    if kind == "boolean":
        return name in TRUE
    if of.get("format") in FORMATS:
        return FORMATS[of["format"]]
    if name.endswith("_at") and found is None:
        return LATER if name in LATER_ONES else MOMENT
    if kind == "number":
        return found if isinstance(found, int | float) else 0.5
    if kind == "integer":
        return found if isinstance(found, int) else max(1, of.get("minimum", 1))
    if kind == "object":
        return found if isinstance(found, dict) else {}
    return found[: of.get("maxLength", 10_000)] if isinstance(found, str) else UNKNOWN
