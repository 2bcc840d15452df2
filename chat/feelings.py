"""Which waiting buyers sound upset (C6, E9): a hint for the order of the inbox, worked out when a console asks.

Neither stored nor part of a row: reading a message's mood takes as long as storing several.
"""

from collections import defaultdict
from functools import lru_cache
from typing import TypedDict

from django.conf import settings
from django.db.models import F

from botfaq import mood
from botfaq.recognition import encoders
from chat import urgency
from chat.models import Message, ServiceSession
from shops.models import Member

MOST = 60  # sessions, whoever waits longest
BACK = 6  # numbers before the buyer's newest message
FEELS = 3  # texts of each, the newest first
LOOKED_AT = 300  # characters


class UpsetSessionsShape(TypedDict):
    """Sessions of the asker whose buyers wait and sound upset."""

    upset: list[int]


def upset(member: Member) -> UpsetSessionsShape:
    """Return the member's own sessions whose unanswered words sound upset, in two queries."""
    mine = ServiceSession.objects.assigned().filter(urgency.WAITS, assignee=member)
    ids = list(mine.order_by("waiting_since").values_list("pk", flat=True)[:MOST])
    rows = Message.objects.filter(session__in=ids, sender_kind=Message.Sender.BUYER, kind=Message.Kind.TEXT)
    newest = rows.filter(seq__gt=F("session__last_buyer_seq") - BACK).filter(seq__gt=F("session__last_human_seq"))
    said: dict[int, list[str]] = defaultdict(list)
    for pk, text in newest.order_by("-seq").values_list("session_id", "text"):
        said[pk].append(text[:LOOKED_AT])
    found = {pk: mood.together([_felt(text) for text in texts[:FEELS]]) for pk, texts in said.items()}
    return {"upset": sorted(pk for pk, one in found.items() if one.kind == mood.Kind.NEGATIVE)}


def _felt(text: str) -> mood.Mood:
    # An encoder that the bot loads later hears more: what was heard without it is not kept for then.
    return _heard(text, encoders.loaded(settings.BOT_ENCODER) is not None)


@lru_cache(maxsize=1024)
def _heard(text: str, with_encoder: bool) -> mood.Mood:
    return mood.mood(text, encoders.loaded(settings.BOT_ENCODER) if with_encoder else None)
