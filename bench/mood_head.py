"""Fit the mood's head: `python -m bench.mood_head FILE.csv` (text,label pos or neg) rewrites botfaq/mood_head.py.

Only texts whose licence allows it may be given (Sentiment Labelled Sentences: CC BY 4.0). Every other row is learned
from; bench.bot measures the rest.
"""

import base64
import csv
import sys
import textwrap
from pathlib import Path

import numpy as np

from botfaq.recognition import encoders

PENALTY = 3.0
TARGET = Path(__file__).parents[1] / "botfaq" / "mood_head.py"


def learned(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows that the head learns from."""
    return rows[::2]


def kept(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows that it never sees."""
    return rows[1::2]


def main() -> None:
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as lines:
        rows = learned(list(csv.DictReader(lines)))
    encoder = encoders.load("use")
    assert encoder is not None
    points = encoder.encode([row["text"] for row in rows])
    wanted = np.array([1.0 if row["label"] == "pos" else -1.0 for row in rows])
    middle = points.mean(axis=0)
    points = points - middle
    head = np.linalg.solve(points.T @ points + PENALTY * np.eye(encoder.width), points.T @ (wanted - wanted.mean()))
    bias = -float(middle @ head)
    text = base64.b64encode(head.astype(np.float16).tobytes()).decode()
    lines_of_text = "\n".join(f'    "{line}"' for line in textwrap.wrap(text, 110))
    TARGET.write_text(
        f'"""Written by bench/mood_head.py: the weights of the mood\'s head, half precision."""\n\n'
        f"BIAS = {bias:.4f}\nHEAD = (\n{lines_of_text}\n)\n"
    )


if __name__ == "__main__":
    main()
