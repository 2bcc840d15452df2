"""Which language a text is in: by its script, Latin ones by common words and their pieces. Pure, well below 1 ms."""

import functools
import math
import re
import unicodedata
from collections import Counter

from lib.language_words import INDONESIAN, MALAY, WORDS

# Codes that the product offers for translation, each with its English name.
LANGUAGES = {
    "zh": "Simplified Chinese", "en": "English", "ja": "Japanese", "ko": "Korean", "vi": "Vietnamese", "th": "Thai",
    "id": "Indonesian", "ms": "Malay", "tl": "Filipino", "es": "Spanish", "pt": "Portuguese", "fr": "French",
    "de": "German", "it": "Italian", "nl": "Dutch", "pl": "Polish", "tr": "Turkish", "ru": "Russian", "ar": "Arabic",
    "he": "Hebrew", "hi": "Hindi", "el": "Greek",
}  # fmt: skip
LOOKED_AT = 400  # characters; the rest of a long text says nothing new

WORDS_LOOKED_AT = 30
_SCRIPTS = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "THAI": "th", "CYRILLIC": "ru", "ARABIC": "ar",
    "HEBREW": "he", "DEVANAGARI": "hi", "GREEK": "el",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
_KNOWN = 2.5  # what a whole known word says more than its pieces
_FADE = 0.3  # the first words are the sentence's own, later ones are often names
_NAME = 0.4  # weight of a word written with a capital inside a sentence
_LIKELY = {"en": 1.0, "id": 0.5}  # for what says little; "ok", "alarm"
_ONLY_ID, _ONLY_MS = frozenset(INDONESIAN.split()), frozenset(MALAY.split())


def detect(text: str) -> str:
    """Return the code of the language (ISO 639-1, "tl" for Filipino), or "" where the text says nothing about it."""
    text = text[:LOOKED_AT]
    if text.isascii():
        return _of_latin(text) if any(map(str.isalpha, text)) else ""
    counts: Counter[str] = Counter(_script(character) for character in text if character.isalpha())
    latin = counts.pop("latin", 0)
    counts.pop("", None)
    if counts.get("ja", 0) * 4 >= counts.get("zh", 0) and counts.get("ja"):
        return "ja"  # Japanese is full of Chinese characters; Chinese has a の in a brand at most
    if not counts:
        return _of_latin(text) if latin else ""
    found, times = counts.most_common(1)[0]
    # Around Latin names of products a sentence stays Chinese or Thai; a Latin one does not borrow from those scripts.
    if times * 8 > latin or _script(next(filter(str.isalpha, text), "")) == found:
        return found
    return _of_latin(text)


def _script(character: str) -> str:
    if character < "ɐ" or "Ḁ" <= character <= "ỿ":
        return "latin"
    return _SCRIPTS.get(unicodedata.name(character, "").split(" ", 1)[0].split("-", 1)[0], "")


def _of_latin(text: str) -> str:
    """Tell Latin languages apart; English where nothing else is known."""
    if _VIETNAMESE.search(text.lower()):
        return "vi"
    pieces, unseen = _pieces()
    scores = {code: _LIKELY.get(code, 0.0) for code in WORDS}
    words = _WORD.findall(text)[:WORDS_LOOKED_AT]
    for place, written in enumerate(words):
        word = written.lower()
        weight = (_NAME if place and written[0].isupper() else 1.0) / (1 + _FADE * place)
        cut = _cut(word)
        for code, known in _KNOWERS.items():
            likely = sum(pieces[code].get(piece, unseen[code]) for piece in cut) / len(cut)
            scores[code] += weight * (likely + (_KNOWN if word in known else 0))
    best = max(scores, key=lambda code: scores[code])
    return _indonesian_or_malay(words) if best in ("id", "ms") else best


def _indonesian_or_malay(words: list[str]) -> str:
    lower = {word.lower() for word in words}
    return "ms" if len(lower & _ONLY_MS) > len(lower & _ONLY_ID) else "id"


_KNOWERS = {code: frozenset(words.split()) for code, words in WORDS.items()}


@functools.cache
def _pieces() -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Return, for each language, the log likelihood of the pieces of its words, and that of unseen ones."""
    counts = {code: Counter(piece for word in known for piece in _cut(word)) for code, known in _KNOWERS.items()}
    kinds = len({piece for count in counts.values() for piece in count})
    found, unseen = {}, {}
    for code, count in counts.items():
        whole = 3 * count.total() + 0.5 * kinds
        found[code] = {piece: math.log((3 * times + 0.5) / whole) for piece, times in count.items()}
        unseen[code] = math.log(0.5 / whole)
    return found, unseen


def _cut(word: str) -> list[str]:
    """Return the pieces of a word, its ends marked: 1 to 3 characters."""
    word = f" {word} "
    return [word[at : at + size] for size in (1, 2, 3) for at in range(len(word) - size + 1)]
