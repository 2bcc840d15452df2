"""An app changes its person's password and second factor as the pages do: others are out, it stays (S-12, H1)."""

from typing import Any

import pytest
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from shops import devices
from shops.audit_entry import AuditEntry
from shops.models import Device, Feedback, Member
from tests import base

pytestmark = pytest.mark.django_db
OLD, NEW = "not-a-secret-9", "a-very-long-word-7"
AUTH = "/api/v1/auth/"


@pytest.fixture
def lin() -> Member:
    return base.agent(base.shop(), "Lin", online=False)


def app_of(member: Member) -> Any:
    return base.app(devices.issue(member.user, "Phone", "", "").access)


def says(client: Any, what: str, **body: str) -> Any:
    return client.post(AUTH + what, body, format="json", headers={"accept-language": "en"})


def code(member: Member) -> str:
    return f"{totp(TOTPDevice.objects.get(user=member.user).bin_key):06d}"


@pytest.mark.rule("H1")
def test_a_new_password_leaves_this_app_signed_in_and_no_other(lin: Member) -> None:
    phone, tablet, page = app_of(lin), app_of(lin), base.web(lin)
    assert says(phone, "password", old="wrong", new=NEW).json()["fields"].keys() == {"old"}
    assert says(phone, "password", old=OLD, new="short").json()["fields"].keys() == {"new"}
    assert says(phone, "password", old=OLD, new=NEW).status_code == 204
    assert phone.get("/api/v1/me").status_code == 200
    assert tablet.get("/api/v1/me").status_code == 401
    assert page.get("/").status_code == 302
    lin.user.refresh_from_db()
    assert lin.user.check_password(NEW)
    assert AuditEntry.objects.filter(kind="password.changed", actor=lin.user).count() == 1


@pytest.mark.rule("H1")
def test_the_console_s_cookie_survives_its_own_new_password(lin: Member) -> None:
    desk, other = base.desk(lin), app_of(lin)
    assert says(desk, "password", old=OLD, new=NEW).status_code == 204
    assert desk.get("/api/v1/me").status_code == 200
    assert other.get("/api/v1/me").status_code == 401


@pytest.mark.rule("H1")
def test_a_second_factor_is_turned_on_renewed_and_turned_off(lin: Member) -> None:
    phone, _tablet = app_of(lin), app_of(lin)
    assert phone.get(AUTH + "second-factor").json() == {"on": False, "demanded": False, "codes_left": 0}
    assert says(phone, "second-factor/secret", password="wrong").status_code == 400
    made = says(phone, "second-factor/secret", password=OLD)
    assert made.headers["cache-control"] == "no-store"
    assert made.json()["secret"] in made.json()["link"]
    assert says(phone, "second-factor", password="wrong", code=code(lin)).status_code == 400
    codes = says(phone, "second-factor", password=OLD, code=code(lin)).json()["codes"]
    assert len(codes) == 10
    assert Device.objects.filter(user=lin.user).count() == 1, "the tablet is out"
    assert says(phone, "second-factor/secret", password=OLD).json()["code"] == "second_factor_on"
    assert says(phone, "second-factor/off", code="wrong-code").json()["code"] == "wrong_code"
    assert says(phone, "second-factor/off", code=codes[0]).status_code == 429, "one waits after a wrong one"


@pytest.mark.rule("H1")
def test_recovery_codes_are_good_for_once_and_new_ones_replace_them(lin: Member) -> None:
    phone = app_of(lin)
    says(phone, "second-factor/secret", password=OLD)
    codes = says(phone, "second-factor", password=OLD, code=code(lin)).json()["codes"]
    renewed = says(phone, "second-factor/codes", code=codes[0]).json()["codes"]
    assert phone.get(AUTH + "second-factor").json() == {"on": True, "demanded": False, "codes_left": 10}
    assert says(phone, "second-factor/off", code=renewed[0]).status_code == 204
    assert not phone.get(AUTH + "second-factor").json()["on"]


@pytest.mark.rule("C14", "A6")
def test_feedback_reaches_the_makers_from_an_app_too(lin: Member) -> None:
    other = base.shop("Other")
    phone = app_of(lin)
    assert phone.post(f"/api/v1/shops/{lin.shop_id}/feedback", {"text": "Good."}, format="json").status_code == 204
    assert phone.post(f"/api/v1/shops/{other.pk}/feedback", {"text": "Good."}, format="json").status_code == 404
    assert list(Feedback.objects.values_list("member", "text")) == [(lin.pk, "Good.")]
