"""Every kind of program that calls, and the signature that each puts on what is sent, over the very bytes."""

import io
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.utils import timezone

from openplatform import grants
from openplatform.models import App, Token
from shops.models import Member, Shop
from tests import base
from tests.openplatform.programs import Program

COMMON = ("app_key", "timestamp", "sign", "shop_cipher", "access_token")


@dataclass
class Caller:
    """A program as it calls in a shop: `code` is all it hears there, 0 where it is let in; None: it signs nothing."""

    program: Program | None
    code: int = 0
    token: str | None = None  # another than its own
    changed: dict[str, str | None] = field(default_factory=dict)  # parameters; None leaves one out
    late: int = 0  # seconds that its clock is behind

    def signed(self, environ: dict[str, Any], raw: bytes) -> dict[str, Any]:
        """Return a call with this program's parameters, signature and token."""
        if self.program is None:
            return environ
        asked = dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True, errors="replace"))
        said = {name: value for name, value in asked.items() if name not in COMMON}
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
        is_form = environ.get("CONTENT_TYPE", "").lower().startswith("multipart/form-data")
        said["timestamp"] = str(int(time.time()) - self.late)
        query = self.program.query(path, b"" if is_form else raw, **{**said, **self.changed})
        token = self.program.tokens.access if self.token is None else self.token
        return {**environ, "QUERY_STRING": urlencode(query), "HTTP_X_TTS_ACCESS_TOKEN": token}


class Signing:
    """WSGI: what is called is signed on its way in, by the caller of the moment."""

    def __init__(self, app: Any) -> None:
        self.app, self.caller = app, Caller(None)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(raw)
        return self.app(self.caller.signed(environ, raw), start_response)


def everybody(right: Program) -> dict[str, Caller]:
    """Return who calls in the shop that has let this program in, in its owner's name."""
    owner, cipher = right.grant.speaker, right.grant.cipher
    shop = owner.shop
    mute = base.agent(shop, "Desk-less", online=False)
    found = {
        "owner's": Caller(right),
        "agent's": Caller(Program(base.agent(shop, "Ann", accepting=False), "Ann's")),
        "of a speaker without IM": Caller(Program(mute, "Mute")),
        "of the seller's other shop": Caller(_elsewhere(shop), 106011, changed={"shop_cipher": cipher}),
        "of another seller": Caller(_stranger(), 106011, changed={"shop_cipher": cipher}),
        "without a cipher": Caller(right, 106013, changed={"shop_cipher": None}),
        "without the scope": Caller(Program(owner, "No scope", []), 105005),
        "with a refresh token": Caller(right, 105001, token=right.tokens.refresh),
        "with an expired token": Caller(_expired(owner), 105002),
        "with another's token": Caller(right, 36009004, token=Program(owner, "Second").tokens.access),
        "without a token": Caller(right, 36009004, token=""),
        "shut out": Caller(_shut_out(owner), 36009004),
        "switched off": Caller(_switched_off(owner), 36009004),
        "with a wrong signature": Caller(right, 106001, changed={"sign": "0" * 64}),
        "with an old secret": Caller(_renewed(owner), 106001),
        "late": Caller(right, 36009004, late=310),
        "early": Caller(right, 36009004, late=-60),
        "unsigned": Caller(None, 36009004),
    }
    Member.objects.filter(pk=mute.pk).update(im_permission=False)
    return found


def _elsewhere(shop: Shop) -> Program:
    found = base.shop("Quay")
    Shop.objects.filter(pk=found.pk).update(seller=shop.seller)
    found.refresh_from_db()
    return Program(base.agent(found, "Owner of both", role="owner"), "Elsewhere")


def _stranger() -> Program:
    return Program(base.agent(base.shop("Meadow"), "Stranger", role="owner"), "Stranger's")


def _expired(owner: Member) -> Program:
    made = Program(owner, "Expired")
    Token.objects.filter(pk=made.tokens.token.pk).update(access_until=timezone.now() - timedelta(seconds=1))
    return made


def _shut_out(owner: Member) -> Program:
    made = Program(owner, "Shut out")
    grants.revoke(made.grant, owner)
    return made


def _switched_off(owner: Member) -> Program:
    made = Program(owner, "Off")
    App.objects.filter(pk=made.app.pk).update(is_active=False)
    return made


def _renewed(owner: Member) -> Program:
    made = Program(owner, "Renewed")
    grants.renew_secret(made.app, owner.user)
    return made
