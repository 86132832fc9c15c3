#!/usr/bin/env bash
# Step 6: what the production overlay asks for is there, and every pod of it is ready.
set -euo pipefail

kube=(kubectl --context "${REDIS_CONTEXT:?name the cluster to look at}" --namespace redis-prod)
"${kube[@]}" rollout status deployment/redis-operator --timeout 60s
"${kube[@]}" diff --kustomize overlays/prod
ready=$("${kube[@]}" get redis redis --output 'jsonpath={.status.readyReplicas}')
echo "ready replicas: $ready"
[[ "$ready" == 5 ]]
