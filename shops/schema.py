"""OpenAPI from the declared shapes: one definition of the wire, no second set of serializers."""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

from drf_spectacular.plumbing import resolve_type_hint
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

JSON = "application/json"
TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}
ID: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
FLAG: dict[str, Any] = {"type": "boolean"}
KEY: dict[str, Any] = {"type": "string", "format": "uuid"}

ERROR: dict[str, Any] = {
    "type": "object",
    "properties": {"code": TEXT, "detail": TEXT, "fields": {"type": "object", "additionalProperties": TEXT}},
    "required": ["code", "detail"],
    "example": {"code": "not_found", "detail": "There is no such thing here."},
}
WORDS = {
    400: "The input is not right; `fields` says why.",
    401: "No identity, or it has run out.",
    403: "Not allowed.",
    404: "Not there, or not yours.",
    409: "Refused by a rule; `code` is the rule's.",
    413: "Too large.",
    415: "Not a type that is taken here.",
    429: "Too many; `Retry-After` says when.",
    503: "Busy; repeat with the same key.",
    507: "The storage is full.",
}


_named: dict[str, Any] = {}
_examples: dict[str, Any] = {}


def shape(kind: Any, example: Any = None, names: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the schema of a declared shape; a TypedDict is a component: its name without "Shape" is there once.

    `example` is one of a TypedDict; others are made of sellercenter/api_samples.py. `names` collects the components
    of another description than the API's.
    """
    known = _named if names is None else names
    origin, inside = get_origin(kind), get_args(kind)
    if is_typeddict(kind):
        name = kind.__name__.removesuffix("Shape")
        if known.setdefault(name, kind) is not kind:
            raise TypeError(f"two shapes are called {name}")
        if example is not None:
            _examples[name] = example
        return ref(name)
    if origin in (Union, UnionType) and NoneType in inside and len(inside) == 2:
        found = shape(next(one for one in inside if one is not NoneType), names=names)
        return {"allOf": [found], "nullable": True} if "$ref" in found else {**found, "nullable": True}
    if origin is list:
        return {"type": "array", "items": shape(inside[0], names=names)}
    if origin is dict:
        return {"type": "object", "additionalProperties": shape(inside[1], names=names)}
    return resolve_type_hint(kind)


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def components(names: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """Return what the shapes that were asked for refer to by name, and what those refer to."""
    found: dict[str, dict[str, Any]] = {"Error": ERROR} if names is None else {}
    known = _named if names is None else names
    while left := {name: kind for name, kind in known.items() if name not in found}:
        for name, kind in left.items():
            fields = {field: shape(hint, names=names) for field, hint in get_type_hints(kind).items()}
            found[name] = obj(fields, [field for field in fields if field in kind.__required_keys__])
            more = {"description": kind.__doc__, "example": _examples.get(name)}
            found[name] |= {word: said for word, said in more.items() if said is not None}
    return dict(sorted(found.items()))


def page(kind: Any, **more: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a keyset page."""
    following = {"type": "string", "nullable": True}
    return obj({"results": {"type": "array", "items": shape(kind)}, "next": following, **more})


def obj(properties: Mapping[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    names = list(properties) if required is None else required
    return {"type": "object", "properties": dict(properties), **({"required": names} if names else {})}


def body(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a request body; unknown fields are refused."""
    found = obj({**required, **(optional or {})}, list(required))
    found["additionalProperties"] = False
    return {"application/json": found}


def query(name: str, schema: dict[str, Any], words: str, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, required, words)


def operation(
    summary: str,
    answer: Any,
    *,
    status: int | tuple[int, ...] = 200,
    request: Any = None,
    errors: tuple[int, ...] = (),
    parameters: list[OpenApiParameter] | None = None,
    name: str | None = None,
    auth: list[Any] | None = None,
    files: tuple[str, ...] = (),
    media: str = "",
    example: Any = None,
) -> Any:
    """Describe one operation: what it answers, and every status it may refuse with; `media` where it is no JSON.

    `example` is a body that it takes.
    """
    codes = {status} if isinstance(status, int) else set(status)
    responses: dict[Any, Any] = {(code, media) if media else code: OpenApiResponse(answer, summary) for code in codes}
    responses |= {(code, kind): OpenApiResponse(OpenApiTypes.BINARY, summary) for code in codes for kind in files}
    body = {413, 415} if request is not None else set()
    for code in {400, 503, *errors, *body} | ({401, 404} if auth != [] else set()):
        responses[code] = OpenApiResponse(ref("Error"), WORDS[code])
    if example is not None:
        request = {**request, JSON: {**request[JSON], "example": example}}
    return extend_schema(
        summary=summary, request=request, responses=responses, parameters=parameters or [], operation_id=name, auth=auth
    )
