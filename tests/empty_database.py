"""An empty SQLite database as the migrations make it: made once, then copied, since making it takes long."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.source import ROOT

KEPT = ROOT / ".pytest_cache" / "empty-databases"


def copy_to(path: Path) -> None:
    """Put a copy there; make it first where the migrations, or what brings some, have changed."""
    KEPT.mkdir(parents=True, exist_ok=True)
    found = KEPT / f"{_key()}.sqlite3"
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            for old in KEPT.glob("*.sqlite3"):
                old.unlink()
            _make(found)
        shutil.copyfile(found, path)


def _key() -> str:
    made = hashlib.sha256()
    for source in (*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "requirements.txt"):
        made.update(f"{source.relative_to(ROOT)}\n".encode() + source.read_bytes())
    return made.hexdigest()[:16]


def _make(found: Path) -> None:
    with tempfile.TemporaryDirectory(dir=KEPT) as data:
        left = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        own = {"DATA_DIR": data, "DJANGO_SETTINGS_MODULE": "sellercenter.settings", "SECRET_KEY": "only-for-tests-" * 4,
               "HTTPS": "0", "ALLOWED_HOSTS": "localhost"}  # fmt: skip
        command = [sys.executable, "manage.py", "migrate", "-v", "0", "--skip-checks"]
        subprocess.run(command, cwd=ROOT, env=left | own, check=True)
        (Path(data) / "desk.sqlite3").rename(found)
