"""Facts for the machine: the artefacts in a tree, joined with what only whoever drives the run can know.

Both the durable driver and a person working by hand fill `Told` and call `gather`; neither decides anything about
phases, steps or size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct, field, structs

from twelve.factors.approvals.record import Standing
from twelve.factors.gates import suites
from twelve.model.gate import Need
from twelve.model.phase import Phase, Preset, Size
from twelve.model.settings import Settings
from twelve.model.verdict import Outcome, Verdict
from twelve.workflow import artefacts, machine, oracles, sizing
from twelve.workflow.artefacts import Reading
from twelve.workflow.machine import route
from twelve.workflow.phases import ordering
from twelve.workflow.phases.context import Context
from twelve.workflow.phases.plan import Acceptance, Checkpoint, Observability, Plan, Step, checkpoint_list, oracle_paths
from twelve.workflow.phases.prime import Prime
from twelve.workflow.phases.research import Research
from twelve.workflow.phases.shared import Scope
from twelve.workflow.phases.tiny import Tiny


class Applicable(Struct, frozen=True, kw_only=True):
    """A gate that applies somewhere, whether judged or not."""

    gate: str
    required: bool


class Closing(Struct, frozen=True, kw_only=True):
    """A plan step that was committed."""

    commit: str
    plan: str
    subject: str
    gates: tuple[machine.GateFact, ...] = ()
    attempts: int = 0


class Answer(Struct, frozen=True, kw_only=True):
    """What an acceptance or observability command said, and about which content."""

    outcome: Outcome
    subject: str
    why: str = ""
    command: tuple[str, ...] = ()
    """What was run; an answer to another command counts for nothing."""


class Told(Struct, frozen=True, kw_only=True):
    """What cannot be seen in the tree."""

    run: str
    task: str = ""
    preset: Preset = Preset.FULL
    asked: Size = Size.TINY
    """Size asked for; raises only."""
    size: Size | None = None
    """Size the run started with, once decided; None: decided now from the task."""
    base: str = ""
    subject: str = ""
    files: frozenset[str] = frozenset()
    """Files of the base, repository-relative."""
    changed: tuple[str, ...] = ()
    """Paths that differ from the base, without `.twelve/`."""
    changed_lines: int = 0
    """Added plus removed lines against the base, without `.twelve/`."""
    manifests: dict[str, str] = field(default_factory=dict)
    """Path -> text of changed YAML files, for risk by resource kind."""
    applicable: dict[str, tuple[Applicable, ...]] = field(default_factory=dict)
    """`quick`, `full` and each phase -> its gates; see `applicable`."""
    verdicts: dict[tuple[str, str], machine.GateFact] = field(default_factory=dict)
    """(gate id or validation name, subject) -> what was judged."""
    proofs: dict[str, machine.Proof] = field(default_factory=dict)
    """Gate id -> whether it was seen red here; a gate not named counts as its verdict says."""
    worked: frozenset[str] = frozenset()
    closings: dict[str, Closing] = field(default_factory=dict)
    pins: dict[str, str] = field(default_factory=dict)
    """Oracle path -> `oracles.look(...).current` when it was pinned."""
    steered: tuple[machine.OracleFacts, ...] = ()
    """Files that judge though no plan names them, and are not as in the base (`steering.watched`)."""
    red: dict[str, Answer] = field(default_factory=dict)
    accepted: dict[str, Answer] = field(default_factory=dict)
    observed: Answer | None = None
    committed: dict[str, str] = field(default_factory=dict)
    """Phase -> digest of its artefact as committed (`digest_of`)."""
    recorded: str = ""
    """Subject that the committed implement.md describes."""
    commits: tuple[str, ...] = ()
    requests: tuple[machine.RequestFacts, ...] = ()
    regressions: tuple[machine.Regression, ...] = ()
    rounds: dict[str, int] = field(default_factory=dict)
    stray: tuple[str, ...] = ()
    caps: tuple[str, ...] = ()
    halt: str = ""
    cancelled: str = ""
    band: machine.Band = machine.Band.GREEN
    telemetry: int = 0


class Design(Struct, frozen=True, kw_only=True):
    """The plan as the run knows it, from plan.md or tiny.md; empty until one of them fits its format."""

    digest: str = ""
    steps: tuple[Step, ...] = ()
    """In the order they are carried out."""
    acceptance: tuple[Acceptance, ...] = ()
    observability: Observability | None = None
    checkpoints: tuple[Checkpoint, ...] = ()

    def step(self, id: str) -> Step | None:
        return next((step for step in self.steps if step.id == id), None)


class Picture(Struct, frozen=True, kw_only=True):
    """Everything known about a run at one moment."""

    told: Told
    facts: machine.Facts
    readings: dict[Phase, Reading]
    design: Design
    sizing: sizing.Sizing
    contexts: dict[Phase, Context]


def gather(root: Path, told: Told, settings: Settings) -> Picture:
    """Read the run's artefacts under `root` and join them with what was told. Hostile artefacts become findings."""
    readings = _readings(root, told)
    measured = _measure(readings, told, settings)
    size = told.size or sizing.measure(settings.run, task=told.task, asked=told.asked).size
    bare = machine.Facts(run=told.run, preset=told.preset, size=size, measured=measured.size, regressions=told.regressions)
    opened = {phase: _reading(told, bare, phase, readings) for phase in route.sequence(told.preset, route.started_size(bare))}
    design = _design(opened.get(route.planning(bare)))
    contexts = {phase: _context(told, settings, bare, measured, opened, design, phase) for phase in opened}
    facts = structs.replace(
        bare,
        measured_why=measured.why,
        base=told.base,
        subject=told.subject,
        phases={phase: _phase(told, reading, contexts[phase], phase) for phase, reading in opened.items()},
        plan=design.digest,
        steps=tuple(_step(told, design, step) for step in design.steps),
        oracles=_oracles(root, told, design),
        criteria=tuple(_criterion(told, item) for item in design.acceptance),
        observability=_observability(told, design),
        checkpoints=tuple(machine.CheckpointFacts(before=point.before, question=point.question) for point in design.checkpoints),
        requests=told.requests,
        rounds=told.rounds,
        gate_rounds=settings.run.gate_rounds,
        plan_approval=settings.approvals.plan,
        stray=told.stray,
        caps=told.caps,
        halt=told.halt,
        cancelled=told.cancelled,
        band=told.band,
        strict_context=settings.context.profile == "strict",
        telemetry=told.telemetry,
    )
    return Picture(told=told, facts=facts, readings=opened, design=design, sizing=measured, contexts=contexts)


