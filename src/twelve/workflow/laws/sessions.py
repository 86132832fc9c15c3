"""Runs as the laws see them, read from their artefacts."""

from __future__ import annotations

from pathlib import Path

from twelve.factors.guardrails.laws.evidence import SessionFacts
from twelve.factors.memory.dialects import is_placeholder
from twelve.model.errors import TwelveError
from twelve.model.verdict import Outcome
from twelve.workflow import artefacts
from twelve.workflow.phases.implement import Implement
from twelve.workflow.phases.learn import Learn
from twelve.workflow.phases.plan import Plan
from twelve.workflow.phases.research import Research
from twelve.workflow.phases.tiny import Tiny


def runs(root: Path) -> tuple[str, ...]:
    """Ids of the runs recorded in this tree, oldest first."""
    folder = root / artefacts.RUNS
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir())) if folder.is_dir() else ()


def facts(root: Path, run: str) -> SessionFacts | None:
    """One run; None when its folder's name cannot be a run's."""
    try:
        found = {name: artefacts.read(root, run, name).artefact for name in artefacts.TYPES}
    except TwelveError:
        return None
    closing = found["learn"] or found["tiny"]
    learnings, improvements = _learned(closing)
    research, plan, implement = found["research"], found["plan"], found["implement"]
    return SessionFacts(
        run=run,
        closed=found["learn"] is not None or bool(learnings),
        learnings=learnings,
        improvements=improvements,
        rationale=not isinstance(research, Research) or not is_placeholder(research.rationale),
        alternatives=len(research.approaches) if isinstance(research, Research) else 2,
        unvalidated=_unvalidated(implement) if isinstance(implement, Implement) else (),
        unapproved=_unapproved(plan) if isinstance(plan, Plan) else (),
    )


def _learned(closing: object) -> tuple[int, int]:
    if not isinstance(closing, (Learn, Tiny)):
        return 0, 0
    said = [text for text in (*closing.worked, *closing.improve) if not is_placeholder(text)]
    return len(said), len(closing.backlog)


def _unvalidated(implement: Implement) -> tuple[str, ...]:
    """Steps whose record holds no gate, or a required one that did not pass."""
    return tuple(
        step.id
        for step in implement.steps
        if not step.gates or any(gate.required and gate.outcome is not Outcome.PASS for gate in step.gates)
    )


def _unapproved(plan: Plan) -> tuple[str, ...]:
    """Steps that cannot be undone and have no checkpoint before them."""
    asked = {point.before for point in plan.human_checkpoints} if not isinstance(plan.human_checkpoints, str) else set()
    return tuple(step.id for step in plan.steps if not step.reversible and not asked & {step.id, "implement"})
