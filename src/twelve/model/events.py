"""The events of the journal: stable names, typed fields, one line each (`twelve.event.v1`).

A field is called as in OpenTelemetry's GenAI semantic conventions where one exists there; on the wire
those names carry dots (`gen_ai.request.model`), in Python the short name. Everything else is ours and
plain. New events and new optional fields may be added; a name or a meaning never changes within v1.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType, convert, field, to_builtins

from twelve.model.verdict import Outcome

SCHEMA = "twelve.event.v1"
ENVELOPE = ("schema", "name", "ts", "pid", "seq")
"""Written by the journal itself: schema id, event name, UTC time, process id, number within the fragment."""

INVOKE = "invoke_agent"
"""The convention's name for one turn of an agent."""


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What every event may carry."""

    run: str = ""
    phase: str = ""
    step: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    """Anything an emitter adds beyond the typed fields; readers must not rely on it."""


class RunStarted(Event, frozen=True, tag_field="name", tag="run.started"):
    task: str
    size: str = ""
    preset: str = ""
    branch: str = ""
    base: str = ""
    agent: str | UnsetType = field(default=UNSET, name="gen_ai.agent.name")


class RunParked(Event, frozen=True, tag_field="name", tag="run.parked"):
    waits_for: str
    request: str = ""


class RunResumed(Event, frozen=True, tag_field="name", tag="run.resumed"):
    reason: str = ""


class RunEscalated(Event, frozen=True, tag_field="name", tag="run.escalated"):
    reason: str
    error: str | UnsetType = field(default=UNSET, name="error.type")


class RunCancelled(Event, frozen=True, tag_field="name", tag="run.cancelled"):
    reason: str = ""


class RunFinished(Event, frozen=True, tag_field="name", tag="run.finished"):
    status: str
    commit: str = ""
    duration_s: float | UnsetType = UNSET
    error: str | UnsetType = field(default=UNSET, name="error.type")


class RunIngested(Event, frozen=True, tag_field="name", tag="run.ingested"):
    """A run another tool reports. Everything in it is that tool's claim; nothing was judged here."""

    record: str
    """The other tool's own id."""
    source: str
    """Name of the other tool."""
    status: str
    digest: str
    """sha256 of the record as taken in, so that the same one is not taken in twice."""
    task: str = ""
    started: str = ""
    finished: str = ""
    commits: tuple[str, ...] = ()
    gates: int = 0
    agent: str | UnsetType = field(default=UNSET, name="gen_ai.agent.name")
    model: str | UnsetType = field(default=UNSET, name="gen_ai.request.model")
    input_tokens: int | UnsetType = field(default=UNSET, name="gen_ai.usage.input_tokens")
    output_tokens: int | UnsetType = field(default=UNSET, name="gen_ai.usage.output_tokens")
    cost_usd: float | UnsetType = UNSET


class PhaseStarted(Event, frozen=True, tag_field="name", tag="phase.started"):
    attempt: int = 1


class PhaseFinished(Event, frozen=True, tag_field="name", tag="phase.finished"):
    outcome: str
    duration_s: float | UnsetType = UNSET
    missing: tuple[str, ...] = ()


class PhaseRegressed(Event, frozen=True, tag_field="name", tag="phase.regressed"):
    """Work went back to an earlier phase."""

    to: str
    reason: str


class StepStarted(Event, frozen=True, tag_field="name", tag="phase.step.started"):
    attempt: int = 1


class StepFinished(Event, frozen=True, tag_field="name", tag="phase.step.finished"):
    outcome: str
    commit: str = ""
    duration_s: float | UnsetType = UNSET


class GateStarted(Event, frozen=True, tag_field="name", tag="gate.started"):
    gate: str
    kind: str = ""
    subject: str = ""


class GateFinished(Event, frozen=True, tag_field="name", tag="gate.finished"):
    gate: str
    outcome: Outcome
    kind: str = ""
    required: bool | UnsetType = UNSET
    definition: str = ""
    subject: str = ""
    duration_s: float | UnsetType = UNSET
    findings: int | UnsetType = UNSET
    attempts: int | UnsetType = UNSET
    cached: bool | UnsetType = UNSET
    proven: bool | UnsetType = UNSET


