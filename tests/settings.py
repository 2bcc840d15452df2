"""The product's settings for tests: a throw-away data directory, a fast password hasher, plain static files."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only-for-tests-" * 4)
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["HTTPS"] = "0"
os.environ["DEMO"] = "1"
os.environ["BOT_ENCODER"] = "none"  # what needs the encoder says so; loading it takes a second
# Never the developer's own data, whatever the environment says. A worker of pytest-xdist inherits the directory of the
# process that started it, which also removes it: workers end without saying goodbye.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="sellercenter-test-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from sellercenter.management.commands import translations
from sellercenter.settings import *
from sellercenter.settings import DATA_DIR, DATABASES, STATIC_ROOT, STORAGES

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: tests that run threads need connections of their own. Durability has no worth here.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(DATA_DIR) / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"

# Workers of pytest-xdist share one Valkey, and their databases number alike.
BUS_CHANNEL = f"test-{os.environ.get('PYTEST_XDIST_WORKER', '')}"
PACE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)

# Tests see what people see; compiled here, since Django reads a catalogue once and remembers that it was missing.
for _domain in translations.DOMAINS:
    translations.compile_catalog(_domain)
