"""What the bot did (E4), counted live from two covering indexes: answers and verdicts, hand-overs and their reasons."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from analytics import periods, reading, sums
from analytics.conditions import Rules
from analytics.periods import Days
from analytics.sums import Numbers
from chat.models import BotAnswer, ServiceSession, Suggestion
from shops.models import Shop

Part = ServiceSession.BotPart
REASONS = (Part.ASKED, Part.MISSES, Part.RATED_LOW, Part.SWITCHED_OFF, Part.TAKEN)
_VERDICTS = {"bot_answers": Q(), "answers_solved": Q(solved=True), "answers_judged": Q(solved__isnull=False)}
_OUTCOMES = {
    "suggested": Q(), "suggestions_used": ~Q(outcome=Suggestion.Outcome.OFFERED),
    "suggestions_sent": Q(outcome=Suggestion.Outcome.SENT),
}  # fmt: skip


def by_day(shop: Shop, days: Days, by: Rules, now: datetime) -> dict[date, Numbers]:
    """Return the numbers of automatic reception of each day on which a session started."""
    found: dict[date, Numbers] = defaultdict(dict, reading.by_day(shop, days, by, now))
    per_day = _answers(shop, days).annotate(day=sums.day_of(shop, days, "session__started_at")).values("day")
    for row in per_day.annotate(**_counts(_VERDICTS)):
        found[date.fromordinal(row["day"])].update({name: row[f"n_{name}"] for name in _VERDICTS})
    received = _started(shop, days).exclude(bot_part=Part.NONE).annotate(day=sums.day_of(shop, days))
    for row in received.values("day", "bot_part").annotate(n=Count("pk")):
        numbers, handed = found[date.fromordinal(row["day"])], row["bot_part"] in REASONS
        for name in ("received", *(("handed_over", f"handed_{row['bot_part']}") if handed else ())):
            numbers[name] = numbers.get(name, 0) + row["n"]
    for row in _suggestions(shop, days).values("day").annotate(**_counts(_OUTCOMES)):
        found[date.fromordinal(row["day"])].update({name: row[f"n_{name}"] for name in _OUTCOMES})
    return dict(found)


def total(shop: Shop, days: Days, by: Rules, now: datetime) -> Numbers:
    """Return the numbers of all these days together."""
    return sums.add(*by_day(shop, days, by, now).values())


def by_question(shop: Shop, days: Days, most: int) -> list[dict[str, Any]]:
    """Return the questions answered most, each with its answers and verdicts (E4)."""
    rows = (
        _answers(shop, days)
        .filter(question__isnull=False)
        .values("question", "question__text")
        .annotate(**_counts(_VERDICTS))
    )
    return [
        {"id": row["question"], "text": row["question__text"], **{name: row[f"n_{name}"] for name in _VERDICTS}}
        for row in rows.order_by("-n_bot_answers", "question")[:most]
    ]


def conditions(question: int | None = None) -> dict[str, Q]:
    """Return which sessions each number is about; of one question's answers where one is named."""
    mine = BotAnswer.objects.filter(session=OuterRef("pk"), **({} if question is None else {"question": question}))
    shown = Suggestion.objects.filter(session=OuterRef("pk"))
    return {
        "received": ~Q(bot_part=Part.NONE),
        "handed_over": Q(bot_part__in=REASONS),
        **{f"handed_{reason}": Q(bot_part=reason) for reason in REASONS},
        **{name: Q(Exists(mine.filter(verdict))) for name, verdict in _VERDICTS.items()},
        **{name: Q(Exists(shown.filter(outcome))) for name, outcome in _OUTCOMES.items()},
    }


def _counts(conditions: dict[str, Q]) -> dict[str, Count]:
    return {f"n_{name}": Count("pk", filter=one) for name, one in conditions.items()}


def _suggestions(shop: Shop, days: Days) -> QuerySet[Any, Any]:
    span = periods.span(shop, days)
    mine = Suggestion.objects.filter(shop=shop, created_at__gte=span.start, session__started_at__gte=span.start)
    return mine.filter(session__started_at__lt=span.end).annotate(day=sums.day_of(shop, days, "session__started_at"))


def _answers(shop: Shop, days: Days) -> QuerySet[Any, Any]:
    """An answer belongs to the day on which its session started; it can't be older, so the index may start there."""
    span = periods.span(shop, days)
    mine = BotAnswer.objects.filter(shop=shop, created_at__gte=span.start)
    return mine.filter(session__started_at__gte=span.start, session__started_at__lt=span.end).order_by()


def _started(shop: Shop, days: Days) -> QuerySet[Any, Any]:
    span = periods.span(shop, days)
    return ServiceSession.objects.filter(shop=shop, started_at__gte=span.start, started_at__lt=span.end).order_by()