class GateProved(Event, frozen=True, tag_field="name", tag="gate.proved"):
    """A defect was planted; `outcome` FAIL is the wanted answer."""

    gate: str
    outcome: Outcome
    proven: bool
    kind: str = ""
    definition: str = ""


class TurnStarted(Event, frozen=True, tag_field="name", tag="agent.turn.started"):
    agent: str = field(name="gen_ai.agent.name")
    operation: str = field(default_factory=lambda: INVOKE, name="gen_ai.operation.name")
    provider: str | UnsetType = field(default=UNSET, name="gen_ai.provider.name")
    model: str | UnsetType = field(default=UNSET, name="gen_ai.request.model")
    attempt: int = 1
    prompt_tokens: int | UnsetType = UNSET
    """Our own estimate before the turn; the client's figure arrives with agent.turn.finished."""


class TurnFinished(Event, frozen=True, tag_field="name", tag="agent.turn.finished"):
    agent: str = field(name="gen_ai.agent.name")
    status: str
    operation: str = field(default_factory=lambda: INVOKE, name="gen_ai.operation.name")
    provider: str | UnsetType = field(default=UNSET, name="gen_ai.provider.name")
    model: str | UnsetType = field(default=UNSET, name="gen_ai.request.model")
    response_model: str | UnsetType = field(default=UNSET, name="gen_ai.response.model")
    session_id: str | UnsetType = field(default=UNSET, name="gen_ai.conversation.id")
    input_tokens: int | UnsetType = field(default=UNSET, name="gen_ai.usage.input_tokens")
    output_tokens: int | UnsetType = field(default=UNSET, name="gen_ai.usage.output_tokens")
    cache_read: int | UnsetType = field(default=UNSET, name="gen_ai.usage.cache_read.input_tokens")
    cache_write: int | UnsetType = field(default=UNSET, name="gen_ai.usage.cache_creation.input_tokens")
    cost_usd: float | UnsetType = UNSET
    duration_s: float | UnsetType = UNSET
    turns: int | UnsetType = UNSET
    attempt: int = 1
    transient: bool | UnsetType = UNSET
    hooks: str = ""
    error: str | UnsetType = field(default=UNSET, name="error.type")


class ApprovalRequested(Event, frozen=True, tag_field="name", tag="approval.requested"):
    request: str
    subject: str
    question: str = ""
    risk: str = ""


class ApprovalGranted(Event, frozen=True, tag_field="name", tag="approval.granted"):
    request: str
    subject: str
    by: str = ""
    channel: str = ""
    reason: str = ""
    tier: str = ""
    judge: str = ""
    """Who decided: `law`, `automation` or `person`."""


class ApprovalRejected(Event, frozen=True, tag_field="name", tag="approval.rejected"):
    request: str
    subject: str
    by: str = ""
    channel: str = ""
    reason: str = ""
    tier: str = ""
    judge: str = ""
    """Who decided: `law`, `automation` or `person`."""


class ApprovalExpired(Event, frozen=True, tag_field="name", tag="approval.expired"):
    """Time ran out without an answer. Not a denial."""

    request: str
    subject: str


class ApprovalRevoked(Event, frozen=True, tag_field="name", tag="approval.revoked"):
    """A decision was taken back."""

    request: str
    decision: str
    """Digest of the decision."""
    by: str = ""
    reason: str = ""


class ApprovalUsed(Event, frozen=True, tag_field="name", tag="approval.used"):
    """A permission was used once."""

    request: str
    key: str
    """What it was used for."""
    number: int = 1


class ExemptionGranted(Event, frozen=True, tag_field="name", tag="exemption.granted"):
    """A guard rule was set aside by a person, for a scope and a time."""

    request: str
    rule: str
    scope: str = ""
    expires: str = ""
    by: str = ""
    requester: str = ""
    reason: str = ""
    tier: str = ""


