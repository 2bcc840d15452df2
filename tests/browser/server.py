"""A real server process for browser tests, with its own database that the test's ORM shares."""

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connections
from django.test import override_settings

from shops.models import User
from shops.session_store import SessionStore
from tests import empty_database
from tests.services import free_port

ROOT = Path(__file__).resolve().parents[2]


def manage(data: Path, *arguments: str) -> None:
    """Run a management command of the product on a data directory; fail with its words."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment(data), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")


def environment(data: Path) -> dict[str, str]:
    """Return what the product reads from its environment, for a server of the default set-up."""
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")}
    own = {"DATA_DIR": str(data), "HTTPS": "0", "DEMO": "1", "ALLOWED_HOSTS": "localhost,127.0.0.1"}
    return kept | own | {"SECRET_KEY": settings.SECRET_KEY}


def make_template(data: Path) -> Path:
    """Prepare a data directory once: migrated, words compiled, static files collected."""
    empty_database.copy_to(data / "desk.sqlite3")
    manage(data, "translations", "compile")
    manage(data, "collectstatic", "--noinput", "-v", "0")
    return data


class Live:
    """The running server: its address, and what a test may do to it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> str:
        """What the server said so far."""
        return (self.data / "server.log").read_text(errors="replace")

    def start(self) -> None:
        """Start the server; return when it is ready."""
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sellercenter", str(self.port)],
                cwd=ROOT, env=environment(self.data), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + 30
        while not self._ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"The server did not start:\n{self.log[-3000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server in good order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server as kill -9 does."""
        self._end(signal.SIGKILL)

    def manage(self, *arguments: str) -> None:
        """Run a management command on the server's data."""
        manage(self.data, *arguments)

    def cookie(self, user: User) -> Any:
        """Return a session cookie that signs this person in, for context.add_cookies."""
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "shops.sign_in.Backend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        return {"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": self.url}

    def _ready(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            link.request("GET", "/health/ready")
            return link.getresponse().status == 200
        except OSError:
            return False
        finally:
            link.close()

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


@contextlib.contextmanager
def live_server(template: Path, data: Path) -> Iterator[Live]:
    """Run a server on a copy of the template, and let the ORM of this process work on the same database."""
    with running(template, data) as server, orm_on(server):
        yield server


@contextlib.contextmanager
def running(template: Path, data: Path) -> Iterator[Live]:
    """Run a server on a copy of the template."""
    shutil.copytree(template, data, dirs_exist_ok=True)
    server = Live(data)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def orm_on(server: Live) -> Iterator[None]:
    """Let the ORM of this process work on a server's database."""
    database = server.data / "desk.sqlite3"
    connection = connections["default"]
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(database)
    argon = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # the server can read no other
    try:
        with override_settings(PASSWORD_HASHERS=argon):
            yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
