"""Where a person is signed in, and ending it there."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from shops.errors import NotYours
from shops.models import SignIn, User

SHOWN = 50
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
    """One browser; `name` stands for it in addresses, since its key would open the door."""

    name: str
    browser: str
    address: str
    since: datetime | None
    is_this: bool


def places(user: User, this: str | None) -> list[Place]:
    """Return the browsers signed in, this one first, then the newest."""
    rows = SignIn.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-expire_date")[:SHOWN]
    found = [Place(_name(row.pk), browser(row.browser), row.address, row.started_at, row.pk == this) for row in rows]
    return sorted(found, key=lambda place: not place.is_this)


def end(user: User, name: str) -> None:
    """Sign one of them out; its open consoles end with the next beat. Raise NotYours."""
    for key in SignIn.objects.filter(user=user).values_list("pk", flat=True):
        if _name(key) == name:
            SignIn.objects.filter(pk=key).delete()
            return
    raise NotYours


def end_others(user: User, this: str | None) -> int:
    """Sign all other browsers out; return how many."""
    return SignIn.objects.filter(user=user).exclude(pk=this or "").delete()[0]


def browser(agent: str) -> str:
    """Say in a few words what a browser called itself."""
    found = [next((name for mark, name in marks if re.search(mark, agent)), "") for marks in (BROWSERS, SYSTEMS)]
    return " · ".join(part for part in found if part) or _("Unknown browser")


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:20]
