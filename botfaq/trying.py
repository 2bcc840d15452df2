"""Try the bot on a text: what it would do, and what speaks for each question."""

from dataclasses import dataclass
from typing import Any

from botfaq import matching
from botfaq.models import Question
from shops.models import Shop

PATIENCE = 5.0  # seconds


@dataclass(frozen=True)
class Candidate:
    """A question that the text could mean; scores and likenesses in percent."""

    question: Question
    verdict: str  # answer, offer or none
    score: int
    phrasing: str
    letters: int
    meaning: int


@dataclass(frozen=True)
class Tried:
    """`does` is answer, offer or none; thresholds in percent. Not `ready`: the index is still being built."""

    ready: bool
    does: str = "none"
    candidates: tuple[Candidate, ...] = ()
    answer_from: int = 0
    offer_from: int = 0


def look(shop: Shop, text: str, patience: float = PATIENCE) -> Tried:
    """Return what the bot would do with a buyer's text, and the best five questions."""
    if not matching.is_ready(shop, patience):
        return Tried(False)
    why = matching.explain(shop, text, patience=0)
    match = matching.match(shop, text, patience=0)
    rows: dict[int, Any] = Question.objects.filter(shop=shop).in_bulk([one.question_id for one in why])
    does = "none" if match is None else "answer" if match.kind == matching.Kind.ANSWER else "offer"
    near = match.near if match else ()
    found = []
    for one in why:
        sure = match is not None and does == "answer" and one.question_id == match.question_id
        verdict = "answer" if sure else "offer" if one.question_id in near and does == "offer" else "none"
        if one.question_id in rows:
            found.append(
                Candidate(
                    rows[one.question_id],
                    verdict,
                    round(100 * one.score),
                    one.phrasing,
                    round(100 * one.letters),
                    round(100 * one.meaning),
                )
            )
    limits = (round(100 * why[0].answer_from), round(100 * why[0].offer_from)) if why else (0, 0)
    return Tried(True, does, tuple(found), *limits)
