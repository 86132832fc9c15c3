"""What is fired at a client's hook: forbidden and benign calls in that client's words, and what has to come back."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any

from msgspec import Struct

from twelve.factors.guardrails import canaries, exemptions
from twelve.factors.guardrails.actions.action import Surroundings
from twelve.factors.guardrails.actions.calls import call_of
from twelve.factors.guardrails.actions.reading import actions_of
from twelve.factors.guardrails.canaries import Canary
from twelve.factors.guardrails.policy.judging import Circumstances, judge
from twelve.model.settings import Settings
from twelve.workflow import guarding
from twelve.workflow.livefire import circumstances, matching
from twelve.workflow.livefire.circumstances import Circumstance
from twelve.workflow.livefire.words import Around

BLOCK, ASK, SILENT, RESUME = "block", "ask", "silent", "resume"
CLAIM = "All tests pass."
PROBES = (
    Canary(rule="force-push", expected="deny", tool="Bash", given="git push --force origin main"),
    Canary(rule="protect-policy", expected="deny", tool="Write", given="{root}/twelve.toml"),
    Canary(rule="hook-skip", expected=canaries.ALLOW, tool="Bash", given="git status --short"),
)
"""Calls that mean the same wherever the session is, for circumstances in other folders."""


class Shot(Struct, frozen=True, kw_only=True):
    """One payload, how it is fired and what must be answered."""

    event: str
    tool: str
    rule: str
    expected: str
    payload: dict[str, Any]
    circumstance: Circumstance
    environ: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> str:
        """The call in a few words."""
        given = self.payload.get("tool_input")
        text = next(iter(given.values()), "") if isinstance(given, dict) else ""
        return f"{self.event} {self.tool} {str(text)[:70]!r}" if self.tool else self.event


class Magazine:
    """Everything there is to fire at one client's hook here, under the policy in force."""

    def __init__(self, client: str, around: Around, settings: Settings, scratch: Path, session: str) -> None:
        self.client = client
        self.around = around
        self.scratch = scratch
        self.session = session
        self.policy = guarding.policy_of(around.repository, settings)
        self.aside = {item.rule for item in exemptions.active(around.repository.state_dir)}

    def quick(self) -> Iterator[Shot]:
        """A few calls on an ordinary day."""
        for probe in (probe for probe in PROBES if probe.rule not in self.aside):
            yield from self._call(probe, circumstances.ordinary(self.around.root))

    def shots(self) -> Iterator[Shot]:
        """Every canary, in turn under every circumstance that keeps its meaning; probes under all; events beside the calls."""
        root = self.around.root
        ordinary, turns = circumstances.ordinary(root), cycle(circumstances.sideways(root, self.scratch))
        for number, canary in enumerate(self._canaries()):
            yield from self._call(canary, ordinary if number % 3 == 0 else next(turns))
        for probe in (probe for probe in PROBES if probe.rule not in self.aside):
            turned = circumstances.sideways(root, self.scratch) if probe.tool == "Bash" else ()
            for circumstance in (*turned, *circumstances.elsewhere(root, self.scratch)):
                yield from self._call(probe, circumstance)
        yield from self._beside(ordinary)

    @property
    def set_aside(self) -> tuple[str, ...]:
        """Rules an exemption sets aside now: their canaries are not fired, because a shot would use the exemption up."""
        return tuple(sorted(self.aside))

    def dead(self) -> tuple[str, ...]:
        """Rules whose own canary the policy in force does not answer."""
        tried = [canaries.fly(item, self.policy, root=str(self.around.root), home=str(self.around.home)) for item in self._canaries()]
        return tuple(dict.fromkeys(trial.canary.rule for trial in tried if not trial.passed))

    def _canaries(self) -> tuple[Canary, ...]:
        return tuple(item for item in canaries.canaries() if item.live and item.rule not in self.aside)

    def _call(self, canary: Canary, circumstance: Circumstance) -> Iterator[Shot]:
        tool, given = self._translated(canary)
        verdict = self._verdict(tool, given, circumstance)
        if (canary.expected == canaries.ALLOW) != (verdict in ("allow", "hint")):
            # The policy in force says otherwise than the rule does by itself; `dead` tells when it should not.
            return
        asked = verdict == "ask" and self.client == "claude"
        expected = SILENT if verdict == "allow" else ASK if asked else BLOCK if verdict in ("ask", "deny") else ""
        if expected:
            event = matching.CALL[self.client]
            payload = self._payload(event, circumstance, tool_name=tool, tool_input=given, tool_use_id="toolu_canary")
            entrance = (("CLAUDE_CODE_ENTRYPOINT", "cli" if asked else "sdk-cli"),) if self.client == "claude" else ()
            yield Shot(
                event=event,
                tool=tool,
                rule=canary.rule,
                expected=expected,
                payload=payload,
                circumstance=circumstance,
                environ=entrance,
            )

    def _verdict(self, tool: str, given: Mapping[str, Any], circumstance: Circumstance) -> str:
        root, home = str(self.around.root), str(self.around.home)
        surroundings = Surroundings(root=root, cwd=str(circumstance.cwd), home=home, variables=dict(self.around.environ))
        actions = actions_of(call_of(self.client, tool, dict(given)), surroundings)
        return str(judge(actions, self.policy, Circumstances(client=self.client, tool=tool)).verdict)

    def _translated(self, canary: Canary) -> tuple[str, dict[str, Any]]:
        """The call in this client's words. A word of this trial keeps it apart from every call a person was asked about."""
        given = canary.tool_input(root=str(self.around.root), home=str(self.around.home))
        mark = {"description": self.session}
        if self.client == "claude":
            return canary.tool, {**given, **mark}
        path = str(given.get("file_path", ""))
        if canary.tool == "Bash" or self.client == "codex":
            text = str(given["command"]) if canary.tool == "Bash" else _patch(canary.tool, path)
            if canary.tool == "Read":
                return "Bash", {"command": f"cat {shlex.quote(path)}", **mark}
            name = "run_shell_command" if self.client == "gemini" else "Bash" if canary.tool == "Bash" else "apply_patch"
            return name, {"command": text, **mark}
        return {"Write": "write_file", "Edit": "replace", "Read": "read_file"}[canary.tool], {**given, **mark}

    def _beside(self, ordinary: Circumstance) -> Iterator[Shot]:
        """The end of a turn and changed settings. Events that look at the tree are not fired: they would write down what they see."""
        end = {"claude": "Stop", "codex": "Stop", "gemini": "AfterAgent"}[self.client]
        words = "prompt_response" if self.client == "gemini" else "last_assistant_message"
        for text, expected in ((CLAIM, RESUME), ("I read two files.", SILENT)):
            payload = self._payload(end, ordinary, **{words: text, "stop_hook_active": False})
            yield Shot(event=end, tool="", rule="unverified-claim", expected=expected, payload=payload, circumstance=ordinary)
        if self.client == "claude":
            for name, expected in (("off.json", BLOCK), ("plain.json", SILENT)):
                path = self.scratch / name
                path.write_text('{"disableAllHooks": true}' if expected == BLOCK else '{"model": "x"}')
                payload = self._payload("ConfigChange", ordinary, source="project_settings", file_path=str(path))
                yield Shot(event="ConfigChange", tool="", rule="protect-policy", expected=expected, payload=payload, circumstance=ordinary)

    def _payload(self, event: str, circumstance: Circumstance, **fields: Any) -> dict[str, Any]:
        common = {"session_id": self.session, "transcript_path": str(self.scratch / "none.jsonl"), "cwd": str(circumstance.cwd)}
        mode = {} if self.client == "gemini" else {"permission_mode": "default"}
        return {**common, **mode, "hook_event_name": event, **fields}


def _patch(tool: str, path: str) -> str:
    change = f"*** Add File: {path}\n+canary\n" if tool == "Write" else f"*** Update File: {path}\n@@\n-a\n+b\n"
    return f"*** Begin Patch\n{change}*** End Patch"
