"""What a layer that is not tracked may change in the parts of the policy that protect people.

A rule compares the value before and after the layer. What has no rule of its own may not change at
all: a changed command, input list or option can weaken a gate in ways nobody can compare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct, structs

from twelve.model.gate import GateSettings, Need, Retry
from twelve.model.guard import GuardSettings
from twelve.model.settings import Settings
from twelve.system.config.checking import Problem, members

_ENFORCED_FOR = ("nobody", "agents", "everyone")
_PLAN_APPROVAL = ("never", "critical", "always")
_TIERS = ("advisory", "signed", "enforced")
_LEVELS = ("optional", "recommended", "required")
_DECISIONS = ("allow", "hint", "ask", "deny")

Rule = tuple[Callable[[Any, Any], bool], str]


def _same(before: Any, after: Any) -> bool:
    return bool(before == after)


def _contains(before: Any, after: Any) -> bool:
    return set(before) <= set(after)


def _grows(before: Any, after: Any) -> bool:
    # Empty means every cheap gate, or every gate; a list in its place would leave some out.
    return bool(before == after or (before and _contains(before, after)))


def _anything(_before: object, _after: object) -> bool:
    return True


def _sooner(before: float, after: float) -> bool:
    # 0 is the kind's own default, which this floor does not know; nothing can be compared with it.
    return before == after or 0 < after < before


FIXED: Rule = (_same, "may not change here")
LOWER: Rule = (lambda before, after: after <= before, "may only be lowered here")
HIGHER: Rule = (lambda before, after: after >= before, "may only be raised here")
LONGER: Rule = (_contains, "may only get more entries here")
FREE: Rule = (_anything, "")

GATE_RULES: dict[str, Rule] = {
    "title": FREE,
    "need": (lambda before, after: after == before or after is Need.REQUIRED, "may only become required here"),
    "phase": LONGER,
    "timeout_s": (_sooner, "may only be lowered here, and not set where the kind's default holds"),
    "retry": (lambda before, after: after == before or after is Retry.NONE, "may only become none here"),
    "cache": (lambda before, after: after == before or after is False, "may only be switched off here"),
}
SUITE_RULES: dict[str, Rule] = {
    "quick": (_grows, "may only get more gates here"),
    "full": (lambda before, after: not after or _grows(before, after), "may only get more gates here"),
}
SHORTER: Rule = (lambda before, after: set(after) <= set(before), "may only get fewer entries here")
STRONGER: Rule = (
    lambda before, after: _DECISIONS.index(after) >= _DECISIONS.index(before),
    "may only become stronger here (allow, hint, ask, deny)",
)
GUARD_RULES: dict[str, Rule] = {
    "protected_paths": LONGER,
    "require_run": (lambda before, after: after or not before, "may only be switched on here"),
    "temp_folders": SHORTER,
    "write_folders": SHORTER,
    "prove_days": LOWER,
    "production": FREE,
    "rules": FREE,
}
"""`production` and `rules` are tables with rules of their own."""
GUARD_RULE_RULES: dict[str, Rule] = {
    "decision": STRONGER,
    "paths": LONGER,
    "allow": SHORTER,
    "registries": SHORTER,
    "local": SHORTER,
}
PRODUCTION_RULES: dict[str, Rule] = dict.fromkeys(("contexts", "namespaces", "profiles", "hosts", "workspaces"), LONGER)
STRICTER: Rule = (
    lambda before, after: all(_LEVELS.index(new) >= _LEVELS.index(old) for old, new in zip(before, after, strict=True)),
    "may only ask for more approvals here",
)
APPROVAL_RULES: dict[str, Rule] = {
    "escalate_h": LOWER,
    "timeout_h": LOWER,
    "ci_file_approvers": HIGHER,
    "plan": (lambda before, after: _PLAN_APPROVAL.index(after) >= _PLAN_APPROVAL.index(before), "may only ask for more approvals here"),
    "tier": (lambda before, after: _TIERS.index(after) >= _TIERS.index(before), "may only ask for a stronger answer here"),
    "escalate_second_h": LOWER,
    "action_h": LOWER,
    "standing_max_h": LOWER,
    "auto_confidence": HIGHER,
    "rubber_stamp_s": HIGHER,
    "decision_record": (lambda before, after: after == before or after == "high", "may only be asked for here"),
    **dict.fromkeys(("impact", "risk", "cost", "novelty"), STRICTER),
}

LAW_RULES: dict[str, Rule] = {
    "enforce": (lambda before, after: _ENFORCED_FOR.index(after) >= _ENFORCED_FOR.index(before), "may only bind more people here"),
    "strict_types": LONGER,
    "min_words": HIGHER,
    "bots": SHORTER,
}


def _changes(section: tuple[str, ...], before: Struct, after: Struct, rules: dict[str, Rule]) -> Iterator[Problem]:
    for key in members(type(before)):
        allowed, message = rules.get(key, FIXED)
        if not allowed(getattr(before, key), getattr(after, key)):
            yield Problem((*section, key), f"{message}; the tracked policy decides")


def _gate_changes(before: dict[str, GateSettings], after: dict[str, GateSettings]) -> Iterator[Problem]:
    for id, settings in after.items():
        # A gate of one's own only adds a check.
        if id in before:
            yield from _changes(("gates", id), before[id], settings, GATE_RULES)


def _guard_changes(before: GuardSettings, after: GuardSettings) -> Iterator[Problem]:
    yield from _changes(("guard",), before, after, GUARD_RULES)
    yield from _changes(("guard", "production"), before.production, after.production, PRODUCTION_RULES)
    for found in structs.fields(type(before.rules)):
        old, new = getattr(before.rules, found.name), getattr(after.rules, found.name)
        yield from _changes(("guard", "rules", found.encode_name), old, new, GUARD_RULE_RULES)


def _factor_changes(before: dict[str, bool], after: dict[str, bool]) -> Iterator[Problem]:
    for slug, on in after.items():
        if not on and before.get(slug, True):
            yield Problem(("factors", slug), "may not be switched off here; the tracked policy decides")


def loosened(before: Settings, after: Settings) -> list[Problem]:
    """Everything a local layer loosened; empty when it only tightened."""
    found = [
        *_gate_changes(before.gates, after.gates),
        *_changes(("suites",), before.suites, after.suites, SUITE_RULES),
        *_guard_changes(before.guard, after.guard),
        *_changes(("approvals",), before.approvals, after.approvals, APPROVAL_RULES),
        *_changes(("laws",), before.laws, after.laws, LAW_RULES),
        *_factor_changes(before.factors, after.factors),
    ]
    if after.run.minimum_size.rank < before.run.minimum_size.rank:
        found.append(Problem(("run", "minimum_size"), "may only be raised here; the tracked policy decides"))
    return found
