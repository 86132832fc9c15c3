"""Every setting with its default, unit and source. A setting that is not here does not exist.

Sources are the tags of the method's own documents: S0 to S4 are the seed texts, U:* the wider
documentation set; "ours" marks a value no source gives.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from twelve.model.gate import GateSettings
from twelve.model.guard import GuardSettings
from twelve.model.phase import Size


class ContextSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    window_tokens: int = 200_000
    """Model window, tokens (S1)."""
    budget_ratio: float = 0.40
    """GREEN up to and including this share of the window (S1); exactly 40.0 % is allowed."""
    critical_ratio: float = 0.60
    """RED from this share on (S1)."""
    profile: Literal["default", "strict"] = "default"
    """`strict` blocks above budget_ratio, `default` above critical_ratio (C6)."""
    subagent_summary_tokens: tuple[int, int] = (2_000, 5_000)
    """What a sub-agent may return, tokens (U:F02)."""
    main_target_ratio: float = 0.20
    """Share the orchestrator stays under most of the time (U:F02)."""
    delegate_task_ratio: float = 0.20
    """A task needing more than this is delegated (U:F02)."""
    jit_slice_tokens: tuple[int, int] = (500, 2_000)
    """Size of one just-in-time slice, tokens (S1)."""
    prime_tokens: tuple[int, int] = (3_000, 5_000)
    """Total load of prime, tokens (S1)."""
    prime_suggestions: tuple[int, int] = (5, 6)
    """Workflow suggestions after priming (S1)."""
    file_tokens: int = 2_000
    """Largest share of one named file in a prompt, tokens (ours: one slice)."""


class SuiteSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    quick: tuple[str, ...] = ()
    """Gate ids of the fast suite, run after every implementation step; empty = every gate of cost syntax or unit."""
    full: tuple[str, ...] = ()
    """Gate ids of the full suite, run before a phase closes; empty = every gate."""


Level = Literal["optional", "recommended", "required"]


class ApprovalSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    escalate_h: float = 4
    """Hours until a pending request is shown as overdue (U:F08)."""
    escalate_second_h: float = 8
    """Hours until it is shown as one for a second reviewer (U:F08)."""
    timeout_h: float = 24
    """Hours until a pending request expires and is one for whoever manages; expiry is not denial (U:F08)."""
    healthy_rate: tuple[float, float] = (0.80, 0.90)
    """Share of requests approved in a healthy team (U:F08)."""
    bad_rate: float = 0.50
    """Below this share of approvals the work does not fit what people want (U:F08)."""
    rubber_stamp_s: float = 10
    """An approval given sooner than this after it was asked for, seconds, is counted as unread (ours)."""
    ci_file_approvers: int = 2
    """People needed for a change to CI files (S4)."""
    plan: Literal["never", "critical", "always"] = "critical"
    """When a person must approve the plan (S0, U:F08 G2)."""
    tier: Literal["advisory", "signed", "enforced"] = "advisory"
    """What an answer on this machine has to be worth at least (ours); `verify` always asks for a signature."""
    impact: tuple[Level, Level, Level] = ("optional", "recommended", "required")
    """Approval for low, medium and high impact (U:F08)."""
    risk: tuple[Level, Level, Level] = ("optional", "recommended", "required")
    """Approval for low, medium and high risk (U:F08)."""
    cost: tuple[Level, Level, Level] = ("optional", "recommended", "required")
    """Approval for low, medium and high cost (U:F08)."""
    novelty: tuple[Level, Level, Level] = ("optional", "recommended", "required")
    """Approval for low, medium and high novelty (U:F08)."""
    auto_confidence: float = 0.95
    """Above this confidence a change of low risk needs no answer (U:F08)."""
    action_h: float = 4
    """Hours within which a permission to act is used (ours)."""
    standing_max_h: float = 168
    """Longest life of a standing approval, hours (ours)."""
    decision_record: Literal["never", "high"] = "high"
    """When a major change needs a decision record beside it (ours)."""


class LawSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[laws]`: what commits, sessions and the repository must show."""

    lawset: Literal["v1", "seed-001"] = "v1"
    """Which reading of the laws counts (C5)."""
    enforce: Literal["nobody", "agents", "everyone"] = "agents"
    """Whose commits are refused when a law is not kept; others are told (ours)."""
    strict_types: tuple[str, ...] = ("feat", "fix", "refactor", "perf", "learn")
    """Commit types that need all four sections (C19)."""
    min_words: int = 3
    """Shortest learning, words (ours)."""
    bots: tuple[str, ...] = ()
    """Parts of author names whose commits are a machine's, beside the usual ones."""


class AgentSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    default: str = "claude"
    """Harness used by `twelve run` without --agent."""
    prompt_max_tokens: int = 2_000
    """Longest agent prompt the linter accepts, tokens (U:F03)."""
    reuse_deprecate: int = 3
    """Below this many uses an agent is a merge candidate (U:F03)."""
    reuse_extract: int = 5
    """From this many uses on a pattern is extracted (U:F03)."""


class HarnessSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[harness.<name>]`: how to start one agent client."""

    command: tuple[str, ...] = ()
    """argv prefix replacing the client's own name; required for the `command` harness."""
    model: str = ""
    """Passed to the client; empty = the client's default."""
    args: tuple[str, ...] = ()
    """Extra arguments, appended after ours."""
    max_turns: int = 60
    """Model turns within one agent attempt (ours)."""
    env: dict[str, str] = field(default_factory=dict)


class RunSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Caps and rounds of a durable run."""

    retry_transient: int = 3
    """Attempts for a transient failure (S2)."""
    backoff_s: float = 2.0
    """First wait between transient attempts, seconds; doubles each time (ours; S2 names none)."""
    gate_rounds: int = 3
    """How often a red gate goes back to the agent before a person is asked (ours)."""
    turn_timeout_s: float = 1_800
    """One agent attempt, seconds (ours)."""
    wall_clock_s: float = 14_400
    """Whole run, seconds of work, waiting for people excluded (ours)."""
    tokens: int = 2_000_000
    """Whole run, input, cache writes and output as the client reports them, not cache reads; 0 = no cap (ours)."""
    cost_usd: float = 0
    """Whole run, US dollars reported by the client; 0 = no cap (ours)."""
    minimum_size: Size = Size.TINY
    """Smallest ceremony allowed; can only raise what risk and size decide."""
    tiny_lines: int = 40
    """A change with more changed lines than this is not tiny (ours)."""
    tiny_files: int = 3
    """A change with more changed files than this is not tiny (ours)."""
    approaches: tuple[int, int] = (2, 3)
    """Viable approaches research records (S0)."""
    patterns: tuple[int, int] = (1, 2)
    """Patterns learn names (S0)."""
    backlog_items: int = 1
    """Improvements learn names at least (S1)."""
    database_url: str = ""
    """postgresql://… for several machines; empty = one SQLite file per repository."""
    workers: int = 2
    """Agent turns one worker drives at a time (ours)."""


class BundleSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    min_ratio: float = 4
    target_ratio: float = 5
    max_tokens: int = 2_000
    """Compression floor, target and cap of a bundle (U:F06)."""
    resume_minutes: tuple[int, int] = (5, 15)
    """Good and poor time to resume, minutes (U:cb)."""


class RouterSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    auto: float = 0.90
    suggest: float = 0.70
    """Confidence from which to act and to suggest (U:F07)."""


class PatternSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    cluster_min: int = 3
    """Similar learnings that make a candidate (U:F09)."""
    publish_days: int = 7
    """Days until a validated pattern is published (U:F11)."""
    executions_per_pattern: int = 5
    """At least one pattern per this many runs (S1)."""


class BacklogSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    capacity_ratio: float = 0.20
    high: int = 70
    medium: int = 40
    """Share of capacity, and scores of impact x (11 - effort) that count as high and medium (U:F10)."""


class ExemptionSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    ttl_h: float = 1
    max_ttl_h: float = 24
    """Lifetime of an exemption and its longest allowed value, hours (U:F11)."""


class TelemetrySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    alert_error: float = 0.05
    duration_s: float = 300
    retention_days: tuple[int, int] = (30, 90)
    """Alert thresholds and raw retention (U:F05)."""


class OrchestrationSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    min_subtask_min: tuple[int, int] = (15, 30)
    max_subtasks: int = 7
    """Smallest worthwhile subtask, minutes, and the widest fan-out (U:mao)."""


class DomainSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    enabled: tuple[str, ...] = ()
    """Domain packs this repository uses."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole policy after all layers are merged."""

    context: ContextSettings = field(default_factory=ContextSettings)
    gates: dict[str, GateSettings] = field(default_factory=dict)
    suites: SuiteSettings = field(default_factory=SuiteSettings)
    guard: GuardSettings = field(default_factory=GuardSettings)
    approvals: ApprovalSettings = field(default_factory=ApprovalSettings)
    laws: LawSettings = field(default_factory=LawSettings)
    agents: AgentSettings = field(default_factory=AgentSettings)
    harness: dict[str, HarnessSettings] = field(default_factory=dict)
    run: RunSettings = field(default_factory=RunSettings)
    domains: DomainSettings = field(default_factory=DomainSettings)
    bundles: BundleSettings = field(default_factory=BundleSettings)
    router: RouterSettings = field(default_factory=RouterSettings)
    patterns: PatternSettings = field(default_factory=PatternSettings)
    backlog: BacklogSettings = field(default_factory=BacklogSettings)
    exemptions: ExemptionSettings = field(default_factory=ExemptionSettings)
    telemetry: TelemetrySettings = field(default_factory=TelemetrySettings)
    orchestration: OrchestrationSettings = field(default_factory=OrchestrationSettings)
    factors: dict[str, bool] = field(default_factory=dict)
    """Factor slug -> on or off; absent = on."""
