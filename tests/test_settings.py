"""What production runs with: the settings pass Django's own check, and every answer carries its headers."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from chat import desk_api
from tests import base
from tests.source import ROOT

SAFE = {"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
SAFE |= {"Cross-Origin-Opener-Policy": "same-origin"}
OWN = (
    "SECRET_KEY",
    "DATA_DIR",
    "HTTPS",
    "DEMO",
    "SECOND_FACTOR",
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "PUBLIC_URL",
    "REDIS_URL",
    "DJANGO_SETTINGS_MODULE",
)


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with this environment and nothing else that the product reads."""
    kept = {name: value for name, value in os.environ.items() if name not in OWN}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=kept | environment, capture_output=True, text=True)


def test_production_settings_pass_the_deployment_check(tmp_path: Any) -> None:
    key = "".join(chr(33 + (n * 7) % 90) for n in range(64))
    done = manage(
        "check", "--deploy", "--fail-level", "WARNING",
        SECRET_KEY=key, HTTPS="1", ALLOWED_HOSTS="desk.example", DATA_DIR=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(("name", "value", "known"), [("DEMO", "1", "W001"), ("SECOND_FACTOR", "0", "W002")])
def test_the_deployment_check_warns_of_open_doors(name: str, value: str, known: str, tmp_path: Any) -> None:
    key = "".join(chr(33 + (n * 7) % 90) for n in range(64))
    kept = {"SECRET_KEY": key, "HTTPS": "1", "ALLOWED_HOSTS": "desk.example", "DATA_DIR": str(tmp_path)}
    done = manage("check", "--deploy", "--fail-level", "WARNING", **{**kept, name: value})
    assert done.returncode == 1
    assert f"sellercenter.{known}" in done.stderr


def test_https_is_on_unless_it_is_turned_off(tmp_path: Any) -> None:
    names = ["HTTPS", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "DEMO", "DEBUG"]
    words = f"from django.conf import settings; print(*[getattr(settings, name) for name in {names}])"
    done = manage("shell", "-v", "0", "-c", words, SECRET_KEY="k" * 50, DATA_DIR=str(tmp_path))
    assert done.stdout.split() == ["True", "True", "True", "False", "False"], done.stderr


@pytest.mark.parametrize(("environment", "words"), [
    ({}, "Set SECRET_KEY; it has no default."),
    ({"SECRET_KEY": ""}, "Set SECRET_KEY; it has no default."),
    ({"SECRET_KEY": "k" * 49}, "SECRET_KEY needs at least 50 characters."),
])  # fmt: skip
def test_without_a_real_secret_key_nothing_starts(environment: dict[str, str], words: str, tmp_path: Any) -> None:
    for module in (["manage.py", "check"], ["-m", "sellercenter", "1"]):
        kept = {name: value for name, value in os.environ.items() if name not in OWN} | {"DATA_DIR": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, *module], cwd=ROOT, env=kept | environment, capture_output=True, text=True
        )
        assert done.returncode != 0
        assert words in done.stderr


def test_an_empty_address_of_a_database_is_none(tmp_path: Any) -> None:
    done = manage("check", SECRET_KEY="k" * 50, DATA_DIR=str(tmp_path), DATABASE_URL="")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("hosts", "public", "words"), [
    ("*", "", "Set PUBLIC_URL"),
    ("desk.example,.example", "", "Set PUBLIC_URL"),
    ("desk.example", "desk.example", "PUBLIC_URL is a whole address"),
    ("*", "https://desk.example", ""),
    ("desk.example", "", ""),
])  # fmt: skip
def test_letters_can_not_be_made_to_name_another_host(hosts: str, public: str, words: str, tmp_path: Any) -> None:
    own = {"SECRET_KEY": "k" * 50, "DATA_DIR": str(tmp_path), "ALLOWED_HOSTS": hosts, "PUBLIC_URL": public}
    done = manage("check", **own)
    assert (done.returncode == 0, words in done.stderr) == (not words, True)


def is_safe(answer: Any) -> None:
    """Every answer carries the headers; nothing inline may run."""
    for name, value in SAFE.items():
        assert answer.headers[name] == value
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/login/", 200),
        ("/nothing", 404),
        ("/c/999999/", 404),
        ("/api/v1/docs/", 200),
        ("/api/v1/schema/", 200),
        ("/openplatform/docs/", 200),
        ("/openplatform/schema/", 200),
    ],
)
def test_pages_and_errors_carry_the_security_headers(path: str, status: int) -> None:
    answer = Client().get(path)
    assert answer.status_code == status
    is_safe(answer)


@pytest.mark.django_db
def test_every_page_of_a_member_carries_them() -> None:
    member = base.agent(base.shop(), "Lin", role="owner")
    client = base.web(member)
    shop = member.shop_id
    for path in (
        "/",
        f"/desk/{shop}/",
        f"/c/{shop}/",
        f"/shops/{shop}/settings/",
        f"/shops/{shop}/bot/",
        f"/shops/{shop}/analytics/",
    ):
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, path
        is_safe(answer)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"), [("me", 401), ("shops/1/sessions", 401), ("buyer/events", 401), ("nothing", 404)]
)
def test_the_api_carries_them_too(path: str, status: int) -> None:
    answer = APIClient().get(f"/api/v1/{path}")
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (status, "application/json")
    is_safe(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [403, 400])
def test_refused_forms_and_hosts_carry_them(status: int) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/login/", {}) if status == 403 else client.get("/login/", headers={"host": "evil.example"})
    assert answer.status_code == status
    is_safe(answer)


@pytest.mark.django_db
def test_an_error_nobody_foresaw_is_told_without_a_detail(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    member = base.agent(base.shop(), "Lin")

    def broken(*_arguments: Any) -> None:
        raise ZeroDivisionError("secret words")

    monkeypatch.setattr(desk_api, "my_shop", broken)
    answer = base.desk(member).get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.content.decode()
    assert "ZeroDivision" not in answer.content.decode()
    assert "secret words" in caplog.text
    is_safe(answer)


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "kind"), [("/api/v1/me", "application/json"), ("/login/", "text/html")])
def test_an_error_outside_the_views_is_told_in_the_words_of_the_place(path: str, kind: str, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.test_settings.broken"]
    answer = Client(raise_request_exception=False).get(path)
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (500, kind)
    assert "secret" not in answer.content.decode()
    is_safe(answer)


def broken(get_response: Any) -> Any:
    """A middleware that always fails."""

    def middleware(request: Any) -> Any:
        raise ZeroDivisionError("secret words")

    return middleware
