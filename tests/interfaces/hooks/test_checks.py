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


ROOT = "/r"
NO_RUN = [
    "true || pytest", "pytest() { true; }; pytest -q", "alias pytest=true; pytest", "function pytest { true; }; pytest",
    "make -n test", "make -sn test", "make --dry-run check", "MAKEFLAGS=n make test", "cargo test --no-run", "cargo test -- --list",
    "go test -list .", "go test -list=. ./...", "go test -c ./pkg", "go test -run '^$' ./...", "pytest --co", "pytest --collect-only -q",
    "python -m pytest --co", "PYTEST_ADDOPTS=--co pytest", "export PYTEST_ADDOPTS=--co; pytest", "pytest --deselect tests",
    "pytest --deselect=tests", "pytest --setup-plan", "jest --listTests", "npx jest --listTests", "npm test -- --listTests", "ctest -N",
    "tox -l", "tox --notest", "mvn verify -DskipTests", "gradle test --dry-run", "./gradlew -m test", "dotnet test --list-tests",
    "bash -n test.sh", "./pytest", "tools/pytest -q", "exit 0; pytest", "cd /tmp && pytest", "cd ../other && pytest", "cd ~ && npm test",
    "(cd /tmp/x && make test)", "pytest /tmp/empty", "pytest -q ../other/tests", "pytest --rootdir=/tmp/x", "make -C /tmp/x test",
    "npm --prefix ../other test", "cargo test --manifest-path /tmp/Cargo.toml", 'echo "5 passed"', "printf 'pytest: 5 passed'",
    "cat > run.sh <<'EOF'\npytest -q\nEOF", "npm test -- --passWithNoTests", "npm test --if-present", "trap 'exit 0' EXIT; pytest",
    "pytest; true", "pytest || true", "pytest | tail -1", "pytest & wait", "(pytest; exit 0)",
]  # fmt: skip
"""Lines after which, with exit code 0 and no word of a runner, no test run was seen to succeed."""
RUN = [
    "pytest", "command -v pytest && pytest -q", "make -s test", "make -j4 test", "make -k test", "cargo test -- --nocapture",
    "go test ./...",
    "go test -run TestX ./...", "pytest -n 4", "pytest --color=yes", "python -m pytest -q tests", "PYTEST_ADDOPTS=-q pytest",
    "pytest --deselect tests/test_a.py::test_slow", "npx jest", "npm test", "ctest -j2", "tox -e py311", "mvn verify", "./gradlew test",
    "bash test.sh", ".venv/bin/pytest", "./node_modules/.bin/jest", "/usr/bin/pytest", "cd sub && pytest", "cd /r/sub && pytest",
    "cd .. && pytest",
    "pytest /r/tests", "pytest -q tests > /tmp/out.txt", "pytest --junitxml /tmp/r.xml", "pytest --basetemp=/tmp/x",
    "pytest tests 2>/tmp/err",
    "make -C sub test", "npm --prefix web test", "false || true && pytest", "pytest && echo '5 passed'",
    "cat > a.txt <<'EOF'\ntext\nEOF\npytest",
]  # fmt: skip
"""The honest counterparts."""


def supports(command: str, output: str = "") -> bool:
    payload = {"hook_event_name": "PostToolUse", "tool_name": "Bash", "tool_input": {"command": command}, "tool_response": claude(output)}
    seen = Occasion("claude", payload, ROOT, f"{ROOT}/.git")
    found = [check for check in checks.recognise(command, ROOT, ROOT) if check.kind == checks.TESTS]
    return bool(found) and all(checks.succeeded(check, seen) for check in found)


@pytest.mark.parametrize("command", NO_RUN)
def test_a_line_that_runs_no_test_of_this_project_or_hides_its_result_supports_no_claim(command: str) -> None:
    assert not supports(command)


@pytest.mark.parametrize("command", RUN)
def test_a_line_that_runs_the_tests_supports_the_claim(command: str) -> None:
    assert supports(command)


@pytest.mark.parametrize(
    ("command", "output", "good"),
    [
        ("true || pytest; echo '5 passed'", "5 passed\n", False),
        ("pytest; echo '5 passed'", "5 passed\n", False),
        ("pytest; echo done", "5 passed in 0.1s\ndone\n", True),
        ("pytest; true", "1 failed, 4 passed", False),
        ("pytest; true", "5 passed in 0.1s", True),
        ("pytest; true", "10 passed in 0.1s", True),
        ("python -m unittest | tail -3", "Ran 0 tests in 0.000s\n\nOK", False),
        ("python -m unittest | tail -3", "Ran 3 tests in 0.000s\n\nOK", True),
        ("pytest | tail -2", "FAILED tests/test_a.py::test_a\n1 failed, 4 passed in 0.1s", False),
        ("pytest | head -3", "==== ERRORS ====\n 3 passed", False),
        ("go test ./... | tail -3", "--- FAIL: TestX\nFAIL\tshop\t0.1s\nok  \tpkg 0.1s", False),
        ("go test ./... | tail -3", "ok  \tshop\t0.1s\nok  \tpkg\t0.2s\n", True),
        ("cargo test none | tail -3", "test result: ok. 0 passed; 0 failed; 3 filtered out", False),
        ("cargo test | tail -3", "test result: ok. 7 passed; 0 failed", True),
        ("npm test -- --passWithNoTests", "No tests found, exiting with code 0", False),
        ("npm test -- --passWithNoTests", "Tests: 7 passed, 7 total", True),
    ],
)
def test_where_the_exit_code_says_nothing_the_runners_own_words_decide(command: str, output: str, *, good: bool) -> None:
    assert supports(command, output) is good
