"""Presence, the accepting switch, capacity and IM permission, where they touch sessions (A1, B1)."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import locks, routing
from chat.actions import assigning, duty
from chat.events import DeskChange, again, gone, record_desk
from chat.models import DeskEvent, ServiceSession
from lib.db import write
from shops import audit, sign_ins
from shops.errors import NotAllowed, Refused
from shops.models import Desk, Member, Presence, User

LEASE = timedelta(seconds=45)


def came_online(member: Member, boot: str, socket: str, until: datetime | None = None) -> None:
    """Start a presence lease for one open console; the first is an edge the desk sees. Raise NotAllowed (A1)."""
    with write():
        desk = locks.desk(member.shop_id)
        now = timezone.now()
        if not Member.objects.agents().filter(pk=member.pk).exists():
            raise NotAllowed
        # What a killed process left of an earlier time must not count as having been here ever since.
        _bury(desk, Presence.objects.filter(member=member, expires_at__lte=now), now)
        Presence.objects.update_or_create(
            boot=boot, socket=socket, defaults={"member": member, "expires_at": until or now + LEASE}
        )
        _edge(desk, [member.pk], now)


def went_offline(shop_id: int, boot: str, socket: str) -> None:
    """End a lease at a clean close."""
    with write():
        desk = locks.desk(shop_id)
        ended = list(Presence.objects.filter(boot=boot, socket=socket).values_list("member_id", flat=True))
        Presence.objects.filter(boot=boot, socket=socket).delete()
        _edge(desk, ended, timezone.now())


def renew(boot: str, sockets: dict[str, int]) -> None:
    """Renew the leases of all consoles of a process that were heard of: socket → member; no desk lock.

    A process that stalled for longer than a lease finds some swept away: those consoles come online again.
    """
    with write():
        count = Presence.objects.filter(boot=boot, socket__in=sockets).update(expires_at=timezone.now() + LEASE)
    if count == len(sockets):
        return
    kept = set(Presence.objects.filter(boot=boot, socket__in=sockets).values_list("socket", flat=True))
    for member in Member.objects.agents().filter(pk__in=[pk for socket, pk in sockets.items() if socket not in kept]):
        for socket in [socket for socket, pk in sockets.items() if pk == member.pk and socket not in kept]:
            came_online(member, boot, socket)


def expire(now: datetime | None = None) -> int:
    """Tell the desks of agents whose lease ran out (a killed process says no goodbye); return how many."""
    at = now or timezone.now()
    dead = list(Presence.objects.filter(expires_at__lte=at).values_list("member__shop_id", "member_id", "pk")[:500])
    for shop_id in sorted({shop for shop, _member, _pk in dead}):
        with write():
            desk = locks.desk(shop_id)
            mine = [pk for shop, _member, pk in dead if shop == shop_id]
            _bury(desk, Presence.objects.filter(pk__in=mine, expires_at__lte=at), at)
    return len(dead)


def set_break(member: Member, reason: str | None) -> Member:
    """Go on a break with a reason, or end it with None (C22): nothing is assigned automatically meanwhile."""
    if reason is None:
        return _change(member, on_break_since=None, break_reason="")
    since = member.on_break_since or timezone.now()
    return _change(member, on_break_since=since, break_reason=reason)


def set_accepting(member: Member, on: bool) -> Member:
    """Turn automatic assignment on or off for oneself; colleagues can still hand sessions over (B1)."""
    return _change(member, accepting=on)


def set_capacity(member: Member, capacity: int) -> Member:
    """Set one's own capacity within the platform's bounds (P1, A3); below the load it only stops new sessions."""
    policy = member.shop.policy
    if not policy.capacity_min <= capacity <= policy.capacity_max:
        words = _("Choose a number from %(low)s to %(high)s.") % {
            "low": policy.capacity_min,
            "high": policy.capacity_max,
        }
        raise Refused("capacity_out_of_range", words)
    return _change(member, capacity=capacity)


def set_nickname(member: Member, nickname: str) -> Member:
    """Set one's own nickname where the platform leaves it to oneself (P7); once per shop."""
    if not member.names_itself:
        raise NotAllowed(_("Your nickname is not yours to set."))
    before = {"nickname": member.nickname}
    with write():
        changed = rename(member, nickname)
        if changed.nickname != before["nickname"]:
            subject, after = audit.Subject.MEMBER, {"nickname": nickname}
            audit.record(audit.Kind.PROFILE, member, subject=subject, subject_id=member.pk, before=before, after=after)
    return changed


def rename(member: Member, nickname: str) -> Member:
    """Set a nickname, whoever decides on it (P7); Refused `nickname_taken`."""
    with write():
        locks.desk(member.shop_id)
        if Member.objects.filter(shop_id=member.shop_id, nickname=nickname).exclude(pk=member.pk).exists():
            raise Refused("nickname_taken", _("A colleague has this nickname already."))
        return _change(member, nickname=nickname)


