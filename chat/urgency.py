"""Whom to answer first: what threatens the response rate, the nearest end of its 24 hours first (G2, F4).

The one place of the rule. Three groups, each in its own order:
1. A human still has to answer and the answer would come in time: sessions whose `answer_by` lies ahead, nearest first.
2. Other buyers who wait for a human, longest first: nothing is at stake in G2 (too late already, answered before,
   answered by the FAQ, holiday mode), but somebody waits.
3. Everybody else, where nobody waits or no reply is needed.
In the first two a buyer who sounds upset (feelings.py) comes as early as one who has waited an hour more.
Clients order what they hold by `answer_by`, `waiting_since` and who is upset alone, so a change here reaches them.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.db.models.expressions import Combinable

from chat.models import ServiceSession

WITHIN = timedelta(hours=24)  # G2: they run from the session's start
UPSET_AHEAD = timedelta(hours=1)  # as in console_store.js
_FAR = datetime(9999, 1, 1, tzinfo=UTC)
_LATER = timedelta(days=365_000)  # puts the second group behind the first: one key, so that pages can go on from it

# Unreplied: a buyer waits for a human (C16), and nobody said that no reply is needed (C4).
WAITS = Q(waiting_since__isnull=False, no_reply_needed=False)
_AT_STAKE = WAITS & Q(
    first_human_at__isnull=True,
    holiday_mode=False,
    report_upheld=False,
    started_by=ServiceSession.StartedBy.BUYER,
    last_automatic_seq__lte=F("last_buyer_seq"),  # a later automatic answer has answered it, until the buyer asks on
)


def answer_by(session: ServiceSession) -> datetime | None:
    """Return until when a human must answer for the session to count as answered in time; None: nothing at stake."""
    at_stake = (
        session.waiting_since is not None
        and session.first_human_at is None
        and not (session.no_reply_needed or session.holiday_mode or session.report_upheld)
        and session.started_by == ServiceSession.StartedBy.BUYER
        and session.last_automatic_seq <= session.last_buyer_seq
    )
    return session.started_at + WITHIN if at_stake else None


def key(now: datetime, upset: Collection[int]) -> Combinable:
    """Return what the order sorts by, ascending; the same rule in SQL. `upset`: sessions whose buyers sound so."""
    counts, sounds = _AT_STAKE & Q(started_at__gt=now - WITHIN), Q(pk__in=upset)
    return Case(
        When(counts & sounds, then=F("started_at") - UPSET_AHEAD),
        When(counts, then=F("started_at")),
        When(WAITS & sounds, then=F("waiting_since") + (_LATER - UPSET_AHEAD)),
        When(WAITS, then=F("waiting_since") + _LATER),
        default=Value(_FAR),
        output_field=DateTimeField(),
    )
