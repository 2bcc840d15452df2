"""The history page's list (C8): closed sessions by time, agent, buyer's name or UID; who sees whose. Questions only.

Newest last message first, a page at a time, each from the index that fits: the agent's own past, or the shop's.
"""

from datetime import datetime
from typing import NamedTuple

from chat import locks, searching
from chat.models import ServiceSession, SessionQuerySet
from chat.searching import Key, Wanted
from shops.models import Buyer, Member

PAGE = 30
OF_ONE = 1_000  # sessions of one buyer looked at, for a UID


class Asked(NamedTuple):
    """What the list is asked for: last messages from `since` to before `until`, one agent, a buyer's name or UID."""

    since: datetime | None = None
    until: datetime | None = None
    agent: int | None = None
    buyer: str = ""
    before: Key | None = None


def readable(member: Member) -> SessionQuerySet:
    """Return the closed sessions whose past a member reads: leads the shop's, an agent its own (C8)."""
    if member.is_lead:
        return ServiceSession.objects.closed().filter(shop_id=member.shop_id)
    return ServiceSession.objects.closed().filter(last_assignee=member)


def agents(member: Member) -> list[Member]:
    """Return whom the filter offers: for leads everybody who may have had a session, also those who have left."""
    if not member.is_lead:
        return []
    return list(Member.objects.filter(shop_id=member.shop_id).order_by("-is_active", "nickname")[:500])


def page(member: Member, asked: Asked) -> tuple[list[ServiceSession], Key | None]:
    """Return one page of sessions with all that a row needs, and what the next page starts below."""
    rows = _chosen(member, asked)
    if asked.buyer:
        return _of_buyers(member.shop_id, rows, asked)
    rows = rows.below(*asked.before) if asked.before else rows
    ids = list(rows.order_by("-last_message_at", "-pk").values_list("pk", flat=True)[: PAGE + 1])
    found = _loaded(ids[:PAGE])
    return found, _key(found[-1]) if len(ids) > PAGE else None


def _chosen(member: Member, asked: Asked) -> SessionQuerySet:
    rows = readable(member)
    if asked.agent and member.is_lead:
        # The agent's index, not the shop's; an agent of another shop has nothing here.
        known = Member.objects.filter(shop_id=member.shop_id, pk=asked.agent)
        rows = ServiceSession.objects.closed().filter(last_assignee__in=list(known))
    if asked.since:
        rows = rows.filter(last_message_at__gte=asked.since)
    return rows.filter(last_message_at__lt=asked.until) if asked.until else rows


def _of_buyers(shop_id: int, rows: SessionQuerySet, asked: Asked) -> tuple[list[ServiceSession], Key | None]:
    """Whose nickname holds the words, by the word index; and the one buyer whose UID or whole nickname they are."""
    wanted = Wanted.of(shop_id, "", asked.buyer)
    hits, after = searching.closed(rows, wanted, asked.before, PAGE, asked.since)
    merged = {hit.row.pk: hit.row for hit in hits}
    for row in _exactly(shop_id, rows, asked):
        if after is None or _key(row) >= after:
            merged.setdefault(row.pk, row)
    found = sorted(merged.values(), key=_key, reverse=True)
    return found[:PAGE], _key(found[PAGE - 1]) if len(found) > PAGE else after


def _exactly(shop_id: int, rows: SessionQuerySet, asked: Asked) -> list[ServiceSession]:
    """Return a buyer's own sessions; read from the buyer, whose sessions are few, not from the shop's past."""
    whose = Buyer.objects.filter(shop_id=shop_id)
    buyers = [*whose.filter(uid=asked.buyer)[:1], *whose.filter(nickname=asked.buyer)[:20]]
    of_them = ServiceSession.objects.filter(conversation__buyer__in=buyers).order_by("-pk")
    ids = list(of_them.values_list("pk", flat=True)[:OF_ONE]) if buyers else []
    rows = rows.below(*asked.before) if asked.before else rows
    fitting = rows.filter(pk__in=ids).order_by("-last_message_at", "-pk").values_list("pk", flat=True)[: PAGE + 1]
    return _loaded(list(fitting)) if ids else []


def _key(row: ServiceSession) -> Key:
    return row.last_message_at, row.pk


def _loaded(ids: list[int]) -> list[ServiceSession]:
    found = {row.pk: row for row in locks.loaded().filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]
