"""How the open platform says no: documented numbers, one place that maps the product's refusals to them."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404
from django.http.multipartparser import MultiPartParserError

from shops.errors import Busy, Invalid, NotAllowed, NotYours, Refused, Throttled

log = logging.getLogger(__name__)
INTERNAL = 36009003
BUSY = 36009007


class Fault(Exception):
    """A refusal as the caller reads it: a number, words in English, the HTTP status."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.status = status


def bad(message: str = "A parameter or a field is missing or wrong") -> Fault:
    """A common parameter or a field is missing or wrong."""
    return Fault(36009004, message)


def no_path() -> Fault:
    return Fault(36009009, "Invalid path", 404)


def no_method() -> Fault:
    return Fault(36009010, "Invalid method", 405)


def no_version() -> Fault:
    return Fault(36009014, "Invalid version")


def bad_type() -> Fault:
    return Fault(36009022, "The content type must be application/json", 415)


def bad_body(message: str = "The body is not a JSON object") -> Fault:
    return Fault(36009023, message)


def too_large() -> Fault:
    return Fault(36009023, "The body is too large", 413)


def busy() -> Fault:
    return Fault(BUSY, "Busy, please try again", 503)


def too_fast() -> Fault:
    return Fault(36009002, "Too many requests", 429)


def bad_signature() -> Fault:
    return Fault(106001, "Invalid signature", 401)


def wrong_token_type() -> Fault:
    return Fault(105001, "This is not an access token", 403)


def expired_token() -> Fault:
    return Fault(105002, "The access token has expired", 401)


def no_scope(scope: str) -> Fault:
    return Fault(105005, f"The app lacks the scope {scope}", 401)


def wrong_cipher() -> Fault:
    return Fault(106011, "Invalid shop_cipher: it names no shop that has authorised this app with this token", 403)


def no_cipher() -> Fault:
    return Fault(106013, "shop_cipher is missing", 400)


def not_found(what: str = "Record") -> Fault:
    return Fault(45101003, f"{what} not found", 404)


def quota() -> Fault:
    return Fault(45101004, "The daily quota is used up", 429)


def criteria(message: str = "A rule of the shop forbids it") -> Fault:
    return Fault(45109003, message, 409)


def of(error: Exception) -> Fault | None:
    """Return what an error of the product is called here; None where it is none of its refusals."""
    match error:
        case Fault():
            return error
        case NotYours() | Http404():
            return not_found()
        case Refused():
            return _refused(error)
        case NotAllowed():
            return criteria(str(error) or "The account in whose name this app writes may not do this")
        case Invalid():
            return bad("; ".join(f"{name}: {words}" for name, words in error.fields.items()))
        case Throttled():
            return too_fast()
        case Busy() | OperationalError():
            return busy()
        case RequestDataTooBig():
            return too_large()
        case SuspiciousOperation() | MultiPartParserError():
            return bad("This request can't be read")
    return None


def _refused(error: Any) -> Fault:
    status = getattr(error, "status", 0)
    return bad_body(error.words) if status else criteria(error.words)


def told(error: Exception) -> Fault:
    """Return what a caller is told of any error; what is no refusal is logged, and nothing of it is told."""
    found = of(error)
    if found is None:
        log.error("open platform: not answered", exc_info=error)
        return Fault(INTERNAL, "Internal error", 500)
    return found
