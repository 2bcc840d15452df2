"""script/server: it starts, says so, stops, and explains itself when it can't."""

import gzip
import http.client
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import free_port
from tests.source import ROOT

pytestmark = pytest.mark.system


class Door:
    """One run of script/server with a data directory and a port of its own."""

    def __init__(self, data: Path, port: int, **environment: str) -> None:
        names = ("PATH", "HOME", "LANG")
        own = {name: os.environ[name] for name in names if name in os.environ}
        own |= {"DATA_DIR": str(data), "PORT": str(port), "DEMO": "0"} | environment
        self.said = data.parent / f"said-{time.monotonic_ns()}"
        with self.said.open("wb") as output:
            self.process = subprocess.Popen(
                [ROOT / "script" / "server"], env=own, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def wait_for(self, words: str, patience: float = 60) -> str:
        """Return what it said once it said these words."""
        deadline = time.monotonic() + patience
        while not re.search(words, said := self.said.read_text()):
            assert time.monotonic() < deadline, said
            assert self.process.poll() is None, said
            time.sleep(0.05)
        return said

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(20)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data directory for all tests: the first that starts a server prepares it."""
    return tmp_path_factory.mktemp("door") / "data"


@pytest.fixture
def doors() -> Iterator[list[Door]]:
    """Whatever a test opens is closed again."""
    opened: list[Door] = []
    yield opened
    for door in opened:
        if door.process.poll() is None:
            door.end(signal.SIGTERM)


def test_it_starts_twice_on_the_same_data_and_stops_in_good_order(data: Path, doors: list[Door]) -> None:
    port = free_port()
    for how in (signal.SIGINT, signal.SIGTERM):
        doors.append(Door(data, port))
        doors[-1].wait_for(f"Ready: http://localhost:{port}/", 180)
        assert "not a power loss" in doors[-1].wait_for("Database: ")
        assert doors[-1].end(how) == 0
        assert "Stopped." in doors[-1].said.read_text()
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert (data / "secret_key").stat().st_mode & 0o777 == 0o600


def test_files_go_out_for_good_and_pressed_and_only_for_reading(data: Path, doors: list[Door]) -> None:
    port = free_port()
    doors.append(Door(data, port))
    doors[0].wait_for("Ready: ")
    there = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def ask(method: str, path: str) -> tuple[http.client.HTTPResponse, bytes]:
        there.request(method, path, headers={"Host": "localhost", "Accept-Encoding": "gzip"})
        answer = there.getresponse()
        return answer, answer.read()

    found = re.search(rb'"(/static/css/[^"]+)"', ask("GET", "/login/")[1])
    assert found
    path = found[1].decode()
    style, pressed = ask("GET", path)
    assert style.status == 200
    assert {"max-age=315360000", "immutable"} <= {*style.headers["Cache-Control"].split(", ")}
    assert (style.headers["X-Content-Type-Options"], style.headers["Content-Encoding"]) == ("nosniff", "gzip")
    assert b"{" in gzip.decompress(pressed)
    assert (ask("HEAD", path)[1], ask("POST", path)[0].status) == (b"", 405)
    for nowhere in ("/static/css/", "/static/../manage.py", "/static/%2e%2e/secret_key", f"{path}/"):
        assert ask("GET", nowhere)[0].status == 404


def test_commands_find_the_data_of_the_server(data: Path, doors: list[Door]) -> None:
    port = free_port()
    doors.append(Door(data, port))
    doors[0].wait_for("Ready: ", 180)
    own = {"PATH": os.environ["PATH"], "DATA_DIR": str(data), "DEMO": "0"}
    made = [
        "create_shop", "--seller", "Kite Ltd", "--name", "Kites", "--preset", "douyin", "--time-zone", "Asia/Shanghai",
        "--language", "en", "--currency", "CNY", "--owner", "kim", "--nickname", "Kim", "--email", "kim@kites.example",
    ]  # fmt: skip
    command = [str(ROOT / "script" / "manage"), *made]
    done = subprocess.run(command, env=own, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    link = re.search(r"http://localhost:\d+(/\S+)", done.stdout)
    assert link, done.stdout + done.stderr
    there = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    there.request("GET", link[1], headers={"Host": "localhost"})
    assert b"new_password1" in there.getresponse().read(), "the server opens what the command's secret signed"


def test_it_ends_when_its_server_is_killed(data: Path, doors: list[Door]) -> None:
    doors.append(Door(data, free_port()))
    doors[0].wait_for("Ready: ")
    children = Path(f"/proc/{doors[0].process.pid}/task/{doors[0].process.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    assert doors[0].process.wait(20) == 137


def test_durable_is_said(data: Path, doors: list[Door]) -> None:
    doors.append(Door(data, free_port(), DURABLE="1"))
    assert "survives a killed process and a power loss" in doors[0].wait_for("Database: ")


def test_a_taken_port_is_refused_in_words(data: Path, doors: list[Door]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        doors.append(Door(data, port))
        assert doors[0].process.wait(60) == 1
    assert f"Error: port {port} is taken" in doors[0].said.read_text()


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PORT": "high"}, 'PORT must be a number from 1 to 65535, not "high"'),
        ({"PORT": "65536"}, "PORT must be a number"),
        ({"DATA_DIR": "/proc/here"}, 'DATA_DIR "/proc/here" can\'t be made or written'),
    ],
)
def test_what_it_cannot_use_is_named(environment: dict[str, str], words: str, data: Path, doors: list[Door]) -> None:
    doors.append(Door(data, free_port(), **environment))
    assert doors[0].process.wait(20) == 1
    assert words in doors[0].said.read_text()


def test_a_second_server_on_the_same_data_is_refused(data: Path, doors: list[Door]) -> None:
    doors.append(Door(data, free_port()))
    doors[0].wait_for("Ready: ")
    doors.append(Door(data, free_port()))
    assert doors[1].process.wait(60) == 1
    assert "Another server process uses this DATA_DIR" in doors[1].said.read_text()
