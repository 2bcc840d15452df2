"""Propose what sessions were about, from their entry and the buyer's words (C24)."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models.functions import Substr

from chat.models import Message, ServiceSession
from lib import topic_words

READ = 30  # messages a session at most, of so many characters
LENGTH = 200


def proposals(sessions: Sequence[ServiceSession]) -> dict[int, str]:
    """Return a topic for each session, with one query for all of them."""
    said: dict[int, list[str]] = defaultdict(list)
    if sessions:
        texts = Message.objects.filter(
            session__in=[one.pk for one in sessions], sender_kind=Message.Sender.BUYER, kind=Message.Kind.TEXT
        )
        rows = texts.order_by("session", "seq").values_list("session_id", Substr("text", 1, LENGTH))
        for pk, text in rows[: READ * len(sessions)]:
            said[pk].append(text)
    return {one.pk: topic_words.propose(one.entry, said[one.pk][:READ]) for one in sessions}
