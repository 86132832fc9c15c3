"""What the machine is told. Whoever drives gathers these; the machine looks at nothing else."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from twelve.factors.approvals.request import RequestKind, RequestStatus
from twelve.factors.context.budget import Band
from twelve.model.finding import Finding
from twelve.model.phase import Phase, Preset, Size
from twelve.model.verdict import Outcome


class Proof(StrEnum):
    """Whether a gate has been seen red here on a seeded defect."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    """It could be proven and has not been yet."""
    UNPROVABLE = "unprovable"
    """Nobody can seed a defect in what it reads."""


class GateFact(Struct, frozen=True, kw_only=True):
    """One gate that applies to a phase or step, judged or not."""

    gate: str
    """Gate id, or `validation:<n>` for a plan step's own command."""
    required: bool = True
    outcome: Outcome | None = None
    """None: not judged on `subject`."""
    subject: str = ""
    """Tree id without `.twelve/` the outcome belongs to."""
    why: str = ""
    """One line for whoever repairs it: first finding or reason. Redacted."""
    repairable: bool = True
    """False when no change of the tree can help: a tool is missing on this machine."""
    proof: Proof = Proof.PROVEN
    asks: str = ""
    """Digest of a diff that a person has to approve before the gate can pass."""


class ArtefactFacts(Struct, frozen=True, kw_only=True):
    """A phase's artefact as found, with everything its schema and rules say about it."""

    present: bool = False
    findings: tuple[Finding, ...] = ()
    """Findings of severity error close the way; warnings do not."""
    digest: str = ""
    """sha256 of the artefact's meaning; approvals and step closings are bound to it."""


class PhaseFacts(Struct, frozen=True, kw_only=True):
    """One phase of the run."""

    artefact: ArtefactFacts = ArtefactFacts()
    gates: tuple[GateFact, ...] = ()
    """Gates whose `phase` setting names this phase; for implement, the full suite on the current subject."""
    subject: str = ""
    """Subject the phase is judged on. Before implement: the base. Implement and learn: always the current one."""
    committed: bool = False
    """The artefact as it stands is in the branch's history (implement: and describes the current subject)."""


class StepFacts(Struct, frozen=True, kw_only=True):
    """One step of the plan."""

    id: str
    needs: tuple[str, ...] = ()
    worked: bool = False
    """An agent turn for it ended properly (by hand: the person says the step is ready to be judged)."""
    closed: bool = False
    """Committed under the plan named by `plan`, with its gates settled on `subject`."""
    plan: str = ""
    """Digest of the plan it was closed under; another plan reopens it."""
    subject: str = ""
    """Open: ignored, the current subject counts. Closed: subject of its commit."""
    gates: tuple[GateFact, ...] = ()
    """Its validations and the quick suite."""


class OracleFacts(Struct, frozen=True, kw_only=True):
    """A file that judges the work: named by the plan (test, snapshot), or changed though it always judges."""

    path: str
    creator: str = ""
    """Step that creates it; empty: it exists when the plan closes."""
    exists: bool = False
    pinned: str = ""
    """Digest it is pinned at; empty: not pinned yet."""
    current: str = ""
    """Digest of what is there now; for anything but a regular file a word like `missing`, `symlink`."""
    violation: str = ""
    """Why it is not what was pinned: changed, missing, symlink, mode, not a file. Empty: intact."""
    role: str = ""
    """Why it judges although the plan does not name it; empty: the plan does."""


class CriterionFacts(Struct, frozen=True, kw_only=True):
    """One success criterion with its acceptance command, run by us."""

    id: str
    oracles: tuple[str, ...] = ()
    must_fail_first: bool = True
    red: Outcome | None = None
    """What the command said before the judged work; None: not seen yet."""
    outcome: Outcome | None = None
    """What it says on `subject`; None: not run."""
    subject: str = ""
    why: str = ""


class ObservabilityFacts(Struct, frozen=True, kw_only=True):
    """The plan's observability check."""

    checkable: bool = False
    """The plan gives a command. Without one the phase closes as `unverified`, and says so."""
    outcome: Outcome | None = None
    subject: str = ""
    why: str = ""


class CheckpointFacts(Struct, frozen=True, kw_only=True):
    """A question the plan wants a person to answer before something happens."""

    before: str
    """Step id, `implement` or `learn`."""
    question: str


class RequestFacts(Struct, frozen=True, kw_only=True):
    """A request to a person and what became of it; later ones in the tuple are newer."""

    id: str
    kind: RequestKind
    subject: str
    status: RequestStatus
    about: str = ""
    """For ROUNDS: the unit. For ORACLE: the path."""
    reason: str = ""
    """What the person wrote."""


class Regression(Struct, frozen=True, kw_only=True):
    """A recorded step back. Artefacts with a digest named here were refused and count as absent."""

    source: Phase
    to: Phase
    reason: str
    size: Size = Size.TINY
    """Ceremony from here on; only ever raises."""
    digests: dict[str, str] = {}
    """Artefact digest per phase (`plan` …) from `to` on, as they were when the step back happened."""


class Facts(Struct, frozen=True, kw_only=True):
    """Everything that decides where a run stands."""

    run: str
    preset: Preset = Preset.FULL
    size: Size = Size.NORMAL
    """What the run was started with (after risk, settings and --size)."""
    measured: Size = Size.TINY
    """Recomputed from task, plan and diff; above `size` the run has outgrown its ceremony."""
    measured_why: str = ""
    base: str = ""
    """Subject the run started from."""
    subject: str = ""
    """Subject of the working tree now."""
    phases: dict[Phase, PhaseFacts] = {}
    plan: str = ""
    """Digest of the plan (or of a tiny artefact's plan part)."""
    steps: tuple[StepFacts, ...] = ()
    """In the order they are carried out: needs first."""
    oracles: tuple[OracleFacts, ...] = ()
    criteria: tuple[CriterionFacts, ...] = ()
    observability: ObservabilityFacts = ObservabilityFacts()
    checkpoints: tuple[CheckpointFacts, ...] = ()
    requests: tuple[RequestFacts, ...] = ()
    regressions: tuple[Regression, ...] = ()
    rounds: dict[str, int] = {}
    """Agent turns used per unit (the `unit` of Write and Work moves)."""
    gate_rounds: int = 3
    """`run.gate_rounds`: how often a unit goes back to the agent before a person is asked."""
    plan_approval: str = "critical"
    """`approvals.plan`: never, critical or always."""
    stray: tuple[str, ...] = ()
    """Paths changed outside the artefact during a phase that must not change the tree."""
    caps: tuple[str, ...] = ()
    """Wall-clock, token or cost caps that are used up, in words."""
    halt: str = ""
    """Why the driver cannot go on by itself: missing client, refused credentials, transient failure that stayed."""
    cancelled: str = ""
    """Reason given by the person who cancelled."""
    band: Band = Band.GREEN
    strict_context: bool = False
    """`context.profile` is strict: YELLOW blocks too."""
    telemetry: int = 0
    """Journal records of this run; implement does not close on none."""
