"""Every REST operation against malformed bodies, parameters and addresses: refused in words, nothing half-written."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import orjson
import pytest
from django.urls import get_resolver
from rest_framework.test import APIClient

from chat import urls as chat_urls
from shops.models import Shop
from tests.hostile.calls import BODIES, PARAMETERS, UPLOADS
from tests.hostile.rest_world import V1, World, rows
from tests.hostile.values import NOT_OBJECTS, STRANGE_NAMES, wrong

pytestmark = pytest.mark.django_db(transaction=True)
BIG = [2**63, 2**64, 10**30, 10**400]
Say = Callable[..., Any]
HUGE = "9" * 5000
NUMBERS = [
    "-1",
    "+1",
    "1.5",
    "1e3",
    "x",
    "",
    " 1",
    "1 ",
    "0x1",
    "١",
    "\0",
    str(2**63),
    str(10**30),
    HUGE,
    "NaN",
    "null",
    "[]",
]
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


@pytest.fixture
def world() -> World:
    return World()


def refused(answer: Any, *statuses: int) -> None:
    """It is a refusal in the API's shape."""
    assert answer.status_code in statuses, (answer.status_code, answer.content[:300])
    body = orjson.loads(answer.content)
    assert body["code"], body
    assert isinstance(body["detail"], str), body
    assert "Traceback" not in body["detail"]


@pytest.mark.parametrize(("method", "path"), BODIES)
def test_malformed_bodies_are_refused_and_nothing_is_written(method: str, path: str, world: World) -> None:
    say, address = getattr(world.client(path), method), world.address(path)
    bodies = [*NOT_OBJECTS, *_bodies(BODIES[method, path], world.good)]
    count = 0
    for text in dict.fromkeys(bodies):
        if not text.strip() or text.strip() == "{}":  # an empty body is an empty object
            continue
        refused(say(address, text.encode(errors="surrogatepass"), content_type="application/json"), 400, 401, 404)
        count += 1
    assert count > 20
    assert rows() == world.rows


def _bodies(fields: dict[str, str], values: dict[str, Any]) -> Iterator[str]:
    good = {name: json.dumps(values.get(name, "")) for name in fields}
    for name, kind in fields.items():
        optional = kind.endswith("?")
        if not optional:
            yield _written({key: value for key, value in good.items() if key != name})
        kind = "choice" if kind == "token" else kind.rstrip("?")
        for text in wrong(kind, optional and name != "words" and name != "text"):
            yield _written({**good, name: text})
    for name in STRANGE_NAMES:
        if name not in fields:
            yield _written({**good, name: "1"})


def _written(body: dict[str, str]) -> str:
    return "{" + ",".join(f'"{name}":{value}' for name, value in body.items()) + "}"


@pytest.mark.parametrize(("method", "path"), [*BODIES, *[("post", path) for path in UPLOADS]])
def test_another_content_type_is_refused_with_415(method: str, path: str, world: World) -> None:
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
    assert rows() == world.rows


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


@pytest.mark.parametrize("path", PARAMETERS)
def test_malformed_parameters_are_refused(path: str, world: World) -> None:
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


@pytest.mark.parametrize(("method", "path"), [*BODIES, *[("get", path) for path in PARAMETERS if "{" in path]])
def test_ids_that_no_row_has_are_not_there(method: str, path: str, world: World) -> None:
    say = getattr(world.client(path), method)
    body = {name: world.good[name] for name in BODIES.get((method, path), {}) if name in world.good}
    more = {"format": "json"} if method != "get" else {}
    for name in world.foreign:
        if "{" + name + "}" in path:
            for pk in (0, 999_999, 2**63 - 1, *BIG, world.foreign[name]):
                refused(say(world.address(path, **{name: pk}), body if more else {}, **more), 404)
            for text in ("-1", "x", "1.5", "%00", "1%2F..", "%F0%9F", "9" * 5000, "self"):
                refused(say(world.address(path, **{name: text}), body if more else {}, **more), 404)
    assert rows() == world.rows


def test_every_address_of_the_api_is_in_the_tables_above() -> None:
    listed = {path for _method, path in BODIES} | {*PARAMETERS, *UPLOADS}
    names = {"<int:shop_id>": "{shop}", "<int:session_id>": "{session}", "<int:buyer_id>": "{buyer}"}
    names |= {"<int:question_id>": "{question}", "<int:category_id>": "{category}"}
    names |= {
        "<int:account_id>": "{account}",
        "<int:reply_id>": "{reply}",
        "<int:answer_id>": "{answer}",
        "<int:buyers_order_id>": "{buyers_order}",
    }
    found = set()
    for entry in [*chat_urls.urlpatterns, *get_resolver("analytics.urls").url_patterns]:
        route = str(entry.pattern)
        for angle, brace in names.items():
            route = route.replace(angle, brace)
        if route.startswith("api/v1/"):
            found.add(route.removeprefix("api/v1/"))
    assert found == listed


@pytest.mark.parametrize(
    "path", ["buyer/events", "me", "shops/{shop}/sessions", "shops/{shop}/sessions/{session}/take"]
)
def test_other_methods_and_answers_are_refused_in_json(path: str, world: World) -> None:
    client, address = world.client(path), world.address(path)
    for method in ("delete", "put"):
        refused(getattr(client, method)(address), 405)
    refused(client.get(address, headers={"accept": "text/html"}), 405, 406)
    assert client.options(address).status_code in (200, 405)


@pytest.mark.parametrize(
    "path", ["", "nothing", "me/", "shops/", "shops/1", "sessions", "../v1", "buyer", "%00", "schema"]
)
def test_an_unknown_address_of_the_api_is_a_404_in_json(path: str, world: World) -> None:
    for method in ("get", "post", "put", "delete", "patch"):
        refused(getattr(world.desk, method)(V1 + path), 404)
    refused(APIClient(enforce_csrf_checks=True).post(V1 + path), 404)
    refused(world.desk.get("/api/v2/me"), 404)


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
        if not path.startswith("buyer/"):
            refused(getattr(client, method)(world.address(path), {}, format="json"), 403)


@pytest.mark.rule("D1")
@pytest.mark.parametrize(
    "claims",
    [
        *each("exp", "soon", "9999999999", 10**400, None, [], 1.5),
        *each("iat", "x", None, 0, [], 9999999999),
        *each("sub", "", None, "x" * 65, "a\0b", "a\nb", ["x"]),
        *each("name", 7, ["x"]),
        *each("aud", "0", None, [], 7),
        {"nbf": 9999999999},
    ],
)
def test_an_identity_with_strange_claims_is_nobody(claims: dict[str, Any], world: World) -> None:
    shop = Shop.objects.get(pk=world.ids["shop"])
    good = jwt.decode(str(world.good["identity"]), options={"verify_signature": False})
    signed = jwt.encode({**good, **claims}, shop.identity_secret, algorithm="HS256")
    body = {"shop": shop.pk, "identity": signed, "entry": world.good["entry"]}
    refused(APIClient().post(V1 + "buyer/entry", body, format="json"), 401)
    assert rows() == world.rows
