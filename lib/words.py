"""Text as search sees it: folded, in pairs of characters, with excerpts. No dictionary: 退款 is a pair."""

import itertools
import unicodedata
from typing import NamedTuple

BEFORE, AFTER = 14, 46  # characters of an excerpt around the hit


class Excerpt(NamedTuple):
    """The words around a hit, the hit apart so that nobody has to find it again."""

    before: str
    hit: str
    after: str


class _Folds(dict[int, str]):
    """What each character folds to, found when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).casefold()
        self[code] = folded
        return folded


_folds = _Folds()


def fold(text: str) -> str:
    """Return the text without case and width, each character by itself, so that places can be found."""
    return text.lower() if text.isascii() else text.translate(_folds)


def pairs(text: str) -> set[int]:
    """Return the pairs of neighbours in a folded text, each as one number of 42 bits; none across a space."""
    codes = [0 if letter.isspace() else ord(letter) for letter in text]
    return {(left << 21) | right for left, right in itertools.pairwise(codes) if left and right}


def excerpt(text: str, q: str) -> Excerpt | None:
    """Return the first hit of a folded query in a text with the words around it; None without a hit."""
    folded = fold(text)
    at = folded.find(q)
    if at < 0:
        return None
    end = at + len(q)
    if len(folded) != len(text):  # a character that folds into several: count along
        at, end = _places(text, at, end)
    start = max(0, at - BEFORE)
    before = ("…" if start else "") + text[start:at]
    after = text[end : end + AFTER] + ("…" if end + AFTER < len(text) else "")
    return Excerpt(" ".join(before.split("\n")), text[at:end], " ".join(after.split("\n")))


def _places(text: str, at: int, end: int) -> tuple[int, int]:
    """Return where the characters stand that fold to this stretch."""
    start = stop = -1
    length = 0
    for place, letter in enumerate(text):
        following = length + len(fold(letter))
        if start < 0 and following > at:
            start = place
        if following >= end:
            stop = place + 1
            break
        length = following
    return start, stop
