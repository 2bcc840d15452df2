"""What every REST call shares: JSON both ways, one shape of errors, buyers' bearer tokens."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from shops import devices
from shops.errors import Busy, Invalid, NotAllowed, NotYours, Refused, Throttled
from shops.identity import BadIdentity, BuyerToken, read
from shops.models import Device, User

T = TypeVar("T")
log = logging.getLogger(__name__)


def told_once(secret: Any, status: int = 200) -> Response:
    """Answer what is told once and no cache may keep."""
    return Response(secret, status=status, headers={"Cache-Control": "no-store"})


class Renderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, media_type: str | None = None, context: Any = None) -> bytes:
        return b"" if data is None else orjson.dumps(data)


class Parser(BaseParser):
    """JSON objects only; no NaN, no lone surrogates, no endless nesting (orjson refuses them)."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, context: Any = None) -> dict[str, Any]:
        try:
            data = orjson.loads(stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE) or b"{}")
        except orjson.JSONDecodeError as error:
            raise exceptions.ParseError(_("This is not valid JSON.")) from error
        if not isinstance(data, dict):
            raise exceptions.ParseError(_("The body must be a JSON object."))
        return data


def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object that the parser let through."""
    data: Any = request.data
    return data if isinstance(data, dict) else {}


class BuyerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`; `request.auth` is then the BuyerToken and there is no user."""

    def authenticate(self, request: Request) -> tuple[None, BuyerToken] | None:
        return taken(request, lambda token: (None, read(token)))

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class AppAuthentication(BaseAuthentication):
    """A member's app, `Authorization: Bearer <token>`: `request.auth` is then its Device. It needs no CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, Device] | None:
        return taken(request, devices.read)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def taken(request: Request, take: Callable[[str], T]) -> T | None:
    """Return what `take` makes of the bearer token of a call; None where there is none."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        return None
    try:
        return take(token)
    except BadIdentity as error:
        raise exceptions.AuthenticationFailed(error.words) from error


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """Map every refusal to its status and stable code, in one place."""
    from rest_framework.views import set_rollback  # it reads the settings that name this module

    set_rollback()
    status, body, headers = _answer(error)
    if status == 500:
        log.error("%s %s", context["request"].method, context["request"].path, exc_info=error)
    return Response(body, status=status, headers=headers)


Answer = tuple[int, dict[str, Any], dict[str, str]]


def _answer(error: Exception) -> Answer:
    for kind, found in _ANSWERS:
        if isinstance(error, kind):
            return found(error)
    return 500, {"code": "internal", "detail": _("This did not work.")}, {}


def _refused(error: Any) -> Answer:
    return getattr(error, "status", 409), {"code": error.code, "detail": error.words, **error.data}, {}


def _invalid(error: Any) -> Answer:
    return 400, {"code": "invalid", "detail": _("Some fields are not right."), "fields": error.fields}, {}


def _not_yours(error: Any) -> Answer:
    return 404, {"code": "not_found", "detail": _("There is no such thing here.")}, {}


def _not_allowed(error: Any) -> Answer:
    return 403, {"code": "forbidden", "detail": str(error) or _("You may not do this.")}, {}


def _busy(error: Any) -> Answer:
    """A lock or the database was not to be had in time; nothing was stored, or the same key finds the truth."""
    wait = str(getattr(error, "retry_after", 1))
    return 503, {"code": "busy", "detail": _("The desk is busy; please try again.")}, {"Retry-After": wait}


def _throttled(error: Any) -> Answer:
    words = _("This is too fast; please wait a moment.")
    return 429, {"code": "throttled", "detail": words}, {"Retry-After": str(error.retry_after)}


def _nobody(error: Any) -> Answer:
    return 401, {"code": "unauthenticated", "detail": error.words}, {"WWW-Authenticate": "Bearer"}


def _too_large(error: Any) -> Answer:
    return 413, {"code": "too_large", "detail": _("This is too large.")}, {}


def _unreadable(error: Any) -> Answer:
    """More fields or files than anybody needs, and the like."""
    return 400, {"code": "invalid", "detail": _("This request can't be read.")}, {}


def _framework(error: exceptions.APIException) -> Answer:
    codes = {400: "invalid", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 429: "throttled"}
    code = getattr(error, "stable_code", "") or codes.get(error.status_code, str(error.default_code))
    headers = {"WWW-Authenticate": getattr(error, "auth_header", "")} if getattr(error, "auth_header", "") else {}
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait) + 1)  # type: ignore[attr-defined]
    return error.status_code, {"code": code, "detail": str(error.detail)}, headers


_ANSWERS: tuple[tuple[type[Exception], Callable[[Any], Answer]], ...] = (
    (Refused, _refused),
    (Invalid, _invalid),
    (NotYours, _not_yours),
    (NotAllowed, _not_allowed),
    (Throttled, _throttled),
    (Busy, _busy),
    (OperationalError, _busy),
    (BadIdentity, _nobody),
    (RequestDataTooBig, _too_large),
    (exceptions.APIException, _framework),
    (Http404, _not_yours),
    (PermissionDenied, _not_allowed),
    (SuspiciousOperation, _unreadable),
)


@csrf_exempt  # nothing happens here: the answer is the same for whoever asks
def not_found(request: HttpRequest) -> JsonResponse:
    """Answer an unknown address under /api/ in the API's own shape."""
    return JsonResponse({"code": "not_found", "detail": _("There is no such thing here.")}, status=404)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what Django refuses before any view saw it (400)."""
    if not request.path.startswith("/api/"):
        return defaults.bad_request(request, exception or SuspiciousOperation())
    return JsonResponse({"code": "invalid", "detail": _("This request can't be read.")}, status=400)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer an error outside the API's views (500); nothing of it is told."""
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    return JsonResponse({"code": "internal", "detail": _("This did not work.")}, status=500)
