"""Every REST operation against malformed bodies, parameters and addresses: refused in words, nothing half-written."""

import base64
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jwt
import orjson
import pytest
from django.db import connection
from django.urls import get_resolver
from rest_framework.exceptions import ParseError
from rest_framework.test import APIClient

from chat import urls as chat_urls
from shops.models import Shop
from shops.rest import Parser
from tests.hostile.calls import BODIES, PARAMETERS, UPLOADS
from tests.hostile.rest_world import V1, World, rows
from tests.hostile.values import LISTS, NOT_OBJECTS, OF_EACH_TYPE, SHORT, STRANGE_NAMES, UNSTORABLE, wrong

pytestmark = pytest.mark.django_db(transaction=True)
BIG = [2**63, 2**64, 10**30, 10**400]
Say = Callable[..., Any]
HUGE = "9" * 5000
NUMBERS = ["-1", "+1", "1.5", "1e3", "x", "", " 1", "1 ", "0x1", "١", "\0", str(2**63), str(10**30), HUGE]
NUMBERS += ["NaN", "null", "[]"]
KINDS = {
    "whole": NUMBERS,
    "choice": ["x", "OPEN", "\0", "open,history", "[]", "open "],
    "q": ["x" * 61, "\0", "a\0b"],
    "day": ["x", "\0", "2026-13-01", "20261123", "2026-11-23T00:00", "0001-01-01", "9999-12-31", ""],
    "long q": ["x" * 65, "\0", "a\0b"],
    "cursor": [*NUMBERS[4:5], "\0", "====", "é", "W10", "x" * 5000],
}


def each(name: str, *values: Any) -> list[dict[str, Any]]:
    return [{name: value} for value in values]


def cursor(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


STRANGE_TIMES: tuple[Any, ...] = ("x", 1, None, [], "2026-01-01")
KINDS["cursor"] += [cursor(at, pk) for at in STRANGE_TIMES for pk in (1, 0)]
KINDS["cursor"] += [cursor("2026-01-01T00:00:00+00:00", pk) for pk in (0, -1, 2**63, "1", None, 1.5, [1])]
KINDS["cursor"] += [
    cursor("0001-01-01T00:00:00+14:00", 1),
    cursor("9999-12-31T23:59:59-14:00", 1),
    cursor(),
    cursor(1, 2, 3),
]


SQLITE = connection.vendor == "sqlite"
# What is refused for its shape alone never comes near the database: the default one stands for all.
without_database = pytest.mark.skipif(not SQLITE, reason="the same on every database")
PARSED = ("{", "[1]")  # stand for all that the parser refuses, once the first address of a client has had them all
Addresses = list[tuple[str, str]]


@pytest.fixture
def world() -> World:
    return World()


def refused(answer: Any, *statuses: int) -> None:
    """It is a refusal in the API's shape."""
    asked = f"{answer.request['REQUEST_METHOD']} {answer.request['PATH_INFO'][:200]}"
    assert answer.status_code in statuses, (asked, answer.status_code, answer.content[:300])
    body = orjson.loads(answer.content)
    assert body["code"], body
    assert isinstance(body["detail"], str), body
    assert "Traceback" not in body["detail"]


def test_malformed_bodies_are_refused_and_nothing_is_written(world: World) -> None:
    whole: set[str] = set()
    for method, path in BODIES:
        malformed_bodies(method, path, world, whole)
    assert rows() == world.rows
    assert whole == {"buyer", "auth", "shops", "storefront"}


def malformed_bodies(method: str, path: str, world: World, whole: set[str]) -> None:
    """Try every body that comes as far as the view; what the parser refuses in full once for each kind of client."""
    say, address = getattr(world.client(path), method), world.address(path)
    room, count = path.partition("/")[0], 0
    bodies = [*NOT_OBJECTS, *_bodies(BODIES[method, path], world.good)] if SQLITE else _stored(method, path, world)
    for text in dict.fromkeys(bodies):
        if not text.strip() or text.strip() == "{}":  # an empty body is an empty object
            continue
        body = text.encode(errors="surrogatepass")
        if room in whole and text not in PARSED and not _parsed(body):
            continue
        refused(say(address, body, content_type="application/json"), 400, 401, 404)
        count += 1
    assert count > (20 if SQLITE else 0) or not BODIES[method, path], path
    whole.add(room)


def _parsed(body: bytes) -> bool:
    try:
        return bool(Parser().parse(io.BytesIO(body)))
    except ParseError:
        return False


def _bodies(fields: dict[str, str], values: dict[str, Any]) -> Iterator[str]:
    good = _good(fields, values)
    for name, kind in fields.items():
        if not kind.endswith("?"):
            yield _written({key: value for key, value in good.items() if key != name})
        inside = SHORT if kind.rstrip("?") in LISTS else OF_EACH_TYPE
        for text in _wrong(name, kind, inside):
            yield _written({**good, name: text})
    for name in STRANGE_NAMES:
        if name not in fields:
            yield _written({**good, name: "1"})


def _stored(method: str, path: str, world: World) -> Iterator[str]:
    """Return the bodies that a database could stumble over, were they let through."""
    fields = BODIES[method, path]
    good = _good(fields, world.good)
    for name, kind in fields.items():
        for text in UNSTORABLE.intersection(_wrong(name, kind, ())):
            yield _written({**good, name: text})


def _good(fields: dict[str, str], values: dict[str, Any]) -> dict[str, str]:
    return {name: json.dumps(values.get(name, "")) for name in fields}


def _wrong(name: str, kind: str, inside: Sequence[str]) -> list[str]:
    optional, kind = kind.endswith("?"), "choice" if kind == "token" else kind.rstrip("?")
    return wrong(kind, optional and name != "words" and name != "text", inside=inside)


def _written(body: dict[str, str]) -> str:
    return "{" + ",".join(f'"{name}":{value}' for name, value in body.items()) + "}"


@without_database
def test_another_content_type_is_refused_with_415(world: World) -> None:
    addresses: Addresses = [*BODIES, *[("post", path) for path in UPLOADS]]
    for method, path in addresses:
        another_content_type(method, path, world)
    assert rows() == world.rows


def another_content_type(method: str, path: str, world: World) -> None:
    say, address = getattr(world.client(path), method), world.address(path)
    body = b'{"client_msg_id":"x"}'
    kinds = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "x",
        "application/json-seq",
        "image/png",
    ]
    kinds += ["application/json"] if path in UPLOADS else ["multipart/form-data; boundary=x"]
    for kind in kinds:
        refused(say(address, body, content_type=kind), 415)