class TokensUsed(Event, frozen=True, tag_field="name", tag="tokens.used"):
    """Running total of a run or a session."""

    input_tokens: int = field(name="gen_ai.usage.input_tokens")
    output_tokens: int = field(name="gen_ai.usage.output_tokens")
    agent: str | UnsetType = field(default=UNSET, name="gen_ai.agent.name")
    cost_usd: float | UnsetType = UNSET
    cap: int | UnsetType = UNSET


class TokensEstimated(Event, frozen=True, tag_field="name", tag="tokens.estimated"):
    """What is about to enter a window, by our own estimate, against what may."""

    tokens: int
    budget: int
    window: int | UnsetType = UNSET
    band: str = ""
    source: str = ""


class HookAnswered(Event, frozen=True, tag_field="name", tag="hook.answered"):
    """One event of an agent's client, answered by the fast path. No command, no path, no prompt: digests and names only."""

    client: str
    event: str
    """The client's own name of the event, or `unreadable`."""
    decision: str
    """cleared, allow, hint, ask, granted, exempt, deny, silent or unsupported (a claim without a result, not blocked again)."""
    tool: str = ""
    rules: tuple[str, ...] = ()
    digest: str = ""
    """Stands for the call; a name, not a proof."""
    conversation: str = ""
    """Stands for the client's session."""
    agent: str = ""
    """Id of the sub-agent."""
    duration_us: int | UnsetType = UNSET
    """From reading the event to answering it, microseconds; the interpreter's own start is not in it."""


class HookCommitted(Event, frozen=True, tag_field="name", tag="hook.committed"):
    """A commit was made here, as the git hook after it saw."""

    commit: str
    by: str
    """person, agent or driver."""
    evidence: int = 0
    """Lines of gate evidence that were waiting for it."""


class GuardTampered(Event, frozen=True, tag_field="name", tag="guard.tampered"):
    """A protected file is not what it was, and no allowed call did that."""

    path: str
    change: str
    """changed, created or deleted."""
    client: str
    tool: str = ""


class RangeVerified(Event, frozen=True, tag_field="name", tag="range.verified"):
    """A range of commits was judged by the rules of what it is to be merged into."""

    target: str
    base: str
    head: str
    outcome: Outcome
    red: tuple[str, ...] = ()
    """Checks that are not green."""


TYPES: tuple[type[Event], ...] = (
    RunStarted,
    RunParked,
    RunResumed,
    RunEscalated,
    RunCancelled,
    RunFinished,
    RunIngested,
    PhaseStarted,
    PhaseFinished,
    PhaseRegressed,
    StepStarted,
    StepFinished,
    GateStarted,
    GateFinished,
    GateProved,
    RangeVerified,
    TurnStarted,
    TurnFinished,
    ApprovalRequested,
    ApprovalGranted,
    ApprovalRejected,
    ApprovalExpired,
    ApprovalRevoked,
    ApprovalUsed,
    ExemptionGranted,
    TokensUsed,
    TokensEstimated,
    HookAnswered,
    HookCommitted,
    GuardTampered,
)
EVENTS: dict[str, type[Event]] = {str(kind.__struct_config__.tag): kind for kind in TYPES}
"""Event name -> type. The published schema is generated from this table."""


def wire(event: Event) -> dict[str, Any]:
    """Name and fields as they are written; ValueError when a field has the wrong type."""
    members: dict[str, Any] = to_builtins(event, enc_hook=str)
    convert(members, type(event))
    return members


def build(name: str, **fields: Any) -> Event:
    """The event called `name`; fields by Python or wire name, None as if absent, unknown ones go to `attributes`.

    ValueError for an unknown event name, TypeError when a field every such event has is missing.
    """
    kind = EVENTS.get(name)
    if kind is None:
        raise ValueError(f"there is no event {name!r}; known: {', '.join(EVENTS)}")
    python_names = dict(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))
    known: dict[str, Any] = {}
    extra: dict[str, Any] = dict(fields.pop("attributes", {}))
    for key, value in fields.items():
        if value is None:
            continue
        target = python_names.get(key, key)
        if target in kind.__struct_fields__:
            known[target] = value
        else:
            extra[key] = value
    return kind(**known, attributes=extra)
