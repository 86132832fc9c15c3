"""The guard asked from the outside: what would it say to this call, here?"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from msgspec import Struct

import twelve
from twelve.factors.guardrails import canaries
from twelve.factors.guardrails.actions.action import Action, Surroundings
from twelve.factors.guardrails.actions.calls import call_of
from twelve.factors.guardrails.actions.reading import actions_of
from twelve.factors.guardrails.compiling import compile_policy
from twelve.factors.guardrails.coverage import CLIENTS
from twelve.factors.guardrails.policy.decision import Decision
from twelve.factors.guardrails.policy.judging import Circumstances, judge
from twelve.model.errors import Trouble, TwelveError
from twelve.model.settings import Settings
from twelve.system import files, git
from twelve.workflow import stamp

PAYLOAD_LIMIT = 16_000_000
"""Largest payload read, bytes (ours): a client sends whole files."""
SHELL = {"claude": "Bash", "codex": "Bash", "gemini": "run_shell_command"}


class Question(Struct, frozen=True, kw_only=True):
    """One tool call."""

    client: str
    tool: str
    tool_input: dict[str, Any]
    cwd: str = ""
    """Where the session is; "" = the top of the tree."""


class Answer(Struct, frozen=True, kw_only=True):
    """What was understood and what was decided."""

    question: Question
    actions: tuple[Action, ...]
    decision: Decision


def policy_of(repository: git.Repository, settings: Settings, *, temporary: str | None = None) -> dict[str, Any]:
    """The compiled policy of a work tree. `temporary` is as in compile_policy: the generated hook learns it from each session."""
    package = Path(twelve.__file__).parent
    return compile_policy(
        settings,
        root=str(repository.root),
        common_dir=str(repository.common_dir),
        home=_home(),
        state=str(repository.state_dir),
        surfaces=() if package.is_relative_to(repository.root) else (str(package),),
        temporary=temporary,
    )


def of_command(command: str, client: str) -> Question:
    """The question a command line in a client's shell tool would be."""
    return Question(client=client, tool=SHELL[client], tool_input={"command": command})


def of_payload(text: str, client: str) -> Question:
    """The question in what a client sends its hooks. TwelveError when it is none."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as trouble:
        raise _no_payload(str(trouble)) from None
    if not isinstance(given, dict) or not isinstance(given.get("tool_name"), str) or not isinstance(given.get("tool_input"), dict):
        raise _no_payload("it needs `tool_name` and `tool_input`")
    cwd = given.get("cwd")
    return Question(client=client, tool=given["tool_name"], tool_input=given["tool_input"], cwd=cwd if isinstance(cwd, str) else "")


def ask(repository: git.Repository, settings: Settings, question: Question) -> Answer:
    """What the guard would say. Reads the tree as the hook does; runs nothing."""
    root = str(repository.root)
    cwd = question.cwd if question.cwd.startswith("/") else root
    surroundings = Surroundings(root=root, cwd=cwd, home=_home(), variables=dict(os.environ))
    actions = actions_of(call_of(question.client, question.tool, question.tool_input), surroundings)
    standing = stamp.read(repository.state_dir, repository.root)
    phase = {"phase": standing.phase, "size": standing.size, "run": standing.run} if standing else None
    circumstances = Circumstances(client=question.client, event="PreToolUse", tool=question.tool, phase=phase)
    return Answer(question=question, actions=actions, decision=judge(actions, policy_of(repository, settings), circumstances))


def fly(repository: git.Repository, settings: Settings) -> tuple[canaries.Trial, ...]:
    """Every canary against this repository's policy."""
    policy = policy_of(repository, settings)
    return tuple(canaries.fly(canary, policy, root=str(repository.root), home=_home()) for canary in canaries.canaries())


def read_payload(path: str, stdin: bytes) -> str:
    """Text of a payload file, or of what came in; TwelveError when it cannot be read."""
    if path != "-":
        return files.read_text(Path(path), PAYLOAD_LIMIT)
    if len(stdin) > PAYLOAD_LIMIT:
        raise _no_payload(f"it is larger than {PAYLOAD_LIMIT} bytes")
    return stdin.decode("utf-8", "replace")


def _no_payload(why: str) -> TwelveError:
    return TwelveError(
        "this is no payload of a tool call",
        why=why[:200],
        next=f"give what {', '.join(CLIENTS)} send a hook before a tool",
        kind=Trouble.USAGE,
    )


def _home() -> str:
    return os.environ.get("HOME") or "/"
