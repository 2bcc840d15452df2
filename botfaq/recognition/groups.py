"""Put texts that mean the same together: average-linkage clustering of their likeness."""

from collections.abc import Sequence

import numpy as np

from botfaq.recognition.encoders import Encoder
from botfaq.recognition.likeness import Likeness
from botfaq.recognition.normal import is_dense

# Mean likeness from which two groups are one: pairs together are right 4 times in 5.
ALIKE, ALIKE_BY_LETTERS = 0.44, 0.22
DENSE = 0.12  # to texts without spaces the encoder gives lower likeness


def grouped(texts: Sequence[str], encoder: Encoder | None) -> list[list[int]]:
    """Return the places of the texts by group, each group in the order given; without an encoder by letters alone."""
    size = len(texts)
    if not size:
        return []
    like = Likeness(texts, encoder).rows(np.arange(size)).astype(np.float64)
    like = (like + like.T) / 2
    if encoder:
        dense = np.array([is_dense(text) for text in texts])
        like += DENSE * (dense[:, None] & dense)
    np.fill_diagonal(like, -1)
    members: list[list[int]] = [[at] for at in range(size)]
    enough = ALIKE if encoder else ALIKE_BY_LETTERS
    while True:
        one, other = sorted(divmod(int(like.argmax()), size))
        if like[one, other] < enough:
            return [sorted(part) for part in members if part]
        mine, theirs = len(members[one]), len(members[other])
        like[one] = (mine * like[one] + theirs * like[other]) / (mine + theirs)
        like[:, one] = like[one]
        like[other], like[:, other], like[one, one] = -1, -1, -1
        members[one] += members[other]
        members[other] = []
