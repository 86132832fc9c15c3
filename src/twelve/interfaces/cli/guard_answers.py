"""What `twelve guard` answers, for programs and for people. Nothing here names a way around a rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from twelve.factors.guardrails.actions.action import SETTING, Action
from twelve.factors.guardrails.canaries import Trial
from twelve.factors.guardrails.coverage import Coverage, coverage
from twelve.factors.guardrails.policy.catalogue import RULES
from twelve.factors.guardrails.policy.decision import Finding
from twelve.factors.guardrails.policy.wording import SECRET_NAMES, shown
from twelve.model.errors import Trouble, TwelveError
from twelve.model.settings import Settings
from twelve.render import human
from twelve.system import config
from twelve.system.config.checking import nearest
from twelve.workflow.guarding import Answer

_MARKS = {"allow": "goes through", "hint": "goes through, with a hint", "ask": "is asked about", "deny": "is refused"}


class ActionLine(Struct, frozen=True, kw_only=True):
    """One thing the call would do."""

    kind: str
    verb: str
    program: str
    path: str
    target: str
    via: tuple[str, ...]
    certain: bool


class FindingLine(Struct, frozen=True, kw_only=True):
    """One rule that spoke."""

    rule: str
    decision: str
    severity: str
    what: str
    why: str
    next: str
    action: ActionLine
    coverage: tuple[Coverage, ...]
    gap: str


class CheckAnswer(Struct, frozen=True, kw_only=True):
    """What `twelve guard check --json` prints."""

    schema: str = "twelve.guard-check.v1"
    verdict: str
    """allow, hint, ask or deny."""
    client: str
    tool: str
    findings: tuple[FindingLine, ...]
    actions: tuple[ActionLine, ...]
    """Everything that was understood, secrets hidden."""


class RuleLine(Struct, frozen=True, kw_only=True):
    """One rule of `twelve guard list --json`."""

    rule: str
    title: str
    severity: str
    decision: str
    origin: str
    enforcers: tuple[str, ...]


class ListAnswer(Struct, frozen=True, kw_only=True):
    """What `twelve guard list --json` prints."""

    schema: str = "twelve.guard-list.v1"
    rules: tuple[RuleLine, ...]


class ExplainAnswer(Struct, frozen=True, kw_only=True):
    """What `twelve guard explain --json` prints."""

    schema: str = "twelve.guard-explain.v1"
    rule: RuleLine
    why: str
    next: str
    settings: dict[str, Any]
    coverage: tuple[Coverage, ...]
    gap: str


class TrialLine(Struct, frozen=True, kw_only=True):
    """One rule of `twelve guard test --json`."""

    rule: str
    state: str
    """alive, dead (what it forbids went through), overzealous (what is benign was stopped) or off."""
    calls: int


class TestAnswer(Struct, frozen=True, kw_only=True):
    """What `twelve guard test --json` prints."""

    schema: str = "twelve.guard-test.v1"
    alive: bool
    rules: tuple[TrialLine, ...]


def check_answer(answer: Answer, settings: Settings) -> CheckAnswer:
    found = tuple(_finding(finding, settings) for finding in answer.decision.findings)
    actions = tuple(_action(action) for action in answer.actions)
    return CheckAnswer(
        verdict=answer.decision.verdict,
        client=answer.question.client,
        tool=answer.question.tool,
        findings=found,
        actions=actions,
    )


def check_text(answer: CheckAnswer, *, verbose: bool = True) -> str:
    """The verdict, then every rule that spoke (in full only the first, unless `verbose`), then what was understood."""
    lines = [f"{answer.verdict}: this call {_MARKS[answer.verdict]}"]
    for found in answer.findings if verbose else answer.findings[:1]:
        lines += ["", f"{found.rule} ({found.decision}, {found.severity})", f"  what     {found.what}", f"  why      {found.why}"]
        lines += [f"  next     {found.next}", f"  action   {_action_text(found.action)}"]
        lines += [f"  {line}" for line in _coverage_text(found.coverage)]
        lines.append(f"  gap      {found.gap}")
    if len(answer.findings) > 1 and not verbose:
        lines += ["", f"also: {', '.join(found.rule for found in answer.findings[1:])} (in full with --verbose)"]
    lines += ["", "understood as" if answer.actions else "understood as nothing that touches anything"]
    lines += [f"  {_action_text(action)}" for action in answer.actions[:20]]
    if len(answer.actions) > 20:
        lines.append(f"  and {len(answer.actions) - 20} more")
    return "\n".join(human.clean(line) for line in lines)


def list_answer(loaded: config.Loaded) -> ListAnswer:
    return ListAnswer(rules=tuple(_line(id, loaded) for id in RULES))


def list_text(answer: ListAnswer, *, colour: bool) -> str:
    rows = [(line.rule, line.decision, line.severity, ", ".join(line.enforcers), line.origin) for line in answer.rules]
    return human.table(("rule", "decision", "severity", "held by", "from"), rows, colour=colour)


def explain_answer(rule: str, loaded: config.Loaded) -> ExplainAnswer:
    """TwelveError for a rule there is not."""
    if rule not in RULES:
        near = nearest(rule, RULES)
        hint = f"did you mean {near}?" if near else "`twelve guard list` shows them all"
        raise TwelveError(f"there is no rule {rule[:60]!r}", next=hint, kind=Trouble.USAGE)
    found = RULES[rule]
    settings = getattr(loaded.settings.guard.rules, rule.replace("-", "_"))
    return ExplainAnswer(
        rule=_line(rule, loaded),
        why=found.why,
        next=found.next,
        settings=msgspec.to_builtins(settings),
        coverage=coverage(found, settings.decision),
        gap=found.gap,
    )


def explain_text(answer: ExplainAnswer) -> str:
    line = answer.rule
    lines = [f"{line.rule}: {line.title}", f"  decision {line.decision} (from {line.origin}), severity {line.severity}"]
    lines += [f"  why      {answer.why}", f"  next     {answer.next}"]
    lines += [f"  {text}" for text in _coverage_text(answer.coverage)]
    lines.append(f"  gap      {answer.gap}")
    others = {name: value for name, value in answer.settings.items() if name != "decision"}
    lines += [
        f"  {name:<8} {', '.join(value) if isinstance(value, Sequence) else value or 'none'}" for name, value in others.items() if value
    ]
    return "\n".join(human.clean(text) for text in lines)


def test_answer(trials: Iterable[Trial]) -> TestAnswer:
    by_rule: dict[str, list[Trial]] = {}
    for trial in trials:
        by_rule.setdefault(trial.canary.rule, []).append(trial)
    lines = tuple(TrialLine(rule=rule, state=_state(found), calls=len(found)) for rule, found in by_rule.items())
    return TestAnswer(alive=all(line.state in ("alive", "off") for line in lines), rules=lines)


def test_text(answer: TestAnswer, *, colour: bool) -> str:
    rows = [(line.rule, line.state, str(line.calls)) for line in answer.rules]
    alive = sum(line.state == "alive" for line in answer.rules)
    table = human.table(("rule", "state", "calls"), rows, colour=colour)
    return f"{table}\n{alive} of {len(answer.rules)} rules alive; whether a client asks them is shown by: twelve prove"


def _state(trials: Sequence[Trial]) -> str:
    if any(trial.off for trial in trials):
        return "off"
    if all(trial.passed for trial in trials):
        return "alive"
    return "dead" if any(not trial.passed and trial.canary.expected != "allow" for trial in trials) else "overzealous"


def _line(id: str, loaded: config.Loaded) -> RuleLine:
    rule = RULES[id]
    decision = getattr(loaded.settings.guard.rules, id.replace("-", "_")).decision
    origin = loaded.origins.get(f"guard.rules.{id}.decision", "default")
    return RuleLine(rule=id, title=rule.title, severity=rule.severity, decision=decision, origin=origin, enforcers=rule.enforcers)


def _finding(found: Finding, settings: Settings) -> FindingLine:
    rule = RULES[found.rule]
    decision = getattr(settings.guard.rules, found.rule.replace("-", "_")).decision
    return FindingLine(
        rule=found.rule,
        decision=found.decision,
        severity=found.severity,
        what=found.what,
        why=found.why,
        next=found.next,
        action=_action(found.action),
        coverage=coverage(rule, decision),
        gap=rule.gap,
    )


def _action(action: Any) -> ActionLine:
    """Every text comes from the call and is shown as data."""
    assert isinstance(action, Action)  # noqa: S101 - a finding holds the action it was made for
    return ActionLine(
        kind=action.kind,
        verb=_plain(action.verb),
        program=_plain(action.program),
        path=_plain(action.path),
        target=_target(action),
        via=tuple(_plain(wrapper) for wrapper in action.via),
        certain=action.certain,
    )


def _target(action: Action) -> str:
    if action.kind == SETTING and any(word in action.verb.lower() for word in SECRET_NAMES):
        return "[hidden]"
    return _plain(action.target)


def _plain(text: str) -> str:
    return shown(text)[1:-1] if text else ""


def _action_text(action: ActionLine) -> str:
    words = [action.kind, action.verb if action.verb != action.kind else "", action.path]
    words += [
        f"{name} {value}" for name, value in (("by", action.program), ("at", action.target), ("through", " ".join(action.via))) if value
    ]
    return " ".join(word for word in (*words, "" if action.certain else "(in part unknown)") if word)


def _coverage_text(lines: Iterable[Coverage]) -> list[str]:
    said = []
    for line in lines:
        ask = f" ({line.ask})" if line.ask else ""
        said.append(f"{line.client:<8} {', '.join(line.enforcers) or 'nothing: the rule is off'}{ask}")
    return said
