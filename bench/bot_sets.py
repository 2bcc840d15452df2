"""The sets that the bot is measured on: who asks what, which texts are drawn as phrasings, which are nobody's."""

import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NOBODY = "__oos__"
Pair = tuple[str, str]  # text, label


@dataclass(frozen=True)
class Set:
    """Training texts by label, and messages: (text, label), NOBODY's included."""

    name: str
    train: dict[str, list[str]]
    test: list[Pair]
    fixed: bool = False  # one phrasing a label is all there is

    def drawn(self, phrasings: int, seed: int) -> list[Pair]:
        """Return (text, label) of K distinct texts a label; a smaller K is a part of a larger."""
        found = []
        for label in sorted(self.train):
            texts = list(self.train[label])
            random.Random(f"{seed}:{label}").shuffle(texts)
            found += [(text, label) for text in texts[:phrasings]]
        return found

    def without(self, labels: set[str]) -> "Set":
        """Return the set with these labels held out: their messages are nobody's now."""
        train = {label: texts for label, texts in self.train.items() if label not in labels}
        test = [(text, NOBODY if label in labels else label) for text, label in self.test]
        return Set(f"{self.name} near", train, test, self.fixed)

    def sample(self, most: int) -> "Set":
        """Return the set with at most so many messages."""
        test = self.test
        if len(test) > most:
            test = random.Random(7).sample(test, most)
        return Set(self.name, self.train, test, self.fixed)


def read(folder: Path) -> list[Set]:
    """Return the sets of a folder: train and test.csv, entries and queries.csv, or files with a split column."""
    if (folder / "train.csv").exists():
        near = folder / "near_oos_labels.csv"
        whole = Set(folder.name, _by_label(_pairs(folder / "train.csv")), _pairs(folder / "test.csv"))
        held_out = {row["label"] for row in _rows(near)} if near.exists() else set()
        return [whole, whole.without(held_out)] if held_out else [whole]
    if (folder / "entries.csv").exists():
        entries, test = _by_label(_pairs(folder / "entries.csv")), _pairs(folder / "queries.csv")
        near = folder / "near_oos_noisy.csv"
        strangers = [(row["text"], NOBODY) for row in _rows(near)] if near.exists() else []
        return [Set(folder.name, entries, [*test, *strangers], max(map(len, entries.values())) == 1)]
    return list(_split(folder))


def _split(folder: Path) -> Iterator[Set]:
    for path in sorted(folder.glob("*.csv")):
        rows = list(_rows(path))
        if rows and "split" in rows[0] and "label" in rows[0]:
            train = [(row["text"], row["label"]) for row in rows if row["split"] in ("valid", "train")]
            test = [(row["text"], row["label"]) for row in rows if row["split"] == "test"]
            yield Set(f"{folder.name} {path.stem}", _by_label(train), test)


def _pairs(path: Path) -> list[Pair]:
    return [(row["text"], row["label"]) for row in _rows(path)]


def _by_label(pairs: list[Pair]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for text, label in pairs:
        if label != NOBODY:
            found[label][text] = None
    return {label: list(texts) for label, texts in found.items()}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
