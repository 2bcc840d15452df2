"""What automatic reception did: for the page, the API and exports alike (E4, G5, G12)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from analytics import bot_numbers, conditions, metrics, reading, reports, shapes
from analytics.periods import Range
from chat.models import ServiceSession
from lib.db import snapshot
from shops.models import Shop

QUESTIONS = 200  # the most asked


@snapshot()
def bot(shop: Shop, asked: Range, now: datetime) -> shapes.BotFiguresShape:
    """Return the bot's figures of a range, why it handed over, and how each question's answers did (E4)."""
    by = conditions.rules(shop)
    found, earlier = (reading.total(shop, days, by, now) if days else None for days in (asked.days, asked.previous))
    numbers = found or {}
    return {
        **reports.head(shop, asked, by),
        "figures": [reports.figure(one, by, shop, numbers, earlier) for one in metrics.BOT],
        "reasons": reasons(numbers),
        "questions": [_question(one) for one in bot_numbers.by_question(shop, asked.days, by, now, QUESTIONS)],
    }


def trend(shop: Shop, asked: Range, now: datetime, step: str = "day") -> shapes.TrendShape:
    """Return the bot's figures of each day, week or month."""
    return reports.trend(shop, asked, now, step, metrics.BOT)


def reasons(numbers: Mapping[str, Any]) -> list[shapes.HandoverReasonShape]:
    """Return why the bot handed over, and how often."""
    labels = dict(ServiceSession.BotPart.choices)
    return [
        {"key": str(one), "label": str(labels[one]), "count": int(numbers.get(f"handed_{one}") or 0)}
        for one in bot_numbers.REASONS
    ]


def _question(one: Mapping[str, Any]) -> shapes.AskedQuestionShape:
    value = {metric.key: metric.value(one) for metric in (metrics.SOLVE_RATE, metrics.FEEDBACK_RATE)}
    return {
        "id": one["id"], "text": one["text"], "hits": one["bot_answers"], "solved": one["answers_solved"],
        "unsolved": one["answers_judged"] - one["answers_solved"],
        "solve_rate": value["solve_rate"], "feedback_rate": value["feedback_rate"],
    }  # fmt: skip
