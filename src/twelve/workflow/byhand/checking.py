"""Carries out every move that only judges, and stops at the first one that needs the person."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from twelve.factors.approvals import keys, record
from twelve.factors.gates import definition, engine, ledger, prove, suites
from twelve.model.gate import GateSettings
from twelve.model.phase import Phase
from twelve.model.verdict import Outcome
from twelve.system import journal, redact
from twelve.workflow import briefing, facts, machine, oracles
from twelve.workflow.byhand import notebook, recording
from twelve.workflow.byhand.bench import Bench, View, in_head, view
from twelve.workflow.facts import Answer, Closing
from twelve.workflow.machine import Accept, Ask, Commit, Gates, Observe, Pin, Prove, Regress, SeeRed, Work

TIMEOUT_S = 600.0
"""One validation, acceptance or observability command, seconds (ours)."""
_LIMIT = 500
"""Moves in one go; a machine that asks for more is broken."""


def advance(bench: Bench, *, ready: bool = False) -> tuple[Bench, View]:
    """Judge as far as possible. `ready`: the person says that the open step is done, so it may be judged.

    The notebook is saved after every move; an interrupted call goes on where it stopped.
    """
    bench = structs.replace(bench, book=structs.replace(bench.book, unprovable=()))
    for _ in range(_LIMIT):
        seen = view(bench)
        if not seen.state.moves:
            break
        move = seen.state.moves[0]
        if isinstance(move, Work) and ready and move.step and not move.why:
            book: notebook.Notebook | None = structs.replace(bench.book, worked=(*bench.book.worked, move.step))
            ready = False
        else:
            book = _make(bench, seen, move)
        if book is None:
            break
        bench = structs.replace(bench, book=book)
        notebook.save(bench.state, book)
    return bench, view(bench)


def _make(bench: Bench, seen: View, move: machine.Move) -> notebook.Notebook | None:
    """The notebook after the move, or None when the person has to act."""
    book = bench.book
    match move:
        case Gates():
            return _gates(bench, seen, move)
        case Prove():
            return _prove(bench, move)
        case Pin():
            looks = {path: oracles.look(bench.root, path) for path in move.paths}
            bench.say(f"pinned as oracle: {', '.join(move.paths)}")
            return structs.replace(book, pins={**book.pins, **{path: look.current for path, look in looks.items() if look.regular}})
        case SeeRed():
            return structs.replace(book, red={**book.red, **_answers(bench, seen, move.criteria, " before the work, where it has to fail")})
        case Accept():
            return structs.replace(book, accepted={**book.accepted, **_answers(bench, seen, move.criteria, "")})
        case Observe():
            plan = seen.picture.design.observability
            return structs.replace(book, observed=_command(bench, seen, "observability", plan.check if plan else ()))
        case Ask():
            standing = record.ask(
                bench.state,
                run=book.run,
                kind=move.kind,
                subject=move.subject,
                question=move.question,
                about=move.about,
                settings=bench.settings.approvals,
                wish=briefing.wish(seen.picture, move.kind, bench.settings, signers_text=keys.listed(bench.repository)),
            )
            bench.say(f"asked: {standing.request.id}")
            return book
        case Commit():
            return _commit(bench, seen, move)
        case Regress():
            return _regress(bench, seen, move)
    return None


def _gates(bench: Bench, seen: View, move: Gates) -> notebook.Notebook:
    step = seen.picture.design.step(move.step)
    own = {facts.validation_name(move.step, n): check.command for n, check in enumerate(step.validation) if check.command} if step else {}
    asked = [gate for gate in move.gates if gate not in own]
    planned = [glob for each in seen.picture.design.steps for glob in (*each.files, *each.creates_oracles)]
    approved = machine.approved_diffs(seen.picture.facts)
    known = {"run": bench.book.run, "observability": _observability(seen), "plan_files": planned, "approved_diffs": approved}
    chosen = suites.named(bench.settings, asked) if asked else ()
    bench.say(f"judging {len(move.gates)} gate{'' if len(move.gates) == 1 else 's'}")
    verdicts = engine.judge(bench.repository, bench.root, chosen, facts=known, base=bench.book.base, fail_fast=False) if chosen else ()
    ledger.record(bench.repository, verdicts, run=bench.book.run, journal=_journal(bench))
    fresh = [facts.gate_fact(verdict) for verdict in verdicts]
    for verdict, fact in zip(verdicts, fresh, strict=True):
        bench.say(f"{verdict.outcome.value:5} {fact.gate}: {verdict.report.summary if verdict.outcome is Outcome.PASS else fact.why}")
    for name in move.gates:
        if name in own:
            answer = _command(bench, seen, name, own[name])
            fresh.append(machine.GateFact(gate=name, outcome=answer.outcome, subject=answer.subject, why=answer.why))
    return structs.replace(
        bench.book,
        verdicts=_merged(bench.book.verdicts, fresh),
        definitions={**bench.book.definitions, **{verdict.gate: verdict.definition for verdict in verdicts}},
    )


def _journal(bench: Bench) -> journal.Journal:
    return journal.Journal(bench.state / "journal")


def _merged(old: Iterable[machine.GateFact], fresh: Iterable[machine.GateFact]) -> tuple[machine.GateFact, ...]:
    """One fact per gate and content, the latest."""
    return tuple({(fact.gate, fact.subject): fact for fact in (*old, *fresh)}.values())


def _observability(seen: View) -> dict[str, object]:
    plan = seen.picture.design.observability
    return {"what": plan.what, "check": list(plan.check)} if plan else {}


def _prove(bench: Bench, move: Prove) -> notebook.Notebook:
    chosen = [gate for gate in suites.named(bench.settings, move.gates) if gate.id in move.gates]
    trials = prove.prove(bench.repository, chosen, journal=_journal(bench))
    for trial in trials:
        bench.say(f"{trial.result.value:10} {trial.gate} {trial.detail[:120]}")
    failed = [trial.gate for trial in trials if trial.result is not prove.Result.PROVEN]
    return structs.replace(bench.book, unprovable=tuple(sorted({*bench.book.unprovable, *failed})))


def _answers(bench: Bench, seen: View, criteria: tuple[str, ...], moment: str) -> dict[str, Answer]:
    wanted = [item for item in seen.picture.design.acceptance if item.criterion in criteria]
    return {item.criterion: _command(bench, seen, f"acceptance of {item.criterion}{moment}", item.command) for item in wanted}


def _command(bench: Bench, seen: View, name: str, argv: tuple[str, ...]) -> Answer:
    """Run a command of the plan as a gate of kind command would: no shell, a time limit, nothing kept."""
    gate = definition.resolve("plan.command", GateSettings(command=argv, timeout_s=TIMEOUT_S, cache=False))
    verdict = engine.judge(bench.repository, bench.root, (gate,), base=bench.book.base, cache=False)[0]
    lines = verdict.report.log.strip().splitlines()
    why = verdict.report.reason or (lines[-1] if lines and verdict.outcome is not Outcome.PASS else verdict.report.summary)
    bench.say(f"{verdict.outcome.value:5} {name}: {redact.redact(why)[:120]}")
    return Answer(outcome=verdict.outcome, subject=seen.told.subject, why=redact.redact(why)[:300], command=argv)


def _commit(bench: Bench, seen: View, move: Commit) -> notebook.Notebook | None:
    """The person commits; this only notices it. implement.md is written here, because it may not be anybody's account."""
    head = bench.repository.head() or ""
    if move.step:
        if bench.repository.subject_of("HEAD") != seen.told.subject:
            return None
        step = next(step for step in seen.picture.facts.steps if step.id == move.step)
        closing = Closing(commit=head, plan=seen.picture.facts.plan, subject=seen.told.subject, gates=step.gates, attempts=1)
        bench.say(f"closed step {move.step} at {head[:12]}")
        _journal(bench).emit("phase.step.finished", run=bench.book.run, phase="implement", step=move.step, outcome="PASS", commit=head)
        return structs.replace(bench.book, closings={**bench.book.closings, move.step: closing})
    if move.phase is Phase.IMPLEMENT and recording.write(bench, seen):
        bench.say(f"wrote {recording.path(bench)}")
        return bench.book if in_head(bench, recording.path(bench)) else None
    return None


def _regress(bench: Bench, seen: View, move: Regress) -> notebook.Notebook:
    """Record the step back. The person's files stay as they are; what was closed, seen and accepted counts no longer."""
    later = [phase for phase in Phase if list(Phase).index(phase) >= list(Phase).index(move.to)]
    told = seen.picture.facts.phases
    digests = {phase.value: told[phase].artefact.digest for phase in later if phase in told and told[phase].artefact.present}
    step = machine.Regression(source=seen.state.phase, to=move.to, reason=move.reason, size=move.size, digests=digests)
    _journal(bench).emit("phase.regressed", run=bench.book.run, phase=seen.state.phase.value, to=move.to.value, reason=move.reason)
    bench.say(f"back to {move.to.value}: {move.reason}")
    return structs.replace(
        bench.book, regressions=(*bench.book.regressions, step), worked=(), closings={}, pins={}, red={}, accepted={}, observed=None
    )
