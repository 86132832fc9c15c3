#!/usr/bin/env bash
# Step 7: the operator logs no errors, no warning events are fresh, and Redis answers.
set -euo pipefail

kube=(kubectl --context "${REDIS_CONTEXT:?name the cluster to look at}" --namespace redis-prod)
"${kube[@]}" logs deployment/redis-operator --since 10m --tail 500
warnings=$("${kube[@]}" get events --field-selector type=Warning --output name)
[[ -z "$warnings" ]] || { echo "warning events: $warnings" >&2; exit 1; }
"${kube[@]}" exec redis-0 -- redis-cli ping
