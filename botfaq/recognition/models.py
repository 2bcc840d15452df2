"""From likeness to a score for each question: kernel ridge regression, or the nearest phrasing where there are many."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Classes = npt.NDArray[np.intp]
SHARP, RIDGE = 3.0, 0.1
BLOCK = 256  # rows of a likeness matrix at a time


class Likeness(Protocol):
    """How alike some phrasings are to all of them."""

    def rows(self, places: Classes) -> Floats: ...


class Model(Protocol):
    """Scores of questions; `left_out` has, for some phrasings, the scores each would get if it were not there."""

    bytes: int

    def scores(self, like: Floats) -> Floats: ...

    def left_out(self, places: Classes) -> Floats: ...


def kernel(like: Floats) -> Floats:
    """Return how much each phrasing counts, 0 to 1."""
    return np.exp(SHARP * (like - 1), dtype=np.float32)


class Ridge:
    """One linear solve over all phrasings; questions count alike however many phrasings they have."""

    def __init__(self, likeness: Likeness, of: Classes, questions: int) -> None:
        size = len(of)
        matrix = np.empty((size, size), np.float32)
        for start in range(0, size, BLOCK):
            places = np.arange(start, min(start + BLOCK, size))
            matrix[places] = kernel(likeness.rows(places))
        counts = np.bincount(of, minlength=questions)[of].astype(np.float32)
        matrix.flat[:: size + 1] += RIDGE * counts / counts.mean()
        inverse = np.linalg.inv(matrix)
        self._of, self._pivots = of, np.maximum(inverse.diagonal().copy(), 1e-6)
        self._weights = np.zeros((size, questions), np.float32)
        for question in range(questions):
            self._weights[:, question] = inverse[:, of == question].sum(axis=1)
        self.bytes = self._weights.nbytes

    def scores(self, like: Floats) -> Floats:
        return np.asarray(kernel(like) @ self._weights, np.float32)

    def left_out(self, places: Classes) -> Floats:
        found = -self._weights[places] / self._pivots[places, None]
        found[np.arange(len(places)), self._of[places]] += 1
        return found


class Nearest:
    """A question is as likely as its nearest phrasing; for knowledge bases too large to solve. `of` is sorted."""

    def __init__(self, likeness: Likeness, of: Classes) -> None:
        self._likeness = likeness
        self._starts = np.flatnonzero(np.diff(of, prepend=-1))
        self.bytes = self._starts.nbytes

    def scores(self, like: Floats) -> Floats:
        return np.maximum.reduceat(kernel(like), self._starts, axis=-1)

    def left_out(self, places: Classes) -> Floats:
        like = self._likeness.rows(places)
        like[np.arange(len(places)), places] = -1
        return np.maximum.reduceat(kernel(like), self._starts, axis=-1)
