"""Lists and search over a long history: database milliseconds beside the goals, on SQLite and PostgreSQL.

`python -m bench.lists [--quick] [--json] [--sessions N …] [--database sqlite|postgres|both] [--keep FOLDER]`: 10,000
sessions by default; 1000000 take minutes to make. Each size has a database of its own.
"""

import argparse
import json
import sys
from typing import Any

from bench import own_database

QUICK = 10_000
GOALS = dict.fromkeys(("inbox page and counts", "history, first page", "history, deep"), 5.0)
GOALS |= {f"history page of the shop, {which}": 5.0 for which in ("first", "deep")}
GOALS |= {"history page, one UID": 5.0, "search, rare word": 20.0, "search, frequent word": 150.0}


def main() -> int:
    options = _options()
    if options.inside:
        return _inside(options.sessions[0])
    result: dict[str, Any] = {"goals": GOALS, "databases": {}}
    for database in own_database.chosen(options.database):
        sizes = [QUICK] if options.quick else options.sessions
        keep = options.keep
        found = {n: own_database.run("bench.lists", database, "--sessions", str(n), keep=keep) for n in sizes}
        result["databases"][database] = found
        _print(database, found)
    if options.json:
        print(json.dumps(result))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="10,000 sessions")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--sessions", type=int, nargs="+", default=[QUICK])
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--keep", default="", metavar="FOLDER", help="keep the databases there, and use them again")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _inside(count: int) -> int:
    own_database.set_up()
    from bench import lists_shop

    agent = lists_shop.filled() if own_database.made_before() else lists_shop.fill(count)
    own_database.made()
    print(json.dumps(lists_shop.measure(agent)))
    return 0


def _print(database: str, found: dict[int, dict[str, float]]) -> None:
    print(f"{database:34}" + "".join(f"{count:>12,}" for count in found) + f"{'goal':>12}   (ms in the database)")
    for name, goal in GOALS.items():
        print(f"  {name:32}" + "".join(f"{figures[name]:>12}" for figures in found.values()) + f"{goal:>12}")


if __name__ == "__main__":
    sys.exit(main())
