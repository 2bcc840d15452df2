"""Likeness by common pieces of writing: TF-IDF over character pieces, kept as postings so that nothing is dense."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from botfaq.recognition.normal import grams

Floats = npt.NDArray[np.float32]
UNSEEN = 0.5  # weight of pieces that no text has: some part of the message is about something else


class Lexical:
    """The pieces of n texts; `like(text)` is the cosine with each of them."""

    def __init__(self, plains: Sequence[str]) -> None:
        self.size = len(plains)
        documents = [grams(plain) for plain in plains]
        seen = Counter(piece for document in documents for piece in document)
        self._unseen = UNSEEN * (math.log(1 + self.size) + 1)
        self._rarity = {piece: math.log((1 + self.size) / (1 + times)) + 1 for piece, times in seen.items()}
        rows: dict[str, list[int]] = {piece: [] for piece in seen}
        weights: dict[str, list[float]] = {piece: [] for piece in seen}
        for row, document in enumerate(documents):
            for piece, weight in self._weights(document).items():
                rows[piece].append(row)
                weights[piece].append(weight)
        self._postings = {
            piece: (np.array(rows[piece], np.int32), np.array(weights[piece], np.float32)) for piece in seen
        }

    def like(self, plain: str) -> Floats:
        """Return the cosine of a normal text with each text, 0 to 1."""
        found = np.zeros(self.size, np.float32)
        for piece, weight in self._weights(grams(plain)).items():
            rows, weights = self._postings[piece]
            found[rows] += weight * weights
        return found

    def _weights(self, document: Counter[str]) -> dict[str, float]:
        """Return the weights of the known pieces; with the unknown ones they have length 1 together."""
        weights = {
            piece: (1 + math.log(times)) * self._rarity.get(piece, self._unseen) for piece, times in document.items()
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        return {piece: weight / length for piece, weight in weights.items() if piece in self._rarity}

    @property
    def bytes(self) -> int:
        """Roughly what it holds in memory."""
        return sum(180 + rows.nbytes + weights.nbytes for rows, weights in self._postings.values())
