"""Add up what automatic reception did in sessions, by the day on which they started (E4, E8): for roll-ups and live."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Count, Q

from analytics import periods
from chat.models import BotAnswer, ServiceSession, SessionQuerySet, Suggestion
from shops.models import Shop

Numbers = dict[str, int]
ByQuestion = dict[str, list[int]]  # question → how many answers, solved, judged; keys are text, as JSON has them
Part = ServiceSession.BotPart
REASONS = (Part.ASKED, Part.MISSES, Part.RATED_LOW, Part.SWITCHED_OFF, Part.TAKEN)
VERDICTS = {"bot_answers": Q(), "answers_solved": Q(solved=True), "answers_judged": Q(solved__isnull=False)}
OUTCOMES = {
    "suggested": Q(), "suggestions_used": ~Q(outcome=Suggestion.Outcome.OFFERED),
    "suggestions_sent": Q(outcome=Suggestion.Outcome.SENT),
}  # fmt: skip


def of_shop(sessions: SessionQuerySet, shop: Shop) -> dict[date, Numbers]:
    """Return the bot's numbers of each day on which any of these sessions started."""
    found: dict[date, Numbers] = defaultdict(lambda: defaultdict(int))
    received = sessions.exclude(bot_part=Part.NONE).order_by()
    for at, part in received.values_list("started_at", "bot_part"):
        numbers = found[periods.local_day(shop, at)]
        numbers["received"] += 1
        if part in REASONS:
            numbers["handed_over"] += 1
            numbers[f"handed_{part}"] += 1
    for model, wanted in ((BotAnswer, VERDICTS), (Suggestion, OUTCOMES)):
        rows: Any = model.objects.filter(session__in=sessions.order_by()).order_by()
        counts = {f"n_{name}": Count("pk", filter=one) for name, one in wanted.items()}
        for row in rows.values("session__started_at").annotate(**counts):
            numbers = found[periods.local_day(shop, row["session__started_at"])]
            for name in wanted:
                numbers[name] += row[f"n_{name}"]
    return found


def of_questions(sessions: SessionQuerySet, shop: Shop) -> dict[date, ByQuestion]:
    """Return of each such day the questions that were answered, with their answers and verdicts."""
    found: dict[date, ByQuestion] = defaultdict(lambda: defaultdict(lambda: [0] * len(VERDICTS)))
    answers = BotAnswer.objects.filter(session__in=sessions.order_by(), question__isnull=False).order_by()
    for at, question, solved in answers.values_list("session__started_at", "question", "solved"):
        counts = found[periods.local_day(shop, at)][str(question)]
        for place, counted in enumerate((True, solved is True, solved is not None)):
            counts[place] += counted
    return found


def add_questions(total: ByQuestion, more: ByQuestion) -> None:
    """Add the counts of more days to a total."""
    for question, counts in more.items():
        known = total.setdefault(question, [0] * len(VERDICTS))
        for place, count in enumerate(counts):
            known[place] += count
