"""A refusal says what, why and what to do instead; it never teaches how to get past the rule."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.guarding import HOME, ROOT, decide
from twelve.factors.guardrails.actions.action import Surroundings
from twelve.factors.guardrails.actions.calls import call_of
from twelve.factors.guardrails.actions.reading import actions_of
from twelve.factors.guardrails.coverage import coverage
from twelve.factors.guardrails.policy.catalogue import RULES

CORPUS = Path(__file__).parents[3] / "benchmarks" / "corpus" / "guard"
COPIED = re.compile(
    r"--no-verify|--no-gpg|--force|(?<![\w-])-n(?![\w-])|HUSKY[=_]|LEFTHOOK[=_]|OVERCOMMIT_|\bSKIP\w*=|hooksPath|disableAllHooks|uninstall"
    r"|--dangerously|skip-permissions|--yolo|TWELVE__|CLAUDECODE|GIT_CONFIG_|ALLOW_NO_CONFIG|--admin",
    re.IGNORECASE,
)
"""What a reader could copy."""
ADVICE = re.compile(r"bypass|work around|switch(?:ed)? off|turn(?:ed)? off|disable|exempt", re.IGNORECASE)
TOOLS = {
    "shell": ("claude", "Bash"),
    "write": ("claude", "Write"),
    "edit": ("claude", "Edit"),
    "read": ("claude", "Read"),
    "patch": ("codex", "apply_patch"),
}


@pytest.mark.parametrize("rule", RULES)
def test_what_a_rule_always_says_names_no_way_around(rule: str) -> None:
    found = RULES[rule]
    lines = [line for each in coverage(found, "ask") for line in (*each.enforcers, each.ask)]
    for text in (found.title, found.why, found.next, found.gap, *lines):
        assert not COPIED.search(text), text
        assert not ADVICE.search(text), text
        assert "\n" not in text
        assert not text.endswith(".")


def _entries() -> Iterator[dict[str, str]]:
    for path in sorted(CORPUS.glob("*/*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text = line.replace("{root}", ROOT).replace("{home}", HOME).replace("{common}", f"{ROOT}/.git")
            yield json.loads(text)


def test_what_is_said_about_the_whole_corpus_names_no_way_around() -> None:
    seen = 0
    for entry in _entries():
        client, tool = TOOLS[entry["tool"]]
        text = entry["command"] if tool == "Bash" else entry.get("text", "")
        given: dict[str, object] = {"command": text, "file_path": entry.get("path", ""), "content": text}
        actions = actions_of(call_of(client, tool, given), Surroundings(root=ROOT, cwd=ROOT, home=HOME, look=False))
        reason = decide(*actions).reason
        seen += bool(reason)
        assert not COPIED.search(reason), f"{entry['id']}: {reason}"
        assert "\x1b" not in reason
    assert seen > 100
