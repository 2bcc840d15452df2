"""Which common question a text asks: exact after normalisation, else by shared words and character pairs."""

import functools
import re
import unicodedata
from dataclasses import dataclass

from botfaq.models import Phrasing, Question
from shops.models import Shop

ENOUGH = 0.6  # share of common pieces (Dice) from which a text counts as the question
NEAR = 0.25  # from which a question is worth suggesting
CLEAR = 0.05  # a runner-up closer than this makes the match a guess

_HAN = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]+")
_WORD = re.compile(r"[^\W_]+")
# Words that say nothing about the topic; without this, any "is the … ?" would resemble any other.
_EMPTY = frozenset(
    [
        "a",
        "an",
        "am",
        "and",
        "are",
        "be",
        "can",
        "could",
        "do",
        "does",
        "for",
        "hello",
        "hi",
        "i",
        "in",
        "is",
        "it",
        "me",
        "my",
        "of",
        "on",
        "please",
        "the",
        "to",
        "we",
        "you",
        "your",
    ]
)


@dataclass(frozen=True, slots=True)
class Match:
    """A recognised question; `score` is 1.0 for an exact hit."""

    question_id: int
    score: float


@dataclass(frozen=True, slots=True)
class _Entry:
    question_id: int
    plain: str
    pieces: frozenset[str]


def match(shop: Shop, text: str) -> Match | None:
    """Return the question that the text asks, None if it is unclear or none of the shop's (E3)."""
    best = suggest(shop, text, limit=2)
    if not best or best[0].score < ENOUGH:
        return None
    if len(best) > 1 and best[0].score < 1 and best[0].score - best[1].score < CLEAR:
        return None
    return best[0]


def suggest(shop: Shop, text: str, limit: int = 3) -> list[Match]:
    """Return the nearest questions of the shop, best first."""
    plain = normal(text)
    pieces = _pieces(plain)
    scores: dict[int, float] = {}
    for entry in _entries(shop):
        score = 1.0 if plain and entry.plain == plain else min(_dice(pieces, entry.pieces), 0.99)
        scores[entry.question_id] = max(score, scores.get(entry.question_id, 0.0))
    ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Match(question, score) for question, score in ranked[:limit] if score >= NEAR]


def normal(text: str) -> str:
    """Fold width, case, punctuation and spaces, so that writing habits make no difference."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("'s ", " is ").replace("’s ", " is ")
    return " ".join(_WORD.findall(folded))


def _entries(shop: Shop) -> tuple[_Entry, ...]:
    """Read the shop's wordings; what is derived from them is cached by the very words, so no edit is missed."""
    texts = [*Question.objects.filter(shop=shop).order_by("pk").values_list("pk", "text")]
    texts += Phrasing.objects.filter(question__shop=shop).order_by("pk").values_list("question_id", "text")
    return _prepare(tuple(texts))


@functools.lru_cache(maxsize=256)
def _prepare(texts: tuple[tuple[int, str], ...]) -> tuple[_Entry, ...]:
    plains = [(question, normal(text)) for question, text in texts]
    return tuple(_Entry(question, plain, _pieces(plain)) for question, plain in plains)


def _pieces(plain: str) -> frozenset[str]:
    """Return the words of alphabetic scripts and the neighbouring pairs of Chinese and Japanese ones."""
    found: set[str] = set()
    for run in _HAN.findall(plain):
        found.update(run[at : at + 2] for at in range(max(1, len(run) - 1)))
    found.update(word for word in _HAN.sub(" ", plain).split() if word not in _EMPTY)
    return frozenset(found)


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
