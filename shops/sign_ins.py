"""Where a person is signed in, in browsers and with apps, and ending it there.

`key` names one: a browser's by its cookie session, an app's by its row (`app:12`).
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from shops import audit
from shops.errors import NotYours
from shops.models import Device, Member, SignIn, User

SHOWN = 50
APP = "app:"
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("MicroMessenger", "WeChat"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Place:
    """One browser or app; `name` stands for it in addresses, since a browser's key would open the door."""

    name: str
    kind: str  # browser, app
    browser: str
    address: str
    since: datetime | None
    used_at: datetime | None
    is_this: bool


def key_of(device: Device) -> str:
    return f"{APP}{device.pk}"


def app_of(key: str) -> int:
    """Return the row of the app that a key names; 0 for a browser's."""
    return int(key.removeprefix(APP)) if key.startswith(APP) else 0


def places(user: User, this: str | None) -> list[Place]:
    """Return where somebody is signed in, here first, then browsers and apps, the newest first."""
    now = timezone.now()
    browsers = SignIn.objects.filter(user=user, expire_date__gt=now).order_by("-expire_date")[:SHOWN]
    apps = Device.objects.filter(user=user, expires_at__gt=now).order_by("-used_at", "-pk")[:SHOWN]
    found = [
        Place(_name(row.pk), "browser", browser(row.browser), row.address, row.started_at, None, row.pk == this)
        for row in browsers
    ]
    found += [
        Place(_name(key), "app", row.name, row.address, row.started_at, row.used_at, key == this)
        for row, key in ((row, key_of(row)) for row in apps)
    ]
    return sorted(found, key=lambda place: not place.is_this)


def end(user: User, name: str) -> None:
    """Sign one of them out and write it down; its open consoles end with the next beat. Raise NotYours."""
    _end(user, name)
    audit.record_person(audit.Kind.SIGNED_OUT, user, how="elsewhere")


def _end(user: User, name: str) -> None:
    for key in SignIn.objects.filter(user=user).values_list("pk", flat=True):
        if _name(key) == name:
            SignIn.objects.filter(pk=key).delete()
            return
    for device in Device.objects.filter(user=user):
        if _name(key_of(device)) == name:
            device.delete()
            return
    raise NotYours


def end_others(user: User, this: str | None) -> int:
    """Sign all other browsers and apps out; return how many."""
    this = this or ""
    mine = app_of(this)
    browsers = SignIn.objects.filter(user=user).exclude(pk=this).delete()[0]
    return browsers + Device.objects.filter(user=user).exclude(pk=mine).delete()[0]


def end_without_shop(user: User) -> None:
    """Sign the apps of somebody out who has no shop left to work in."""
    if not user.is_staff and not Member.objects.active().filter(user=user).exists():
        Device.objects.filter(user=user).delete()


def alive(keys: Iterable[str]) -> set[str]:
    """Return which of these sign-ins have not ended."""
    wanted, now = set(keys), timezone.now()
    apps = {int(key.removeprefix(APP)) for key in wanted if key.startswith(APP)}
    found: set[str] = set()
    if apps:
        lasting = Device.objects.filter(pk__in=apps, expires_at__gt=now, user__is_active=True)
        found = {f"{APP}{pk}" for pk in lasting.values_list("pk", flat=True)}
    if len(wanted) > len(apps):
        browsers = SignIn.objects.filter(session_key__in=wanted, expire_date__gt=now)
        found |= set(browsers.values_list("session_key", flat=True))
    return found


def browser(agent: str) -> str:
    """Say in a few words what a browser called itself."""
    found = [next((name for mark, name in marks if re.search(mark, agent)), "") for marks in (BROWSERS, SYSTEMS)]
    return " · ".join(part for part in found if part) or _("Unknown browser")


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:20]
