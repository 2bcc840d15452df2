"""What Google's and Apple's push services know this server by (FCM_CREDENTIALS, APNS_KEY); else no phone is told."""

import json
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from chat.models import PushSubscription
from lib import outbound, phone_push

Service = PushSubscription.Service
PROVIDER_LIFE = 40 * 60  # seconds: Apple takes a token for an hour, and no new one within 20 minutes
SPARE = 120  # seconds before its end an access token is fetched anew
PATIENCE = 5.0  # seconds

_guard = threading.Lock()
_tokens: dict[str, tuple[str, float]] = {}  # by what they were made from, with their end


def services() -> list[str]:
    """Return the services that are set up."""
    found = {Service.FCM: settings.FCM["credentials"], Service.APNS: settings.APNS["key"]}
    return [str(service) for service, key in found.items() if key]


def request(browser: PushSubscription, note: phone_push.Note, *, ttl: int, key: str) -> phone_push.Request:
    """Return the push as the phone's service wants it; may ask Google for an access token. Never in a transaction."""
    if browser.service == Service.FCM:
        account = _account(settings.FCM["credentials"])
        base, project = settings.FCM["url"], account["project_id"]
        return phone_push.fcm(base, project, _access(account), browser.endpoint, note, ttl=ttl)
    about: dict[str, str] = settings.APNS
    return phone_push.apns(about["url"], browser.app, _provider(about), browser.endpoint, note, ttl=ttl, key=key)


def forget(service: str) -> None:
    """Make the service's token anew at the next push: this one was refused."""
    made_from = settings.FCM["credentials"] if service == Service.FCM else settings.APNS["key"]
    with _guard:
        _tokens.pop(made_from, None)


def _provider(about: dict[str, str]) -> str:
    with _guard:
        token, end = _tokens.get(about["key"], ("", 0.0))
        if time.time() >= end:
            token = phone_push.apns_provider(_text(about["key"]), about["key_id"], about["team"])
            _tokens[about["key"]] = token, time.time() + PROVIDER_LIFE
    return token


def _access(account: dict[str, str]) -> str:
    """Return an access token of Google's; raise OutboundError or ValueError."""
    name = settings.FCM["credentials"]
    token, end = _tokens.get(name, ("", 0.0))
    if time.time() < end:
        return token
    asked = phone_push.fcm_grant(account)
    reply = outbound.post(asked.url, asked.body, asked.headers, timeout=PATIENCE, limit=65536)
    said: Any = json.loads(reply.body) if reply.status == 200 else {}
    if not isinstance(said, dict) or not isinstance(said.get("access_token"), str):
        raise ValueError(f"no access token, the answer was {reply.status}")
    end = time.time() + max(0, int(said.get("expires_in", 0)) - SPARE)
    with _guard:
        _tokens[name] = said["access_token"], end
    return str(said["access_token"])


@cache
def _account(path: str) -> dict[str, str]:
    found: Any = json.loads(_text(path))
    return {name: str(found[name]) for name in ("project_id", "client_email", "private_key", "token_uri")}


@cache
def _text(path: str) -> str:
    return Path(path).read_text()
