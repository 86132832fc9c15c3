"""How risky a change is, from the paths it touches, what it declares and the words of its task. Rules, no guessing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from twelve.model.risk import Risk, RiskSignal

PATHS: tuple[tuple[str, Risk, str], ...] = (
    ("risk-ci-file", Risk.HIGH, r"(^|/)(\.github/(workflows|actions)/|\.gitlab-ci\.ya?ml$|jenkinsfile$|\.circleci/|azure-pipelines|\.ci/)"),
    (
        "risk-own-policy",
        Risk.HIGH,
        r"^(twelve\.toml|\.twelve/|\.pre-commit-config\.ya?ml|\.claude/|\.codex/|\.gemini/|codeowners$|\.github/codeowners)",
    ),
    ("risk-migration", Risk.HIGH, r"(^|/)(migrations?|alembic)/|\.sql$"),
    ("risk-secret-file", Risk.HIGH, r"(^|/)(\.env(\.[^/]*)?$|secrets?(/|\.ya?ml$|\.json$)|id_(rsa|ed25519))|\.(pem|key|p12|pfx|kdbx)$"),
    ("risk-terraform", Risk.HIGH, r"\.(tf|tfvars|tfstate)$"),
    (
        "risk-lock-file",
        Risk.MEDIUM,
        r"(^|/)(package-lock\.json|yarn\.lock|pnpm-lock\.yaml|uv\.lock|poetry\.lock|cargo\.lock|go\.sum|gemfile\.lock)$",
    ),
    (
        "risk-delivery",
        Risk.MEDIUM,
        r"(^|/)(dockerfile[^/]*|kustomization\.ya?ml|chart\.yaml|docker-compose[^/]*|helm/|k8s/|deploy(ment)?s?/|overlays/)",
    ),
    ("risk-access", Risk.MEDIUM, r"(^|[/_.-])(auth|authn|authz|oauth|login|permissions?|rbac|acl|crypto|passwords?)([/_.-]|$)"),
)
"""Rule, risk, pattern over the lower-cased path. CI files and high-risk resources: S2, S4; the rest is ours."""

KINDS = frozenset(
    {
        "StatefulSet",
        "PersistentVolumeClaim",
        "PersistentVolume",
        "StorageClass",
        "NetworkPolicy",
        "ResourceQuota",
        "ClusterRole",
        "ClusterRoleBinding",
    }
)
"""Kubernetes kinds that need explicit approval (S2)."""

WORDS: tuple[tuple[str, Risk, str], ...] = (
    ("risk-word-production", Risk.HIGH, r"\b(in |to )?prod(uction)?\b"),
    (
        "risk-word-destroy",
        Risk.HIGH,
        r"\b(drop|truncate|delete|wipe|destroy|purge)\s+(\w+\s+){0,2}(tables?|databases?|data|users?|volumes?|namespaces?|clusters?|buckets?)\b",
    ),
    ("risk-word-migration", Risk.HIGH, r"\b(database|schema|data)\s+migrations?\b|\bmigrate\s+(the\s+)?(database|schema|data)\b"),
    (
        "risk-word-irreversible",
        Risk.HIGH,
        r"\b(irreversibl\w+|terraform apply|force.push|rotate\s+(the\s+)?(keys?|secrets?|credentials?))\b",
    ),
    (
        "risk-word-access",
        Risk.MEDIUM,
        r"\b(auth\w*|login|passwords?|credentials?|secrets?|permissions?|encrypt\w*|payments?|billing|security)\b",
    ),
    ("risk-word-delivery", Risk.MEDIUM, r"\b(deploy\w*|rollout|release\s+pipeline|infrastructure|ci pipeline)\b"),
)
"""Rule, risk, pattern over the task's words (ours)."""

_KIND_LINE = re.compile(r"^kind:[ \t]*[\"']?(\w+)", re.MULTILINE)
_ANY_KIND = re.compile(r"""(?:^[ \t-]*|[{,]\s*)["']?kind["']?\s*:\s*["']?(\w+)""", re.MULTILINE)
_NESTING = re.compile(r"""^kind:[ \t]*["']?\w*List\b|^\s*[{\[]""", re.MULTILINE)


def signals(*, paths: Iterable[str] = (), task: str = "", manifests: Mapping[str, str] | None = None) -> tuple[RiskSignal, ...]:
    """Everything that makes this riskier than its size. `manifests`: path -> text of changed YAML files."""
    return (*_path_signals(paths), *_word_signals(task), *_kind_signals(manifests or {}))


def resource_kinds(text: str) -> tuple[str, ...]:
    """Kinds of the list above that a YAML or JSON manifest holds; inside a List and in flow style too."""
    pattern = _ANY_KIND if _NESTING.search(text) else _KIND_LINE
    return tuple(sorted(set(pattern.findall(text)) & KINDS))


def highest(found: Iterable[RiskSignal]) -> Risk:
    """The highest risk any signal carries; LOW without signals."""
    return max((signal.risk for signal in found), key=lambda risk: risk.rank, default=Risk.LOW)


def _path_signals(paths: Iterable[str]) -> Iterator[RiskSignal]:
    for path in paths:
        for rule, risk, pattern in PATHS:
            if re.search(pattern, path.lower()):
                yield RiskSignal(rule=rule, risk=risk, evidence=path)


def _word_signals(task: str) -> Iterator[RiskSignal]:
    for rule, risk, pattern in WORDS:
        match = re.search(pattern, task[:20_000].lower())
        if match:
            yield RiskSignal(rule=rule, risk=risk, evidence=match.group().strip())


def _kind_signals(manifests: Mapping[str, str]) -> Iterator[RiskSignal]:
    for path, text in manifests.items():
        for kind in resource_kinds(text):
            yield RiskSignal(rule="risk-resource-kind", risk=Risk.HIGH, evidence=f"{path}: {kind}")
