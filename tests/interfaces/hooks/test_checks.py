"""Which parts of a command line are checks, and when their result counts."""

from __future__ import annotations

from typing import Any

import pytest

from twelve.interfaces.hooks import checks
from twelve.interfaces.hooks.occasion import Occasion

RECOGNISED = [
    ("pytest -q", [("tests", True)]),
    ("python -m pytest tests && ruff check .", [("tests", True), ("lint", True)]),
    ("cd sub && npm test", [("tests", True)]),
    ("npm run lint", [("lint", True)]),
    ("npm run build", [("build", True)]),
    ("cargo test --all", [("tests", True)]),
    ("go vet ./... && go test ./...", [("lint", True), ("tests", True)]),
    ("make", [("build", True)]),
    ("make -C sub check", [("tests", True)]),
    ("uv run pytest", [("tests", True)]),
    ("FOO=1 timeout 60 pytest", [("tests", True)]),
    ("pytest | tail -3", [("tests", False)]),
    ("pytest; echo done", [("tests", False)]),
    ("pytest || true", [("tests", False)]),
    ("pytest 2>&1 && echo ok", [("tests", True)]),
    ("./check tests", [("tests", True)]),
    ("twelve gate run", [("gates", True)]),
    ("git add -A && git commit -m x && git push origin main", [("push", True)]),
    ("git push --dry-run", []),
    ("pytest --version", []),
    ("echo pytest", []),
    ("cat pytest.ini", []),
    ("grep -rn pytest .", []),
    ("git commit -m 'pytest passes'", []),
    ("npm install", []),
]


@pytest.mark.parametrize(("command", "found"), RECOGNISED, ids=lambda value: str(value)[:40])
def test_checks_are_found_in_command_lines(command: str, found: list[tuple[str, bool]]) -> None:
    assert [(check.kind, check.own) for check in checks.recognise(command)] == found


def after(command: str, response: Any, *, event: str = "PostToolUse", **fields: Any) -> bool:
    payload = {"hook_event_name": event, "tool_name": "Bash", "tool_input": {"command": command}, "tool_response": response, **fields}
    return checks.succeeded(checks.recognise(command)[0], Occasion("claude", payload, "/r", "/r/.git"))


def claude(stdout: str, **more: Any) -> dict[str, Any]:
    return {"stdout": stdout, "stderr": "", "interrupted": False, **more}


@pytest.mark.parametrize(
    ("command", "response", "good"),
    [
        ("pytest", claude("5 passed in 0.1s"), True),
        ("pytest", claude(""), True),
        ("pytest", claude("1 failed, 4 passed"), False),
        ("pytest", claude("5 passed, 0 failed"), True),
        ("pytest", claude("", interrupted=True), False),
        ("pytest", claude("", backgroundTaskId="b1"), False),
        ("pytest | tail -1", claude("5 passed in 0.1s"), True),
        ("pytest | tail -1", claude("1 failed"), False),
        ("pytest | tail -1", claude(""), False),
        ("pytest || true", claude("Traceback (most recent call last):"), False),
        ("ruff check .", claude("All checks passed!"), True),
        ("git push", claude("", stderr="To host\n   a..b  main -> main"), True),
        ("pytest", "5 passed in 0.1s", True),
        ("pytest", "/usr/bin/python3: No module named pytest", False),
        ("pytest", "", False),
        ("ruff check .", "", True),
        ("pytest", {"llmContent": "Output: 1 failed\nExit Code: 1", "returnDisplay": ""}, False),
        ("pytest", {"llmContent": "Output: 5 passed\n", "returnDisplay": ""}, True),
    ],
)
def test_a_result_counts_when_the_exit_code_is_the_checks_own_or_its_output_says_so(command: str, response: Any, good: bool) -> None:
    assert after(command, response) is good


def test_a_failed_call_is_no_success_whatever_it_printed() -> None:
    assert not after("pytest", None, event="PostToolUseFailure", error="Exit code 1\n5 passed")
