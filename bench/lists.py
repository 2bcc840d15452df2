"""Lists and search over a long history: database milliseconds beside the goals, on SQLite and PostgreSQL.

`python -m bench.lists [--quick] [--json] [--sessions N …] [--database sqlite|postgres|both]`: 10,000 sessions by
default; 100000 and 1000000 take minutes to hours to make. Each size starts with an empty database of its own.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.services import start_postgres

ROOT = Path(__file__).resolve().parents[1]
QUICK = 10_000
GOALS = dict.fromkeys(("inbox page and counts", "history, first page", "history, deep"), 5.0)
GOALS |= {f"history page of the shop, {which}": 5.0 for which in ("first", "deep")}
GOALS |= {"history page, one UID": 5.0, "search, rare word": 20.0, "search, frequent word": 150.0}


def main() -> int:
    options = _options()
    if options.inside:
        return _inside(options.sessions[0])
    result: dict[str, Any] = {"goals": GOALS, "databases": {}}
    for database in ("sqlite", "postgres") if options.database == "both" else (options.database,):
        found = {count: _measured(database, count) for count in [QUICK] if options.quick} or {
            count: _measured(database, count) for count in options.sessions
        }
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
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _measured(database: str, count: int) -> dict[str, float]:
    """Make the shop in a database of its own, by a process with the product's settings, and ask it."""
    with ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="lists-"))
        own = {"DATA_DIR": data, "SECRET_KEY": "only-for-measuring-" * 4, "HTTPS": "0", "ALLOWED_HOSTS": "localhost"}
        environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        if database == "postgres":
            own["DATABASE_URL"] = stack.enter_context(start_postgres(shared_buffers="256MB")).url
        command = [sys.executable, "-m", "bench.lists", "--inside", "--sessions", str(count)]
        done = subprocess.run(command, cwd=ROOT, env=environment | own, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _inside(count: int) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sellercenter.settings")
    import django

    django.setup()
    from bench import lists_shop

    print(json.dumps(lists_shop.measure(lists_shop.fill(count))))
    return 0


def _print(database: str, found: dict[int, dict[str, float]]) -> None:
    print(f"{database:34}" + "".join(f"{count:>12,}" for count in found) + f"{'goal':>12}   (ms in the database)")
    for name, goal in GOALS.items():
        print(f"  {name:32}" + "".join(f"{figures[name]:>12}" for figures in found.values()) + f"{goal:>12}")


if __name__ == "__main__":
    sys.exit(main())
