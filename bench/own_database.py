"""Run a module's inner part with the product's settings and an empty database of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.services import start_postgres

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("sqlite", "postgres")
MADE = "filled"


def chosen(database: str) -> tuple[str, ...]:
    """Return the databases that an option names."""
    return NAMES if database == "both" else (database,)


def run(module: str, database: str, *arguments: str, keep: str = "") -> Any:
    """Return what `python -m module --inside …` says on its last line; a folder keeps the database for next time."""
    with ExitStack() as stack:
        home = Path(keep, f"{module}-{database}-{'-'.join(arguments)}").resolve() if keep else None
        if home and not (home / "files" / MADE).exists():
            shutil.rmtree(home, ignore_errors=True)  # it was broken off
        data = str(home / "files") if home else stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
        Path(data).mkdir(parents=True, exist_ok=True)
        own = {"DATA_DIR": data, "SECRET_KEY": "only-for-measuring-" * 4, "HTTPS": "0", "ALLOWED_HOSTS": "localhost"}
        environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        if database == "postgres":
            own["DATABASE_URL"] = stack.enter_context(start_postgres(home, shared_buffers="256MB")).url
        command = [sys.executable, "-m", module, "--inside", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment | own, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def made_before() -> bool:
    """Whether the database in use was kept by a run that had filled it."""
    return Path(os.environ["DATA_DIR"], MADE).exists()


def made() -> None:
    """Say that it is filled."""
    Path(os.environ["DATA_DIR"], MADE).touch()


def set_up() -> None:
    """Make Django ready in the inner process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sellercenter.settings")
    import django

    django.setup()
