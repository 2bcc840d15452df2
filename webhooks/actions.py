"""Keep a shop's webhooks: add, change, try, turn off, a new secret, send again. Each secret is told once."""

import secrets
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import deliveries, incoming, outgoing, serializers
from chat.actions import outbox
from chat.models import Outbox
from lib import outbound, sealing
from lib.db import write
from shops import audit
from shops.errors import Invalid, Refused
from shops.models import Member
from webhooks.models import PURPOSE, TEST, Endpoint, Kind
from webhooks.promising import KIND

MOST = 10  # of one shop
NAME, URL = 60, 500  # characters
BOTH = timedelta(hours=24)  # how long an old secret signs beside the new one


class Issued(NamedTuple):
    """A webhook with its secret in plain, to be shown once."""

    endpoint: Endpoint
    secret: str


def checked(name: Any, url: Any, kinds: Any, known: str = "") -> dict[str, Any]:
    """Check what people decide about a webhook; raise Invalid by field. An address that is known may be kept."""
    address = incoming.words(url, "url", URL)
    try:
        if address != known:
            outbound.check_public(address, settings.OUTBOUND_ALLOW)
    except outbound.OutboundError:
        raise Invalid(url=_("An https address that is open to the internet, please.")) from None
    if not isinstance(kinds, list) or not all(isinstance(one, str) and one in Kind for one in kinds):
        raise Invalid(kinds=_("Choose one of: %(kinds)s.") % {"kinds": ", ".join(Kind.values)})
    if not kinds:
        raise Invalid(kinds=_("Choose at least one event."))
    return {"name": incoming.words(name, "name", NAME), "url": address, "kinds": [k for k in Kind.values if k in kinds]}


def add(by: Member, name: Any, url: Any, kinds: Any, *, base: str) -> Issued:
    """Tell an address from the next event on; Refused `too_many`."""
    values, secret = checked(name, url, kinds), _new()
    with write():
        if Endpoint.objects.filter(shop=by.shop_id).count() >= MOST:
            raise Refused("too_many", _("A shop has at most %(most)s webhooks.") % {"most": MOST})
        found = Endpoint.objects.create(shop_id=by.shop_id, base=base, sealed=_sealed(secret), created_by=by, **values)
        outgoing.follow(by.shop_id)
        _record(by, found, after=_told(values))
    return Issued(found, secret)


def change(by: Member, found: Endpoint, name: Any, url: Any, kinds: Any, is_on: bool) -> Endpoint:
    """Change what it is told of, and where; whatever turned it off is seen to by that."""
    values = {**checked(name, url, kinds, found.url), "is_on": is_on}
    before = {field: getattr(found, field) for field in values}
    fresh = {"off_why": "", "off_at": None, "failing_since": None, "resting_until": None}
    with write():
        Endpoint.objects.filter(pk=found.pk).update(**values, **fresh)
        (outgoing.follow if is_on else outgoing.settle)(by.shop_id)
        _record(by, found, before=_told(before), after=_told(values))
    found.refresh_from_db()
    return found


def remove(by: Member, found: Endpoint) -> None:
    """Forget a webhook with all that was sent or waits to be."""
    with write():
        outbox.forget(found.target)
        Endpoint.objects.filter(pk=found.pk).delete()
        outgoing.settle(by.shop_id)
        _record(by, found, state="removed")


def renew_secret(by: Member, found: Endpoint) -> Issued:
    """Sign with a new secret; for a day the one before signs beside it, so that the receiver can change over."""
    secret = _new()
    with write():
        held = Endpoint.objects.select_for_update().get(pk=found.pk)
        held.sealed_before, held.before_until = held.sealed, timezone.now() + BOTH
        held.sealed = _sealed(secret)
        held.save(update_fields=["sealed", "sealed_before", "before_until"])
        _record(by, found, after={"secret": "new"})
    return Issued(held, secret)


def test(by: Member, found: Endpoint) -> Outbox:
    """Send something now, on or off, and return what came of it; never in a transaction."""
    payload = {"to": found.pk, "id": str(uuid.uuid4()), "type": TEST, "at": serializers.moment(timezone.now())}
    return outbox.do_now(KIND, outbox.Promise(by.shop_id, payload, found.target))


def send_again(found: Endpoint, only: Outbox | None = None) -> int:
    """Send what is over once more, or all that failed; return how many those are. Refused `off`, `not_over`."""
    if not found.is_on:
        raise Refused("off", _("Turn the webhook on first."))
    rows = deliveries.of([found.target], failed=only is None)
    count = outbox.again(rows.filter(pk=only.pk) if only else rows)
    if only and not count:
        raise Refused("not_over", _("It is still being sent."))
    return count


def _record(by: Member, found: Endpoint, **more: Any) -> None:
    kind, subject = audit.Kind.WEBHOOK, audit.Subject.WEBHOOK
    audit.record(kind, by, by.shop_id, subject=subject, subject_id=found.pk, name=found.name, **more)


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """Return what the audit log keeps: of an address no query, in which people put passwords."""
    kinds: Sequence[str] = values["kinds"]
    return {**values, "url": values["url"].partition("?")[0], "kinds": ", ".join(kinds)}


def _new() -> str:
    return f"whsec_{secrets.token_urlsafe(32)}"


def _sealed(secret: str) -> str:
    return sealing.seal(secret, settings.SECRET_KEY, PURPOSE)
