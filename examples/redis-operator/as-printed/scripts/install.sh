#!/usr/bin/env bash
curl -s https://operator.example.com/crd/bases/*.yaml > base/redis-operator/crd.yaml
kubectl apply --dry-run=client -f overlays/prod/
