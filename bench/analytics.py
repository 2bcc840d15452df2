"""Pages and calls of figures over a long history, whole HTTP views, beside DuckDB over the raw rows in the same run.

`python -m bench.analytics [--quick] [--json] [--sessions N …] [--database sqlite|postgres|both]
[--keep FOLDER]`: 10,000 sessions of ten messages by default, in ten shops; 90 days of the largest are asked for (19,300
of 100,000). Every figure must be DuckDB's. CPU time is told beside wall time: it says more on a busy machine (without
what PostgreSQL's processes spend).
"""

import argparse
import json
import sys
from typing import Any

from bench import own_database

QUICK = 10_000
RATIO, GROWTH = 0.1, 2.0  # goals: against DuckDB at the largest size; from the smallest size to the largest


def main() -> int:
    options = _options()
    if options.inside:
        own_database.set_up()
        from bench import history, pages_of_figures

        shop = history.largest() if own_database.made_before() else history.migrated(options.sessions[0])
        own_database.made()
        print(json.dumps(pages_of_figures.measure(shop, export=options.export)))
        return 0
    sizes = [QUICK] if options.quick else options.sessions
    databases = ("sqlite",) if options.quick and options.database == "both" else own_database.chosen(options.database)
    result: dict[str, Any] = {"goals": {"ratio to DuckDB": RATIO, "growth": GROWTH}, "databases": {}}
    for database in databases:
        more = [] if options.quick else ["--export"]
        keep = options.keep
        found = {
            n: own_database.run("bench.analytics", database, "--sessions", str(n), *more, keep=keep) for n in sizes
        }
        result["databases"][database] = found
        _print(database, found)
    if options.json:
        print(json.dumps(result))
    return int(any(one["wrong"] for found in result["databases"].values() for one in found.values()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="10,000 sessions, SQLite unless a database is named")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--sessions", type=int, nargs="+", default=[QUICK])
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--keep", default="", metavar="FOLDER", help="keep the databases there, and use them again")
    parser.add_argument("--export", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _print(database: str, found: dict[int, Any]) -> None:
    print(f"\n{database}: ms of the whole view, median: wall (DuckDB's, ratio) CPU (DuckDB's)")
    print(f"  {'':24}" + "".join(f"{count:>36,}" for count in found) + "   growth")
    names = list(next(iter(found.values()))["views"])
    for name in names:
        cells, took = "", []
        for one in found.values():
            (view, cpu), duck = one["views"][name], one["duck"].get(name)
            took.append(view)
            beside = f"{view:.1f} ({duck[0]:.0f}, {view / duck[0]:.2f}) {cpu:.0f} ({duck[1]:.0f})" if duck else ""
            cells += f"{beside or f'{view:.1f} CPU {cpu:.0f}':>36}"
        print(f"  {name:24}{cells}   {took[-1] / took[0]:.2f}")
    for count, one in found.items():
        print(f"  {count:,}: {one['compared']} values compared, {len(one['wrong'])} differ {one['wrong'][:3]}")
        if "export" in one:
            print(f"  {count:,}: export {one['export']}")


if __name__ == "__main__":
    sys.exit(main())
