"""Hooks that stage or commit what they wrote are named; hooks that only look are not."""

from __future__ import annotations

import pytest

from twelve.factors.guardrails import hookloop


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("commit-msg", 'exec python -I -S .git/twelve/state/hook.py git commit-msg "$@"\n', []),
        ("pre-commit", "#!/bin/sh\nblack .\ngit add -u\n", ["pre-commit:3"]),
        ("pre-commit", "#!/bin/sh\nnpx prettier --write . && git add .\n", ["pre-commit:2"]),
        ("pre-commit", "git -C sub commit --amend --no-edit\n", ["pre-commit:1"]),
        (".husky/pre-commit", "npx lint-staged\n", [".husky/pre-commit:1"]),
        ("lefthook.yml", "pre-commit:\n  commands:\n    fmt:\n      run: black .\n      stage_fixed: true\n", ["lefthook.yml:5"]),
        ("pre-commit", "#!/bin/sh\n# git add is for people\nblack --check .\n", []),
        ("pre-commit", 'echo "stage it yourself: git add FILE"\nexit 1\n', []),
        ("pre-commit", "git diff --cached --quiet || exit 0\n", []),
        ("lefthook.yml", "pre-commit:\n  commands:\n    fmt:\n      stage_fixed: false\n", []),
    ],
)
def test_lines_that_stage_or_commit(path: str, text: str, found: list[str]) -> None:
    assert list(hookloop.scan({path: text})) == found
