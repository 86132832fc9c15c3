"""The first `twelve.toml` of a project: few settings, each with the reason it is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from twelve.workflow.install import stack

_HEAD = """\
# How coding agents work in this repository. Written by `twelve init`; change it as you like.
# `twelve config show` prints every setting, `twelve config explain KEY` says what one means.

[agents]
# Client used by `twelve run` without --agent: claude, codex, gemini, command or replay.
default = "claude"

# Gates. A gate that needs a tool which is missing blocks; it is never skipped in silence.
# `twelve gate run` runs them, `twelve prove` plants defects and sees each of them go red.
"""
_TAIL = """
# Your commit history as memory: judge the form of new commits (context, solution, learning, impact).
# [gates.commit-message]
# kind = "commit_message"

[suites]
# Gate ids of `make quick` and `make ci-all`. Empty: quick takes every cheap gate, full takes all.
quick = []
full = []
"""


def compose(root: Path, paths: Sequence[str]) -> str:
    """The text of a new policy for this tree."""
    found = stack.suggest(root, paths)
    tables = [_table(item) for item in found if isinstance(item, stack.Gate)]
    remarks = [f"\n# Left out: {item.id}, because {item.reason}.\n" for item in found if isinstance(item, stack.Remark)]
    return _HEAD + "".join(tables) + "".join(remarks) + _TAIL


def _table(gate: stack.Gate) -> str:
    return "\n".join(("", f"[gates.{gate.id}]", f"# {gate.comment}", *gate.lines, ""))
