"""Judging effects: gates, proofs, pins, acceptance and observability commands. We run them; nobody reports them.

All of them leave the work as it was: whatever they wrote is gone when the next effect opens the tree.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import structs, to_builtins

from twelve.factors.gates import definition, engine, ledger, prove, suites, tools
from twelve.factors.gates.engine import Progress
from twelve.model.gate import GateSettings
from twelve.model.verdict import Outcome, Verdict
from twelve.system import clock, redact
from twelve.workflow import facts, machine, oracles
from twelve.workflow.drive import desk as desks
from twelve.workflow.drive import gathering, messages
from twelve.workflow.drive.desk import Place
from twelve.workflow.drive.projection import Entry
from twelve.workflow.facts import Answer
from twelve.workflow.machine import Accept, Gates, Observe, Pin, Prove, SeeRed

COMMAND_TIMEOUT_S = 600.0
"""One acceptance, validation or observability command, seconds (ours)."""


async def gates(place: Place, move: Gates) -> Entry:
    """Judge gates, and a step's own validations, on the current content."""
    return await asyncio.to_thread(_gates, place, move)


async def prove_gates(place: Place, move: Prove) -> Entry:
    """See gates go red on a planted defect."""
    return await asyncio.to_thread(_prove, place, move)


async def pin(place: Place, move: Pin) -> Entry:
    """Take the digests of oracle files as they are now."""
    return await asyncio.to_thread(_pin, place, move)


async def see_red(place: Place, move: SeeRed) -> Entry:
    """Run acceptance commands before the work they judge."""
    return await asyncio.to_thread(_acceptance, place, "see-red", move.criteria)


async def accept(place: Place, move: Accept) -> Entry:
    """Run acceptance commands on the current content."""
    return await asyncio.to_thread(_acceptance, place, "accept", move.criteria)


async def observe(place: Place, _move: Observe) -> Entry:
    """Run the plan's observability check."""
    return await asyncio.to_thread(_observe, place)


def _gates(place: Place, move: Gates) -> Entry:
    started = clock.monotonic()
    picture = gathering.picture(place)
    own = _validations(picture, move)
    asked = [gate for gate in move.gates if gate not in own]
    count = f"{len(move.gates)} gate{'' if len(move.gates) == 1 else 's'}"
    place.desk.say(f"{move.phase.value}{f' {move.step}' if move.step else ''}: judging {count}")
    verdicts = _configured(place, picture, asked, move) if asked else ()
    results = [(_fact(place, verdict), verdict.definition) for verdict in verdicts]
    results += [(_validation(place, picture, name, own[name]), definition.digest_of(own[name])) for name in move.gates if name in own]
    ledger.record(place.tree, verdicts, run=place.run, journal=place.desk.journal)
    red = [fact.gate for fact, _ in results if fact.outcome not in (Outcome.PASS, Outcome.SKIP)]
    return place.entry(
        "gates",
        started,
        phase=move.phase.value,
        step=move.step,
        ok=not red,
        kind="red" if red else "",
        detail="; ".join(f"{fact.gate}: {fact.why}" for fact, _ in results if fact.gate in red)[:2000],
        log=desks.log(place, "gates", _report(verdicts)),
        data={"gates": [{"fact": to_builtins(fact), "definition": digest} for fact, digest in results]},
    )


def _configured(place: Place, picture: facts.Picture, asked: Sequence[str], move: Gates) -> tuple[Verdict, ...]:
    def tell(progress: Progress) -> None:
        verdict = progress.verdict
        if progress.state == "finished" and verdict:
            kept = " (kept)" if verdict.cached else ""
            place.desk.say(f"  {verdict.outcome.value:5} {progress.gate}{kept} {verdict.report.summary[:120]}")

    known = {
        "run": place.run,
        "commit_message": messages.compose(place, picture, move.phase, move.step),
        "observability": to_builtins(picture.design.observability) if picture.design.observability else {},
        "approved_diffs": machine.approved_diffs(picture.facts),
        "plan_files": [glob for step in picture.design.steps for glob in (*step.files, *step.creates_oracles)],
    }
    chosen = suites.named(place.settings, asked)
    base = place.request.base
    return engine.judge(place.tree, place.root, chosen, facts=known, base=base, fail_fast=False, foreign=True, on_progress=tell)


def _fact(place: Place, verdict: Verdict) -> machine.GateFact:
    """The verdict in the machine's words; a program that is not installed here is nothing an agent could repair."""
    fact, tool = facts.gate_fact(verdict), verdict.report.tool
    if verdict.outcome is not Outcome.ERROR or not tool or "/" in tool:
        return fact
    here = tools.find(place.root, tool, homes=engine.home(place.tree))
    return fact if here else structs.replace(fact, repairable=False)


def _validations(picture: facts.Picture, move: Gates) -> dict[str, tuple[str, ...]]:
    """Name -> command of the step's own checks."""
    step = picture.design.step(move.step)
    checks = enumerate(step.validation) if step else ()
    return {facts.validation_name(move.step, number): check.command for number, check in checks if check.command}


