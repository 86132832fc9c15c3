"""What the judge answers, and the words a refusal is made of."""

from __future__ import annotations

ALLOW = "allow"
HINT = "hint"
ASK = "ask"
DENY = "deny"

ORDER = (ALLOW, HINT, ASK, DENY)
"""From weakest to strongest; the strongest answer of all rules counts."""


class Finding:
    """One rule that has something to say about one action. `why` and `next` are shown; neither may name a way around."""

    __slots__ = ("action", "decision", "next", "rule", "severity", "what", "why")

    def __init__(self, *, rule: str, decision: str, severity: str, what: str, why: str, next: str, action: object) -> None:
        self.rule = rule
        self.decision = decision
        self.severity = severity
        self.what = what
        self.why = why
        self.next = next
        self.action = action


class Decision:
    """The strongest finding and all others. `verdict` is one of ORDER; ALLOW without findings is silent."""

    __slots__ = ("findings", "verdict")

    def __init__(self, verdict: str, findings: tuple[Finding, ...]) -> None:
        self.verdict = verdict
        self.findings = findings

    @property
    def reason(self) -> str:
        """One paragraph for the model: what, why, what to do instead, with the stable id of the rule."""
        return "\n".join(f"{found.what} [{found.rule}]. Why: {found.why}. Next: {found.next}." for found in self.findings[:3])
