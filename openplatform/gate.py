"""The gate of every signed call: who it is, whether it is fresh and unforged, for which shop, how often."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from lib.pace import Pace
from openplatform import envelope, faults, signing
from openplatform.asked import Asked
from openplatform.models import App, Grant, Scope, Token
from shops.models import Member, Shop

VERSIONS = (202309, 202312, 202407, 202512, 202601, 202602, 202605, 202606)
OLDEST, NEWEST = 300, 30  # seconds that a clock may be behind and before ours
CALLS = Pace(100, 1)  # of one program
_LANGUAGES = {"zh": "zh-hans"}  # what else a client may ask for is answered in English


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that has come through the gate, with the seller that its token is for."""

    app: App
    token: Token


@dataclass(frozen=True, slots=True)
class ShopCaller(Caller):
    """The same, for one shop that has let it in; it writes in the speaker's name."""

    grant: Grant

    @property
    def shop(self) -> Shop:
        return self.grant.shop

    @property
    def speaker(self) -> Member:
        self.grant.speaker.shop = self.grant.shop
        return self.grant.speaker


Operation = Callable[..., Any]


def of_shop(scope: str = Scope.SERVICE, **operations: Operation) -> "Address":
    """Return the view of an address that names a shop by its cipher: an operation for each method."""
    return Address(operations, _shop, "shop", scope)


def of_seller(scope: str, **operations: Operation) -> "Address":
    """Return the view of an address that is asked without a shop."""
    return Address(operations, _seller, "seller", scope)


def unsigned(**operations: Operation) -> "Address":
    """Return the view of an address that proves itself by other means; its operations get None for the caller."""
    return Address(operations, lambda asked, scope: None)


@dataclass(frozen=True, slots=True, eq=False)  # Django looks views up by themselves
class Address:
    """The view of one address; `of` says what a call is asked for: a "shop" or a "seller", signed, or nothing."""

    operations: dict[str, Operation]
    admit: Callable[[Asked, str], Caller | None]
    of: str = ""
    scope: str = ""
    csrf_exempt: ClassVar[bool] = True  # no cookie means anything here

    def __call__(self, request: HttpRequest, version: int = VERSIONS[0], **ids: Any) -> HttpResponse:
        try:
            operation = self.operations.get(str(request.method))
            if operation is None:
                raise faults.no_method()
            if version not in VERSIONS:
                raise faults.no_version()
            asked = Asked(request)
            caller = self.admit(asked, self.scope)
            with translation.override(_LANGUAGES.get(asked.text("locale")[:2].lower(), "en")):
                try:
                    return envelope.success(operation(caller, asked, **ids))
                except Exception as error:
                    return envelope.refusal(faults.told(error))
        except Exception as error:
            return envelope.refusal(faults.told(error))


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Answer an address that there is not."""
    return envelope.refusal(faults.no_path())


def _shop(asked: Asked, scope: str) -> ShopCaller:
    caller, cipher = _caller(asked, scope), asked.text("shop_cipher")
    if not cipher:
        raise faults.no_cipher()
    rows = Grant.objects.select_related("shop", "speaker__user").filter(app=caller.app, cipher=cipher[:64])
    grant = rows.filter(shop__seller=caller.token.seller_id).first()
    if grant is None:
        raise faults.wrong_cipher()
    return ShopCaller(caller.app, caller.token, grant)


def _seller(asked: Asked, scope: str) -> Caller:
    caller = _caller(asked, scope)
    if asked.given("shop_cipher"):
        raise faults.bad("shop_cipher is not required here")
    return caller


def _caller(asked: Asked, scope: str) -> Caller:
    app = _signed(asked)
    token = _token(asked, app)
    if scope not in app.scopes:
        raise faults.no_scope(scope)
    if settings.PACE and CALLS.take(app.pk):
        raise faults.too_fast()
    return Caller(app, token)


def _signed(asked: Asked) -> App:
    """Return whose signature it is; a forged call learns nothing but that."""
    for name in ("app_key", "timestamp", "sign"):
        if not asked.text(name):
            raise faults.bad(f"{name} is missing")
    app = App.objects.filter(key=asked.text("app_key")[:32], is_active=True).first()
    if app is None:
        raise faults.bad("Invalid app_key")
    said = asked.text("timestamp")
    age = time.time() - int(said[:12]) if said.isascii() and said.isdigit() else OLDEST + 1
    if not -NEWEST <= age <= OLDEST:
        raise faults.bad("Invalid timestamp: it is missing, too old or in the future")
    right = signing.sign(app.secret, asked.request.path, asked.pairs, asked.content_type, asked.raw)
    if not signing.same(asked.text("sign"), right):
        raise faults.bad_signature()
    return app


def _token(asked: Asked, app: App) -> Token:
    said = asked.request.headers.get("x-tts-access-token", "") or asked.text("access_token")
    if not said:
        raise faults.bad("access_token is missing: send it as x-tts-access-token")
    known = signing.hashed(said)
    token = Token.objects.filter(access=known, app=app).first()
    if token is None:
        if Token.objects.filter(refresh=known, app=app).exists():
            raise faults.wrong_token_type()
        raise faults.bad("Invalid access_token")
    if not token.is_fresh(timezone.now()):
        raise faults.expired_token()
    return token