@without_database
@pytest.mark.parametrize("path", UPLOADS)
def test_an_upload_that_is_none_is_refused(path: str, world: World) -> None:
    say, address = world.client(path).post, world.address(path)
    form = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n--x--\r\n'
    bodies = [
        b"",
        b"--x",
        b"--x--",
        b"\0" * 100,
        form % (b"file", b"", b"text"),
        form % (b"other", b'; filename="a"', b"x"),
    ]
    bodies += [form % (b"file", b'; filename=""', b""), form % (b"file", b'; filename="a.png"', b"")]
    bodies += [form % (b"file", b'; filename="../../x\0.png"', b"\x89PNG"), (form % (b"a", b"", b"x"))[:-6] * 2000]
    for body in bodies:
        refused(say(address, body, content_type="multipart/form-data; boundary=x"), 400, 415)
    for kind in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "y" * 300):
        refused(say(address, b"--x--", content_type=kind), 400)
    assert rows() == world.rows


def test_malformed_parameters_are_refused(world: World) -> None:
    for path in PARAMETERS:
        malformed_parameters(path, world)


def malformed_parameters(path: str, world: World) -> None:
    say, address = world.client(path).get, world.address(path)
    for name, kind in PARAMETERS[path].items():
        for value in KINDS[kind]:
            refused(say(address, {name: value}), 400)
    if PARAMETERS[path]:
        for name in {*STRANGE_NAMES, "format"} - set(PARAMETERS[path]):
            refused(say(address, {name: "1"}), 400)
    assert say(address).status_code == 200


def test_both_directions_at_once_are_refused(world: World) -> None:
    refused(world.phone.get(V1 + "buyer/events?after=1&before=2"), 400)


def test_ids_that_no_row_has_are_not_there(world: World) -> None:
    addresses: Addresses = [*BODIES, *[("get", path) for path in PARAMETERS if "{" in path]]
    for method, path in addresses:
        strange_ids(method, path, world)
    assert rows() == world.rows


def strange_ids(method: str, path: str, world: World) -> None:
    say = getattr(world.client(path), method)
    body = {name: world.good[name] for name in BODIES.get((method, path), {}) if name in world.good}
    more = {"format": "json"} if method != "get" else {}
    for name in world.foreign:
        if "{" + name + "}" in path:
            for pk in (0, 999_999, 2**63 - 1, *BIG, world.foreign[name]):
                refused(say(world.address(path, **{name: pk}), body if more else {}, **more), 404)
            for text in ("-1", "x", "1.5", "%00", "1%2F..", "%F0%9F", "9" * 5000, "self"):
                refused(say(world.address(path, **{name: text}), body if more else {}, **more), 404)


