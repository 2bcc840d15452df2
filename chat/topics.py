"""Propose what sessions were about, from their entry and the buyer's words (C24)."""

from collections import defaultdict
from collections.abc import Sequence

from chat.models import Message, ServiceSession
from lib import quick, topic_words

READ = 30  # messages a session at most, of so many characters
LENGTH = 200
_SAID = (
    f'SELECT session_id, substr(text, 1, {LENGTH}) FROM "{Message._meta.db_table}" '
    "WHERE {} AND sender_kind = 'buyer' AND kind = 'text' ORDER BY session_id, seq LIMIT %s"
)


def proposals(sessions: Sequence[ServiceSession]) -> dict[int, str]:
    """Return a topic for each session, with one query for all of them."""
    said: dict[int, list[str]] = defaultdict(list)
    if sessions:
        where, params = quick.among("session_id", [one.pk for one in sessions])
        trip = quick.Trip()
        rows = trip.ask(_SAID.format(where), [*params, READ * len(sessions)])
        trip.go()
        for pk, text in rows:
            said[pk].append(text)
    return {one.pk: topic_words.propose(one.entry, said[one.pk][:READ]) for one in sessions}
