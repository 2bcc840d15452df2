"""What is measured of the bot: how often it is right, what it keeps its hands off, and what it costs."""

import resource
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.bot_sets import NOBODY, Pair, Set
from botfaq.recognition import encoders
from botfaq.recognition.encoders import Encoder
from botfaq.recognition.index import Index

Figures = dict[str, float]
REFUSED = 0.8  # share of nobody's messages that the threshold keeps out


class Remembering:
    """The product's encoder, which encodes each text once a run: five seeds ask the same messages."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.width, self._encoder = encoder.name, encoder.width, encoder
        self._known: dict[str, npt.NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        for text in texts:
            if text not in self._known:
                self._known[text] = self._encoder.encode([text])[0]
        return np.stack([self._known[text] for text in texts])


def quality(data: Set, phrasings: int, seeds: int, encoder: Encoder | None) -> Figures:
    """Return percentages, mean over the seeds: top-1, top-3; with nobody's messages also acc@80 and AUROC.

    "answered right" and "wrongly answered" are those of the product's own threshold.
    """
    rounds = [_round(data, data.drawn(phrasings, seed), encoder) for seed in range(seeds)]
    return {name: round(statistics.fmean(one[name] for one in rounds), 2) for name in rounds[0]}


def _round(data: Set, drawn: list[Pair], encoder: Encoder | None) -> Figures:
    labels = sorted({label for _text, label in drawn})
    index = Index([(labels.index(label), text) for text, label in drawn], encoder)
    mine: list[tuple[bool, bool, float, bool]] = []  # right, among three, score, answered
    strangers: list[tuple[float, bool]] = []
    for text, label in data.test:
        ranked = index.rank(text)
        names = [labels[found.question] for found in ranked]
        score = ranked[0].score if ranked else 0.0
        sure = index.is_sure(ranked)
        if label == NOBODY:
            strangers.append((score, sure))
        else:
            mine.append((names[:1] == [label], label in names, score, sure))
    found = {
        "top-1": _percent(right for right, *_rest in mine),
        "top-3": _percent(among for _right, among, *_rest in mine),
        "answered and right": _percent(right and sure for right, _among, _score, sure in mine),
        "answered and wrong": _percent(sure and not right for right, _among, _score, sure in mine),
    }
    return found | (_refusal(mine, strangers) if strangers else {})


def _refusal(mine: list[tuple[bool, bool, float, bool]], strangers: list[tuple[float, bool]]) -> Figures:
    theirs = np.array([score for score, _sure in strangers])
    threshold = float(np.quantile(theirs, REFUSED))
    return {
        "acc@80": _percent(right and score > threshold for right, _among, score, _sure in mine),
        "AUROC": 100 * _auroc(np.array([score for _right, _among, score, _sure in mine]), theirs),
        "strangers answered": _percent(sure for _score, sure in strangers),
    }


def _auroc(ours: npt.NDArray[np.float64], theirs: npt.NDArray[np.float64]) -> float:
    both = np.concatenate([ours, theirs])
    values, place, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]  # ties share the middle of their ranks
    assert len(values)
    return float((ranks[: len(ours)].sum() - len(ours) * (len(ours) + 1) / 2) / (len(ours) * len(theirs)))


def _percent(hits: object) -> float:
    return 100 * statistics.fmean(map(bool, hits))  # type: ignore[call-overload]


def cost(kind: str, entries: int, phrasings: int, queries: int) -> Figures:
    """Return what an index of that size costs: seconds, milliseconds a query, megabytes. Run it in a fresh process."""
    before = _resident()
    encoder = encoders.load(kind)
    loaded = _resident()
    pairs = [(entry, _sentence(entry, number)) for entry in range(entries) for number in range(phrasings)]
    began, cpu = time.perf_counter(), time.process_time()
    index = Index(pairs, encoder)
    built, built_cpu = time.perf_counter() - began, time.process_time() - cpu
    wall, busy = [], []
    for number in range(queries):
        text = _sentence(number * 7 % entries, 1000 + number)
        began, cpu = time.perf_counter(), time.process_time()
        index.rank(text)
        wall.append((time.perf_counter() - began) * 1000)
        busy.append((time.process_time() - cpu) * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "index seconds": round(built, 2),
        "index CPU seconds": round(built_cpu, 2),
        "query p50 ms": round(float(np.quantile(wall, 0.5)), 2),
        "query p95 ms": round(float(np.quantile(wall, 0.95)), 2),
        "query CPU p50 ms": round(float(np.quantile(busy, 0.5)), 2),
        "query CPU p95 ms": round(float(np.quantile(busy, 0.95)), 2),
        "encoder MB": round(loaded - before, 1),
        "memory MB": round(_resident() - before, 1),
        "peak MB": round(peak - before, 1),
    }


_THINGS = (
    "order",
    "parcel",
    "refund",
    "coupon",
    "invoice",
    "jacket",
    "快递",
    "退款",
    "发票",
    "尺码",
    "paket",
    "pesanan",
)
_DOES = (
    "where is",
    "how do I change",
    "can you cancel",
    "why do I pay for",
    "怎么查询",
    "能不能修改",
    "为什么没有",
    "ganti",
)
_TAILS = (
    "please",
    "today",
    "before it ships",
    "with the app",
    "呢",
    "谢谢",
    "明天之前",
    "sekarang",
    "as a gift",
    "again",
)


def _sentence(entry: int, number: int) -> str:
    """Return a sentence of a buyer's length in one of three languages."""
    thing, does = _THINGS[entry % len(_THINGS)], _DOES[entry // len(_THINGS) % len(_DOES)]
    tail = _TAILS[number % len(_TAILS)]
    return f"{does} {thing} {tail} {entry * 31 % 997} {_TAILS[(entry + number) % len(_TAILS)]}"


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20
