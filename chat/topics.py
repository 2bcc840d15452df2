"""Propose what sessions were about, from their entry and the buyer's words (C24)."""

from collections import defaultdict
from collections.abc import Sequence

from chat.models import Message, ServiceSession
from lib import quick, topic_words

READ = 30  # messages a session at most, of so many characters
LENGTH = 200
_SAID = (
    f"SELECT session_id, said FROM (SELECT session_id, seq, substr(text, 1, {LENGTH}) AS said, "
    f'row_number() OVER (PARTITION BY session_id ORDER BY seq) AS place FROM "{Message._meta.db_table}" '
    f"WHERE {{}} AND sender_kind = 'buyer' AND kind = 'text') AS texts WHERE place <= {READ} ORDER BY session_id, seq"
)


def proposals(sessions: Sequence[ServiceSession]) -> dict[int, str]:
    """Return a topic for each session, with one query for all of them."""
    said: dict[int, list[str]] = defaultdict(list)
    if sessions:
        where, params = quick.among("session_id", [one.pk for one in sessions])
        trip = quick.Trip()
        rows = trip.ask(_SAID.format(where), params)
        trip.go()
        for pk, text in rows:
            said[pk].append(text)
    return {one.pk: topic_words.propose(one.entry, said[one.pk]) for one in sessions}