def set_avatar(member: Member, name: str) -> Member:
    """Show a stored picture, or none; which one is the review's business (A5)."""
    return _change(member, avatar=name)


def hold(member: Member) -> None:
    """Lock the desk of a member's shop, as every change of a member does first."""
    locks.desk(member.shop_id)


def set_im_permission(member: Member, allowed: bool) -> Member:
    """Grant or take away IM permission (A1); taken away, sockets end and sessions return to their old places."""
    return _change(member, im_permission=True) if allowed else _send_away(member, im_permission=False)


def disable(member: Member) -> Member:
    """Close a sub-account: it can no longer be used, and its sessions return to the queue."""
    return _send_away(member, is_active=False)


def enable(member: Member) -> Member:
    """Open a closed sub-account again, with the role and the permission it had."""
    return _change(member, is_active=True)


def set_role(member: Member, role: str) -> Member:
    """Give another role; open consoles come anew, since a socket knows its member as it was at the handshake."""
    with write():
        changed = _change(member, role=role)
        again(member.pk)
    return changed


def sign_out_elsewhere(user: User) -> None:
    """After a new password, end open consoles and apps' presence: only whoever is signed in with it comes back."""
    for pk in Member.objects.filter(user=user).values_list("pk", flat=True):
        again(pk)
    for lease in Presence.objects.filter(member__user=user, boot=Presence.BACKGROUND).select_related("member"):
        device = int(lease.socket.partition(":")[0])
        if not sign_ins.alive([f"{sign_ins.APP}{device}"]):
            went_offline(lease.member.shop_id, lease.boot, lease.socket)


def background_name(member: Member, device_id: int) -> str:
    """Name the lease of an app in the background."""
    return f"{device_id}:{member.pk}"


def joined(desk: Desk, member: Member, now: datetime) -> None:
    """Tell the desk of a new colleague, and let the router look. The desk is locked."""
    record_desk(desk, [DeskChange(DeskEvent.Kind.MEMBER, member=member)], now)
    routing.drain_later(desk.pk)


def _send_away(member: Member, **values: bool) -> Member:
    with write():
        desk = locks.desk(member.shop_id)
        Member.objects.filter(pk=member.pk).update(**values)
        member = Member.objects.select_related("shop", "user").get(pk=member.pk)
        _unseat(desk, member)
        routing.drain_later(desk.pk)
    return member


def _unseat(desk: Desk, member: Member) -> None:
    now, was_online = timezone.now(), member.was_online
    Presence.objects.filter(member=member).delete()
    held = list(ServiceSession.objects.assigned().filter(assignee=member).order_by("pk").values_list("pk", flat=True))
    assigning.requeue(desk, locks.sessions(desk.pk, held), now)
    routing.tell_places_later(desk)
    if was_online:
        _edge(desk, [member.pk], now)
    else:  # no edge, but colleagues' lists and the team page lose somebody
        record_desk(desk, [DeskChange(DeskEvent.Kind.MEMBER, member=member)], now)
    gone(member.pk)


def _change(member: Member, **values: object) -> Member:
    with write():
        desk = locks.desk(member.shop_id)
        now = timezone.now()
        Member.objects.filter(pk=member.pk).update(**values)
        found = Member.objects.select_related("shop", "user").get(pk=member.pk)
        online = Member.objects.online(now).filter(pk=member.pk).exists()
        if found.was_online:
            duty.turn(found, now)
        record_desk(desk, [DeskChange(DeskEvent.Kind.MEMBER, member=found, online=online)], now)
        routing.drain_later(desk.pk)
    return found


def _bury(desk: Desk, dead: "QuerySet[Presence]", now: datetime) -> None:
    """Drop leases that ran out; who has no other left at its last one's end."""
    ends: dict[int, datetime] = {}
    for member_id, expired in dead.order_by("expires_at").values_list("member_id", "expires_at"):
        ends[member_id] = expired
    if ends:
        dead.delete()
        _edge(desk, list(ends), now, ends)


def _edge(desk: Desk, member_ids: list[int], now: datetime, ends: dict[int, datetime] | None = None) -> None:
    """Tell the desk of members that have just come or gone, and let the router look."""
    online = set(Member.objects.online(now).filter(pk__in=member_ids).values_list("pk", flat=True))
    for member in Member.objects.filter(pk__in=member_ids).order_by("pk"):
        if member.was_online == (member.pk in online):
            continue
        member.was_online = member.pk in online
        member.save(update_fields=["was_online"])
        duty.turn(member, (ends or {}).get(member.pk, now))
        record_desk(desk, [DeskChange(DeskEvent.Kind.MEMBER, member=member, online=member.was_online)], now)
    routing.drain_later(desk.pk)
