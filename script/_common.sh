# What the doors in script/ share: find Python, keep .venv, remember what is done. Sourced, never run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PYTHONUNBUFFERED=1
VENV=.venv
PY=$VENV/bin/python

say() { printf '%s\n' "$*"; }
fail() { printf 'Error: %s\n' "$*" >&2; exit 1; }

find_python() {
  local name
  for name in python3.11 python3 python3.12 python3.13 python; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      command -v "$name"
      return
    fi
  done
  fail "Python 3.11 or newer was not found. Install it (for example: apt-get install python3.11 python3.11-venv) and try again."
}

make_venv() {
  if [ -x $PY ] && $PY -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && $PY -m pip --version >/dev/null 2>&1; then
    return
  fi
  local python
  python=$(find_python)
  say "Making $VENV with $("$python" --version) …"
  rm -rf $VENV
  if "$python" -c 'import ensurepip' >/dev/null 2>&1; then
    "$python" -m venv $VENV
  elif "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --without-pip $VENV
    "$python" -m pip --python $PY install -q pip
  else
    fail "This Python has neither ensurepip nor pip. Install its venv package (for example: apt-get install python3.11-venv)."
  fi
}

# hash_of FILE|DIR…: one hash over the names and contents of all files.
hash_of() {
  $PY - "$@" <<'PYTHON'
import hashlib, pathlib, sys
total = hashlib.sha256(sys.version.encode())
for start in map(pathlib.Path, sys.argv[1:]):
    for path in sorted(start.rglob("*")) if start.is_dir() else [start]:
        if path.is_file() and path.suffix not in (".mo", ".pyc"):
            total.update(f"{path}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
print(total.hexdigest())
PYTHON
}

# requirements FILE: install it into .venv unless that very content is installed already.
requirements() {
  local file=$1 mark wanted started downloaded
  make_venv
  mark=$VENV/installed-$(basename "$file")
  wanted=$(hash_of requirements.txt "$file")
  if [ "$(cat "$mark" 2>/dev/null)" = "$wanted" ]; then
    return
  fi
  say "Installing $file …"
  started=$SECONDS
  $PY -m pip wheel -q --wheel-dir $VENV/wheels -r "$file" || fail "the packages of $file could not be downloaded (see above)."
  downloaded=$SECONDS
  say "  download: $((downloaded - started)) s"
  $PY -m pip install -q --no-index --find-links $VENV/wheels -r "$file" || fail "the packages of $file could not be installed (see above)."
  rm -rf $VENV/wheels
  say "  installation: $((SECONDS - downloaded)) s"
  printf '%s' "$wanted" > "$mark"
  if [ "$file" != requirements.txt ]; then # it contains requirements.txt
    hash_of requirements.txt requirements.txt > $VENV/installed-requirements.txt
  fi
}

# What the server and every command beside it read; a data directory that can't be used is named.
surroundings() {
  export DATA_DIR="${DATA_DIR:-$PWD/var}"
  export HTTPS="${HTTPS:-0}" DEMO="${DEMO:-1}" ALLOWED_HOSTS="${ALLOWED_HOSTS:-localhost,127.0.0.1,[::1]}"
  mkdir -p "$DATA_DIR" 2>/dev/null && [ -w "$DATA_DIR" ] || fail "DATA_DIR \"$DATA_DIR\" can't be made or written."
  DATA_DIR=$(cd "$DATA_DIR" && pwd)
}

# One secret for each data directory, made once, unless the environment has one.
secret_key() {
  if [ -z "${SECRET_KEY:-}" ]; then
    if [ ! -s "$DATA_DIR/secret_key" ]; then # two that begin together: the first one's stays
      (umask 077 && $PY -c 'import secrets; print(secrets.token_urlsafe(64))' > "$DATA_DIR/secret_key.$$")
      ln "$DATA_DIR/secret_key.$$" "$DATA_DIR/secret_key" 2>/dev/null || true
      rm -f "$DATA_DIR/secret_key.$$"
    fi
    SECRET_KEY=$(cat "$DATA_DIR/secret_key")
    export SECRET_KEY
  fi
}
