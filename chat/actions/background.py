"""An app in the background keeps its agent there (B1, decision 0024): by a call now and then, for so long.

What follows when the calls stop is what follows when an agent vanishes: `people.expire` finds the lease run out.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from chat.actions import people
from lib.db import write
from shops import devices
from shops.errors import Refused
from shops.models import Device, Member, Presence

BEAT = timedelta(minutes=5)  # how long one call lasts
LIMIT = timedelta(minutes=60)  # how long all of them do, from the last moment with a console open


class Lease(NamedTuple):
    """Until when the agent is there, and until when more calls can make that longer."""

    expires_at: datetime
    ends_at: datetime


def keep(member: Member, device: Device) -> Lease:
    """Keep the member online for another while; Refused `background_over` when that was long enough."""
    now = timezone.now()
    since = devices.in_background(
        device, now, anew=Member.objects.online(now, in_front=True).filter(pk=member.pk).exists()
    )
    ends = since + LIMIT
    if now >= ends:
        words = _("This app was in the background for %(n)s minutes. Open it to go on.")
        raise Refused("background_over", words % {"n": int(LIMIT.total_seconds() // 60)})
    until, name = min(now + BEAT, ends), people.background_name(member, device.pk)
    alive = Presence.objects.filter(boot=Presence.BACKGROUND, socket=name, expires_at__gt=now)
    with write():  # no desk lock: nothing changes for anybody
        kept = alive.update(expires_at=until)
    if not kept:
        people.came_online(member, Presence.BACKGROUND, name, until)
    return Lease(until, ends)


def drop(member: Member, device_id: int) -> None:
    """End it: the agent goes, unless a console is open somewhere."""
    people.went_offline(member.shop_id, Presence.BACKGROUND, people.background_name(member, device_id))


def opened(member: Member, device_id: int) -> None:
    """The app has its console open again, whose own lease counts from here on."""
    devices.in_front(device_id)
    name = people.background_name(member, device_id)
    if Presence.objects.filter(boot=Presence.BACKGROUND, socket=name).exists():
        drop(member, device_id)
