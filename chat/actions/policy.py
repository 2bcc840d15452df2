"""Change a shop's rules and settings; due times of open sessions move in the same transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import facts, incoming, locks, routing
from chat.actions import figures, sessions
from chat.events import DeskChange, record_desk
from chat.models import DeskEvent, ServiceSession
from commerce.models import Shipment
from lib import bulk
from lib.db import write
from shops import audit, hours, permissions, presets
from shops.errors import Invalid, NotYours, Refused
from shops.models import Desk, Member, Shop, User

_DUE = ["closes_at", "expires_at", "read_only_at"]
_CHUNK = 500
SHORTEST, LONGEST = 30, 3650  # days: reports, late replies and ratings have long come to an end (F3, P5)


def set_overrides(shop: Shop, overrides: dict[str, Any], by: User | None = None) -> Shop:
    """Set the shop's own policy numbers (the platform operator's right) and move what is due by them (SPEC P)."""
    try:
        presets.policy(shop.preset, overrides)
    except ValueError as error:
        raise Refused("bad_policy", str(error)) from error
    with write():
        desk = locks.desk(shop.pk)
        before, desk.shop.overrides = desk.shop.overrides, overrides
        _note(desk.shop, by, {"overrides": before}, {"overrides": overrides})
        desk.shop.save(update_fields=["overrides"])
        _move_due_times(desk)
        if {"metric_profile", "first_response_clock"} & {*before, *overrides}:
            figures.everything_changed(desk.shop)
        _fit_capacities(desk.shop)
        if before != overrides:  # due times, bounds and rights may all be others: clients read again
            record_desk(desk, [DeskChange(DeskEvent.Kind.RULES)], timezone.now())
        routing.tell_places_later(desk)
        routing.drain_later(desk.pk)
    return desk.shop


def override(shop: Shop, changes: dict[str, Any], resets: Sequence[str] = (), by: User | None = None) -> Shop:
    """Change some of the shop's own numbers and keep the others; what equals the preset, or is reset, is none (A7)."""
    with write():
        wanted = {**locks.desk(shop.pk).shop.overrides, **changes}
        usual = presets.PRESETS[shop.preset]
        own = {name: value for name, value in wanted.items() if name not in resets and value != _usual(usual, name)}
        return set_overrides(shop, own, by)


def _usual(policy: presets.Policy, name: str) -> Any:
    return presets.stored(getattr(policy, name, ...))


def set_talk(shop: Shop, by: Member, **values: Any) -> Shop:
    """Set any of _TALK in one transaction: all of them or none."""
    with write():
        for name, value in values.items():
            shop = _TALK[name](shop, value, by)
    return shop


def set_queue_order(shop: Shop, order: str, by: Member) -> Shop:
    """Choose first or last come, first served, where the platform leaves the choice (P8, A3)."""
    permissions.require(by, "set the desk")
    if order not in shop.policy.queue_orders:
        raise Refused("not_offered", _("This platform does not offer that queue order."))
    return _set(shop, by, queue_order=order)


def set_requeue_after(shop: Shop, minutes: int | None, by: Member) -> Shop:
    """Set after how many unanswered minutes an absent agent's session waits for the others; None is never (C22)."""
    permissions.require(by, "set the desk")
    return _set(shop, by, requeue_after=minutes or None)


def set_greeting(shop: Shop, text: str, by: Member) -> Shop:
    """Set what the buyer reads on opening the chat (A3)."""
    permissions.require(by, "set the desk")
    return _set(shop, by, greeting=text.strip()[:500])


def set_week(shop: Shop, week: Any, by: Member) -> Shop:
    """Set the weekly hours; none: always open, but for special days (E5). Refused `bad_hours`."""
    permissions.require(by, "set the desk")
    return _set(shop, by, business_week=hours.checked_week(week))


def set_special_days(shop: Shop, days: Any, by: Member) -> Shop:
    """Set all the days with hours of their own (E5). Refused `bad_hours`."""
    permissions.require(by, "set the desk")
    return _set(shop, by, special_days=hours.checked_special_days(days))


def change_special_days(shop: Shop, by: Member, add: Sequence[dict[str, Any]] = (), drop: Sequence[str] = ()) -> Shop:
    """Add some special days, in the place of what their dates had, and drop some dates; the others stay (E5)."""
    new = hours.checked_special_days(list(add))
    with write():
        gone = {*drop, *(one["date"] for one in new)}
        kept = [one for one in locks.desk(shop.pk).shop.special_days if one["date"] not in gone]
        return set_special_days(shop, [*kept, *new], by)


def set_off_hours_reply(shop: Shop, text: str, by: Member) -> Shop:
    """Set what a buyer who writes outside business hours is told, once a session; empty: nothing (E5)."""
    permissions.require(by, "set the desk")
    return _set(shop, by, off_hours_reply=text.strip()[:500])


def set_holiday(
    shop: Shop, on: bool, notice: str, by: Member, start: datetime | None = None, end: datetime | None = None
) -> Shop:
    """Switch holiday mode, from and to where given, and what buyers read on entry.

    Sessions that start in it leave the figures (E5, G2); those that run already stay. Refused `bad_holiday`.
    """
    permissions.require(by, "set the desk")
    if start and end and start >= end:
        raise Refused("bad_holiday", _("The holiday must end after it begins."))
    bounds = {"holiday_from": start, "holiday_until": end}
    return _set(shop, by, holiday_mode=on, holiday_notice=notice.strip()[:300], **bounds)


