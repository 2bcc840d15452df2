"""Let go of many sessions at once: an agent who has left, or whose shift ends (C22). Places and timers are kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import locks, routing
from chat.actions import assigning, people, sessions
from chat.actions.assigning import Pick
from chat.models import Assignment, ServiceSession
from lib import bulk
from lib.db import write
from shops import permissions
from shops.errors import Refused
from shops.models import Desk, Duty, Member, Shop

State = ServiceSession.State
BATCH = 50  # sessions per transaction, so that the desk is never held for long


class Moved(NamedTuple):
    """Which sessions were handed over, and which were not the agent's any more."""

    moved: list[int]
    left: list[int]


def hand_over(of: Member, to: Member | None, by: Member, ids: Sequence[int] | None = None) -> Moved:
    """Hand all or some open sessions of an agent to a colleague, or back to the queue in their old places.

    One's own, or as a lead anybody's. Who lets go of all its own, or gives some back, stops accepting first: else
    the next would come at once.
    409 `not_agent` `same_agent`, and `sole_agent` where the platform gives everything to the only one (B4).
    """
    if by.pk != of.pk:
        permissions.require(by, "steer all sessions")
    if to is not None and to.pk == of.pk:
        raise Refused("same_agent", _("This agent has the session already."))
    if to is None and routing.sole_agent(of.shop):
        raise Refused("sole_agent", _("There is nobody else who could take over."))
    sessions.must_be_agent(by)
    if to is not None:
        sessions.receiver(to, of.shop_id, Member.objects.agents().in_bulk([to.pk]))
    if by.pk == of.pk and by.accepting and (to is None or ids is None):
        people.set_accepting(by, False)
    mine = ServiceSession.objects.assigned().filter(assignee=of).order_by("queued_at", "pk")
    wanted = list(dict.fromkeys(ids)) if ids is not None else list(mine.values_list("pk", flat=True))
    moved: list[int] = []
    for start in range(0, len(wanted), BATCH):
        with write():
            desk = locks.desk(of.shop_id)
            sessions.must_be_agent(by)
            moved += _hand_some(desk, of, to, by, wanted[start : start + BATCH])
    gone = set(moved)
    return Moved(moved, [pk for pk in wanted if pk not in gone])


def requeue_unanswered(now: datetime | None = None) -> int:
    """Put sessions of absent agents back where their shop says so, once unanswered that long; return how many (C22)."""
    at = now or timezone.now()
    count = 0
    for shop in Shop.objects.filter(requeue_after__isnull=False).order_by("pk"):
        due = _unanswered(shop, at).order_by("waiting_since", "pk").values_list("pk", flat=True)[:BATCH]
        if ids := list(due):
            count += _requeue_some(shop.pk, ids, at)
    return count


def _hand_some(desk: Desk, of: Member, to: Member | None, by: Member, ids: list[int]) -> list[int]:
    now = timezone.now()
    known = set(ServiceSession.objects.filter(shop_id=desk.pk, pk__in=ids).values_list("pk", flat=True))
    held = [one for one in locks.sessions(desk.pk, [pk for pk in ids if pk in known]) if _is_with(one, of.pk)]
    if not held:
        return []
    if to is None:
        assigning.requeue(desk, held, now)
        routing.tell_places_later(desk)
    else:
        receiver = sessions.receiver(to, of.shop_id, Member.objects.agents().in_bulk([to.pk]))
        with bulk.together():
            assigning.release(held, now)
            assigning.assign(desk, [Pick(one, receiver, Assignment.Kind.TRANSFER, by=by) for one in held], now)
    routing.drain_later(desk.pk)
    return [one.pk for one in held]


def _requeue_some(shop_id: int, ids: list[int], at: datetime) -> int:
    with write():
        desk = locks.desk(shop_id)
        if desk.shop.requeue_after is None or routing.sole_agent(desk.shop):
            return 0
        still = dict(_unanswered(desk.shop, at).filter(pk__in=ids).values_list("pk", "waiting_since"))
        # A reply needs no desk: it may have come until this very lock.
        held = [one for one in locks.sessions(shop_id, sorted(still)) if one.waiting_since == still[one.pk]]
        if held:
            assigning.requeue(desk, held, at)
            routing.tell_places_later(desk)
            routing.drain_later(shop_id)
    return len(held)


def _unanswered(shop: Shop, at: datetime) -> "QuerySet[ServiceSession]":
    """Return the sessions that have waited long enough with an agent who has been away just as long."""
    since = at - timedelta(minutes=shop.requeue_after or 0)
    just_left = Duty.objects.filter(member=OuterRef("pk"), ended_at=None, started_at__gt=since)
    away = Member.objects.filter(shop=shop, load__gt=0, was_online=False).exclude(Exists(just_left))
    waiting = ServiceSession.objects.assigned().filter(waiting_since__lte=since, no_reply_needed=False)
    return waiting.filter(assignee__in=list(away.values_list("pk", flat=True)))


def _is_with(session: ServiceSession, member_id: int) -> bool:
    return session.state == State.ASSIGNED and session.assignee_id == member_id
