#!/usr/bin/env bash
# Fetch the agent clients the client tests were written against into a cache folder.
#
#   tools/fetch_clients.sh [client ...]      claude, codex, gemini; default: all three
#
# TWELVE_CLIENTS_CACHE names the folder; default: ${XDG_CACHE_HOME:-~/.cache}/twelve/clients.
# Without node and npm it says so and ends with 0: the client tests then SKIP with the reason.
set -euo pipefail

cache="${TWELVE_CLIENTS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/twelve/clients}"

if ! command -v npm >/dev/null 2>&1 || ! command -v node >/dev/null 2>&1; then
  echo "fetch_clients: node and npm are not installed here; client tests will SKIP" >&2
  exit 0
fi

(($# > 0)) || set -- claude codex gemini

packages=()
for client in "$@"; do
  case "$client" in
    claude) packages+=("@anthropic-ai/claude-code@2.1.197") ;;
    codex) packages+=("@openai/codex@0.169.0") ;;
    gemini) packages+=("@google/gemini-cli@0.61.0") ;;
    *)
      echo "fetch_clients: unknown client '$client'; known: claude codex gemini" >&2
      exit 2
      ;;
  esac
done

mkdir -p "$cache"
[[ -f "$cache/package.json" ]] || printf '{"name": "twelve-test-clients", "private": true}\n' >"$cache/package.json"

if ! npm install --prefix "$cache" --no-audit --no-fund --save-exact --loglevel=error "${packages[@]}"; then
  echo "fetch_clients: npm could not install ${packages[*]}; client tests that need them will SKIP" >&2
  exit 0
fi

for client in "$@"; do
  printf '%s ' "$client"
  "$cache/node_modules/.bin/$client" --version 2>/dev/null || echo "does not start here"
done
echo "clients are in $cache/node_modules/.bin"
