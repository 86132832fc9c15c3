"""One forbidden and one benign call for every rule: what shows that a guard is alive, and that it leaves honest work alone."""

from __future__ import annotations

import shlex
from typing import Any

from msgspec import Struct

from twelve.factors.guardrails.actions.action import Surroundings
from twelve.factors.guardrails.actions.calls import call_of
from twelve.factors.guardrails.actions.reading import actions_of
from twelve.factors.guardrails.policy.catalogue import RULES
from twelve.factors.guardrails.policy.decision import ORDER, Decision
from twelve.factors.guardrails.policy.judging import Circumstances, judge

ALLOW = "allow"
_CIRCUMSTANCES: dict[str, dict[str, Any]] = {
    "phase-order": {"phase": {"phase": "research", "size": "normal", "run": "canary"}},
    "context-budget": {"band": "RED"},
}
"""What has to be true besides the call for these rules to speak."""


class Canary(Struct, frozen=True, kw_only=True):
    """One call in Claude Code's words, and what the guard has to say to it."""

    rule: str
    expected: str
    """`allow`, or the rule's own decision when the policy says nothing else."""
    tool: str
    given: str
    """The command line or path, with {root} and {home} left open."""

    @property
    def live(self) -> bool:
        """Whether the call alone makes the rule speak, so that it can be sent to a registered hook."""
        return self.rule not in _CIRCUMSTANCES

    def tool_input(self, *, root: str, home: str) -> dict[str, Any]:
        """The call's arguments as the client would send them."""
        if self.tool == "Bash":
            line = self.given.replace("{root}", shlex.quote(root)).replace("{home}", shlex.quote(home))
            return {"command": line, "description": "canary"}
        text = self.given.replace("{root}", root).replace("{home}", home)
        return {"file_path": text, **_TEXTS.get(self.tool, {})}


_TEXTS: dict[str, dict[str, Any]] = {
    "Write": {"content": "canary\n"},
    "Edit": {"old_string": "a", "new_string": "b", "replace_all": False},
}


class Trial(Struct, frozen=True, kw_only=True):
    """What the guard said to a canary."""

    canary: Canary
    verdict: str
    by_rule: bool
    """Whether the canary's own rule spoke."""
    off: bool
    """The policy has switched the rule off."""

    @property
    def passed(self) -> bool:
        if self.canary.expected == ALLOW:
            return not self.by_rule and self.verdict in (ALLOW, "hint")
        return self.off or (self.by_rule and self.verdict != ALLOW)


def canaries() -> tuple[Canary, ...]:
    """All of them, in the order of the rules."""
    return tuple(
        Canary(rule=rule.id, expected=expected, tool=tool, given=given)
        for rule in RULES.values()
        for expected, tool, given in rule.canaries
    )


def fly(canary: Canary, policy: dict[str, Any], *, root: str, home: str) -> Trial:
    """Ask a compiled policy about one canary. Nothing runs, and no file is looked at."""
    call = call_of("claude", canary.tool, canary.tool_input(root=root, home=home))
    actions = actions_of(call, Surroundings(root=root, cwd=root, home=home, look=False))
    decision: Decision = judge(actions, policy, Circumstances(client="claude", tool=canary.tool, **_CIRCUMSTANCES.get(canary.rule, {})))
    decided = policy["decisions"][canary.rule]
    spoke = any(found.rule == canary.rule and ORDER.index(found.decision) >= ORDER.index(decided) for found in decision.findings)
    return Trial(canary=canary, verdict=decision.verdict, by_rule=spoke, off=decided == ALLOW)
