#!/usr/bin/env bash
# Succeeds when REDIS_CONTEXT names a context of the kubeconfig whose API server answers. The current context is never used.
set -euo pipefail

if [[ -z "${REDIS_CONTEXT:-}" ]]; then
  echo "REDIS_CONTEXT is not set" >&2
  exit 1
fi
kubectl --context "$REDIS_CONTEXT" --request-timeout 5s get --raw /readyz
