"""A small world the machine drives: it carries out moves, and a chooser decides how the agent and the people behave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import structs

from twelve.factors.approvals.request import RequestStatus
from twelve.model.finding import Finding
from twelve.model.phase import Phase, Preset, Size
from twelve.model.verdict import Outcome
from twelve.workflow import machine as m

Choose = Callable[[str, int], int]
"""(what is decided, number of ways) -> the way taken; way 0 is always the honest one."""

PROVEN = m.Proof.PROVEN


class World:
    """Facts that change only by moves. Content is a counter: every turn that touches the tree makes a new subject."""

    def __init__(self, choose: Choose, *, preset: Preset = Preset.FULL, size: Size = Size.NORMAL, gate_rounds: int = 1) -> None:
        self.choose = choose
        self.content = 0
        self.version = 0
        self.facts = m.Facts(run="r", preset=preset, size=size, base="t0", subject="t0", gate_rounds=gate_rounds, telemetry=1)
        self.facts = structs.replace(self.facts, phases=dict.fromkeys(Phase, m.PhaseFacts(subject="t0")))
        self._gates_of_implement()
        self.asked: list[str] = []

    def set(self, **fields: Any) -> None:
        self.facts = structs.replace(self.facts, **fields)

    def phase(self, phase: Phase, **fields: Any) -> None:
        self.set(phases={**self.facts.phases, phase: structs.replace(self.facts.phases[phase], **fields)})

    def make(self, move: m.Move) -> None:
        getattr(self, f"_{type(move).__name__.lower()}")(move)

    def _touch(self) -> None:
        self.content += 1
        self.set(subject=f"t{self.content}")

    def _count(self, unit: str) -> None:
        self.set(rounds={**self.facts.rounds, unit: self.facts.rounds.get(unit, 0) + 1})

    def _write(self, move: m.Write) -> None:
        self._count(move.unit)
        way = self.choose(f"write {move.phase}", 4)
        self.version += 1
        digest = f"{move.phase}-{self.version}"
        bad = Finding(rule="plan-step-without-validation", message="step s has no validation")
        artefact = {
            0: m.ArtefactFacts(present=True, digest=digest),
            1: m.ArtefactFacts(present=True, digest=digest, findings=(bad,)),
            2: self.facts.phases[move.phase].artefact,
            3: m.ArtefactFacts(present=True, digest=digest),
        }[way]
        self.phase(move.phase, artefact=artefact, committed=False)
        if way == 3:
            self.set(stray=("src/x.py",))
        if move.phase is m.planning(self.facts) and artefact.present:
            self._plan(artefact.digest)

    def _plan(self, digest: str) -> None:
        gate = m.GateFact(gate="validation", required=True)
        steps = (m.StepFacts(id="red", gates=(gate,)), m.StepFacts(id="green", needs=("red",), gates=(gate,)))
        oracle = m.OracleFacts(path="tests/test_x.py", creator="red")
        criterion = m.CriterionFacts(id="c", oracles=(oracle.path,))
        self.set(plan=digest, steps=steps, oracles=(oracle,), criteria=(criterion,), observability=m.ObservabilityFacts(checkable=True))
        self.set(checkpoints=(m.CheckpointFacts(before="green", question="go on?"),))

    def _work(self, move: m.Work) -> None:
        self._count(move.unit)
        way = self.choose(f"work {move.step}", 4)
        if way != 1:
            self._touch()
        steps = tuple(structs.replace(step, worked=step.worked or (step.id == move.step and way != 3)) for step in self.facts.steps)
        oracle = self.facts.oracles[0]
        if move.step == "red" and way == 0 and not oracle.pinned:
            oracle = structs.replace(oracle, exists=True, current="d0")
        if oracle.pinned:
            oracle = structs.replace(
                oracle, violation="changed" if way == 2 else "", current=f"d{self.content}" if way == 2 else oracle.pinned
            )
        self.set(steps=steps, oracles=(oracle,))

    def _outcome(self, what: str) -> Outcome:
        return (Outcome.PASS, Outcome.FAIL, Outcome.ERROR, Outcome.SKIP)[self.choose(what, 4)]

    def _gates(self, move: m.Gates) -> None:
        def judged(gate: m.GateFact) -> m.GateFact:
            if gate.gate not in move.gates:
                return gate
            return structs.replace(gate, outcome=self._outcome(f"gate {gate.gate}"), subject=self.facts.subject, why="because")

        if move.step:
            steps = tuple(
                structs.replace(step, gates=tuple(map(judged, step.gates))) if step.id == move.step else step for step in self.facts.steps
            )
            self.set(steps=steps)
        else:
            self.phase(move.phase, gates=tuple(map(judged, self.facts.phases[move.phase].gates)))

    def _prove(self, move: m.Prove) -> None:
        proof = (m.Proof.PROVEN, m.Proof.UNPROVABLE)[self.choose("prove", 2)]
        gates = tuple(structs.replace(gate, proof=proof) for gate in self.facts.phases[Phase.IMPLEMENT].gates)
        self.phase(Phase.IMPLEMENT, gates=gates)

    def _pin(self, move: m.Pin) -> None:
        self.set(oracles=tuple(structs.replace(item, pinned=item.current) for item in self.facts.oracles if item.path in move.paths))

    def _seered(self, move: m.SeeRed) -> None:
        red = (Outcome.FAIL, Outcome.PASS, Outcome.ERROR)[self.choose("see red", 3)]
        self.set(criteria=tuple(structs.replace(item, red=red) for item in self.facts.criteria))

    def _accept(self, move: m.Accept) -> None:
        outcome = self._outcome("accept")
        self.set(criteria=tuple(structs.replace(item, outcome=outcome, subject=self.facts.subject) for item in self.facts.criteria))

    def _observe(self, _move: m.Observe) -> None:
        self.set(observability=structs.replace(self.facts.observability, outcome=self._outcome("observe"), subject=self.facts.subject))

    def _ask(self, move: m.Ask) -> None:
        self.asked.append(move.kind.value)
        status = (RequestStatus.GRANTED, RequestStatus.REJECTED, RequestStatus.EXPIRED, RequestStatus.PENDING)[
            self.choose(f"ask {move.kind}", 4)
        ]
        request = m.RequestFacts(
            id=f"q{len(self.facts.requests)}", kind=move.kind, subject=move.subject, status=status, about=move.about, reason="no"
        )
        self.set(requests=(*self.facts.requests, request))

    def _commit(self, move: m.Commit) -> None:
        if move.step:
            steps = tuple(
                structs.replace(step, closed=True, plan=self.facts.plan, subject=self.facts.subject) if step.id == move.step else step
                for step in self.facts.steps
            )
            self.set(steps=steps)
        elif move.phase is Phase.IMPLEMENT:
            record = m.ArtefactFacts(present=True, digest=f"record-{self.facts.subject}")
            self.phase(Phase.IMPLEMENT, artefact=record, committed=True)
        else:
            self.phase(move.phase, committed=True)

    def _discard(self, _move: m.Discard) -> None:
        self.set(stray=())

    def _regress(self, move: m.Regress) -> None:
        order = list(Phase)
        later = [phase for phase in order if order.index(phase) >= order.index(move.to)]
        digests = {phase.value: self.facts.phases[phase].artefact.digest for phase in later if self.facts.phases[phase].artefact.digest}
        step = m.Regression(source=Phase.IMPLEMENT, to=move.to, reason=move.reason, size=move.size, digests=digests)
        self.set(regressions=(*self.facts.regressions, step), subject=self.facts.base, measured=Size.TINY)
        self.content += 1
        self.set(plan="", steps=(), oracles=(), criteria=(), checkpoints=(), observability=m.ObservabilityFacts())
        for phase in later:
            self.phase(phase, committed=False)
        self._gates_of_implement()

    def _gates_of_implement(self) -> None:
        gates = (
            m.GateFact(gate="tests", proof=m.Proof.UNPROVEN if self.facts.size is Size.CRITICAL else PROVEN),
            m.GateFact(gate="style", required=False),
        )
        self.phase(Phase.IMPLEMENT, gates=gates)


def drive(world: World, limit: int = 400) -> m.State:
    """Make first moves until the run ends, waits on somebody who does not answer, or `limit` moves are made."""
    for _ in range(limit):
        state = m.judge(world.facts)
        assert (state.status is m.Status.DONE) == isinstance(state.moves[0] if state.moves else None, m.Finish)
        if state.status in (m.Status.DONE, m.Status.FAILED, m.Status.ESCALATED) or not state.moves:
            return state
        world.make(state.moves[0])
    raise AssertionError(f"no end after {limit} moves: {m.judge(world.facts)}")
