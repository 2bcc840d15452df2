"""Who comes through the gate of the open platform: signature, clock, token, scope and shop, each with its number."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from chat import auditing
from lib import sealing
from lib.pace import Pace
from openplatform import gate, grants, signing
from openplatform.faults import Fault
from openplatform.models import App, AuthCode, Grant, Token
from shops.errors import Refused
from shops.models import AuditEntry
from tests import base
from tests.openplatform.programs import Program

SHOPS = "/authorization/202309/shops"
SETTINGS = "/customer_service/202309/agents/settings"  # of one shop


@pytest.fixture
def program(db: None) -> Program:
    return Program(base.agent(base.shop(), "Owner", role="owner"))


def test_the_official_webhook_vector_is_signed_alike() -> None:
    body = (
        b'{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,'
        b'"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID",'
        b'"update_time":1718305585}}'
    )
    right = "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05"
    assert signing.sign_webhook("123", "abcdef", body) == right


@pytest.mark.parametrize(
    ("query", "kind", "body", "right"),
    [
        ([("timestamp", "1"), ("app_key", "k")], "", b"", "a0c66292e0893bc4"),
        ([("app_key", "k"), ("timestamp", "1"), ("sign", "x"), ("access_token", "y")], "", b"", "a0c66292e0893bc4"),
        ([("app_key", "k"), ("timestamp", "1")], "Multipart/Form-Data; boundary=+++", b"file", "a0c66292e0893bc4"),
        ([("app_key", "k"), ("timestamp", "1")], "application/json", '{"a":"é\\/"}'.encode(), "08966d92e4a1f427"),
    ],
)
def test_golden_vectors_of_calls(query: Any, kind: str, body: bytes, right: str) -> None:
    """Worked out apart with openssl: the order does not matter, files are not signed, the body is, byte by byte."""
    assert signing.sign("s", "/p", query, kind, body).startswith(right)


def test_a_signed_call_learns_its_shops_and_their_ciphers(program: Program) -> None:
    [shop] = program.says("GET", SHOPS)["shops"]
    assert (shop["id"], shop["name"], shop["cipher"]) == (str(program.grant.shop_id), "Harbour", program.grant.cipher)
    assert shop["region"] == "CN"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"sign": "0" * 64}, 106001),
        ({"sign": "é"}, 106001),
        ({"timestamp": "1600000000"}, 36009004),
        ({"timestamp": "soon"}, 36009004),
        ({"timestamp": None}, 36009004),
        ({"app_key": "nobody"}, 36009004),
        ({"app_key": None}, 36009004),
        ({"token": "acc_of_nobody"}, 36009004),
        ({"token": ""}, 36009004),
        ({"shop_cipher": "x"}, 36009004),
    ],
)
def test_what_is_missing_wrong_or_stale_gets_the_documented_number(
    more: dict[str, Any], code: int, program: Program
) -> None:
    assert program.refused("GET", SHOPS, **more) == code


def test_a_call_without_a_signature_is_refused(program: Program) -> None:
    query = program.query(SHOPS)
    del query["sign"]
    assert program.client.get(SHOPS, query).json()["code"] == 36009004


@pytest.mark.parametrize(("late", "passes"), [(-290, True), (-310, False), (25, True), (60, False)])
def test_clocks_may_differ_by_five_minutes_behind_and_half_a_minute_ahead(
    late: int, passes: bool, program: Program
) -> None:
    answer = program.call("GET", SHOPS, timestamp=str(int(time.time()) + late)).json()
    assert (answer["code"] == 0) is passes


def test_a_signature_of_another_program_or_over_other_bytes_is_refused(program: Program) -> None:
    other = Program(program.grant.speaker, "Other")
    program.secret = other.secret
    assert program.refused("GET", SHOPS) == 106001


def test_an_expired_token_and_a_refresh_token_are_told_apart(program: Program) -> None:
    assert program.refused("GET", SHOPS, token=program.tokens.refresh) == 105001
    Token.objects.update(access_until=timezone.now())
    assert program.refused("GET", SHOPS) == 105002


def test_a_token_of_another_program_is_nobodys(program: Program) -> None:
    other = Program(program.grant.speaker, "Other")
    for token in (other.tokens.access, other.tokens.refresh):
        assert program.refused("GET", SHOPS, token=token) == 36009004
    assert program.says("GET", SHOPS)


def test_a_missing_token_is_told_from_a_wrong_one(program: Program) -> None:
    said = [program.call("GET", SHOPS, token=token).json()["message"] for token in ("", "acc_of_nobody")]
    assert said == ["access_token is missing: send it as x-tts-access-token", "Invalid access_token"]


@pytest.mark.rule("A6")
def test_a_cipher_opens_one_shop_to_one_program_with_the_sellers_token(program: Program) -> None:
    assert program.refused("GET", SETTINGS, shop_cipher=None) == 106013
    assert program.refused("GET", SETTINGS, shop_cipher="nobodys") == 106011
    other = Program(program.grant.speaker, "Other")
    assert program.refused("GET", SETTINGS, shop_cipher=other.grant.cipher) == 106011
    first, here = program.grant.cipher, program.tokens.access
    program.enter(base.agent(base.shop("Meadow"), "Stranger", role="owner"))
    assert program.refused("GET", SETTINGS, shop_cipher=first) == 106011
    assert program.says("GET", SETTINGS)
    assert program.says("GET", SETTINGS, shop_cipher=first, token=here)


def test_a_program_that_calls_too_often_waits_and_no_other_does(
    program: Program, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Program(program.grant.speaker, "Other")
    settings.PACE = True
    monkeypatch.setattr(gate, "CALLS", Pace(2, 60))
    assert [program.call("GET", SHOPS).status_code for _ in range(3)] == [200, 200, 429]
    assert program.refused("GET", SHOPS) == 36009002
    assert other.says("GET", SHOPS)


def test_a_program_without_the_scope_is_refused(program: Program) -> None:
    App.objects.update(scopes=[])
    assert program.refused("GET", SHOPS) == 105005


def test_a_program_that_was_switched_off_is_nobody(program: Program) -> None:
    App.objects.update(is_active=False)
    assert program.refused("GET", SHOPS) == 36009004


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/authorization/202309/nothing", 36009009),
        ("GET", "/customer_service/", 36009009),
        ("POST", SHOPS, 36009010),
        ("GET", "/authorization/199901/shops", 36009014),
        ("GET", "/api/v2/token/nothing", 36009009),
    ],
)
def test_addresses_that_there_are_not_get_their_numbers(method: str, path: str, code: int, program: Program) -> None:
    assert program.refused(method, path) == code


def test_a_code_is_exchanged_once_and_a_refresh_token_too(program: Program, client: Any) -> None:
    app, code = program.app.key, grants.authorise(program.grant.speaker, program.app.key, program.grant.speaker).code
    asked = {"app_key": app, "app_secret": program.secret, "auth_code": code, "grant_type": "authorized_code"}
    first = client.get("/api/v2/token/get", asked).json()["data"]
    assert first["access_token_expire_in"] > time.time() + 3600
    assert (first["user_type"], first["seller_name"]) == (0, "Harbour Ltd")
    assert client.get("/api/v2/token/get", asked).json()["code"] == 36009004
    again = {"app_key": app, "app_secret": program.secret, "grant_type": "refresh_token"}
    second = client.get("/api/v2/token/refresh", again | {"refresh_token": first["refresh_token"]}).json()["data"]
    assert second["access_token"] != first["access_token"]
    for token in (first, second):
        assert program.says("GET", SHOPS, token=token["access_token"])
    assert client.get("/api/v2/token/refresh", again | {"refresh_token": first["refresh_token"]}).json()["code"]


def test_a_code_of_another_program_an_old_one_and_a_wrong_secret_are_refused(program: Program) -> None:
    other, by = Program(program.grant.speaker, "Other"), program.grant.speaker
    code = grants.authorise(by, program.app.key, by).code
    for key, secret in ((other.app.key, other.secret), (program.app.key, "wrong"), ("", "")):
        with pytest.raises(Fault):
            grants.exchange(key, secret, code)
    with pytest.raises(Fault):
        grants.exchange(program.app.key, program.secret, code, timezone.now() + timedelta(minutes=31))
    assert grants.exchange(program.app.key, program.secret, code)


def test_secrets_are_in_the_database_under_no_name(program: Program) -> None:
    kept = "".join(str(row) for model in (App, AuthCode, Token, Grant) for row in model.objects.values())
    for secret in (program.secret, program.code, program.tokens.access, program.tokens.refresh):
        assert secret not in kept
    assert App.objects.get().secret == program.secret
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(App.objects.get().sealed, "another key", "app secret")


def test_a_revoked_shop_is_shut_at_once_and_the_audit_log_says_who_did_it(program: Program) -> None:
    grants.revoke(program.grant, program.grant.speaker)
    assert program.refused("GET", SHOPS) == 36009004
    said = AuditEntry.objects.filter(kind="key.changed", shop=program.grant.shop_id).order_by("pk")
    assert [row.data["after"]["authorised"] for row in said] == [True, False]
    assert {row.data["what"] for row in said} == {f"{program.app.name} ({program.app.key})"}
    with translation.override("zh-hans"):
        assert [auditing.field(name) for name in ("authorised", "as")] == ["已授权", "发言身份"]


def test_an_app_speaks_in_the_name_of_an_agent_only(program: Program) -> None:
    staff = base.agent(program.grant.shop, "Staff", role="staff", im=False, online=False)
    for key, speaker, code in ((program.app.key, staff, "not_agent"), ("nobody", program.grant.speaker, "no_app")):
        with pytest.raises(Refused) as refusal:
            grants.authorise(program.grant.speaker, key, speaker)
        assert refusal.value.code == code


def test_what_has_run_out_is_swept_away(program: Program) -> None:
    grants.authorise(program.grant.speaker, program.app.key, program.grant.speaker)
    assert grants.sweep(timezone.now() + timedelta(hours=1)) == 1
    assert grants.sweep(timezone.now() + timedelta(days=366)) == 1
    assert not Token.objects.exists()
