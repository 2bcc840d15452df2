"""Where the lines of a chart lie: SVG coordinates from values, nothing of what they mean."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

WIDTH, HEIGHT = 1160, 260
LEFT, RIGHT, TOP, BOTTOM = 72, 12, 12, 28
TICKS = 4
LABELS = 14  # along the time axis at most
Values = Sequence[float | None]


class Label(NamedTuple):
    """A word at a place."""

    at: str
    text: str


def lines(days: Sequence[str], tips: Sequence[str], top: float, *series: Values) -> dict[str, Any]:
    """Return a chart of lines over the same steps; a value that is missing breaks its line."""
    inner, step = WIDTH - LEFT - RIGHT, (WIDTH - LEFT - RIGHT) / max(len(days), 1)
    middle = [LEFT + step * (n + 0.5) for n in range(len(days))]
    every = math.ceil(len(days) / LABELS) if days else 1
    drawn = [_line(middle, values, top) for values in series]
    return {
        "width": WIDTH, "height": HEIGHT, "left": LEFT, "right": WIDTH - RIGHT, "foot": HEIGHT - BOTTOM,
        "label_y": HEIGHT - 8, "inner": inner,
        "days": [Label(place(x), day) for n, (x, day) in enumerate(zip(middle, days, strict=True)) if not n % every],
        "series": drawn,
        "steps": [
            {"x": place(x), "left": place(x - step / 2), "width": place(step), "tip": tip,
             "dots": [place(height(values[n], top)) for values in series if n < len(values) and values[n] is not None]}
            for n, (x, tip) in enumerate(zip(middle, tips, strict=True))
        ],
        "top": TOP, "tall": HEIGHT - TOP - BOTTOM,
    }  # fmt: skip


def _line(middle: Sequence[float], values: Values, top: float) -> dict[str, Any]:
    """Return the runs of a line, and the values that stand alone between two gaps."""
    runs: list[list[str]] = [[]]
    for x, value in zip(middle, values, strict=False):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{place(x)},{place(height(value, top))}")
    alone = [Label(*run[0].split(",")) for run in runs if len(run) == 1]
    return {"runs": [" ".join(run) for run in runs if len(run) > 1], "alone": alone}


def scale(values: Values, unit: str) -> list[float]:
    """Return the values at which the grid has lines: from nothing up to a round number above all of them."""
    most = max((value for value in values if value is not None), default=0)
    if unit == "rate":
        most = 1.0 if most > 0.5 else most
    if not most:
        most = 1
    steps = SECONDS if unit == "seconds" and most > 60 else [1, 2, 2.5, 5, 10]
    size = _round_up(most / TICKS, steps)
    if unit == "count":
        size = max(1, math.ceil(size))
    return [size * n for n in range(math.ceil(most / size - 1e-9) + 1)]


SECONDS = [30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 43200, 86400]


def _round_up(value: float, steps: list[float] | list[int]) -> float:
    if steps is SECONDS:
        return next((float(one) for one in steps if one >= value), math.ceil(value / 86400) * 86400.0)
    power = 10.0 ** math.floor(math.log10(value))
    return next(one * power for one in steps if one * power >= value - 1e-12)


def height(value: float | None, top: float) -> float:
    """Return how far from the top edge a value lies."""
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(max((value or 0) / top, 0), 1)


def place(number: float) -> str:
    """Return a coordinate as SVG reads it, whatever the language of the page writes for a decimal point."""
    return f"{number:.1f}".removesuffix(".0")


def gauge(value: float, target: float | None, full: float = 1.0) -> dict[str, str]:
    """Return a bar of 100 units with the target's place on it."""
    found = {"value": place(100 * min(max(value / full, 0), 1))}
    return found | ({"target": place(100 * min(target / full, 1))} if target is not None else {})


def shares(counts: Sequence[int]) -> list[str]:
    """Return the length of each bar, the longest being 100."""
    most = max(counts, default=0) or 1
    return [place(100 * one / most) for one in counts]


def shade(count: int, most: int) -> int:
    """Return one of five depths of colour, 0 for nothing."""
    return 0 if not count or not most else 1 + min(4, int(5 * (count - 1) / most)) if most > 4 else min(5, count)
