"""The one shape of every answer: code, message, request_id, data."""

import secrets
from typing import Any

import orjson
from django.http import HttpResponse
from django.utils import timezone

from openplatform.faults import Fault


def success(data: Any) -> HttpResponse:
    return _answer(0, "Success", data, 200)


def refusal(fault: Fault) -> HttpResponse:
    return _answer(fault.code, fault.message, {}, fault.status)


def _answer(code: int, message: str, data: Any, status: int) -> HttpResponse:
    body = orjson.dumps({"code": code, "message": message, "request_id": request_id(), "data": data})
    return HttpResponse(body, status=status, content_type="application/json")


def request_id() -> str:
    return f"{timezone.now():%Y%m%d%H%M%S%f}{secrets.token_hex(7).upper()}"
