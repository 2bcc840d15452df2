"""What the bot did (E4): numbers of days as reading gives them, the questions asked most, the sessions behind each."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from analytics import bot_sums, rollups
from analytics.bot_sums import OUTCOMES, REASONS, VERDICTS, ByQuestion, Part
from analytics.conditions import Rules
from analytics.periods import Days
from botfaq.models import Question
from chat.models import BotAnswer, Suggestion
from lib.db import snapshot
from shops.models import Shop


def by_question(shop: Shop, days: Days, by: Rules, now: datetime, most: int) -> list[dict[str, Any]]:
    """Return the questions answered most, each with its answers and verdicts (E4); removed ones are left out."""
    total: ByQuestion = {}
    with snapshot():
        state = rollups.state(shop, days, by, "answers")
        for _day, _member, answers in state.rows:
            bot_sums.add_questions(total, answers)
        for sessions, _some in rollups.live(shop, days, state.live):
            for answers in bot_sums.of_questions(sessions, shop).values():
                bot_sums.add_questions(total, answers)
        texts = dict(Question.objects.filter(shop=shop, pk__in=[int(key) for key in total]).values_list("pk", "text"))
    rows = [
        {"id": int(key), "text": texts[int(key)], **dict(zip(VERDICTS, counts, strict=True))}
        for key, counts in total.items()
        if int(key) in texts
    ]
    return sorted(rows, key=lambda row: (-row["bot_answers"], row["id"]))[:most]


def conditions(question: int | None = None) -> dict[str, Q]:
    """Return which sessions each number is about; of one question's answers where one is named."""
    mine = BotAnswer.objects.filter(session=OuterRef("pk"), **({} if question is None else {"question": question}))
    shown = Suggestion.objects.filter(session=OuterRef("pk"))
    return {
        "received": ~Q(bot_part=Part.NONE),
        "handed_over": Q(bot_part__in=REASONS),
        **{f"handed_{reason}": Q(bot_part=reason) for reason in REASONS},
        **{name: Q(Exists(mine.filter(verdict))) for name, verdict in VERDICTS.items()},
        **{name: Q(Exists(shown.filter(outcome))) for name, outcome in OUTCOMES.items()},
    }
