"""Apps: signed in with tokens that live shortly, are good for once and end when they should (S-12, docs/wire.md)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.test import APIClient

from chat import beats
from chat.actions import accounts, sessions
from chat.sockets import db
from shops import actions, devices, second_factor
from shops.audit_entry import AuditEntry
from shops.models import Device, Member
from tests import base
from tests.chat import lines

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "not-a-secret-9"
AUTH = "/api/v1/auth/"


@pytest.fixture
def lin() -> Member:
    return base.agent(base.shop(), "Lin", online=False)


def asks(what: str, body: dict[str, Any], token: str = "") -> Any:
    headers = {"accept-language": "en", **({"authorization": f"Bearer {token}"} if token else {})}
    return Client(enforce_csrf_checks=True).post(AUTH + what, body, content_type="application/json", headers=headers)


def signs_in(member: Member, **more: Any) -> Any:
    body = {"username": member.user.username, "password": PASSWORD, "device": "Lin's phone", **more}
    return asks("token", body)


def tokens(member: Member) -> dict[str, Any]:
    answer = signs_in(member)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def me(token: str) -> int:
    return int(app(token).get("/api/v1/me").status_code)


def app(token: str) -> APIClient:
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def again(refresh: str) -> Any:
    return asks("refresh", {"refresh": refresh})


def later(**span: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(**span), tick=False)


def lines_of(member: Member) -> list[str]:
    return list(AuditEntry.objects.filter(shop=member.shop).order_by("pk").values_list("kind", flat=True))


@pytest.mark.rule("A1")
def test_an_app_reads_and_writes_as_its_member_without_a_csrf_token(lin: Member) -> None:
    given = tokens(lin)
    assert given["expires_in"] <= 600
    phone, session = app(given["access"]), base.writes(base.buyer(lin.shop))
    address = f"/api/v1/shops/{lin.shop_id}/sessions/{session.pk}"
    assert phone.post(f"{address}/take").status_code == 200
    sent = phone.post(f"{address}/messages", base.body("Hello from the phone"), format="json")
    assert (sent.status_code, sent.json()["event"]["message"]["sender"]["name"]) == (201, "Lin")
    assert phone.get(f"/api/v1/shops/{base.shop('Other').pk}/sessions").status_code == 404
    assert lines_of(lin)[0] == AuditEntry.Kind.SIGNED_IN


def test_the_cookie_still_needs_its_csrf_token_and_a_bad_token_is_not_saved_by_a_cookie(lin: Member) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(lin.user)
    address = f"/api/v1/shops/{lin.shop_id}/presence"
    assert browser.patch(address, {"capacity": 3}, content_type="application/json").status_code == 403
    assert browser.get("/api/v1/me").status_code == 200
    assert browser.get("/api/v1/me", headers={"authorization": "Bearer x"}).status_code == 401


def test_a_token_opens_no_page(lin: Member) -> None:
    page = Client().get(f"/desk/{lin.shop_id}/", headers={"authorization": f"Bearer {tokens(lin)['access']}"})
    assert page.headers["Location"].startswith("/login/")


def test_the_database_keeps_nothing_that_opens_the_door(lin: Member) -> None:
    given = tokens(lin)
    row = str(Device.objects.values().get())
    for token in (given["access"], given["refresh"]):
        payload = devices._access.unsign_object if token == given["access"] else devices._refresh.unsign_object
        assert payload(token)[1] not in row
        assert token not in row
    assert me(given["refresh"]) == 401
    assert again(given["access"]).status_code == 401


def test_an_access_token_ends_after_ten_minutes_and_a_refresh_token_after_sixty_quiet_days(lin: Member) -> None:
    given = tokens(lin)
    with later(minutes=9):
        assert me(given["access"]) == 200
    with later(minutes=11):
        assert me(given["access"]) == 401
        fresh = again(given["refresh"]).json()
        assert me(fresh["access"]) == 200
    with later(days=59):
        fresh = again(fresh["refresh"]).json()
    with later(days=100):
        fresh = again(fresh["refresh"]).json()
    with later(days=161):
        assert again(fresh["refresh"]).status_code == 401
        devices.sweep(timezone.now())
        assert not Device.objects.exists()


def test_a_refresh_token_that_comes_again_signs_the_app_out_and_the_log_says_so(lin: Member) -> None:
    given, other = tokens(lin), tokens(lin)
    first = again(given["refresh"]).json()
    lost = again(given["refresh"])
    assert (lost.status_code, lost.json()["refresh"]) == (200, first["refresh"])  # an answer that got lost
    with later(seconds=60):
        assert again(given["refresh"]).status_code == 401
        assert [me(first["access"]), again(first["refresh"]).status_code] == [401, 401]
        assert me(other["access"]) == 200
    assert lines_of(lin)[-1] == AuditEntry.Kind.TOKEN_AGAIN


def test_a_used_token_of_two_turns_ago_signs_out_at_once(lin: Member) -> None:
    given = tokens(lin)
    second = again(again(given["refresh"]).json()["refresh"]).json()
    assert again(given["refresh"]).status_code == 401
    assert again(second["refresh"]).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "x:y", "é", "\0", "a" * 1999, "\ud800"])
def test_what_is_no_token_is_refused_and_ends_nobodys(lin: Member, token: str) -> None:
    given = tokens(lin)
    assert again(token).status_code in (400, 401)
    assert again(given["refresh"][:-1] + "_").status_code == 401
    assert me(given["access"]) == 200


def test_revoking_ends_the_app_and_says_so_once(lin: Member) -> None:
    given = tokens(lin)
    assert [asks("revoke", {"refresh": given["refresh"]}).status_code for _time in range(2)] == [204, 204]
    assert asks("revoke", {"refresh": "x"}).status_code == 204
    assert (me(given["access"]), again(given["refresh"]).status_code) == (401, 401)
    assert lines_of(lin) == [AuditEntry.Kind.SIGNED_IN, AuditEntry.Kind.SIGNED_OUT]


def test_guessing_is_slowed_down_as_at_the_page_and_a_right_password_forgets_the_wrong_ones(lin: Member) -> None:
    wrong = {"password": "no"}
    assert [signs_in(lin, **wrong).status_code for _time in range(4)] == [401] * 4
    tokens(lin)
    assert [signs_in(lin, **wrong).status_code for _time in range(4)] == [401] * 4
    assert signs_in(lin, **wrong).status_code == 429
    answer = signs_in(lin)
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert int(answer.headers["Retry-After"]) > 0
    assert lines_of(lin).count(AuditEntry.Kind.SIGN_IN_FAILED) == 8


def test_the_second_factor_is_asked_for_and_must_be_set_up_where_the_role_needs_it(lin: Member, settings: Any) -> None:
    second_factor.begin(lin.user)
    device = TOTPDevice.objects.get(user=lin.user)
    second_factor.confirm(lin.user, f"{totp(device.bin_key):06d}")
    assert signs_in(lin).json()["code"] == "code_needed"
    with later(seconds=30):
        assert signs_in(lin, code="000000").json()["code"] == "wrong_code"
    with later(seconds=90):
        assert signs_in(lin, code=f"{totp(device.bin_key, t0=-90):06d}").status_code in (201, 409)
    settings.SECOND_FACTOR = True
    boss = base.agent(lin.shop, "Boss", role="owner", online=False)
    assert signs_in(boss).json()["code"] == "set_up_needed"
    assert Device.objects.filter(user=boss.user).count() == 0


@pytest.mark.rule("A1")
def test_another_password_and_a_closed_account_end_the_tokens(lin: Member) -> None:
    owner = base.agent(lin.shop, "Owner", role="owner", online=False)
    given = tokens(lin)
    accounts.change(owner, lin, "http://x", is_active=False)
    assert (me(given["access"]), again(given["refresh"]).status_code) == (401, 401)
    accounts.change(owner, lin, "http://x", is_active=True)
    given, browser = tokens(lin), Client()
    browser.force_login(lin.user)
    fresh = "another-secret-7"
    body = {"old_password": PASSWORD, "new_password1": fresh, "new_password2": fresh}
    assert browser.post("/password/", body).status_code == 302
    assert me(given["access"]) == 401


def test_who_works_in_another_shop_too_keeps_the_app_there(lin: Member) -> None:
    other = base.shop("Other")
    actions.add_member(other, lin.user, "Lin")
    owner = base.agent(lin.shop, "Owner", role="owner", online=False)
    given = tokens(lin)
    accounts.change(owner, lin, "http://x", is_active=False)
    phone = app(given["access"])
    assert phone.get(f"/api/v1/shops/{lin.shop_id}/sessions").status_code == 404
    assert phone.get(f"/api/v1/shops/{other.pk}/sessions").status_code == 200


def test_one_sees_where_one_is_signed_in_and_ends_it_there_or_everywhere_else(lin: Member) -> None:
    given, stolen, browser = tokens(lin), tokens(lin), Client()
    browser.force_login(lin.user)
    page = browser.get("/security/", headers={"accept-language": "en"}).content.decode()
    assert page.count("Lin&#x27;s phone</strong>") == 2
    phone = app(given["access"])
    places = phone.get(AUTH + "devices").json()["results"]
    assert [(one["kind"], one["is_this"]) for one in places] == [("app", True), ("browser", False), ("app", False)]
    stranger = app(tokens(base.agent(base.shop("Other"), "Far", online=False))["access"])
    assert stranger.post(AUTH + "devices/end", {"id": places[2]["id"]}, format="json").status_code == 404
    assert phone.post(AUTH + "devices/end", {"id": places[2]["id"]}, format="json").status_code == 204
    assert [me(stolen["access"]), me(given["access"])] == [401, 200]
    assert phone.post(AUTH + "devices/end-others", {}, format="json").json() == {"ended": 1}
    assert browser.get("/api/v1/me").status_code == 401
    assert me(given["access"]) == 200


def test_the_oldest_app_makes_room(lin: Member) -> None:
    first = devices.issue(lin.user, "0", "", "")
    for number in range(devices.MOST):
        devices.issue(lin.user, str(number + 1), "", "")
    assert Device.objects.filter(user=lin.user).count() == devices.MOST
    assert me(first.access) == 401


def test_reading_a_token_takes_no_more_queries_than_reading_a_cookie(
    lin: Member, django_assert_num_queries: Any
) -> None:
    given = tokens(lin)
    with django_assert_num_queries(2):
        devices.read(given["access"])


def console(member: Member, shop_id: int = 0) -> lines.Line:
    return lines.Line(f"/ws/agent/{shop_id or member.shop_id}/?by=token", ("host", lines.HOST))


@pytest.mark.rule("A1", "B1")
def test_an_apps_console_says_its_token_first_and_then_hears_and_sends(lin: Member) -> None:
    given, session = tokens(lin), sessions.take(base.writes(base.buyer(lin.shop)).pk, lin)
    line = console(lin)

    async def talk() -> None:
        assert await line.open()
        assert (await line.ask("resume"))["code"] == "bad_frame"
        assert (await line.ask("auth", token=given["access"]))["type"] == "ok"
        await line.say("resume")
        await line.hear("resumed")
        assert (await line.send("Hello", session=session.pk))["type"] == "ok"
        assert (await line.ask("auth", token=given["access"]))["code"] == "bad_frame"
        await line.leave()

    lines.run(talk)


@pytest.mark.rule("A1")
def test_an_apps_console_ends_with_a_wrong_token_without_the_right_and_with_the_sign_in(lin: Member) -> None:
    given, other = tokens(lin), base.shop("Other")

    async def talk() -> None:
        wrong, foreign, own = console(lin), console(lin, other.pk), console(lin)
        for line, token, code in ((wrong, given["refresh"], 4401), (foreign, given["access"], 4403)):
            assert await line.open()
            await line.say("auth", token=token)
            assert await line.close_code() == code
        assert await own.open()
        await own.say("auth", token=given["access"])
        await own.say("resume")
        await own.hear("resumed")
        await db(devices.revoke, given["refresh"])
        await beats.check_rights()
        assert await own.close_code() == 4401

    lines.run(talk)


def test_a_cookie_counts_for_nothing_where_a_token_is_to_come(lin: Member) -> None:
    line = lines.Line(
        f"/ws/agent/{lin.shop_id}/?by=token",
        ("host", lines.HOST),
        ("cookie", lines.cookie(lin)),
        ("origin", f"http://{lines.HOST}"),
    )

    async def talk() -> None:
        assert await line.open()
        assert (await line.ask("resume"))["code"] == "bad_frame"
        await line.leave()

    lines.run(talk)
