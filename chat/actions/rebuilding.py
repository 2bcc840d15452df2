"""Compute the facts of sessions anew from the raw messages and events, and report what had drifted."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import F

from chat import locks
from chat.actions import figures
from chat.models import Assignment, Event, ServiceSession
from chat.replay import FACTS, OF_ASSIGNMENT, Replay
from lib.db import write
from shops.models import Shop

CHUNK = 300


class Drift(NamedTuple):
    """One session whose stored facts are not what its messages say: fact → (stored, found)."""

    session_id: int
    facts: dict[str, tuple[Any, Any]]


def rebuild(shop: Shop, *, dry_run: bool = False) -> Iterator[Drift]:
    """Yield every session that had drifted, and put it right unless it is a dry run.

    A session whose messages were removed, were it only the first of them, keeps its facts as they are: see left_out.
    """
    after = 0
    if not dry_run:
        figures.everything_changed(shop)
    while ids := _some(shop, after):
        after = ids[-1]
        with write():
            for replay in _played(shop, ids):
                wrong = replay.drift()
                if not wrong:
                    continue
                if not dry_run:
                    _mend(replay)
                yield Drift(replay.session.pk, wrong)


def left_out(shop: Shop) -> int:
    """Return how many sessions can't be played again, their messages having been removed (retention)."""
    return ServiceSession.objects.filter(shop=shop, first_seq__lt=F("conversation__first_seq")).count()


def _some(shop: Shop, after: int) -> list[int]:
    rows = ServiceSession.objects.filter(shop=shop, pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:CHUNK])


def _played(shop: Shop, ids: list[int]) -> list[Replay]:
    """Return these sessions played again; their conversations are locked, so that nothing is said meanwhile."""
    sessions = locks.sessions(shop.pk, ids)
    assignments: dict[int, list[Assignment]] = defaultdict(list)
    for row in Assignment.objects.filter(session__in=ids).order_by("pk"):
        assignments[row.session_id].append(row)
    events: dict[int, list[Event]] = defaultdict(list)
    lines = {session.conversation_id for session in sessions}
    logged = Event.objects.filter(conversation__in=lines, session__in=ids).select_related("message").order_by("seq")
    for event in logged.defer("message__text"):
        events[event.session_id].append(event)
    whole = [one for one in sessions if one.first_seq >= one.conversation.first_seq]
    return [Replay(one, assignments[one.pk]).play(events[one.pk]) for one in whole]


def _mend(replay: Replay) -> None:
    replay.settle()
    replay.session.save(update_fields=FACTS)
    for row in replay.assignments[: len(replay.placed)]:
        row.save(update_fields=OF_ASSIGNMENT)
    figures.changed(replay.session)
