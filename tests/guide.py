"""Guides whose commands are run as they stand: what a reader copies is what works."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import source


def follow(path: str, where: Path, **said: str) -> str:
    """Run every command of a guide in its order, in one shell, with what its reader was told; return what they said."""
    if not (shutil.which("jq") and shutil.which("curl")):
        pytest.skip("the guide's commands need curl and jq")
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", source.text(path), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 4
    done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", "\n".join(blocks)], cwd=where, timeout=60,
                          env={"PATH": os.environ["PATH"], **said}, capture_output=True, text=True)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout
