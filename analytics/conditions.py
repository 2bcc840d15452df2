"""Which sessions a number counts (SPEC G): one condition each, for the sum and for the list of sessions behind it."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q

from chat import turns
from shops import profiles
from shops.models import Shop


class Column(F):
    """What a condition compares with; `through` reads its name."""

    name: str


BUYER = Q(started_by="buyer")
NO_FOLLOW_UP = Q(last_automatic_seq__gt=Column("last_buyer_seq"))
FOLLOWED_UP = Q(last_automatic_seq__lte=Column("last_buyer_seq"))  # or no automatic answer at all
RATED = Q(stars__isnull=False)
SERVED = BUYER & (Q(first_human_at__isnull=False) | Q(last_automatic_seq__gt=0))  # by a human or automatically (G14)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the figures of one shop go by now: its metric profile, the clock of P11, its zone."""

    profile: profiles.MetricProfile
    clock: str  # assignment | session
    zone: str

    @property
    def basis(self) -> str:
        """Days added up under another basis count anew."""
        return f"{self.profile.basis}/{self.clock}/{self.zone}"

    @property
    def reply_us(self) -> str:
        """The column that holds how long the first human reply took, by the clock in force."""
        return "first_wait_us" if self.clock == "assignment" else "first_reply_us"


def rules(shop: Shop) -> Rules:
    """Return what the shop's figures go by (P11, P14)."""
    policy = shop.policy
    return Rules(profiles.PROFILES[policy.metric_profile], policy.first_response_clock, shop.time_zone)


def of(by: Rules, now: datetime) -> dict[str, Q]:
    """Return the condition of every counted number, by its name."""
    most = limit(by)
    in_time = Q(first_reply_us__lte=most)
    too_late = Q(first_reply_us__gt=most)
    never = Q(first_reply_us__isnull=True)
    automatic = NO_FOLLOW_UP & (too_late | never)  # the first human reply in time answers once and for all
    not_automatic = in_time | FOLLOWED_UP
    replied = BUYER & Q(holiday_mode=False, first_reply_us__isnull=False) & not_automatic
    found = {
        "consultations": BUYER,
        "auto_solved": BUYER & automatic,
        "needing": BUYER & not_automatic,
        "human_in_time": BUYER & in_time,
        "late": BUYER & FOLLOWED_UP & too_late,
        "unanswered": BUYER & FOLLOWED_UP & never,
        "replied": replied,
        "rated": RATED,
        "stars": RATED,
        "consultations_rated": BUYER & RATED,
        "satisfied": RATED & Q(stars__gte=4),
        "dissatisfied": RATED & Q(stars__lte=2),
        "judged": RATED & Q(report_upheld=False),
        "judged_low": RATED & Q(stars__lte=2, report_upheld=False),
        **{f"stars_{n}": Q(stars=n) for n in range(1, 6)},
        "with_automatic": BUYER & Q(last_automatic_seq__gt=0),
        "served": SERVED,
        "turns": Q(turns__gt=0),
        "turns_fast": Q(turns_fast__gt=0),
        "turns_slow": Q(turns_slow__gt=0) | pending_slow(now),
    }
    if by.profile.counts == profiles.TURNS:
        return found | {"counted": Q(turns_due__gt=0) | Q(turn_due=True), "answered": Q(turns_due_fast__gt=0)}
    counted = BUYER & Q(holiday_mode=False, no_reply_needed=False, report_upheld=False)
    if by.profile.automatic == profiles.LEFT_OUT:
        return found | {"counted": counted & not_automatic, "answered": counted & in_time}
    return found | {"counted": counted, "answered": counted & (in_time | NO_FOLLOW_UP)}


def limit(by: Rules) -> int:
    """Return within how many microseconds a human reply is in time."""
    return turns.us(by.profile.answer_within)


def pending_slow(now: datetime) -> Q:
    """Sessions whose running turn has lasted for more than ten minutes (G9)."""
    return Q(turn_since__lt=now - turns.SLOW)


# First response (G4) in classes: up to so many seconds, the last without an end.
CLASSES: tuple[int, ...] = (10, 30, 60, 180, 600, 1800, 3600, 4 * 3600, 12 * 3600, 24 * 3600)


def classes(by: Rules, now: datetime) -> list[Q]:
    """Return the condition of each class of the distribution of first responses."""
    replied, column = of(by, now)["replied"], by.reply_us
    ends = [turns.us(timedelta(seconds=one)) for one in CLASSES]
    found = [replied & Q(**{f"{column}__lte": ends[0]})]
    for low, high in itertools.pairwise(ends):
        found.append(replied & Q(**{f"{column}__gt": low, f"{column}__lte": high}))
    return [*found, replied & Q(**{f"{column}__gt": ends[-1]})]


def through(condition: Q, relation: str) -> Q:
    """Return the same condition, asked of what leads to the session by this relation."""
    moved = Q(_connector=condition.connector, _negated=condition.negated)
    for child in condition.children:
        moved.children.append(through(child, relation) if isinstance(child, Q) else _through(*_pair(child), relation))
    return moved


def _pair(child: Any) -> tuple[str, Any]:
    """A condition's leaf: a name and a value. (No expression stands as a leaf in this file.)"""
    name, value = child
    return name, value


def _through(name: str, value: Any, relation: str) -> tuple[str, Any]:
    return f"{relation}__{name}", Column(f"{relation}__{value.name}") if isinstance(value, Column) else value
