"""Which closing words claim something, and which only plan, ask, deny, quote or report trouble."""

from __future__ import annotations

import pytest

from twelve.interfaces.hooks import claims

CLAIMED = [
    ("All tests pass.", ["tests"]),
    ("The test suite passes now.", ["tests"]),
    ("Fixed the bug. Tests are green.", ["tests"]),
    ("**All 42 tests passed** ✅", ["tests"]),
    ("- 42 passed, 0 failed", ["tests"]),
    ("I ran the tests and they all pass.", ["tests"]),
    ("Everything is green.", ["tests"]),
    ("All green!", ["tests"]),
    ("After the fix, all tests pass with no failures.", ["tests"]),
    ("The tests still pass.", ["tests"]),
    ("All unit tests are passing, and lint is clean.", ["tests", "lint"]),
    ("Lint is clean.", ["lint"]),
    ("ruff reports no issues.", ["lint"]),
    ("mypy passes", ["lint"]),
    ("The build succeeds.", ["build"]),
    ("The project compiles cleanly.", ["build"]),
    ("All gates passed.", ["gates"]),
    ("I committed and pushed the branch.", ["push"]),
    ("Pushed to origin/main.", ["push"]),
    ("The changes are pushed.", ["push"]),
    ("Done:\n1. fixed it\n2. all tests pass", ["tests"]),
    ("make test passes", ["tests"]),
]
UNCLAIMED = [
    "",
    "Done.",
    "I changed the parser; I have not run the tests.",
    "The tests do not pass yet.",
    "3 tests failed, 39 passed.",
    "Not all tests pass.",
    "The tests should pass now.",
    "Once the tests pass I will push the branch.",
    "If the tests pass, merge it.",
    "Do the tests pass?",
    "Please make sure that all tests pass.",
    "I will run the tests next and report whether they pass.",
    "Next: verify that the build succeeds.",
    "The plan: write code until the tests pass.",
    'The page says "all tests pass".',
    "The hook prints `All tests pass.` at the end.",
    "```\n42 passed in 1.0s\n```",
    "> All tests pass.",
    "    42 passed in 0.1s",
    "The tests could not be run, so nothing is known about whether they pass.",
    "Previously the tests passed.",
    "The tests pass on CI.",
    "I added a test for passing None.",
    "The build is failing.",
    "Nothing was pushed.",
    "I have not pushed the branch.",
    "You can push the branch when the build succeeds.",
    "The function passes the test name to the runner before it starts",
    "Lint is not clean: 3 errors.",
]


@pytest.mark.parametrize(("words", "kinds"), CLAIMED, ids=lambda value: str(value)[:40])
def test_a_claim_is_recognised_in_many_wordings(words: str, kinds: list[str]) -> None:
    assert sorted(claims.found(words)) == sorted(kinds)


@pytest.mark.parametrize("words", UNCLAIMED, ids=lambda value: value[:40])
def test_plans_questions_negations_quotations_and_trouble_claim_nothing(words: str) -> None:
    assert claims.found(words) == ()


def test_a_long_message_is_read_at_its_end() -> None:
    assert claims.found("x " * 50_000 + "\nAll tests pass.") == ("tests",)