def _validation(place: Place, picture: facts.Picture, name: str, argv: tuple[str, ...]) -> machine.GateFact:
    outcome, why = _command(place, name, argv)
    place.desk.say(f"  {outcome.value:5} {name} {why[:120]}")
    place.desk.emit("gate.finished", place.run, gate=name, kind="validation", outcome=outcome, subject=picture.facts.subject)
    return machine.GateFact(gate=name, outcome=outcome, subject=picture.facts.subject, why=why)


def _command(place: Place, name: str, argv: tuple[str, ...]) -> tuple[Outcome, str]:
    """Run a command of the plan as a gate of kind command would, and say in a line what came of it.

    The plan is an agent's text, so it gets no shell, a time limit, and the tree as its only folder.
    """
    gate = definition.resolve("plan.command", GateSettings(command=argv, timeout_s=COMMAND_TIMEOUT_S, cache=False))
    verdict = engine.judge(place.tree, place.root, (gate,), base=place.request.base, cache=False, foreign=True)[0]
    desks.log(place, "".join(letter if letter.isalnum() else "-" for letter in name), verdict.report.log)
    lines = verdict.report.log.strip().splitlines()
    why = verdict.report.reason or (lines[-1] if lines and verdict.outcome is not Outcome.PASS else verdict.report.summary)
    return verdict.outcome, redact.redact(why)[:300]


def _prove(place: Place, move: Prove) -> Entry:
    started = clock.monotonic()
    chosen = [gate for gate in suites.named(place.settings, move.gates) if gate.id in move.gates]
    place.desk.say(f"proving {len(chosen)} gates on a planted defect")
    trials = prove.prove(place.tree, chosen, journal=place.desk.journal)
    failed = [trial for trial in trials if trial.result is not prove.Result.PROVEN]
    for trial in trials:
        place.desk.say(f"  {trial.result.value:10} {trial.gate} {trial.detail[:120]}")
    return place.entry(
        "prove",
        started,
        ok=not failed,
        kind="red" if failed else "",
        detail="; ".join(f"{trial.gate}: {trial.detail}" for trial in failed)[:2000],
        data={"tried": [trial.gate for trial in trials], "failed": [trial.gate for trial in failed]},
    )


def _pin(place: Place, move: Pin) -> Entry:
    started = clock.monotonic()
    seen = {path: oracles.look(place.root, path) for path in move.paths}
    place.desk.say(f"pinned as oracle: {', '.join(move.paths)}")
    return place.entry("pin", started, data={"pins": {path: look.current for path, look in seen.items() if look.regular}})


def _acceptance(place: Place, name: str, criteria: tuple[str, ...]) -> Entry:
    started = clock.monotonic()
    picture = gathering.picture(place)
    answers = dict(_answers(place, picture, name, criteria))
    wanted = Outcome.FAIL if name == "see-red" else Outcome.PASS
    off = {id: answer for id, answer in answers.items() if answer.outcome is not wanted}
    return place.entry(
        name,
        started,
        phase="implement",
        ok=not off,
        kind="red" if off else "",
        detail="; ".join(f"{id}: {answer.outcome.value} {answer.why}" for id, answer in off.items())[:2000],
        data={"answers": to_builtins(answers)},
    )


def _answers(place: Place, picture: facts.Picture, name: str, criteria: tuple[str, ...]) -> Iterator[tuple[str, Answer]]:
    moment = " before the work, where it has to fail" if name == "see-red" else ""
    for item in picture.design.acceptance:
        if item.criterion in criteria:
            outcome, why = _command(place, f"{name}-{item.criterion}", item.command)
            place.desk.say(f"  {outcome.value:5} acceptance of {item.criterion}{moment}: {why[:120]}")
            yield item.criterion, Answer(outcome=outcome, subject=picture.facts.subject, why=why, command=item.command)


def _observe(place: Place) -> Entry:
    started = clock.monotonic()
    picture = gathering.picture(place)
    plan = picture.design.observability
    outcome, why = _command(place, "observability", plan.check) if plan and plan.check else (Outcome.SKIP, "the plan gives no check")
    place.desk.say(f"  {outcome.value:5} observability: {why[:120]}")
    command = plan.check if plan else ()
    answer: dict[str, Any] = to_builtins(Answer(outcome=outcome, subject=picture.facts.subject, why=why, command=command))
    red = outcome is not Outcome.PASS
    return place.entry("observe", started, phase="implement", ok=not red, kind="red" if red else "", detail=why, data={"answer": answer})


def _report(verdicts: Sequence[Verdict]) -> str:
    """What a person reads in the log of a gate round."""
    parts = []
    for verdict in verdicts:
        report = verdict.report
        parts.append(f"{verdict.outcome.value} {verdict.gate}: {report.summary} {report.reason}".rstrip())
        parts += [f"  {found.path}:{found.line}: {found.rule}: {found.message}" for found in report.findings]
        if report.log and verdict.blocks:
            parts.append(report.log)
    return "\n".join(parts) + "\n"
