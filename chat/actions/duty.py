"""Breaks, and the spans in which each agent was online, on a break or away (C22)."""

from datetime import datetime

from shops.models import Duty, Member


def turn(member: Member, at: datetime) -> None:
    """End the member's running span and start that of the state it is in now. The desk is locked.

    `at` lies in the past where a lease ran out: nobody was there any more when a killed process was found dead.
    """
    state = _state(member)
    reason = member.break_reason if state == Duty.State.BREAK else ""
    running = Duty.objects.filter(member=member, ended_at=None).first()
    if running is not None:
        if (running.state, running.reason) == (state, reason):
            return
        at = max(at, running.started_at)
        Duty.objects.filter(pk=running.pk).update(ended_at=at)
    Duty.objects.create(shop_id=member.shop_id, member=member, state=state, reason=reason, started_at=at)


def _state(member: Member) -> Duty.State:
    if not member.was_online:
        return Duty.State.OFFLINE
    return Duty.State.BREAK if member.on_break_since else Duty.State.ONLINE
