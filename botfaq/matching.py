"""Which common question a text asks, and why; pure reading. Call it outside transactions and off the event loop."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from botfaq.models import KnowledgeBase, Phrasing, Question
from botfaq.recognition.index import Found, Index, LeftOut
from botfaq.recognition.normal import normal as normal
from botfaq.recognition.shelf import shelf
from shops.models import Shop

log = logging.getLogger(__name__)
PATIENCE = 20.0  # seconds that a buyer's message waits for the first index of a shop; a page asks with less
ENOUGH_PHRASINGS = 3  # below it, a question gains most from more of them


class Kind(StrEnum):
    ANSWER = "answer"  # the bot gives this question's answer
    SUGGEST = "suggest"  # near, not sure: offer the best three to choose from


@dataclass(frozen=True, slots=True)
class Match:
    """A recognised question; `score` is 1.0 for an exact hit, `near` are the best questions, this one first."""

    question_id: int
    score: float
    kind: Kind = Kind.ANSWER
    near: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a question would match: `answer_from` is the score at which the bot answers, `offer_from` at which it offers.

    `letters` and `meaning` add up to the likeness (0-1) with the phrasing.
    """

    question_id: int
    score: float
    answer_from: float
    offer_from: float
    phrasing: str
    letters: float
    meaning: float


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the phrasings say about themselves: the share recognised when each is left out, 0-1; None with too few.

    Real messages are some 10 points below it. `weak` are questions with fewer than 3 wordings or mostly mistaken.
    """

    accuracy: float | None
    per_question: dict[int, float]
    weak: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A phrasing of one question that another question catches."""

    phrasing: str
    question_id: int
    caught_by: int
    score: float


def match(shop: Shop, text: str, patience: float = PATIENCE) -> Match | None:
    """Return the question that the text asks or comes near to, None if it is none of the shop's (E3)."""
    index = _usable(shop, patience)
    ranked = index.rank(text) if index else []
    if index is None or not ranked or ranked[0].score < index.offer_from:
        return None
    kind = Kind.ANSWER if index.is_sure(ranked) else Kind.SUGGEST
    return Match(ranked[0].question, ranked[0].score, kind, tuple(found.question for found in _near(index, ranked)))


def suggest(shop: Shop, text: str, limit: int = 3, patience: float = PATIENCE) -> list[Match]:
    """Return the nearest questions of the shop that are worth offering, best first."""
    index = _usable(shop, patience)
    ranked = index.rank(text, limit) if index else []
    return [Match(found.question, found.score, Kind.SUGGEST) for found in (_near(index, ranked) if index else [])]


def explain(shop: Shop, text: str, limit: int = 5, patience: float = PATIENCE) -> list[Explanation]:
    """Return the best questions, whether enough or not, each with what speaks for it."""
    index = _index(shop, patience)
    if index is None:
        return []
    whys = [(found, index.why(text, found.question)) for found in index.rank(text, limit)]
    return [
        Explanation(
            found.question, found.score, index.threshold, index.offer_from, why.phrasing, why.letters, why.meaning
        )
        for found, why in whys
    ]


def expected_accuracy(shop: Shop, patience: float = PATIENCE) -> Expectation:
    """Return how well the phrasings are recognised when each is left out in turn; some 10 points optimistic."""
    index, left_out = _examined(shop, patience)
    if index is None:
        return Expectation(None, {}, ())
    fates: dict[int, list[bool]] = {question: [] for question in index.questions}
    for fate in left_out:
        if not fate.alone:
            fates[fate.question].append(fate.question == fate.taken_for)
    per_question = {question: sum(right) / len(right) for question, right in fates.items() if right}
    judged = [right for rights in fates.values() for right in rights]
    counts = index.phrasings()
    weak = (q for q in fates if counts[q] < ENOUGH_PHRASINGS or per_question.get(q, 1) < 0.5)
    return Expectation(sum(judged) / len(judged) if judged else None, per_question, tuple(weak))


def conflicts(shop: Shop, patience: float = PATIENCE) -> list[Conflict]:
    """Return the phrasings that another question catches, the surest first."""
    index, left_out = _examined(shop, patience)
    if index is None:
        return []
    found = [Conflict(*same, 1.0) for same in index.shared()]
    shared = {(one.question_id, one.phrasing) for one in found}
    for fate in left_out:
        sure = fate.taken_for != fate.question and fate.score >= index.threshold
        if sure and (fate.question, fate.phrasing) not in shared:
            found.append(Conflict(fate.phrasing, fate.question, fate.taken_for, fate.score))
    return sorted(found, key=lambda one: -one.score)


def is_ready(shop: Shop, patience: float = 0) -> bool:
    """Whether the index of the newest texts is there, or comes within so many seconds."""
    return _index(shop, patience) is not None


def is_usable(shop: Shop, patience: float = 0) -> bool:
    """Whether there is an index to match with, be it one of older texts."""
    return _usable(shop, patience) is not None


def is_examined(shop: Shop, patience: float = 0) -> bool:
    """Whether `expected_accuracy` and `conflicts` have something to say, or have it within so many seconds."""
    return _examined(shop, patience)[0] is not None


def warm(shop: Shop) -> None:
    """Begin to build the shop's index, without waiting for it."""
    _index(shop, 0)


def _near(index: Index, ranked: list[Found]) -> list[Found]:
    return [found for found in ranked if found.score >= index.offer_from]


def _usable(shop: Shop, patience: float) -> Index | None:
    """Return the newest index; while it is being built that of older texts, so that no edit silences the bot."""
    try:
        return _index(shop, patience) or shelf.older(shop.pk)
    except Exception:
        older = shelf.older(shop.pk)
        if older is None:
            raise
        log.exception("the index of shop %s could not be built; the one before it serves", shop.pk)
        return older


def _examined(shop: Shop, patience: float) -> tuple[Index | None, list[LeftOut]]:
    """Return the newest index and the fates of its phrasings; both missing while either takes longer."""
    last = time.monotonic() + patience
    index = _index(shop, patience)
    fates = shelf.examine(shop.pk, index, max(0.0, last - time.monotonic())) if index else None
    return (None, []) if fates is None else (index, fates)


def _index(shop: Shop, patience: float) -> Index | None:
    stamp = KnowledgeBase.objects.filter(shop=shop).values_list("stamp", flat=True).first()
    return shelf.get(shop.pk, stamp, _reader(shop), settings.BOT_ENCODER, patience)


def _reader(shop: Shop) -> Callable[[], list[tuple[int, str]]]:
    def read() -> list[tuple[int, str]]:
        texts = [*Question.objects.filter(shop=shop, published=True).order_by("pk").values_list("pk", "text")]
        more = (
            Phrasing.objects.filter(question__shop=shop, question__published=True, question__removed_at=None)
            .order_by("pk")
            .values_list("question_id", "text")
        )
        return [*texts, *more]

    return read