def applicable(settings: Settings) -> dict[str, tuple[Applicable, ...]]:
    """Gates of both suites and of every phase; each step also gets what has to look before a commit. ConfigError as `suites.select`."""
    table = {}
    for name in (suites.QUICK, suites.FULL, *(phase.value for phase in Phase)):
        gates = suites.select(settings, name)
        if name == suites.QUICK:
            gates = suites.named(settings, [gate.id for gate in (*gates, *suites.lasting(settings))])
        table[name] = tuple(Applicable(gate=gate.id, required=gate.settings.need is Need.REQUIRED) for gate in gates)
    return table


def gate_fact(verdict: Verdict) -> machine.GateFact:
    """A verdict in the machine's words."""
    first = verdict.report.findings[0].message if verdict.report.findings else verdict.report.reason
    return machine.GateFact(
        gate=verdict.gate,
        required=verdict.required,
        outcome=verdict.outcome,
        subject=verdict.subject,
        why=(first or verdict.report.summary)[:300],
        proof=machine.Proof.PROVEN if verdict.proven else machine.Proof.UNPROVEN,
        asks=verdict.report.asks,
    )


def request_facts(standings: Iterable[Standing]) -> tuple[machine.RequestFacts, ...]:
    """Requests in the machine's words, oldest first as given."""
    return tuple(
        machine.RequestFacts(
            id=item.request.id,
            kind=item.request.kind,
            subject=item.request.subject,
            status=item.status,
            about=item.request.about,
            reason=item.reason,
        )
        for item in standings
    )


