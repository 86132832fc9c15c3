"""Risk by rule: what fires, and what must not."""

from __future__ import annotations

import pytest

from twelve.factors.approvals import risk
from twelve.model.risk import Risk


@pytest.mark.parametrize(
    ("path", "rule", "level"),
    [
        (".github/workflows/ci.yml", "risk-ci-file", Risk.HIGH),
        ("Jenkinsfile", "risk-ci-file", Risk.HIGH),
        ("twelve.toml", "risk-own-policy", Risk.HIGH),
        ("app/migrations/0001_initial.py", "risk-migration", Risk.HIGH),
        ("config/.env.local", "risk-secret-file", Risk.HIGH),
        ("main.tf", "risk-terraform", Risk.HIGH),
        ("uv.lock", "risk-lock-file", Risk.MEDIUM),
        ("Dockerfile", "risk-delivery", Risk.MEDIUM),
        ("src/auth/session.py", "risk-access", Risk.MEDIUM),
    ],
)
def test_a_risky_path_is_named_with_its_rule(path: str, rule: str, level: Risk) -> None:
    found = risk.signals(paths=[path])
    assert (rule, path) in {(item.rule, item.evidence) for item in found}
    assert risk.highest(found) is level


@pytest.mark.parametrize("path", ["src/author.py", "docs/clock.md", "src/keyboard.py", "tests/test_parser.py", "README.md"])
def test_an_ordinary_path_is_no_signal(path: str) -> None:
    assert risk.signals(paths=[path]) == ()


@pytest.mark.parametrize("task", ["drop the old users table", "run it in production", "migrate the database", "terraform apply the change"])
def test_a_dangerous_task_is_high(task: str) -> None:
    assert risk.highest(risk.signals(task=task)) is Risk.HIGH


@pytest.mark.parametrize("task", ["fix the product page title", "delete an unused helper function", "reproduce the parser bug"])
def test_an_ordinary_task_is_low(task: str) -> None:
    assert risk.highest(risk.signals(task=task)) is Risk.LOW


def test_a_stateful_resource_is_high_by_its_kind() -> None:
    found = risk.signals(manifests={"db.yaml": "apiVersion: apps/v1\nkind: StatefulSet\n"})
    assert [item.evidence for item in found] == ["db.yaml: StatefulSet"]
