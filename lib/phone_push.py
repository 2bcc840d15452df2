"""Push to phones: requests as FCM (HTTP v1) and APNs want them, and what their answers mean; nothing is sent here."""

import hashlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, NamedTuple
from urllib.parse import urlencode

import jwt

FCM_SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTION_LIFE = 3600  # seconds, the longest that Google takes
COLLAPSE = 64  # bytes of APNs' collapse id
# Answers that say that the token is no good any more, whatever is sent to it.
FCM_GONE = {"UNREGISTERED", "SENDER_ID_MISMATCH"}
APNS_GONE = {"Unregistered", "ExpiredToken", "BadDeviceToken", "DeviceTokenNotForTopic"}
LONGEST_WAIT = 3600  # seconds; who asks for more is asked again then


class Note(NamedTuple):
    """What a phone shows; `tag` is one for a conversation, `data` is for the app."""

    title: str
    body: str
    tag: str
    data: dict[str, str]


class Request(NamedTuple):
    """One POST."""

    url: str
    headers: dict[str, str]
    body: bytes


class Verdict(Enum):
    """What has become of a push."""

    TAKEN = "taken"
    GONE = "gone"  # the app was removed from the phone, or its token replaced
    STRANGER = "stranger"  # we are not known, or our token has run out: the next try signs anew
    AGAIN = "again"  # too many, or the service is in trouble
    WRONG = "wrong"  # no further try would help


class Outcome(NamedTuple):
    """The verdict, how long the service asks to wait (seconds), since when a token is no good, and its own words."""

    verdict: Verdict
    wait: float
    since: datetime | None
    words: str


def fcm(base: str, project: str, access: str, token: str, note: Note, *, ttl: int) -> Request:
    """Return a push through FCM; Android shows the newest of a tag alone, and keeps that alone for a sleeping phone."""
    message = {
        "token": token,
        "notification": {"title": note.title, "body": note.body},
        "data": note.data,
        "android": {
            **{"priority": "HIGH", "ttl": f"{ttl}s", "collapse_key": note.tag},
            "notification": {"tag": note.tag, "default_sound": True},
        },
        "apns": {
            "headers": {"apns-priority": "10", "apns-collapse-id": _collapse(note.tag)},
            "payload": {"aps": {"sound": "default", "thread-id": note.tag}},
        },
    }
    headers = {"Authorization": f"Bearer {access}", "Content-Type": "application/json"}
    return Request(f"{base}/v1/projects/{project}/messages:send", headers, _json({"message": message}))


def fcm_grant(credentials: Mapping[str, str], now: float | None = None) -> Request:
    """Return the request for an access token, signed with a service account's key (RFC 7523); raise ValueError."""
    at = int(now or time.time())
    claims = {
        **{"iss": credentials["client_email"], "scope": FCM_SCOPE, "aud": credentials["token_uri"]},
        **{"iat": at, "exp": at + ASSERTION_LIFE},
    }
    signed = jwt.encode(claims, credentials["private_key"], algorithm="RS256")
    body = urlencode({"grant_type": GRANT, "assertion": signed}).encode()
    return Request(credentials["token_uri"], {"Content-Type": "application/x-www-form-urlencoded"}, body)


def apns(base: str, topic: str, provider: str, token: str, note: Note, *, ttl: int, key: str) -> Request:
    """Return a push through APNs; `key` (a UUID) is the same for every try of one push."""
    headers = {
        **{"authorization": f"bearer {provider}", "apns-topic": topic, "apns-push-type": "alert", "apns-id": key},
        **{"apns-priority": "10", "apns-expiration": str(int(time.time()) + ttl)},
        **{"apns-collapse-id": _collapse(note.tag), "content-type": "application/json"},
    }
    shown = {"alert": {"title": note.title, "body": note.body}, "sound": "default", "thread-id": note.tag}
    return Request(f"{base}/3/device/{token}", headers, _json({"aps": shown, **note.data}))


def apns_provider(key: str, key_id: str, team: str, now: float | None = None) -> str:
    """Return the token that APNs knows this server by; good for an hour, and not to be made anew within 20 minutes."""
    claims = {"iss": team, "iat": int(now or time.time())}
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": key_id})


def fcm_outcome(status: int, headers: Mapping[str, str], body: bytes) -> Outcome:
    error = _object(_object(_read(body)).get("error"))
    details = error.get("details")
    codes = [_object(one).get("errorCode") for one in details] if isinstance(details, list) else []
    code = next((one for one in codes if isinstance(one, str)), str(error.get("status", "")))
    return _outcome(status, headers, code, code in FCM_GONE, None)


def apns_outcome(status: int, headers: Mapping[str, str], body: bytes) -> Outcome:
    found = _object(_read(body))
    reason, at = str(found.get("reason", "")), found.get("timestamp")
    since = None
    if isinstance(at, int) and 0 < at < 10**14:
        since = datetime.fromtimestamp(at / 1000, UTC)
    return _outcome(status, headers, reason, status == 410 or reason in APNS_GONE, since)


def _outcome(status: int, headers: Mapping[str, str], code: str, gone: bool, since: datetime | None) -> Outcome:
    words = f"{status} {code}".strip()[:100]
    if status == 200:
        return Outcome(Verdict.TAKEN, 0, None, words)
    if gone:
        return Outcome(Verdict.GONE, 0, since, words)
    if status in (401, 403):
        return Outcome(Verdict.STRANGER, 0, None, words)
    if status == 429 or status >= 500:
        return Outcome(Verdict.AGAIN, _wait(headers), None, words)
    return Outcome(Verdict.WRONG, 0, None, words)


def _wait(headers: Mapping[str, str]) -> float:
    """Return the seconds of a Retry-After, in either of its forms; 0 without one that can be read."""
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        seconds = float(said) if said.isdecimal() else parsedate_to_datetime(said).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return 0
    return min(max(seconds, 0), LONGEST_WAIT)


def _collapse(tag: str) -> str:
    return tag if len(tag.encode()) <= COLLAPSE else hashlib.sha256(tag.encode()).hexdigest()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
