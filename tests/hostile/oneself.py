"""Where operations about a person's own sign-in, and about files and programs, find something to succeed on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from analytics.models import Export
from chat.models import DataRequest
from openplatform import grants
from openplatform.models import Grant
from shops import second_factor
from shops.models import Member, Shop, User
from tests import base

if TYPE_CHECKING:
    from tests.hostile.identities import Who, World

PASSWORD = "not-a-secret-9"
CSRF = "a" * 32
BODIES: dict[str, Callable[[User], dict[str, Any]]] = {
    "password_change": lambda user: {"old": PASSWORD, "new": "another-secret-9"},
    "second_factor_secret": lambda user: {"password": PASSWORD},
    "second_factor_on": lambda user: {"password": PASSWORD, "code": code(second_factor.begin(user))},
    "second_factor_codes": lambda user: {"code": turned_on(user)},
    "second_factor_off": lambda user: {"code": turned_on(user)},
}


def code(device: TOTPDevice) -> str:
    """Return what the authenticator shows now."""
    return f"{totp(device.bin_key):06d}"


def turned_on(user: User) -> str:
    """Turn the second factor on; return a recovery code."""
    return second_factor.confirm(user, code(second_factor.begin(user)))[0]


def somebody(world: World, operation: str, case: Any) -> Who:
    """Let a new agent call, with what that needs: others stay signed in as they are."""
    user = base.agent(world.shop, f"Apart {Member.objects.count()}", accepting=False, online=False).user
    case.body = BODIES[operation](user)
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    return {"headers": {"X-CSRFToken": CSRF}, "cookies": {"sessionid": cookie, "csrftoken": CSRF}}


def name(world: World, operation: str, case: Any) -> None:
    """Name a finished export, a buyer's data as a file, or a program that the shop has let in."""
    ids: dict[str, Callable[[], int]] = {
        "export_id": lambda: export(world.lin),
        "request_id": lambda: request(world.shop, world.lin),
        "grant_id": lambda: let_in(world.lin).pk,
        "order_id": lambda: world.order.pk,
    }
    for place, make in ids.items():
        if place in case.path_parameters:
            case.path_parameters[place] = make()
    if operation == "analytics_export":
        Export.objects.filter(shop=world.shop).delete()  # twenty an hour, five at a time
        case.query = {}


def export(of: Member) -> int:
    now = timezone.now()
    file = default_storage.save("exports/x.csv", ContentFile(b"x"))
    made = Export.objects.create(
        shop=of.shop, member=of, kind="sessions", form="csv", asked={"days": None}, language="en",
        state="done", file=file, size=1, created_at=now, touched_at=now,
    )  # fmt: skip
    return int(made.pk)


def request(shop: Shop, by: Member) -> int:
    now, file = timezone.now(), default_storage.save("data/x.zip", ContentFile(b"x"))
    made = DataRequest.objects.create(
        shop=shop, buyer=base.buyer(shop).buyer, who=by.nickname, kind="export",
        state="done", file=file, size=1, created_at=now, touched_at=now,
    )  # fmt: skip
    return int(made.pk)


def let_in(by: Member) -> Grant:
    app = grants.issue("Helper", [], None).app
    return grants.authorise(by, app.key, by).grant
