"""The processes that are measured: started on loopback, watched for CPU time, ended by their own ids."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import psutil

from tests.services import _die_with_parent as die_with_parent

ROOT = Path(__file__).resolve().parent.parent


class Server:
    """One server process; `log` keeps what it says."""

    def __init__(
        self, command: list[str], port: int, log: Path, environment: Mapping[str, str], ready: str = "/health/ready"
    ) -> None:
        self.command, self.port, self.log, self.ready = command, port, log, ready
        self.environment = whole(environment)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        if self.process is None:
            raise RuntimeError("the server is not running")
        return self.process.pid

    def start(self, patience: float = 60) -> "Server":
        """Start the process; return once it says that it is ready."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )  # fmt: skip
        deadline = time.monotonic() + patience
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"{self.command} did not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.05)
        return self

    def answers(self) -> bool:
        try:
            return httpx.get(self.url + self.ready, timeout=5, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """End it with signal 9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """End it in good order."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def environment(data: Path, database: str = "", bus: str = "") -> dict[str, str]:
    """Return what the product needs to run on these."""
    found = {
        "DJANGO_SETTINGS_MODULE": "sellercenter.settings",
        "SECRET_KEY": "for-measurements-only-" * 3,
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "HTTPS": "0",
        "DEMO": "1",
        "PACE": "0",
        "DATA_DIR": str(data),
        "REDIS_URL": bus,
        "DATABASE_URL": database or f"sqlite:///{data / 'desk.sqlite3'}",
    }
    data.mkdir(parents=True, exist_ok=True)
    return found


def whole(settings: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with these settings on top."""
    return dict(os.environ) | dict(settings)


def product(port: int, settings: dict[str, str], log: Path) -> Server:
    """Return the product's server, as script/server starts it."""
    return Server([sys.executable, "-m", "sellercenter", str(port)], port, log, settings)


def raw(kind: str, port: int, database: str, log: Path) -> Server:
    """Return a raw server: kind is r1 or r2."""
    command = [sys.executable, "-m", "uvicorn", "bench.raw:application", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--loop", "uvloop", "--http", "httptools", "--ws", "websockets-sansio", "--no-access-log"]
    command += ["--ws-per-message-deflate", "false", "--log-level", "warning"]
    return Server(command, port, log, {"RAW": kind, "RAW_DATABASE_URL": database})


def manage(settings: dict[str, str], *arguments: str) -> str:
    """Run manage.py; return what it prints."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=whole(settings), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"manage.py {arguments[0]} failed:\n{done.stderr[-3000:]}")
    return done.stdout


def prepare(settings: dict[str, str], like: Path | None = None) -> None:
    """Make the tables and collect the pages' files, as script/server does; the files may come from another one's."""
    manage(settings, "migrate", "-v", "0")
    if like is not None and (like / "static").exists():
        shutil.copytree(like / "static", Path(settings["DATA_DIR"]) / "static")
    else:
        manage(settings, "collectstatic", "--noinput", "-v", "0")


def cpu(*pids: int) -> float:
    """Return the CPU seconds of these processes and all their children, ended ones included."""
    total = 0.0
    for pid in pids:
        parent = psutil.Process(pid)
        times = parent.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
        for child in parent.children(recursive=True):
            try:
                mine = child.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += mine.user + mine.system
    return total
