"""The outbox's way to phones: one push through Google's or Apple's service, whose answer may end a registration."""

from typing import Any

from chat import phones
from chat.actions import outbox, pushing
from chat.models import PushSubscription
from lib import outbound, phone_push
from lib.db import let_go, write
from lib.phone_push import Verdict


def send(payload: dict[str, Any]) -> None:
    """Outbox handler of `push.phone`; an app that is gone is forgotten, a busy service is tried again when it says."""
    phone = pushing.reachable(payload["subscription"])
    if phone is None or phone.service not in phones.services():
        return
    said = payload["said"]
    note = phone_push.Note(said["title"], said["body"], said["tag"], payload["about"])
    let_go()
    asked = phones.request(phone, note, ttl=pushing.TTL, key=payload["key"])
    reply = outbound.post(asked.url, asked.body, asked.headers, timeout=phones.PATIENCE, limit=65536, http2=True)
    is_fcm = phone.service == PushSubscription.Service.FCM
    outcome = (phone_push.fcm_outcome if is_fcm else phone_push.apns_outcome)(*reply)
    if outcome.verdict is Verdict.STRANGER:
        phones.forget(phone.service)
    if outcome.verdict is Verdict.GONE:
        _forget(phone, outcome)
    elif outcome.verdict is not Verdict.TAKEN:
        raise outbox.Later(f"{phone.service} answered {outcome.words}", outcome.wait)


def _forget(phone: PushSubscription, outcome: phone_push.Outcome) -> None:
    """End a registration, unless it is newer than what the service says of its token."""
    mine = PushSubscription.objects.filter(pk=phone.pk, endpoint=phone.endpoint)
    if outcome.since is not None:
        mine = mine.filter(created_at__lte=outcome.since)
    with write():
        mine.delete()
