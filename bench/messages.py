"""The whole message path beside the raw bounds, in one run: throughput, latency, CPU, HTTP actions beside it.

`python -m bench.messages [--quick] [--json] [--pairs N] [--database postgres|sqlite|both]`. All servers stay up during
the run and are loaded in turn, round after round; what is quoted are medians and ratios of interleaved rounds.
Beside the full and the paced load, two people act over HTTP (see HANDS). Afterwards rows and numbers are counted in the
databases.
"""

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import servers
from bench.client import percentile
from bench.desk import Desk, Hands
from bench.stored import connection
from tests.services import start_postgres

SESSIONS, AGENTS, WINDOW, PACE = 64, 8, 8, 300
# Who act over HTTP beside the load: each lets a buyer write, hands the session over and closes it, as fast as the
# server answers, then waits PAUSE seconds.
HANDS, PAUSE = 2, 0.1
GOAL = 30  # ms: p99 of messages at the pace with these beside it
NAMES = {
    "r1": "raw bound R1",
    "r1n": "raw bound R1, numbered by the database",
    "r2": "raw bound R2",
    "postgres": "product on PostgreSQL",
    "sqlite": "product on SQLite",
}
Figures = dict[str, Any]


@dataclass
class Side:
    """One server under measurement: its load plan, whose CPU it uses, how its database is checked."""

    name: str
    pids: list[int]
    plan: Callable[..., Figures]
    database: str
    desk: Desk | None = None
    rounds: list[Figures] = field(default_factory=list)
    paced: list[Figures] = field(default_factory=list)
    beside: dict[str, list[Figures]] = field(default_factory=dict)
    acknowledged: int = 0
    runs: list[str] = field(default_factory=list)

    def load(self, **how: Any) -> Figures:
        """Run the load client once; add CPU per message of server and database."""
        run = secrets.token_hex(4)
        self.runs.append(run)
        plan = self.plan(run=run, **how)
        before = servers.cpu(*self.pids)
        done = subprocess.run(
            [sys.executable, "-m", "bench.client"],
            input=json.dumps(plan), capture_output=True, text=True, cwd=servers.ROOT, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{self.name}: the load client failed:\n{done.stderr[-3000:]}")
        result: Figures = json.loads(done.stdout)
        result["cpu us per message"] = round((servers.cpu(*self.pids) - before) * 1e6 / max(result["sent"], 1), 1)
        self.acknowledged += result["acknowledged"]
        return result


def raw_plan(port: int) -> Callable[..., Figures]:
    """Return the same sessions for a raw server: conversation n with agent n modulo AGENTS."""
    lines = range(1, SESSIONS + 1)
    agents = [
        {"side": "agent", "path": f"/ws/agent/?c={','.join(str(n) for n in lines if n % AGENTS == agent)}"}
        for agent in range(AGENTS)
    ]
    buyers = [{"side": "buyer", "path": f"/ws/buyer/?c={n}"} for n in lines]
    sockets = [{**socket, "headers": {}, "first": {"type": "resume"}} for socket in agents + buyers]
    sessions = [{"session": n, "buyer": AGENTS + n - 1, "agent": n % AGENTS} for n in lines]
    return lambda **more: {"host": "127.0.0.1", "port": port, "sockets": sockets, "sessions": sessions, **more}


class Bench:
    def __init__(self, options: argparse.Namespace, stack: ExitStack) -> None:
        self.options, self.stack = options, stack
        self.home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-messages-")))
        self.sides: dict[str, Side] = {}
        self.port = options.port
        self.began = time.monotonic()

    def start(self) -> None:
        """Start the databases and every server, open the sessions."""
        self.postgres = self.stack.enter_context(start_postgres(shared_buffers="256MB"))
        for kind in ("r1", "r2") if self.options.quick else ("r1", "r1n", "r2"):
            self._raw(kind)
        if self.options.database in ("postgres", "both"):
            self._product("postgres", self._database("desk"))
        if self.options.database in ("sqlite", "both"):
            self._product("sqlite", "")

    def _database(self, name: str) -> str:
        import psycopg

        if name != "desk":
            with psycopg.connect(self.postgres.url, autocommit=True) as link:
                link.execute(f"CREATE DATABASE {name}")
        return self.postgres.url.rsplit("/", 1)[0] + f"/{name}"

    def _raw(self, kind: str) -> None:
        url = self._database(kind).replace("postgres://", "postgresql://")
        server = self._run(servers.raw(kind, self._port(), url, self.home / f"{kind}.log"))
        self.sides[kind] = Side(NAMES[kind], [server.pid, self.postgres.pid], raw_plan(server.port), url)

    def _product(self, kind: str, url: str) -> None:
        settings = servers.environment(self.home / kind, url)
        servers.prepare(settings, like=self.home / "postgres")
        server = self._run(servers.product(self._port(), settings, self.home / f"{kind}.log"))
        desk = Desk(server, settings).open(AGENTS, SESSIONS)
        tell(f"{NAMES[kind]}: {SESSIONS} sessions are assigned, {time.monotonic() - self.began:.0f} s after the start")
        pids = [server.pid, self.postgres.pid] if url else [server.pid]
        self.sides[kind] = Side(NAMES[kind], pids, desk.plan, settings["DATABASE_URL"], desk)

    def _port(self) -> int:
        self.port += 1
        return int(self.port - 1)

    def _run(self, server: servers.Server) -> servers.Server:
        server.start()
        self.stack.callback(server.stop)
        return server

    def measure(self) -> Figures:
        """Load in turn; return all figures."""
        seconds = self.options.seconds
        for number in range(self.options.pairs):
            for side in self.sides.values():
                side.rounds.append(side.load(mode="window", window=WINDOW, seconds=seconds, warmup=seconds / 4))
                tell(f"round {number + 1}, {side.name}: {side.rounds[-1]['arrived per second']}/s")
        for _number in range(1 if self.options.quick else 3):
            for side in self.sides.values():
                side.paced.append(side.load(mode="paced", rate=PACE, seconds=seconds, warmup=seconds / 4))
        full = {"mode": "window", "window": WINDOW}
        for side in self.sides.values():
            if side.desk:
                side.beside["full load"] = [self._beside(side, **full)]
        for _number in range(1 if self.options.quick else 3):
            for side in self.sides.values():
                if side.desk:
                    side.beside.setdefault(f"{PACE}/s", []).append(self._beside(side, mode="paced", rate=PACE))
        figures = {name: self._figures(side) for name, side in self.sides.items()}
        return {"sides": figures, "ratios": self._ratios(), "lines": self._lines()}

    def _beside(self, side: Side, **how: Any) -> Figures:
        """First message, transfer and close over HTTP beside a load."""
        assert side.desk is not None
        seconds = max(self.options.seconds * 2, 4)
        hands = [Hands(side.desk, PAUSE, seconds - 1.5) for _number in range(HANDS)]
        for one in hands:
            one.start()
        load = side.load(seconds=seconds, warmup=1.5, **how)
        for one in hands:
            one.end()
        failed = [words for one in hands for words in one.failed]
        took = {verb: [span for one in hands for span in one.took[verb]] for verb in hands[0].took}
        return {
            **{f"{verb} p99 ms": percentile(spans, 99) for verb, spans in took.items()},
            **{f"{verb} p50 ms": percentile(spans, 50) for verb, spans in took.items()},
            "actions": sum(len(spans) for spans in took.values()),
            "failed": len(failed),
            "first failures": failed[:3],
            "messages p50 ms": load["p50 ms"],
            "messages p99 ms": load["p99 ms"],
            "messages arrived per second": load["arrived per second"],
        }

    def _lines(self) -> Figures:
        """Return what is promised, in a line for each database."""
        words = f"messages p99 ms at {PACE}/s with HTTP actions beside it"
        return {
            f"{words}, {NAMES[name]}": {
                **spread([one["messages p99 ms"] for one in side.beside[f"{PACE}/s"]]),
                "goal": GOAL,
                "machine's load": round(os.getloadavg()[0], 1),
            }
            for name, side in self.sides.items()
            if side.beside
        }

    def _figures(self, side: Side) -> Figures:
        paced = {f"{name} at {PACE}/s": spread([one[name] for one in side.paced]) for name in ("p50 ms", "p99 ms")}
        runs = side.rounds + side.paced
        return {
            "name": side.name,
            "arrived per second": spread([one["arrived per second"] for one in side.rounds]),
            "cpu us per message": spread([one["cpu us per message"] for one in side.rounds]),
            "client cpu us per message": spread([one["client cpu us per message"] for one in side.rounds]),
            "saturated p99 ms": spread([one["p99 ms"] for one in side.rounds]),
            **paced,
            **{f"HTTP actions beside {name}": together(runs) for name, runs in side.beside.items()},
            "refused": sum(sum(one["refused"].values()) for one in runs),
            "sockets lost": sum(one["sockets lost"] for one in runs),
            "acknowledged and never arrived": sum(one["acknowledged and never arrived"] for one in runs),
            "database": check(side),
        }

    def _ratios(self) -> Figures:
        found: Figures = {}
        for name in ("postgres", "sqlite"):
            for other in self.sides:
                if name in self.sides and other != name and (name, other) != ("postgres", "sqlite"):
                    words = f"{NAMES[name]} / {NAMES[other]}"
                    for what in ("arrived per second", "cpu us per message"):
                        found[f"{what}: {words}"] = self._ratio(what, name, other)
        return found

    def _ratio(self, what: str, name: str, other: str) -> Figures:
        pairs = zip(self.sides[name].rounds, self.sides[other].rounds, strict=True)
        return spread([one[what] / two[what] for one, two in pairs if two[what]])


def check(side: Side) -> Figures:
    """Count in the database what was acknowledged, and whether the numbers are dense."""
    product = side.desk is not None
    table, key = ("chat_message", "client_msg_id") if product else ("raw_message", "key")
    text = f"CAST({key} AS text)"
    ours = " OR ".join(f"{text} LIKE '{run}%'" for run in side.runs)
    log, line = ("chat_event", "conversation_id") if product else ("raw_message", "conversation")
    with connection(side.database) as link:
        stored = link.execute(f"SELECT count(*) FROM {table} WHERE {ours}").fetchone()[0]
        holes = link.execute(
            f"SELECT count(*) FROM (SELECT {line} FROM {log} GROUP BY {line} HAVING max(seq) <> count(*)) AS holes"
        ).fetchone()[0]
    return {"acknowledged": side.acknowledged, "stored": stored, "conversations with a gap": holes}


def whole(counts: Figures) -> bool:
    """Whether everything acknowledged is stored and every log is dense."""
    return bool(counts["stored"] >= counts["acknowledged"] and not counts["conversations with a gap"])


def together(runs: list[Figures]) -> Figures:
    """Return one run's figures, or the spread of several; counts are added up."""
    if len(runs) == 1:
        return runs[0]
    found: Figures = {name: spread([one[name] for one in runs]) for name in runs[0] if name[-2:] in ("ms", "nd")}
    found |= {name: sum(one[name] for one in runs) for name in ("actions", "failed")}
    return found | {"first failures": [words for one in runs for words in one["first failures"]][:3]}


def spread(values: list[float | None]) -> Figures:
    """Return median, lowest and highest."""
    known = [value for value in values if value is not None]
    if not known:
        return {"median": None, "min": None, "max": None}
    return {"median": round(statistics.median(known), 3), "min": round(min(known), 3), "max": round(max(known), 3)}


def tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def show(result: Figures) -> None:
    """Print the figures as lines."""
    for figures in result["sides"].values():
        print(figures["name"])
        for name, value in figures.items():
            if name != "name":
                print(f"  {name}: {plain(value)}")
    for name, value in (result["ratios"] | result["lines"]).items():
        print(f"{name}: {plain(value)}")


def plain(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"median", "min", "max"}:
        return f"{value['median']} ({value['min']} to {value['max']})"
    return ", ".join(f"{name} {plain(one)}" for name, one in value.items()) if isinstance(value, dict) else str(value)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="PostgreSQL only, 3 short rounds: within a minute")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--pairs", type=int, default=0, help="rounds; 5 where left out")
    parser.add_argument("--seconds", type=float, default=0, help="of each round")
    parser.add_argument("--database", choices=("postgres", "sqlite", "both"))
    parser.add_argument("--port", type=int, default=8110, help="the first of up to five loopback ports")
    options = parser.parse_args()
    options.seconds = options.seconds or (1.0 if options.quick else 4.0)
    options.pairs = options.pairs or (3 if options.quick else 5)
    options.database = options.database or ("postgres" if options.quick else "both")
    with ExitStack() as stack:
        bench = Bench(options, stack)
        bench.start()
        result = bench.measure()
    show(result)
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
    return 0 if all(whole(side["database"]) for side in result["sides"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
