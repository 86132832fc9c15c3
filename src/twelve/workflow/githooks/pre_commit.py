"""Before a commit: gates on what is staged, no loops, and no agent that commits a change to its own rules."""

from __future__ import annotations

from collections.abc import Callable

from twelve.factors.gates import definition, engine, ledger, reports, suites
from twelve.factors.gates.definition import Gate
from twelve.factors.gates.engine import Progress
from twelve.model.verdict import Verdict
from twelve.workflow.githooks import staged, witnessing
from twelve.workflow.githooks.occasion import Answer, Occasion, refusal

SHOWN = 10


def answer(occasion: Occasion, *, on_progress: Callable[[Progress], None] | None = None) -> Answer:
    """Refuses red content and loops; the driver judged its own commit already."""
    if occasion.driver:
        return Answer()
    lines = (*_guarded(occasion), *_loops(occasion))
    if lines:
        return Answer(code=1, lines=lines)
    answer = _judged(occasion, on_progress)
    if occasion.agent and not answer.code:
        witnessing.passed(occasion)
    return answer


def _guarded(occasion: Occasion) -> tuple[str, ...]:
    if not occasion.agent:
        return ()
    found = witnessing.protected(occasion, staged.paths(occasion))
    return tuple(refusal(f"{finding.what} [{finding.rule}]", why=finding.why, next=finding.next) for finding in found[:SHOWN])


def _loops(occasion: Occasion) -> tuple[str, ...]:
    found = staged.rewritten(occasion)
    if not found or not occasion.bound:
        return ()
    named = "\n".join(f"  {path} {what}" for path, what in found[:SHOWN])
    what = f"{len(found)} staged file(s) changed while hooks ran:\n{named}"
    why = "nobody has read what a hook wrote (law C1: no hook loops)"
    return (refusal(what, why=why, next="look at the change, stage it yourself and commit again"),)


def _judged(occasion: Occasion, on_progress: Callable[[Progress], None] | None) -> Answer:
    gates = _gates(occasion)
    if not gates:
        return Answer()
    ruled = staged.ruled(occasion)
    if not ruled and not occasion.agent:
        return Answer(lines=(staged.UNRULED,))
    with staged.checked_out(occasion) as place:
        verdicts = engine.judge(place, place.root, gates, on_progress=on_progress)
        ledger.record(place, verdicts)
    red = [verdict for verdict in verdicts if verdict.blocks and (ruled or not _empty(verdict))]
    if not red:
        return Answer()
    named = ", ".join(f"{verdict.gate} {verdict.report.outcome.value}" for verdict in red)
    return Answer(code=1, lines=(f"commit refused: {named}",), verdicts=verdicts)


def _empty(verdict: Verdict) -> bool:
    """Whether the gate found nothing to look at: before the policy is committed, what it is about may not be either."""
    return verdict.report.summary == reports.NOTHING


def _gates(occasion: Occasion) -> tuple[Gate, ...]:
    """The quick suite, and what must not even enter the history."""
    settings = occasion.settings
    chosen = (*suites.select(settings, suites.QUICK), *suites.lasting(settings))
    return definition.closure([gate.id for gate in chosen], definition.resolve_all(settings.gates))