def validation_name(step: str, number: int) -> str:
    """Name under which a step's own command is judged; `number` counts from 0."""
    return f"validation:{step}:{number}"


def digest_of(phase: Phase, reading: Reading) -> str:
    """Digest by which a phase's artefact is compared: a tiny run's opening is not changed by what it learns."""
    return reading.digest if phase is Phase.LEARN else artefacts.opening_digest(reading)


def _readings(root: Path, told: Told) -> dict[str, Reading]:
    return {name: artefacts.read(root, told.run, name) for name in artefacts.TYPES}


def _reading(told: Told, bare: machine.Facts, phase: Phase, readings: Mapping[str, Reading]) -> Reading:
    """The phase's artefact. After outgrowing tiny, the tiny artefact still answers for prime until prime.md is there."""
    found = readings[route.artefact(bare, phase)]
    other = readings[route.TINY_ARTEFACT]
    if phase is Phase.PRIME and not found.present and isinstance(other.artefact, Tiny):
        return _prime_of(other, told)
    return found


def _prime_of(reading: Reading, told: Told) -> Reading:
    tiny = reading.artefact
    if not isinstance(tiny, Tiny):
        return reading
    prime = Prime(
        schema="twelve.prime.v1",
        run=told.run,
        phase="prime",
        checklist=tiny.checklist,
        problem=tiny.problem,
        success_criteria=tiny.success_criteria,
        constraints=tiny.constraints,
        scope=tiny.scope,
    )
    return structs.replace(reading, name="prime", artefact=prime, digest=artefacts.opening_digest(reading))


def _measure(readings: Mapping[str, Reading], told: Told, settings: Settings) -> sizing.Sizing:
    """From the diff once there is one; before that from what prime expects."""
    scope = _scope(readings)
    paths, lines = told.changed, told.changed_lines
    if not paths and scope:
        paths, lines = scope.paths, max(0, scope.estimate_lines)
    return sizing.measure(settings.run, task=told.task, paths=paths, lines=lines, manifests=told.manifests, asked=told.asked)


def _scope(readings: Mapping[str, Reading]) -> Scope | None:
    for name in ("prime", "tiny"):
        found = readings[name].artefact
        if isinstance(found, Prime | Tiny):
            return found.scope
    return None


def _design(reading: Reading | None) -> Design:
    found = reading.artefact if reading else None
    if reading is None or not isinstance(found, Plan | Tiny):
        return Design()
    return Design(
        digest=artefacts.opening_digest(reading),
        steps=ordering.order(found.steps),
        acceptance=found.acceptance,
        observability=found.observability,
        checkpoints=checkpoint_list(found.human_checkpoints),
    )


def _context(
    told: Told,
    settings: Settings,
    bare: machine.Facts,
    measured: sizing.Sizing,
    opened: Mapping[Phase, Reading],
    design: Design,
    phase: Phase,
) -> Context:
    parent = next((item.artefact for item in opened.values() if isinstance(item.artefact, Prime | Tiny)), None)
    source = parent or next((item.artefact for item in opened.values() if isinstance(item.artefact, Research)), None)
    criteria = tuple(item.id for item in source.success_criteria) if source else ()
    known = {item.gate for gates in told.applicable.values() for item in gates}
    return Context(
        run=told.run,
        size=route.effective_size(bare),
        preset=told.preset,
        risk=measured.risk,
        settings=settings.run,
        criteria=criteria,
        scope=parent.scope.paths if parent else (),
        gates=frozenset({*known, *settings.gates}),
        files=told.files,
        commits=told.commits,
        subject=told.recorded,
        steps=tuple(step.id for step in design.steps),
        closing=phase is Phase.LEARN,
    )


