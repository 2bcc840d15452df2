"""Fold what buyers write differently without meaning anything by it."""

import re
import unicodedata
from collections import Counter

_WORD = re.compile(r"[^\W_]+")
# Scripts that put no spaces between words: Han, kana, Thai, Lao, Khmer, Burmese. Their pieces are characters.
_DENSE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f"
_RUN = re.compile(f"[{_DENSE}]+|[^{_DENSE}\\s]+")
_IS_DENSE = re.compile(f"[{_DENSE}]")
LONGEST = 400  # characters of a message that are looked at; the rest says the same again


def normal(text: str) -> str:
    """Fold width, case, punctuation and spaces, so that writing habits make no difference."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold().replace("'s ", " is ").replace("’s ", " is ")
    return " ".join(_WORD.findall(folded))


def is_dense(text: str) -> bool:
    """Whether a text has words of a script that puts no spaces between them."""
    return bool(_IS_DENSE.search(text))


def grams(plain: str) -> Counter[str]:
    """Return the pieces of a normal text: 1-3 characters of dense scripts, else words and their 3-5 characters."""
    found: list[str] = []
    for run in _RUN.findall(plain):
        if _IS_DENSE.match(run):
            found += _cut(run, (1, 2, 3))
        else:
            found.append("=" + run)
            found += _cut(f" {run} ", (3, 4, 5))
    return Counter(found)


def _cut(run: str, sizes: tuple[int, ...]) -> list[str]:
    return [run[at : at + size] for size in sizes for at in range(len(run) - size + 1)]
