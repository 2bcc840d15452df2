"""The limits at the doors (S-11), before anything is read or locked. Clients wait and send the same key again."""

import math

from django.conf import settings

from lib.pace import Pace
from shops.errors import Throttled
from shops.identity import BuyerToken
from shops.models import Member

BUYER_SENDS = Pace(20, 10)
AGENT_SENDS = Pace(60, 10)  # an agent speaks with many at a time
BUYER_FILES = Pace(10, 60)
AGENT_FILES = Pace(30, 60)
UNMASKS = Pace(20, 3600)


def sends(who: BuyerToken | Member) -> None:
    """Count a message; raise Throttled beyond 20 of a buyer, or 60 of an agent, in ten seconds."""
    _take(BUYER_SENDS if isinstance(who, BuyerToken) else AGENT_SENDS, who)


def uploads(who: BuyerToken | Member) -> None:
    """Count a file; raise Throttled beyond 10 of a buyer, or 30 of an agent, in a minute."""
    _take(BUYER_FILES if isinstance(who, BuyerToken) else AGENT_FILES, who)


def unmasks(who: Member) -> None:
    """Count a look at a buyer's personal data; raise Throttled beyond 20 in an hour."""
    _take(UNMASKS, who)


def _take(pace: Pace, who: BuyerToken | Member) -> None:
    key = who.conversation_id if isinstance(who, BuyerToken) else who.pk
    if settings.PACE and (wait := pace.take(key)):
        raise Throttled(retry_after=math.ceil(wait))