def _phase(told: Told, reading: Reading, context: Context, phase: Phase) -> machine.PhaseFacts:
    digest = digest_of(phase, reading)
    late = phase in (Phase.IMPLEMENT, Phase.LEARN)
    subject = told.subject if late else told.base
    names = told.applicable.get(phase.value, ())
    if phase is Phase.IMPLEMENT:
        names = tuple({item.gate: item for item in (*told.applicable.get(suites.FULL, ()), *names)}.values())
    recorded = told.recorded == told.subject and reading.present
    return machine.PhaseFacts(
        artefact=machine.ArtefactFacts(present=reading.present, findings=artefacts.check(reading, context), digest=digest),
        gates=tuple(_gate(told, item, subject) for item in names),
        subject=subject,
        committed=recorded if phase is Phase.IMPLEMENT else reading.present and told.committed.get(phase.value) == digest,
    )


def _gate(told: Told, item: Applicable, subject: str) -> machine.GateFact:
    """The verdict on this subject, or none. Whether it is required is the policy's to say, not the verdict's."""
    found = told.verdicts.get((item.gate, subject), machine.GateFact(gate=item.gate))
    proof = told.proofs.get(item.gate, found.proof)
    return structs.replace(found, required=item.required, proof=proof)


def step_gates(told: Told, step: Step) -> tuple[Applicable, ...]:
    """What judges a step: the quick suite and its own validations."""
    own = (Applicable(gate=check.gate or validation_name(step.id, number), required=True) for number, check in enumerate(step.validation))
    merged = {item.gate: item for item in told.applicable.get(suites.QUICK, ())}
    merged.update({item.gate: item for item in own})
    return tuple(merged.values())


def _step(told: Told, design: Design, step: Step) -> machine.StepFacts:
    closing = told.closings.get(step.id)
    names = step_gates(told, step)
    if closing and closing.plan == design.digest:
        kept = {fact.gate: fact for fact in closing.gates}
        subject, plan = closing.subject, closing.plan
        # A gate the closing does not hold has not been judged: the machine opens the step again.
        gates = tuple(structs.replace(kept.get(item.gate, machine.GateFact(gate=item.gate)), required=item.required) for item in names)
    else:
        gates, subject, plan = tuple(_gate(told, item, told.subject) for item in names), "", ""
    return machine.StepFacts(
        id=step.id, needs=step.needs, worked=step.id in told.worked, closed=bool(plan), plan=plan, subject=subject, gates=gates
    )


def _oracles(root: Path, told: Told, design: Design) -> tuple[machine.OracleFacts, ...]:
    paths = dict.fromkeys(path for item in design.acceptance for path in oracle_paths(item, told.files))
    return (*(_oracle(root, told, design, path) for path in paths), *(item for item in told.steered if item.path not in paths))


def _oracle(root: Path, told: Told, design: Design, path: str) -> machine.OracleFacts:
    creator = next((step.id for step in design.steps if path in step.creates_oracles), "")
    seen = oracles.look(root, path)
    pinned = told.pins.get(path, "")
    violation = oracles.violation(pinned, seen) if pinned else ""
    return machine.OracleFacts(path=path, creator=creator, exists=seen.regular, pinned=pinned, current=seen.current, violation=violation)


def _about(item: Acceptance, answers: Mapping[str, Answer]) -> Answer | None:
    """The answer for exactly this command; a plan that changed its command has to see it red again."""
    found = answers.get(item.criterion)
    return found if found and found.command == item.command else None


def _criterion(told: Told, item: Acceptance) -> machine.CriterionFacts:
    red, now = _about(item, told.red), _about(item, told.accepted)
    why = (now.why if now else "") or (red.why if red else "")
    return machine.CriterionFacts(
        id=item.criterion,
        oracles=oracle_paths(item, told.files),
        must_fail_first=item.must_fail_first,
        red=red.outcome if red else None,
        outcome=now.outcome if now else None,
        subject=now.subject if now else "",
        why=why,
    )


def _observability(told: Told, design: Design) -> machine.ObservabilityFacts:
    check = design.observability.check if design.observability else ()
    seen = told.observed if told.observed and told.observed.command == check else None
    return machine.ObservabilityFacts(
        checkable=bool(check),
        outcome=seen.outcome if seen else None,
        subject=seen.subject if seen else "",
        why=seen.why if seen else "",
    )
