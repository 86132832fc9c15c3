#!/bin/sh
# Make a virtual environment with this project in it, or bring an existing one up to date.
#
#   sh tools/setup.sh [extra]        extra: dev, for tests and checks; default: what running needs
#
# TWELVE_VENV names the folder; default: .venv beside this repository's files. Prints nothing when all is current.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
venv=${TWELVE_VENV:-$top/.venv}
extra=${1:-}

fail() {
  printf 'setup: %s\n' "$1" >&2
  printf 'next: %s\n' "$2" >&2
  exit 4
}

find_python() {
  for name in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
    if [ -z "$name" ] || ! command -v "$name" >/dev/null 2>&1; then continue; fi
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      printf '%s\n' "$name"
      return
    fi
  done
  return 1
}

# What is installed is named by what decides it; a changed file means another name.
wanted="$extra $(cat "$top/pyproject.toml" "$top/constraints.txt" | cksum) $top"
if [ -x "$venv/bin/python" ] && [ "$(cat "$venv/twelve-setup" 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi

python=$(find_python) || fail "no Python 3.11 or newer was found" "install one, or name it: PYTHON=/path/to/python sh tools/setup.sh"
printf 'setup: preparing %s\n' "$venv" >&2
if ! "$venv/bin/python" -c '' >/dev/null 2>&1; then
  "$python" -m venv --clear "$venv" || fail "$python cannot make a virtual environment" "install its venv module (on Debian: python3-venv)"
fi
target="$top"
[ -z "$extra" ] || target="${top}[$extra]"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --constraint "$top/constraints.txt" --editable "$target" >&2 ||
  fail "the dependencies could not be installed" "check the network or the package index, then try again"
printf '%s' "$wanted" >"$venv/twelve-setup"
