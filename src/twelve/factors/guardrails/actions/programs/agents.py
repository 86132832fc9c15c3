"""Agent clients started from a call: where they would run, and with which options."""

from __future__ import annotations

from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.paths import UNKNOWN


def agent(call: Invocation) -> None:
    """`claude -p …`, `codex exec …`, `aider …`: said with every word, and with the folder it would work in."""
    folder = call.state.cwd.path if not call.state.cwd.partial else UNKNOWN
    texts = call.texts
    for at, text in enumerate(texts):
        if text in ("-C", "--cd", "--cwd", "--directory", "--worktree-dir") and at + 1 < len(texts) and call.name in ("codex", "opencode"):
            folder = call.state.places(texts[at + 1])[0].path or UNKNOWN
    call.execute(target=folder)


PROGRAMS = {"agents": agent}
