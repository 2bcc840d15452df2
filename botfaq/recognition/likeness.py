"""How alike texts are: the meaning an encoder sees and the letters, mixed."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from botfaq.recognition import vectors
from botfaq.recognition.encoders import Encoder
from botfaq.recognition.lexical import Lexical
from botfaq.recognition.normal import normal

Floats = npt.NDArray[np.float32]
MEANING = 0.7  # the encoder's share; what is left is the letters'


class Likeness:
    """n texts, and how alike any text is to each of them: 1 the same, 0 nothing in common."""

    def __init__(self, texts: Sequence[str], encoder: Encoder | None) -> None:
        self.plains = [normal(text) for text in texts]
        self.encoder = encoder
        self.lexical = Lexical(self.plains)
        self.vectors = vectors.of(encoder, texts) if encoder else None

    def shares(self, text: str) -> tuple[Floats, Floats]:
        """Return what letters and meaning each add to the likeness with every text; together at most 1."""
        letters = self.lexical.like(normal(text))
        if self.encoder is None or self.vectors is None:
            return letters, np.zeros_like(letters)
        seen = vectors.of(self.encoder, [text])[0]
        return (1 - MEANING) * letters, MEANING * (self.vectors @ seen)

    def to(self, text: str) -> Floats:
        """Return the likeness with every text."""
        letters, meaning = self.shares(text)
        return letters + meaning

    def rows(self, places: npt.NDArray[np.intp]) -> Floats:
        """Return the likeness of some of the texts with all."""
        letters = np.stack([self.lexical.like(self.plains[place]) for place in places])
        if self.vectors is None:
            return letters
        return np.asarray((1 - MEANING) * letters + MEANING * (self.vectors[places] @ self.vectors.T), np.float32)

    @property
    def bytes(self) -> int:
        """Roughly what it holds in memory."""
        return self.lexical.bytes + (0 if self.vectors is None else self.vectors.nbytes)
