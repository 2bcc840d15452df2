"""Kill servers with signal 9 while buyers and agents talk; then let the checker say what became of every message.

`script/faults [--quick] [--json] [--database sqlite|postgres|both]`: the default set-up with one process on SQLite, and
two processes with a worker on PostgreSQL and Valkey, one of which is killed. Ends with 1 on any finding.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import checker, planted, servers
from tests.services import free_port, start_postgres, start_valkey

Result = dict[str, Any]


@dataclass
class Traffic:
    """How much is said, for how long, and how often a server dies meanwhile."""

    seconds: float = 500
    kills: int = 20
    buyers: int = 200
    agents: int = 20
    rate: float = 200


QUICK = Traffic(seconds=25, kills=3, buyers=40, agents=6, rate=40)


@contextmanager
def running(server: servers.Server) -> Iterator[servers.Server]:
    try:
        yield server.start(120)
    finally:
        server.stop()


def on_sqlite(home: Path, traffic: Traffic) -> Result:
    """The default set-up: one process, killed and started again."""
    settings = servers.environment(home / "data")
    servers.prepare(settings)
    with running(servers.product(free_port(), settings, home / "server.log")) as server:
        return story(home, traffic, settings, [server], server)


def on_postgres(home: Path, traffic: Traffic, database: str, bus: str) -> Result:
    """Two processes and a worker; one of the two is killed and started again."""
    settings = servers.environment(home / "data", database, bus)
    servers.prepare(settings)
    with ExitStack() as stack:
        pair = [
            stack.enter_context(running(servers.product(free_port(), settings, home / f"server{number}.log")))
            for number in (1, 2)
        ]
        stack.enter_context(worker(settings, home / "worker.log"))
        return story(home, traffic, settings, pair, pair[1])


@contextmanager
def worker(settings: dict[str, str], log: Path) -> Iterator[None]:
    """Run the worker process."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=servers.ROOT, env=servers.whole(settings), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def story(
    home: Path, traffic: Traffic, settings: dict[str, str], serving: list[servers.Server], victim: servers.Server
) -> Result:
    """Let people talk, kill the victim again and again, check everything at the end."""
    journal = home / "journal"
    command = [sys.executable, "manage.py", "simulate", "--json", "--journal", str(journal)]
    command += [part for server in serving for part in ("--url", server.url)]
    for name in ("seconds", "buyers", "agents", "rate"):
        command += [f"--{name}", str(getattr(traffic, name))]
    environment = servers.whole(settings)
    people = subprocess.Popen(command, cwd=servers.ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        kills = _kill_again_and_again(people, journal, traffic, victim)
        said, _nothing = people.communicate(timeout=300)
    finally:
        if people.poll() is None:
            people.kill()
            people.wait()
    if people.returncode:
        raise RuntimeError(f"simulate ended with {people.returncode}")
    found = planted.self_test(journal, settings["DATABASE_URL"])
    return {
        "kills": kills,
        "clients": json.loads(said),
        "checker": checker.verdict(journal, settings["DATABASE_URL"]),
        "planted faults": found,
        "planted faults found": sum(found.values()),
    }


def _kill_again_and_again(
    people: subprocess.Popen[str], journal: Path, traffic: Traffic, victim: servers.Server
) -> int:
    """Kill with signal 9 at random moments spread over the talk, start again at once; return how often."""
    while people.poll() is None and not _talking(journal):
        time.sleep(0.1)
    began, kills = time.monotonic(), 0
    for number in range(traffic.kills):
        moment = traffic.seconds * (number + random.uniform(0.3, 0.9)) / (traffic.kills + 0.5)
        time.sleep(max(began + moment - time.monotonic(), 0))
        if people.poll() is not None or time.monotonic() - began > traffic.seconds:
            break
        victim.kill()
        kills += 1
        victim.start(120)
    return kills


def _talking(journal: Path) -> bool:
    return journal.exists() and b'"do":"send"' in journal.read_bytes()


def good(result: Result) -> bool:
    """Whether the story ended as promised."""
    clients, found = result["clients"], result["checker"]
    return bool(
        not found["findings"]
        and result["planted faults found"] == len(result["planted faults"])
        and not (clients["lost"] or clients["duplicated"] or clients["misordered"])
        and clients["everything had arrived"]
        and result["kills"] > 0
    )


def run(database: str, traffic: Traffic) -> Result:
    """Run the story of one database in a directory of its own."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        if database == "sqlite":
            return on_sqlite(home, traffic)
        postgres, valkey = stack.enter_context(start_postgres()), stack.enter_context(start_valkey())
        return on_postgres(home, traffic, postgres.url, valkey.url)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the short form, about a minute for each database")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    for name in ("seconds", "kills", "buyers", "agents", "rate"):
        parser.add_argument(f"--{name}", type=type(getattr(QUICK, name)))
    options = parser.parse_args()
    traffic = QUICK if options.quick else Traffic()
    for name in ("seconds", "kills", "buyers", "agents", "rate"):
        if getattr(options, name) is not None:
            setattr(traffic, name, type(getattr(QUICK, name))(getattr(options, name)))
    databases = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    results = {database: run(database, traffic) for database in databases}
    for database, result in results.items():
        print(f"{database}: {'as promised' if good(result) else 'NOT AS PROMISED'}, {result['kills']} kills")
        for part in ("clients", "checker"):
            print("  " + ", ".join(f"{name}: {value}" for name, value in result[part].items()))
        print(f"  planted faults found {result['planted faults found']} of {len(result['planted faults'])}")
    if options.json:
        print(json.dumps(results, ensure_ascii=False))
    return 0 if all(good(result) for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