def test_every_address_of_the_api_is_in_the_tables_above() -> None:
    listed = {path for _method, path in BODIES} | {*PARAMETERS, *UPLOADS}
    names = {"<int:shop_id>": "{shop}", "<int:session_id>": "{session}", "<int:buyer_id>": "{buyer}"}
    names |= {"<int:question_id>": "{question}", "<int:category_id>": "{category}"}
    names |= {
        "<int:account_id>": "{account}",
        "<int:reply_id>": "{reply}",
        "<int:answer_id>": "{answer}",
        "<int:buyers_order_id>": "{buyers_order}",
        "<int:job_id>": "{job}",
        "<int:key_id>": "{key}",
        "<int:endpoint_id>": "{endpoint}",
        "<int:delivery_id>": "{delivery}",
    }
    names |= {f"<int:{name}_id>": f"{{{name}}}" for name in ("grant", "request", "export", "order")}
    found = set()
    rooms = ("analytics", "webhooks", "openplatform", "storefront")
    more = [entry for name in rooms for entry in get_resolver(f"{name}.urls").url_patterns]
    for entry in [*chat_urls.urlpatterns, *more]:
        route = str(entry.pattern)
        for angle, brace in names.items():
            route = route.replace(angle, brace)
        if route.startswith("api/v1/"):
            found.add(route.removeprefix("api/v1/"))
    assert found == listed


@without_database
@pytest.mark.parametrize(
    "path", ["buyer/events", "me", "shops/{shop}/sessions", "shops/{shop}/sessions/{session}/take"]
)
def test_other_methods_and_answers_are_refused_in_json(path: str, world: World) -> None:
    client, address = world.client(path), world.address(path)
    for method in ("delete", "put"):
        refused(getattr(client, method)(address), 405)
    refused(client.get(address, headers={"accept": "text/html"}), 405, 406)
    assert client.options(address).status_code in (200, 405)


@without_database
@pytest.mark.parametrize(
    "path", ["", "nothing", "me/", "shops/", "shops/1", "sessions", "../v1", "buyer", "%00", "schema"]
)
def test_an_unknown_address_of_the_api_is_a_404_in_json(path: str, world: World) -> None:
    for method in ("get", "post", "put", "delete", "patch"):
        refused(getattr(world.desk, method)(V1 + path), 404)
    refused(APIClient(enforce_csrf_checks=True).post(V1 + path), 404)
    refused(world.desk.get("/api/v2/me"), 404)


@without_database
@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "bearer a:b:c",
        "Basic eDp5",
        "Bearer " + "é",
        "Bearer " + "x" * 5000,
        "x",
        "Bearer \0",
    ],
)
def test_a_strange_authorization_is_nobody(header: str, world: World) -> None:
    refused(APIClient().get(V1 + "buyer/events", headers={"authorization": header}), 401)


@pytest.mark.parametrize("cookie", ["x", "", "é", "\0", "a" * 5000, "../../etc/passwd", "'; DROP TABLE x; --"])
def test_a_strange_session_cookie_is_nobody(cookie: str) -> None:
    client = APIClient()
    client.cookies["sessionid"] = cookie
    refused(client.get(V1 + "me"), 401)


def test_a_write_without_the_csrf_token_is_refused(world: World) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(world.lin.user)
    for method, path in BODIES:
        if not path.startswith(
            ("buyer/", "auth/token", "auth/refresh", "auth/revoke", "auth/password/f", "storefront/")
        ):
            refused(getattr(client, method)(world.address(path), {}, format="json"), 403)


STRANGE_CLAIMS = [
    *each("exp", "soon", "9999999999", 10**400, None, [], 1.5),
    *each("iat", "x", None, 0, [], 9999999999),
    *each("sub", "", None, "x" * 65, "a\0b", "a\nb", ["x"]),
    *each("name", 7, ["x"]),
    *each("aud", "0", None, [], 7),
    {"nbf": 9999999999},
]


@pytest.mark.rule("D1")
def test_an_identity_with_strange_claims_is_nobody(world: World) -> None:
    shop = Shop.objects.get(pk=world.ids["shop"])
    good = jwt.decode(str(world.good["identity"]), options={"verify_signature": False})
    for claims in STRANGE_CLAIMS:
        signed = jwt.encode({**good, **claims}, shop.identity_secret, algorithm="HS256")
        body = {"shop": shop.pk, "identity": signed, "entry": world.good["entry"]}
        refused(APIClient().post(V1 + "buyer/entry", body, format="json"), 401)
    assert rows() == world.rows
