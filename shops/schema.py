"""OpenAPI from the declared shapes: one definition of the wire, no second set of serializers."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.plumbing import resolve_type_hint
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}
ID: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
FLAG: dict[str, Any] = {"type": "boolean"}
KEY: dict[str, Any] = {"type": "string", "format": "uuid"}

ERROR: dict[str, Any] = {
    "type": "object",
    "properties": {"code": TEXT, "detail": TEXT, "fields": {"type": "object", "additionalProperties": TEXT}},
    "required": ["code", "detail"],
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


def shape(kind: Any) -> dict[str, Any]:
    """Return the schema of a declared shape."""
    return resolve_type_hint(kind)


def page(kind: Any, **more: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a keyset page."""
    following = {"type": "string", "nullable": True}
    return obj({"results": {"type": "array", "items": shape(kind)}, "next": following, **more})


def obj(properties: Mapping[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties) if required is None else required,
    }


def body(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a request body; unknown fields are refused."""
    found = obj({**required, **(optional or {})}, list(required))
    found["additionalProperties"] = False
    if not required:
        found.pop("required")
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
) -> Any:
    """Describe one operation: what it answers, and every status it may refuse with; `media` where it is no JSON."""
    codes = {status} if isinstance(status, int) else set(status)
    responses: dict[Any, Any] = {(code, media) if media else code: OpenApiResponse(answer, summary) for code in codes}
    responses |= {(code, kind): OpenApiResponse(OpenApiTypes.BINARY, summary) for code in codes for kind in files}
    body = {413, 415} if request is not None else set()
    for code in {400, 503, *errors, *body} | ({401, 404} if auth != [] else set()):
        responses[code] = OpenApiResponse(ERROR, WORDS[code])
    return extend_schema(
        summary=summary, request=request, responses=responses, parameters=parameters or [], operation_id=name, auth=auth
    )
