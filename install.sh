#!/bin/sh
# Install twelve for this user: a private virtual environment and one link. No other file is touched.
#
#   sh install.sh [--uninstall]
#
# TWELVE_HOME  where it lives; default: ${XDG_DATA_HOME:-~/.local/share}/twelve-agentops
# TWELVE_BIN   where the link goes; default: ~/.local/bin
# PYTHON       the interpreter to build on; default: the first Python 3.11 or newer that is found
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
home=${TWELVE_HOME:-${XDG_DATA_HOME:-${HOME:?HOME is not set; name TWELVE_HOME and TWELVE_BIN instead}/.local/share}/twelve-agentops}
bin=${TWELVE_BIN:-${HOME:?HOME is not set; name TWELVE_BIN instead}/.local/bin}
link="$bin/twelve"

say() { printf 'install: %s\n' "$1"; }
fail() {
  printf 'install: %s\nnext: %s\n' "$1" "$2" >&2
  exit "${3:-4}"
}
is_ours() { [ -L "$link" ] && [ "$(readlink "$link")" = "$home/bin/twelve" ]; }

case "${1:-}" in
  --uninstall)
    if is_ours; then rm -f "$link"; fi
    if [ -f "$home/.twelve-install" ]; then rm -rf "$home"; fi
    say "removed; nothing else was written"
    exit 0
    ;;
  "") ;;
  *) fail "unknown argument $1" "run sh install.sh, or sh install.sh --uninstall" 2 ;;
esac

if [ -e "$link" ] || [ -L "$link" ]; then
  is_ours || fail "$link exists and is not ours" "remove it, or name another folder in TWELVE_BIN" 1
fi
if [ -e "$home" ] && [ ! -f "$home/.twelve-install" ]; then
  fail "$home exists and is not ours" "remove it, or name another folder in TWELVE_HOME" 1
fi

python=
for name in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
  if [ -z "$name" ] || ! command -v "$name" >/dev/null 2>&1; then continue; fi
  if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    python=$name
    break
  fi
done
[ -n "$python" ] || fail "no Python 3.11 or newer was found" "install one, or name it in PYTHON"

mkdir -p "$home" "$bin"
: >"$home/.twelve-install"
"$python" -m venv "$home" || fail "$python cannot make a virtual environment" "install its venv module (on Debian: python3-venv)"
"$home/bin/python" -m pip install --quiet --disable-pip-version-check --constraint "$top/constraints.txt" "$top" ||
  fail "the dependencies could not be installed" "check the network or the package index, then run sh install.sh again"
ln -sf "$home/bin/twelve" "$link"
say "$("$link" --version) is $link"
case ":${PATH:-}:" in
  *":$bin:"*) ;;
  *) say "add $bin to your PATH to call it by name" ;;
esac
