"""What every rule has, and how a rule says that it found something."""

from __future__ import annotations

from twelve.factors.guardrails.policy.decision import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action

HOOK = "hook"
"""The client asks before the tool runs."""
CLIENT = "client deny rule"
"""The client's own permission rules, written from the same policy."""
AFTERWARDS = "check afterwards"
"""Protected content is compared after the tool ran."""
GIT = "git hook"
VERIFY = "verify"
"""What a branch brings is judged again where it is merged."""

LOW = "low"
MEDIUM = "medium"
HIGH = "high"
CRITICAL = "critical"


class Rule:
    """One rule. `decision` is what it says unless the policy says otherwise.

    `kinds` are the kinds of action it looks at. `enforcers` are all places where the same rule holds, the hook first; `gap`
    says what none of them sees. `canaries` are calls that prove it alive: (expected decision, tool, command or path); paths
    may begin with {root} or {home}.
    """

    __slots__ = ("canaries", "decision", "enforcers", "gap", "id", "kinds", "next", "severity", "title", "why")

    def __init__(
        self,
        id: str,
        *,
        severity: str,
        decision: str,
        title: str,
        why: str,
        next: str,
        kinds: tuple[str, ...],
        enforcers: tuple[str, ...],
        gap: str,
        canaries: tuple[tuple[str, str, str], ...],
    ) -> None:
        self.id = id
        self.severity = severity
        self.decision = decision
        self.title = title
        self.why = why
        self.next = next
        self.kinds = kinds
        self.enforcers = enforcers
        self.gap = gap
        self.canaries = canaries

    def found(self, action: Action, policy: dict[str, Any], what: str, *, why: str = "", next: str = "", decision: str = "") -> Finding:
        """A finding with the decision the policy has for this rule; `decision` replaces it where the rule knows better."""
        return Finding(
            rule=self.id,
            decision=decision or policy["decisions"][self.id],
            severity=self.severity,
            what=what,
            why=why or self.why,
            next=next or self.next,
            action=action,
        )
