"""Apps that people are signed in with: an access token for ten minutes, and a refresh token that is good for once.

Both are signed over a secret of which the table holds the hash alone: neither its copy nor the server's key opens
anything by itself. A refresh token carries a number that counts up. Whoever comes with an older one has a copy, or was
copied from: the app is signed out. An answer that got lost may be asked for again for half a minute.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.signing import BadSignature, Signer
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from lib import quick
from lib.db import write
from shops import audit
from shops.identity import BadIdentity
from shops.models import Device, User

ACCESS_LIFE, REFRESH_LIFE = timedelta(minutes=10), timedelta(days=60)
LOST = timedelta(seconds=30)  # for so long a used refresh token gives the answer that it gave
MOST = 20  # apps of one person; a further one takes the place of the one that was quiet longest
SWEPT = 500
_access, _refresh = Signer(salt="device-access"), Signer(salt="device-refresh")


class Tokens(NamedTuple):
    """What an app gets."""

    device: Device
    access: str
    refresh: str


class _Parts(NamedTuple):
    """What a token says: the row, its secret, and the end of an access token (epoch) or the number of a refresh."""

    device: int
    secret: str
    number: int


def issue(user: User, name: str, about: str, address: str) -> Tokens:
    """Sign an app in; `about` is what it calls itself, `name` what its person does."""
    now, secret = timezone.now(), secrets.token_urlsafe(24)
    with write():
        User.objects.select_for_update().get(pk=user.pk)
        kept = Device.objects.filter(user=user).order_by("-used_at", "-pk").values_list("pk", flat=True)[: MOST - 1]
        Device.objects.filter(user=user).exclude(pk__in=list(kept)).delete()
        device = Device.objects.create(
            user=user,
            name=name,
            browser=about[:300],
            address=address[:45],
            secret=_hash(secret),
            used_at=now,
            expires_at=now + REFRESH_LIFE,
        )
        audit.record_person(audit.Kind.SIGNED_IN, user, app=name)
    return _tokens(device, secret, now)


def refresh(token: str) -> Tokens:
    """Exchange a refresh token, once, for new tokens; raise BadIdentity, and sign the app out if it was used before."""
    said, now = _parts(_refresh, token), timezone.now()
    with write():
        device = Device.objects.select_for_update(of=("self",)).select_related("user").filter(pk=said.device).first()
        if device is None or not _is(device, said, now) or not device.user.is_active:
            raise _gone()
        if said.number == device.generation:
            device.generation, device.used_at, device.expires_at = said.number + 1, now, now + REFRESH_LIFE
            device.save(update_fields=["generation", "used_at", "expires_at"])
            return _tokens(device, said.secret, now)
        if said.number == device.generation - 1 and now < device.used_at + LOST:
            return _tokens(device, said.secret, now)
        device.delete()
        audit.record_person(audit.Kind.TOKEN_AGAIN, device.user, app=device.name)
    raise _gone()  # not inside: the sign-out stays


def read(token: str) -> tuple[User, Device]:
    """Return whose access token this is; raise BadIdentity."""
    said, now = _parts(_access, token), timezone.now()
    if said.number <= now.timestamp():
        raise _gone()
    trip, table = quick.Trip(), Device._meta.db_table
    devices = trip.rows(Device, ("id = %s", [said.device]))
    users = trip.rows(User, (f'id = (SELECT user_id FROM "{table}" WHERE id = %s)', [said.device]))
    trip.go()
    if not devices or not _is(devices[0], said, now) or not users or not users[0].is_active:
        raise _gone()
    return users[0], devices[0]


def revoke(token: str) -> User | None:
    """Sign the app of a refresh token out, whichever of its numbers it is; return whose it was, if anybody's."""
    try:
        said = _parts(_refresh, token)
    except BadIdentity:
        return None
    with write():
        device = Device.objects.select_related("user").filter(pk=said.device).first()
        if device is None or not constant_time_compare(device.secret, _hash(said.secret)):
            return None
        device.delete()
        audit.record_person(audit.Kind.SIGNED_OUT, device.user, app=device.name)
    return device.user


def in_background(device: Device, now: datetime, *, anew: bool) -> datetime:
    """Return since when an app is in the background; its first call there begins it, `anew` begins it again."""
    mine = Device.objects.filter(pk=device.pk)
    with write():
        (mine if anew else mine.filter(background_since=None)).update(background_since=now)
    since = mine.values_list("background_since", flat=True).first()
    if since is None:
        raise _gone()
    return since


def in_front(device_id: int) -> None:
    """Note that an app is in the background no more."""
    mine = Device.objects.filter(pk=device_id, background_since__isnull=False)
    if mine.exists():
        mine.update(background_since=None)


def sweep(now: datetime) -> None:
    """Forget apps that have not come back in time, some at a time."""
    old = Device.objects.filter(expires_at__lte=now).order_by("expires_at").values_list("pk", flat=True)[:SWEPT]
    Device.objects.filter(pk__in=list(old)).delete()


def _tokens(device: Device, secret: str, now: datetime) -> Tokens:
    until = int((now + ACCESS_LIFE).timestamp())
    return Tokens(
        device,
        _access.sign_object(_Parts(device.pk, secret, until)),
        _refresh.sign_object(_Parts(device.pk, secret, device.generation)),
    )


def _parts(signer: Signer, token: str) -> _Parts:
    try:
        return _Parts(*signer.unsign_object(token))
    except (BadSignature, TypeError, ValueError):
        raise _gone() from None


def _is(device: Device, said: _Parts, now: datetime) -> bool:
    return device.expires_at > now and constant_time_compare(device.secret, _hash(said.secret))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _gone() -> BadIdentity:
    return BadIdentity(_("Please sign in again."))
