"""The order of gates: cheapest first, needs before those who need them, equals side by side.

Pure but for threads: it is told how to judge one gate and how to answer for one that is not run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from twelve.factors.gates.crew import Crew
from twelve.factors.gates.definition import Gate
from twelve.model.verdict import Verdict

Judge = Callable[[Gate], Verdict]
Skip = Callable[[Gate, str], Verdict]
Settle = Callable[[list[Verdict]], tuple[list[Verdict], str]]
"""Called after each rank with its fresh verdicts; answers with the final ones and a reason to stop, or ""."""


def ranks(gates: Iterable[Gate]) -> list[list[Gate]]:
    """Gates by rank of cost, cheapest first; a gate never comes before one it needs."""
    by_id = {gate.id: gate for gate in gates}
    memo: dict[str, int] = {}

    def rank(gate: Gate) -> int:
        if gate.id not in memo:
            needed = [rank(by_id[need]) for need in gate.settings.needs if need in by_id]
            memo[gate.id] = max([gate.cost.rank, *needed])
        return memo[gate.id]

    grouped: dict[int, list[Gate]] = {}
    for gate in by_id.values():
        grouped.setdefault(rank(gate), []).append(gate)
    return [grouped[at] for at in sorted(grouped)]


def work(
    gates: Sequence[Gate], judge: Judge, skip: Skip, settle: Settle, *, jobs: int, fail_fast: bool, on_interrupt: Callable[[], None]
) -> dict[str, Verdict]:
    """Judge every gate or say why it was not reached. Ctrl-C starts nothing more and calls `on_interrupt` to end what runs."""
    answers: dict[str, Verdict] = {}
    reason = ""
    crew = Crew(judge, jobs)
    try:
        for group in ranks(gates):
            if reason:
                answers.update((gate.id, skip(gate, reason)) for gate in group)
                continue
            fresh = _group(group, answers, skip, crew)
            settled, reason = settle(fresh)
            answers.update((verdict.gate, verdict) for verdict in settled)
            reason = reason or (_first_red(settled) if fail_fast else "")
    except KeyboardInterrupt:
        crew.stop()
        on_interrupt()
        raise
    finally:
        crew.end()
    return answers


def unmet(gate: Gate, answers: Mapping[str, Verdict]) -> str:
    """Why a gate cannot start because of what it needs, or ""."""
    for need in gate.settings.needs:
        if need not in answers:
            return f"needs {need}, which was not run"
        if not answers[need].passed:
            return f"needs {need}, which was {answers[need].outcome.value}"
    return ""


def _group(group: list[Gate], earlier: Mapping[str, Verdict], skip: Skip, crew: Crew) -> list[Verdict]:
    waiting = list(group)
    here = {gate.id for gate in group}
    answers = dict(earlier)
    fresh: list[Verdict] = []
    while waiting or crew.busy:
        for gate in _ready(waiting, here, answers):
            waiting.remove(gate)
            reason = unmet(gate, answers)
            if reason:
                answers[gate.id] = skip(gate, reason)
                fresh.append(answers[gate.id])
            else:
                crew.give(gate)
        if crew.busy:
            verdict = crew.take()
            answers[verdict.gate] = verdict
            fresh.append(verdict)
    return fresh


def _ready(waiting: list[Gate], here: set[str], answers: Mapping[str, Verdict]) -> list[Gate]:
    return [gate for gate in waiting if all(need in answers or need not in here for need in gate.settings.needs)]


def _first_red(verdicts: Iterable[Verdict]) -> str:
    for verdict in verdicts:
        if verdict.required and verdict.blocks:
            return f"not reached: {verdict.gate} was {verdict.outcome.value}"
    return ""
