"""Metric profiles (P14): how markets count the response rate differs in data, not in code. Named and versioned."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ANSWERS, LEFT_OUT = "answers", "left_out"
SESSIONS, TURNS = "sessions", "turns"


@dataclass(frozen=True, slots=True)
class MetricProfile:
    """What answers a session, within which time, and what is counted at all."""

    key: str
    version: int  # a new one makes the days that were added up under the old one count anew
    name: str | Promise
    answer_within: timedelta  # a human reply is in time up to here, from the session's start
    automatic: str  # solved by automatic reception: it answers, or such sessions are left out of the rate
    counts: str  # the response rate is one of sessions, or of buyer turns
    rate: str | Promise  # the rate's own name
    words: str | Promise  # its definition

    @property
    def basis(self) -> str:
        return f"{self.key}.{self.version}"


_GUIDES = MetricProfile(
    key="guides",
    version=1,
    name=_("The guides' rules"),
    answer_within=timedelta(hours=24),
    automatic=ANSWERS,
    counts=SESSIONS,
    rate=_("24-hour response rate"),
    words=_(
        "Of the consultations, the share answered within 24 hours: by a human reply, or by an automatic answer that "
        "the buyer did not follow up. Left out: sessions started in holiday mode, those marked no reply needed, and "
        "those whose report was approved. Weekends and holidays count."
    ),
)
_US = MetricProfile(
    key="us_24h",
    version=1,
    name=_("US: 24 hours, bot-only sessions excluded"),
    answer_within=timedelta(hours=24),
    automatic=LEFT_OUT,
    counts=SESSIONS,
    rate=_("24-hour response rate"),
    words=_(
        "Of the consultations that automatic reception did not solve alone, the share with a human reply within 24 "
        "hours. Left out: sessions started in holiday mode, those marked no reply needed, and those whose report was "
        "approved."
    ),
)
_SEA = MetricProfile(
    key="sea_12h",
    version=1,
    name=_("Southeast Asia: 12 hours"),
    answer_within=timedelta(hours=12),
    automatic=LEFT_OUT,
    counts=SESSIONS,
    rate=_("12-hour response rate"),
    words=_(
        "Of the consultations that automatic reception did not solve alone, the share with a human reply within 12 "
        "hours. Left out: sessions started in holiday mode, those marked no reply needed, and those whose report was "
        "approved."
    ),
)
_THREE_MINUTES = MetricProfile(
    key="human_3min",
    version=1,
    name=_("3-minute human reply rate"),
    answer_within=timedelta(hours=24),
    automatic=ANSWERS,
    counts=TURNS,
    rate=_("3-minute human reply rate"),
    words=_(
        "Of the buyer's turns that began between 08:00 and 22:59:59, the share that a human answered within 3 minutes; "
        "a turn runs from the oldest unanswered message. Greetings and automatic answers are no replies; a turn that "
        "an automatic answer ended is not counted."
    ),
)

PROFILES: dict[str, MetricProfile] = {one.key: one for one in (_GUIDES, _US, _SEA, _THREE_MINUTES)}
