from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.factors.gates.integrity import commands


@pytest.mark.parametrize(
    ("text", "tool", "family"),
    [
        ("pytest -q", "pytest", "test"),
        ("python -m pytest -q", "pytest", "test"),
        ("uv run --group dev pytest", "pytest", "test"),
        ("CI=1 npx vitest run", "vitest", "test"),
        ("npm run lint", "npm lint", "lint"),
        ("yarn test:unit", "yarn test:unit", "test"),
        ("make check-types", "make check-types", "types"),
        ("go vet ./...", "go vet", "lint"),
        ("cargo clippy -- -D warnings", "cargo clippy", "lint"),
        ("tox -e mypy", "tox mypy", "types"),
        ("ruff format --check .", "ruff format", "format"),
        ("./node_modules/.bin/eslint .", "eslint", "lint"),
        ("twelve verify main..HEAD", "twelve", "gate"),
        ("pip install pytest", "pip", ""),
        ("npm ci", "npm ci", ""),
        ("docker build -t x .", "docker", ""),
        ("echo pytest", "echo", ""),
    ],
)
def test_what_a_command_checks(text: str, tool: str, family: str) -> None:
    assert commands.classify(text) == (tool, family)


@pytest.mark.parametrize(
    "line",
    [
        "pytest || true",
        "pytest || :",
        "pytest; true",
        "pytest || exit 0",
        "pytest; exit 0",
        "pytest || echo failed",
        "(pytest || true)",
        "set +e\npytest",
        "set +o errexit\npytest",
        "set +e; pytest",
        "ruff check --exit-zero",
        "jest --passWithNoTests",
        "-pytest",
        "mvn -DskipTests verify",
        "pytest \\\n  -q || true",
    ],
)
def test_a_failure_that_does_not_count(line: str) -> None:
    assert any(command.softened for command in commands.read(line))


@pytest.mark.parametrize(
    "line", ["pytest", "pytest && echo fine", "pytest || exit 1", "pytest # || true", "set -e\npytest", "pytest || { echo no; exit 1; }"]
)
def test_a_failure_that_counts(line: str) -> None:
    assert [command.softened for command in commands.read(line) if command.family] == [""]


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    commands.read(text)
