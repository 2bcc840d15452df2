"""The open platform's description (OpenAPI 3), made of its addresses and of what each operation says of itself."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern

from openplatform import faults, operations, urls
from openplatform.faults import Fault
from openplatform.gate import NEWEST, OLDEST, VERSIONS, Address
from openplatform.operations import About, Field
from shops import schema
from shops.schema import ID, TEXT

SECRET = "accessToken"  # what the header of the token is called here
SIGNED = (
    operations.must("app_key", TEXT),
    operations.must("timestamp", TEXT, f"Seconds, UTC; at most {OLDEST} behind and {NEWEST} ahead of the server."),
    operations.must("sign", TEXT, "Lowercase hex of HMAC-SHA256 by the app's secret; over the raw body, too."),
)
CIPHER = operations.must("shop_cipher", TEXT, "Which shop, from Get Authorized Shops.")
LOCALE = Field("locale", TEXT, "zh… for Chinese, else English.")
PATH: dict[str, dict[str, Any]] = {"int": ID, "str": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"}}
VERSION = Field("version", {"type": "integer", "enum": list(VERSIONS)}, "Any of them is taken at any address.", True)
COMMON = (*SIGNED, CIPHER, LOCALE)

ALWAYS = (faults.bad(), faults.busy())
NAMED = (faults.no_path(),)
OF_VERSION = (faults.no_version(),)
OF_BODY = (faults.bad_type(), faults.bad_body(), faults.too_large())
OF_FILE = (faults.bad_body(), faults.too_large(), faults.too_fast())
OF_TOKEN = (faults.bad_signature(), faults.wrong_token_type(), faults.expired_token(), faults.too_fast())
OF_SHOP = (faults.no_cipher(), faults.wrong_cipher())
ENVELOPE: dict[str, Any] = {"code": {"type": "integer"}, "message": TEXT, "request_id": TEXT}
REFUSAL = {**schema.obj({**ENVELOPE, "data": {"type": "object", "maxProperties": 0}}), "additionalProperties": False}


class Call(NamedTuple):
    """One method of one address."""

    method: str
    route: str
    at: Address
    about: About

    @property
    def path(self) -> str:
        return "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", self.route)

    @property
    def name(self) -> str:
        first = next(method for method, one in self.at.operations.items() if operations.about(one) is self.about)
        words = self.about.title.split() + ([] if first == self.method else [self.method.title()])
        return words[0].lower() + "".join(words[1:])

    @property
    def query(self) -> list[Field]:
        common = {"shop": [*SIGNED, CIPHER], "seller": [*SIGNED]}.get(self.at.of, [])
        return [*common, *self.about.query, LOCALE]

    @property
    def faults(self) -> list[Fault]:
        found = [*ALWAYS, *(NAMED if "<" in self.route else ()), *(OF_VERSION if "<int:version>" in self.route else ())]
        found += [*OF_TOKEN, faults.no_scope(self.at.scope)] if self.at.of else []
        found += OF_SHOP if self.at.of == "shop" else []
        if self.about.media:
            found += OF_FILE if self.about.media == operations.BYTES else OF_BODY
        return [*found, *self.about.faults]


def calls() -> Iterator[Call]:
    """Yield every operation that is served, by the addresses."""
    for entry in urls.urlpatterns:
        if isinstance(entry, URLPattern) and isinstance(entry.callback, Address):
            for method, function in entry.callback.operations.items():
                yield Call(method, str(entry.pattern), entry.callback, operations.about(function))


def document() -> dict[str, Any]:
    """Return the whole description."""
    names: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for call in calls():
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call, names)
    return {
        "openapi": "3.0.3",
        "info": {"title": "Customer service API for programs of others", "version": str(max(VERSIONS))},
        "paths": paths,
        "components": {
            "parameters": {
                "version": _parameter("path", VERSION),
                **{one.name: _parameter("query", one) for one in COMMON},
            },
            "schemas": {"Refusal": REFUSAL, **schema.components(names)},
            "securitySchemes": {SECRET: {"type": "apiKey", "in": "header", "name": "x-tts-access-token"}},
        },
    }


def _operation(call: Call, names: dict[str, Any]) -> dict[str, Any]:
    answer = schema.obj({**ENVELOPE, "data": schema.shape(call.about.answer, names=names)})
    answer["properties"]["code"] = {"type": "integer", "enum": [0]}
    success = {"description": call.about.title, "content": {operations.JSON: {"schema": answer}}}
    return {
        "operationId": call.name,
        "summary": call.about.title,
        "description": call.about.words,
        "tags": [call.route.partition("/")[0]],
        "parameters": [*_in_path(call.route), *map(_in_query, call.query)],
        **({"requestBody": _body(call.about)} if call.about.media else {}),
        "security": [{SECRET: []}] if call.at.of else [],
        "responses": {"200": success, **_refusals(call.faults)},
    }


def _in_path(route: str) -> Iterator[dict[str, Any]]:
    for kind, name in re.findall(r"<(\w+):(\w+)>", route):
        yield _shared(VERSION) if name == VERSION.name else _parameter("path", operations.must(name, PATH[kind]))


def _in_query(one: Field) -> dict[str, Any]:
    return _shared(one) if one in COMMON else _parameter("query", one)


def _shared(one: Field) -> dict[str, Any]:
    return {"$ref": f"#/components/parameters/{one.name}"}


def _parameter(place: str, one: Field) -> dict[str, Any]:
    words = {"description": one.words} if one.words else {}
    return {"in": place, "name": one.name, "required": one.must, "schema": one.schema, **words}


def _body(about: About) -> dict[str, Any]:
    if about.media == operations.BYTES:
        return {"required": True, "content": {about.media: {"schema": operations.BINARY}}}
    needed = [one.name for one in about.body if one.must]
    fields = schema.obj({one.name: one.described for one in about.body}, needed)
    return {"required": bool(needed), "content": {about.media: {"schema": fields}}}


def _refusals(of: Iterable[Fault]) -> dict[str, Any]:
    """Return the answers that are none, by their statuses: which numbers stand in them, and why."""
    told: dict[int, dict[int, str]] = {}
    for fault in of:
        told.setdefault(fault.status, {}).setdefault(fault.code, fault.message)
    found = {}
    for status, codes in sorted(told.items()):
        kind = {"allOf": [schema.ref("Refusal"), {"properties": {"code": {"type": "integer", "enum": sorted(codes)}}}]}
        words = "; ".join(f"{code} {message}" for code, message in sorted(codes.items()))
        found[str(status)] = {"description": words, "content": {operations.JSON: {"schema": kind}}}
    return found
