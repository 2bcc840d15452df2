"""What the bot should reach: each figure with the floor that must hold and what is worth reaching for."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Goal:
    """`path` leads to the figure in a result; where less is better, the floor is the larger number."""

    name: str
    path: tuple[str, ...]
    floor: float
    reach: float

    def found(self, result: dict[str, Any]) -> float | None:
        value: Any = result
        for step in self.path:
            if not isinstance(value, dict) or step not in value:
                return None
            value = value[step]
        return float(value)

    def verdict(self, result: dict[str, Any]) -> dict[str, Any]:
        """Return the goal's line of the table."""
        value = self.found(result)
        assert value is not None
        sign = 1 if self.reach > self.floor else -1
        words = "below the floor"
        if sign * value >= sign * self.floor:
            words = "reached" if sign * value >= sign * self.reach else "floor holds"
        return {"goal": self.name, "measured": value, "floor": self.floor, "reach": self.reach, "verdict": words}


def _quality(name: str, data: str, phrasings: int, figure: str, floor: float, reach: float) -> Goal:
    return Goal(name, ("sets", data, f"K={phrasings}", figure), floor, reach)


GOALS = [
    _quality("BANKING77 top-1, K=5", "banking77", 5, "top-1", 72.5, 77),
    _quality("BANKING77 top-1, K=10", "banking77", 10, "top-1", 80, 85),
    _quality("SMP2017 zh top-1, K=5", "smp2017_zh", 5, "top-1", 79.5, 84),
    _quality("SOFMattress top-1, K=10", "hint3_sofmattress", 10, "top-1", 77, 80),
    _quality("SOFMattress acc@80, K=10", "hint3_sofmattress", 10, "acc@80", 70, 75),
    _quality("xSID id top-1, K=5", "xsid id", 5, "top-1", 88, 91),
    _quality("BANKING77 near out-of-scope acc@80, K=5", "banking77 near", 5, "acc@80", 50, 60),
    _quality("BANKING77 near out-of-scope AUROC, K=5", "banking77 near", 5, "AUROC", 75, 82),
    Goal("query p95, ms", ("cost", "query p95 ms"), 15, 8),
    Goal("index of 500 x 5, s", ("cost", "index seconds"), 15, 5),
    Goal("memory added, MB", ("cost", "memory MB"), 320, 200),
    Goal("mood zh", ("mood", "zh"), 84, 90),
    Goal("mood en", ("mood", "en"), 85, 92),
    Goal("language of whole messages", ("language", "whole message"), 97, 98.5),
    Goal("language of the first two words", ("language", "first two words"), 91, 95),
]
