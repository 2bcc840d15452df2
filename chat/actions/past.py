"""Store finished and running receptions as they were: times and numbers are kept, nobody is told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chat.actions import figures
from chat.models import Assignment, BotAnswer, Conversation, Event, Message, Rating, ServiceSession, Suggestion
from lib.db import write

_CHUNK = 400


@dataclass(slots=True)
class Reception:
    """One session with all that belongs to it; the events are in the order of their numbers."""

    session: ServiceSession
    events: list[Event] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    rating: Rating | None = None
    answers: list[BotAnswer] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)


def store(lines: Iterable[Conversation], receptions: Sequence[Reception]) -> None:
    """Write receptions in bulk, into conversations that are there; the caller has numbered the events densely."""
    with write():
        ServiceSession.objects.bulk_create([one.session for one in receptions], _CHUNK)
        events = [event for one in receptions for event in _bound(one)]
        Message.objects.bulk_create([event.message for event in events if event.message], _CHUNK)
        for event in events:
            event.message_id = event.message.pk if event.message else None
        Event.objects.bulk_create(events, _CHUNK)
        Assignment.objects.bulk_create([row for one in receptions for row in one.assignments], _CHUNK)
        Rating.objects.bulk_create([one.rating for one in receptions if one.rating], _CHUNK)
        answers = [row for one in receptions for row in one.answers]
        for row in answers:
            row.message_id = row.message.pk if row.message else None
        BotAnswer.objects.bulk_create(answers, _CHUNK)
        Suggestion.objects.bulk_create([row for one in receptions for row in one.suggestions], _CHUNK)
        figures.changed_all([one.session for one in receptions])
        positions = ["last_seq", "buyer_delivered", "buyer_read", "shop_delivered", "shop_read"]
        Conversation.objects.bulk_update(list(lines), positions, _CHUNK)


def _bound(one: Reception) -> list[Event]:
    """Point everything at the stored session: only now does it have a key."""
    rows: list[Event | Assignment | Rating | BotAnswer | Suggestion] = [*one.events, *one.assignments, *one.answers]
    for row in [*rows, *one.suggestions, *([one.rating] if one.rating else [])]:
        row.session = one.session
    for event in one.events:
        if event.message:
            event.message.session = one.session
    return one.events
