"""The index of one shop: what a text asks, how sure that is, and what the phrasings say about themselves."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from botfaq.recognition.encoders import Encoder
from botfaq.recognition.likeness import Likeness
from botfaq.recognition.models import BLOCK, Model, Nearest, Ridge
from botfaq.recognition.normal import normal

SOLVABLE = 3000  # phrasings; a solve takes their cube
LOOKED_AT = 6000  # phrasings that are left out in turn, at most
NEARLY = 0.6  # share of the threshold from which a question is worth offering
CLEAR = 0.02  # a runner-up closer than this makes it a choice, not an answer


@dataclass(frozen=True, slots=True)
class Found:
    """A question and its score; an exact hit has 1.0."""

    question: int
    score: float


@dataclass(frozen=True, slots=True)
class Why:
    """The phrasing that speaks most for a question, and what letters and meaning add to the likeness with it."""

    phrasing: str
    letters: float
    meaning: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a phrasing would be taken for if it were not there."""

    phrasing: str
    question: int
    taken_for: int
    score: float
    alone: bool


class Index:
    """Built once from (question, phrasing) pairs; reading it changes nothing."""

    def __init__(self, pairs: Sequence[tuple[int, str]], encoder: Encoder | None) -> None:
        pairs = sorted(pairs)
        self.texts = [text for _question, text in pairs]
        self.questions = sorted({question for question, _text in pairs})
        place = {question: at for at, question in enumerate(self.questions)}
        self._of = np.array([place[question] for question, _text in pairs], np.intp)
        self._likeness = Likeness(self.texts, encoder)
        self._exact: dict[str, set[int]] = {}
        for at, plain in enumerate(self._likeness.plains):
            self._exact.setdefault(plain, set()).add(int(self._of[at]))
        self.threshold = _threshold(len(self.texts), len(self.questions), encoder is not None)
        self.offer_from = NEARLY * self.threshold
        self._model = self._solve() if self.texts else None

    def _solve(self) -> Model:
        if len(self.texts) <= SOLVABLE:
            return Ridge(self._likeness, self._of, len(self.questions))
        return Nearest(self._likeness, self._of)

    def rank(self, text: str, limit: int = 3) -> list[Found]:
        """Return the likeliest questions, best first; ties in the order of their ids."""
        plain = normal(text)
        if self._model is None or not plain:
            return []
        scores = np.clip(self._model.scores(self._likeness.to(text)), 0, 0.99)
        for place in self._exact.get(plain, ()):
            scores[place] = 1.0
        best = np.argsort(-scores, kind="stable")[:limit]
        return [Found(self.questions[place], float(scores[place])) for place in best]

    def is_sure(self, ranked: Sequence[Found]) -> bool:
        """Whether the first of a ranking is the answer (E3)."""
        if not ranked or ranked[0].score < self.threshold:
            return False
        return len(ranked) < 2 or ranked[0].score == 1.0 > ranked[1].score or _gap(ranked) >= CLEAR

    def why(self, text: str, question: int) -> Why:
        """Return what speaks for a question."""
        letters, meaning = self._likeness.shares(text)
        mine = self._of == self.questions.index(question)
        at = int(np.argmax(np.where(mine, letters + meaning, -1)))
        return Why(self.texts[at], float(letters[at]), float(meaning[at]))

    def shared(self) -> list[tuple[str, int, int]]:
        """Return (phrasing, its question, another one) where two questions have the same words."""
        return [
            (self.texts[at], self.questions[int(self._of[at])], self.questions[other])
            for at, plain in enumerate(self._likeness.plains)
            for other in sorted(self._exact[plain] - {int(self._of[at])})
        ]

    @functools.cached_property
    def left_out(self) -> list[LeftOut]:
        """Return the fate of every phrasing without itself; `alone` has no other phrasing of its question.

        Of very many only every n-th is looked at: each is compared with all.
        """
        counts = np.bincount(self._of)
        found: list[LeftOut] = []
        looked_at = np.arange(0, len(self.texts), -(-len(self.texts) // LOOKED_AT) or 1)
        for start in range(0, len(looked_at), BLOCK):
            assert self._model is not None
            places = looked_at[start : start + BLOCK]
            scores = self._model.left_out(places)
            for row, best in enumerate(scores.argmax(axis=1)):
                at, own = int(places[row]), int(self._of[places[row]])
                score = float(scores[row, best])
                found.append(
                    LeftOut(self.texts[at], self.questions[own], self.questions[int(best)], score, counts[own] == 1)
                )
        return found

    def phrasings(self) -> dict[int, int]:
        """Return how many each question has."""
        return dict(zip(self.questions, np.bincount(self._of).tolist(), strict=True))

    @property
    def bytes(self) -> int:
        """Roughly what it holds in memory."""
        return self._likeness.bytes + (self._model.bytes if self._model else 0) + 200 * len(self.texts)


def _gap(ranked: Sequence[Found]) -> float:
    return ranked[0].score - ranked[1].score


def _threshold(phrasings: int, questions: int, with_meaning: bool) -> float:
    """Return the score from which a question is answered: it must grow with the phrasings of a question."""
    each = max(1.0, phrasings / max(1, questions))
    return 0.115 + 0.064 * math.log(each) if with_meaning else 0.192 + 0.059 * math.log(each)
