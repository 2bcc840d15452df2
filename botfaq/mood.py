"""How a message sounds: what its words say, and what its meaning says where the sentence encoder is there.

The head was fitted by bench/mood_head.py on half of the "Sentiment Labelled Sentences" (Kotzias et al. 2015,
CC BY 4.0); through the encoder it holds for the encoder's other languages too. The words are our own.
"""

import base64
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from botfaq import mood_words
from botfaq.mood_head import BIAS, HEAD
from botfaq.recognition.encoders import Encoder

MEANT, SAID = 1.0, 0.8  # weights of the head and of the words
CLEAR = 0.25  # below it, either way, a message is neutral
LOOKED_AT = 300  # characters
FADES = 0.75  # of its weight, from each message to the one before it


class Kind(StrEnum):
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True)
class Mood:
    """`score` is from -1 (angry) to 1 (delighted)."""

    kind: Kind
    score: float


_HAN = {word: -1.0 - 0.3 * (len(word) > 2) for word in mood_words.ZH_NEGATIVE.split()}
_HAN |= {word: 1.0 + 0.3 * (len(word) > 2) for word in mood_words.ZH_POSITIVE.split()}
_LONGEST = max(map(len, _HAN))
_NOT_HAN = re.compile("(?:不太|不够|没有|不是|不怎|不算|并不|不|没|(?<![特分个])别)$")
_SPACED = dict.fromkeys(mood_words.NEGATIVE.split(), -1.0) | dict.fromkeys(mood_words.POSITIVE.split(), 1.0)
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_NOT = frozenset(mood_words.NOT.split())
_REACH = 3  # words that a "not" turns


def mood(text: str, encoder: Encoder | None = None) -> Mood:
    """Return the mood of a message; without an encoder by its words alone (microseconds)."""
    said = math.tanh(in_words(text))
    if encoder is None or not any(map(str.isalpha, text)):
        return _as_mood(said)
    vector = encoder.encode([text[:LOOKED_AT]])[0]
    return _as_mood(math.tanh(MEANT * float(vector @ _head() + BIAS) + SAID * said))


def together(moods: Sequence[Mood]) -> Mood:
    """Return the mood of several messages, given the newest first: the newer, the heavier."""
    weights = [FADES**age for age in range(len(moods))]
    weighed = sum(weight * one.score for weight, one in zip(weights, moods, strict=True))
    return _as_mood(weighed / sum(weights) if weights else 0.0)


def in_words(text: str) -> float:
    """Return what the words say: their sum over the root of their number; 0 where none is known."""
    plain = unicodedata.normalize("NFKC", text[:LOOKED_AT]).lower().replace("’", "'")
    weights = [*_han(plain), *_spaced(plain)]
    if weights:
        return sum(weights) / math.sqrt(len(weights))
    return -0.4 if _NOT & set(_WORD.findall(plain)) else 0.0


def _as_mood(score: float) -> Mood:
    kind = Kind.POSITIVE if score >= CLEAR else Kind.NEGATIVE if score <= -CLEAR else Kind.NEUTRAL
    return Mood(kind, round(score, 3))


def _han(plain: str) -> list[float]:
    """Return the weights of the Chinese words found, the longest first; "not good" is bad."""
    found, at = [], 0
    while at < len(plain):
        word = next((plain[at : at + size] for size in range(_LONGEST, 0, -1) if plain[at : at + size] in _HAN), "")
        if word:
            weight = _HAN[word]
            found.append(-1.2 if weight > 0 and _NOT_HAN.search(plain[max(0, at - 3) : at]) else weight)
        at += len(word) or 1
    return found


def _spaced(plain: str) -> list[float]:
    """Return the weights of the words found in scripts with spaces."""
    words = _WORD.findall(plain)
    found = []
    for at, word in enumerate(words):
        if word in _SPACED:
            weight = _SPACED[word]
            turned = _NOT & set(words[max(0, at - _REACH) : at])
            found.append((-1.0 if weight > 0 else 0.4) if turned else weight)
    return found


_decoded: list[npt.NDArray[np.float32]] = []


def _head() -> npt.NDArray[np.float32]:
    if not _decoded:
        _decoded.append(np.frombuffer(base64.b64decode(HEAD), np.float16).astype(np.float32))
    return _decoded[0]
