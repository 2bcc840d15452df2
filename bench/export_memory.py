"""Time and memory of the export of all sessions of one shop as XLSX, in a process that does nothing else.

`python -m bench.export_memory [--quick] [--json] [--sessions N] [--database sqlite|postgres|both]`: 100,000 sessions of
ten messages in one shop by default, 5,000 with --quick. Memory is the process's own, read as the rows are written.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench import own_database

SESSIONS, QUICK = 100_000, 5_000
SECONDS = 60  # goal


def main() -> int:
    options = _options()
    if options.inside:
        print(json.dumps(_write() if options.write else _fill(options.sessions)))
        return 0
    sessions = QUICK if options.quick else options.sessions
    databases = ("sqlite",) if options.quick and options.database == "both" else own_database.chosen(options.database)
    found = {one: own_database.run("bench.export_memory", one, "--sessions", str(sessions)) for one in databases}
    for database, one in found.items():
        print(f"{database}: {', '.join(f'{key} {value}' for key, value in one.items())}")
    if options.json:
        print(json.dumps({"goal seconds": SECONDS, "databases": found}))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="5,000 sessions, SQLite unless a database is named")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--write", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _fill(sessions: int) -> Any:
    """Make the history here, and let another process write it down: making it takes memory too."""
    own_database.set_up()
    from django.core.management import call_command

    from bench import history

    call_command("migrate", verbosity=0)
    history.fill(sessions, shares=(1.0,))
    command = [sys.executable, "-m", "bench.export_memory", "--inside", "--write"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _write() -> dict[str, Any]:
    """Write all sessions of the first shop as the product does; return rows, seconds, and memory as it went on."""
    own_database.set_up()
    from django.conf import settings
    from django.utils import timezone

    from analytics import kinds, listing, periods, writing
    from shops.models import Shop

    shop, now = Shop.objects.earliest("pk"), timezone.now()
    today = periods.local_day(shop, now)
    asked = listing.Asked(days=periods.Days(periods.last(shop, 89, now).first, today))
    memory: list[float] = []
    began, spent = time.perf_counter(), time.process_time()
    table = kinds.sessions(shop, asked, now)
    rows = writing.write_xlsx(
        table, shop, Path(settings.DATA_DIR) / "sessions.xlsx", lambda rows: memory.append(_megabytes())
    )
    took, cpu = time.perf_counter() - began, time.process_time() - spent
    tenth = memory[len(memory) // 10]
    return {
        "rows": rows, "seconds": round(took, 1), "cpu_seconds": round(cpu, 1), "mb_at_a_tenth": tenth,
        "mb_most": max(memory), "mb_grown_since": round(max(memory) - tenth, 1),
    }  # fmt: skip


def _megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


if __name__ == "__main__":
    sys.exit(main())
