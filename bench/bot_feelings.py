"""How well mood and language are told; the mood of rows that its head never saw."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.mood_head import kept
from botfaq.mood import mood
from botfaq.recognition import encoders
from lib.language import detect

LEARNED_FROM = "en_yelp_imdb"
Rows = list[dict[str, str]]


def measure(data: Path, most: int) -> dict[str, Any]:
    """Return percentages; `most` is the number of rows of a file, 0 for all of them."""
    encoder = encoders.load("use")
    moods = {path.stem: _mood(path, most, encoder) for path in sorted((data / "sentiment").glob("*.csv"))}
    languages = {path.stem: _language(path) for path in sorted((data / "xsid").glob("*.csv"))}
    return {
        "mood": {"zh": _mean(moods, "zh"), "en": _mean(moods, "en"), **moods},
        "language": {
            "whole message": _average([whole for whole, _two in languages.values()]),
            "first two words": _average([two for _whole, two in languages.values()]),
            **{f"{code} whole": whole for code, (whole, _two) in languages.items()},
            **{f"{code} two words": two for code, (_whole, two) in languages.items()},
        },
    }


def _mood(path: Path, most: int, encoder: encoders.Encoder | None) -> float:
    rows = kept(_rows(path)) if path.stem == LEARNED_FROM else _rows(path)
    step = max(1, len(rows) // most) if most else 1
    return _share(rows[::step], lambda row: (mood(row["text"], encoder).score > 0) == (row["label"] == "pos"))


def _language(path: Path) -> tuple[float, float]:
    rows = _rows(path)
    return (
        _share(rows, lambda row: detect(row["text"]) == path.stem),
        _share(rows, lambda row: detect(_two_words(row["text"])) == path.stem),
    )


def _two_words(text: str) -> str:
    """Return the first two words; four characters where a text has no spaces."""
    return " ".join(text.split()[:2]) if " " in text.strip() else text[:4]


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _share(rows: Rows, is_right: Callable[[dict[str, str]], bool]) -> float:
    return round(100 * sum(map(is_right, rows)) / max(1, len(rows)), 2)


def _mean(figures: dict[str, float], language: str) -> float:
    return _average([value for name, value in figures.items() if name.startswith(language)])


def _average(values: list[float]) -> float:
    return round(sum(values) / max(1, len(values)), 2)