def set_forbidden_words(shop: Shop, words: list[str], by: Member) -> Shop:
    """Set the words that the console warns of before an agent sends them (C23); blanks and doubles are dropped."""
    permissions.require(by, "set the desk")
    kept = list(dict.fromkeys(word.strip() for word in words if word.strip()))
    return _set(shop, by, forbidden_words=kept)


def set_retention(shop: Shop, days: int | None, by: Member) -> Shop:
    """Set for how many days after their end conversations are kept; None keeps them. What went does not come back."""
    permissions.require(by, "keep buyers' data")
    if days is not None:
        incoming.number(days, "days", SHORTEST, LONGEST)
    return _set(shop, by, retention_days=days)


_TALK: dict[str, Callable[[Shop, Any, Member], Shop]] = {
    "greeting": set_greeting,
    "off_hours_reply": set_off_hours_reply,
    "queue_order": set_queue_order,
    "requeue_after": set_requeue_after,
    "forbidden_words": set_forbidden_words,
}


def set_bot(shop: Shop, on: bool, by: Member) -> Shop:
    """Switch the bot (A3, E3); off, what it was holding goes to the humans."""
    _may_set_bot(by)
    with write():
        desk = locks.desk(shop.pk)
        _note(desk.shop, by, {"bot_enabled": desk.shop.bot_enabled}, {"bot_enabled": on})
        desk.shop.bot_enabled = on
        desk.shop.save(update_fields=["bot_enabled"])
        if not on:
            held = ServiceSession.objects.filter(shop=shop, state=ServiceSession.State.BOT).order_by("pk")
            now = timezone.now()
            for session in locks.sessions(shop.pk, held.values_list("pk", flat=True)):
                sessions.to_human(desk, session, now, ServiceSession.BotPart.SWITCHED_OFF)
    return desk.shop


def set_time_zone(shop: Shop, zone: str) -> Shop:
    """Move a shop to another zone: all its days count anew (G). `rebuild_facts` moves the hours of old turns."""
    if zone not in available_timezones():
        raise Invalid(time_zone=_("There is no such time zone."))
    with write():
        moved = _set(shop, None, time_zone=zone)
        figures.everything_changed(moved)
    return moved


def set_bot_hours(shop: Shop, only_off_hours: bool, by: Member) -> Shop:
    """Choose whether the bot receives always or outside business hours only; what it holds stays with it (E3)."""
    _may_set_bot(by)
    return _set(shop, by, bot_only_off_hours=only_off_hours)


def set_tells_parcels(shop: Shop, on: bool, by: Member) -> Shop:
    """Choose whether buyers are told of changes of their parcels (E11); what changed before is not told of."""
    _may_set_bot(by)
    with write():
        if on and not locks.desk(shop.pk).shop.tells_parcels:
            Shipment.objects.filter(shop=shop).exclude(told_state=F("state")).update(told_state=F("state"))
        return _set(shop, by, tells_parcels=on)


def set_faq_by_hits(shop: Shop, on: bool, by: Member) -> Shop:
    """Let the FAQ card show the most asked questions instead of those chosen by hand (E2)."""
    _may_set_bot(by)
    return _set(shop, by, faq_by_hits=on)


def set_after_low_rating(shop: Shop, member_ids: Sequence[int], by: Member) -> None:
    """Name the agents who get the buyers that rated the bot 1-2 stars (E6); nobody: as B2 picks."""
    _may_set_bot(by)
    with write():
        agents = locks.desk(shop.pk).shop.members.agents()
        if agents.filter(pk__in=member_ids).count() != len(set(member_ids)):
            raise NotYours
        named = sorted(agents.filter(after_low_rating=True).values_list("pk", flat=True))
        _note(shop, by, {"after_low_rating": named}, {"after_low_rating": sorted(set(member_ids))})
        Member.objects.filter(shop=shop).update(after_low_rating=False)
        Member.objects.filter(pk__in=member_ids).update(after_low_rating=True)


def _may_set_bot(by: Member) -> None:
    permissions.require(by, "write questions")


def _set(shop: Shop, by: Member | None, **values: Any) -> Shop:
    with write():
        desk = locks.desk(shop.pk)
        _note(desk.shop, by, {name: getattr(desk.shop, name) for name in values}, values)
        for name, value in values.items():
            setattr(desk.shop, name, value)
        desk.shop.save(update_fields=list(values))
        routing.tell_places_later(desk)
        routing.drain_later(desk.pk)
    return desk.shop


def _note(shop: Shop, by: Member | User | None, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Write into the audit log what changes; a form saved as it was changes nothing."""
    if before != after:
        audit.record(
            audit.Kind.SETTING, by, shop, subject=audit.Subject.SHOP, subject_id=shop.pk, before=before, after=after
        )


def _fit_capacities(shop: Shop) -> None:
    """Bring everybody's capacity within new bounds (P1); below the load it only stops new sessions."""
    low, high = shop.policy.capacity_min, shop.policy.capacity_max
    Member.objects.filter(shop=shop, capacity__lt=low).update(capacity=low)
    Member.objects.filter(shop=shop, capacity__gt=high).update(capacity=high)


def _move_due_times(desk: Desk) -> None:
    """Recompute the due times of every open session, all of whose conversations are locked in order first."""
    now = timezone.now()
    ids = list(
        ServiceSession.objects.open().filter(shop_id=desk.pk).order_by("conversation_id").values_list("pk", flat=True)
    )
    for start in range(0, len(ids), _CHUNK):
        moved = locks.sessions(desk.pk, ids[start : start + _CHUNK])
        for session in moved:
            facts.refresh(session, now, desk.shop.policy)
        bulk.update(ServiceSession, _DUE, [(s.closes_at, s.expires_at, s.read_only_at, s.pk) for s in moved])
