"""What the simulated clients count: at the recipient, by the sender's key."""

import math
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Sent:
    """One message of a client: when it first left, when it was acknowledged and by whom it was received."""

    who: str
    conversation: int
    place: int  # among this sender's messages
    at: float = 0.0
    waited_for: bool = False  # somebody on the other side was following when it left
    seq: int | None = None


@dataclass
class Tally:
    sent: dict[str, Sent] = field(default_factory=dict)
    delivered: set[str] = field(default_factory=set)
    latencies: list[float] = field(default_factory=list)
    actions: list[float] = field(default_factory=list)
    count: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    heads: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _seen: dict[tuple[str, str], int] = field(default_factory=dict)
    _last: dict[tuple[str, str, int], int] = field(default_factory=dict)

    def acknowledged(self, key: str, seq: int) -> None:
        """Count an answer that says a message is stored under this number."""
        sent = self.sent[key]
        sent.seq = seq
        self.heads[sent.conversation] = max(self.heads[sent.conversation], seq)
        self.count["acknowledged"] += 1

    def received(self, who: str, key: str, seq: int, fresh: bool) -> None:
        """Count an applied message: delivery, latency, duplicates and order per sender."""
        sent = self.sent.get(key)
        if sent is None:
            return
        if (who, key) in self._seen and self._seen[who, key] != seq:
            self.count["duplicated"] += 1
        self._seen[who, key] = seq
        line = (who, sent.who, sent.conversation)
        if fresh and sent.place <= self._last.get(line, -1):
            self.count["misordered"] += 1
        self._last[line] = max(sent.place, self._last.get(line, -1))
        if who[0] != sent.who[0] and key not in self.delivered:
            self.delivered.add(key)
            if sent.waited_for:
                self.latencies.append((time.perf_counter() - sent.at) * 1000)

    def result(self, lost: int) -> dict[str, Any]:
        """Return the figures of the run, keys in plain words."""
        waiting = sum(1 for key, sent in self.sent.items() if sent.seq is not None and key not in self.delivered)
        return {
            "sent": len(self.sent),
            "acknowledged": self.count["acknowledged"],
            "delivered": len(self.delivered),
            "lost": lost,
            "duplicated": self.count["duplicated"],
            "misordered": self.count["misordered"],
            "acknowledged, nobody on the other side yet": max(waiting - lost, 0),
            "refused": dict(self.refusals),
            "reconnects": self.count["reconnects"],
            "gaps fetched": self.count["gaps"],
            "transfers": self.count["transfers"],
            "closes": self.count["closes"],
            "latency at the recipient in ms": {
                "p50": percentile(self.latencies, 50),
                "p95": percentile(self.latencies, 95),
                "p99": percentile(self.latencies, 99),
            },
            "HTTP actions in ms": {"p50": percentile(self.actions, 50), "p99": percentile(self.actions, 99)},
        }


def percentile(values: list[float], share: float) -> float | None:
    """Return the nearest-rank percentile, rounded, or None without values."""
    if not values:
        return None
    return round(sorted(values)[max(math.ceil(len(values) * share / 100) - 1, 0)], 2)
