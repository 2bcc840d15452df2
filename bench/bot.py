"""The bot's quality and cost, mood and language, on sets of CSV files; the product's own code is what is measured.

`python -m bench.bot [--data DIR] [--set DIR …] [--quick] [--json] [--seeds N] [--encoder use|none]`. A set is a folder
with train.csv and test.csv (text,label; `__oos__` is nobody's), entries.csv and queries.csv, or files with a column
split. K phrasings a label are drawn with 5 seeds; printed are means. Cost is measured in a process of its own.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench import bot_feelings, bot_measures, bot_sets
from bench.bot_goals import GOALS
from botfaq.recognition import encoders

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data" / "bot"
SHOTS = (1, 3, 5, 10)
QUICK_MESSAGES = 400
ENTRIES, PHRASINGS = 500, 5
Result = dict[str, Any]


def main() -> int:
    options = _options()
    began = time.monotonic()
    kind = options.encoder
    encoder = encoders.load(kind)
    memory = bot_measures.Remembering(encoder) if encoder else None
    result: Result = {"encoder": kind if encoder else "none", "seeds": options.seeds, "sets": {}}
    for folder in options.set or _folders(options.data):
        for data in bot_sets.read(folder):
            result["sets"][data.name] = _shots(data, options, memory)
    result["cost"] = _cost(kind, options.quick)
    print("cost, 500 questions of 5 phrasings: ", _line(result["cost"]), flush=True)
    if not options.set:
        result |= bot_feelings.measure(options.data, QUICK_MESSAGES if options.quick else 0)
        print("mood, language: ", _line({**result["mood"], **result["language"]}))
    result["goals"] = [goal.verdict(result) for goal in GOALS if goal.found(result) is not None]
    for goal in result["goals"]:
        limits = f"floor {goal['floor']:>6} reach {goal['reach']:>6}"
        print(f"{goal['goal']:42} {goal['measured']:>8} {limits}  {goal['verdict']}")
    result["seconds"] = round(time.monotonic() - began, 1)
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
    held = all(goal["verdict"] != "below the floor" for goal in result["goals"])
    return 0 if held or options.quick else 1  # one draw and a sample prove no floor


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the sets")
    parser.add_argument("--set", type=Path, action="append", help="one set's folder, or its name in --data; repeatable")
    parser.add_argument("--quick", action="store_true", help="one seed, fewer messages: within a minute")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--seeds", type=int, default=0, help="draws of phrasings; 5 where left out")
    parser.add_argument("--encoder", default="use", choices=[*encoders.KINDS, "none"])
    options = parser.parse_args()
    options.seeds = options.seeds or (1 if options.quick else 5)
    options.set = [path if path.is_dir() else options.data / path for path in options.set or ()]
    missing = [path for path in options.set or [options.data] if not path.is_dir()]
    if missing:
        parser.error(f"there is no folder {missing[0]}")
    return options


def _folders(data: Path) -> list[Path]:
    return [path for path in sorted(data.iterdir()) if path.is_dir() and bot_sets.read(path)]


def _shots(data: bot_sets.Set, options: argparse.Namespace, encoder: Any) -> Result:
    """Measure one set with each number of phrasings."""
    if options.quick:
        data = data.sample(QUICK_MESSAGES)
    found: Result = {}
    for phrasings in (1,) if data.fixed else (5, 10) if options.quick else SHOTS:
        found[f"K={phrasings}"] = bot_measures.quality(data, phrasings, 1 if data.fixed else options.seeds, encoder)
        print(f"{data.name} K={phrasings}: {_line(found[f'K={phrasings}'])}", flush=True)
    return found


def _cost(kind: str, quick: bool) -> dict[str, float]:
    code = (
        "import json; from bench import bot_measures; "
        f"print(json.dumps(bot_measures.cost({kind!r}, {ENTRIES}, {PHRASINGS}, {200 if quick else 1000})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _line(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in figures.items())


if __name__ == "__main__":
    sys.exit(main())
