"""One agent turn: what the driver asks of a client, and what it may believe afterwards.

A harness module (`harnesses/<name>.py`) exposes `NAME`, `SUMMARY`, `probe` and `take_turn`. It starts
one process, watches it, and translates what happened into exactly one `TurnStatus`. A client's own
claim never becomes `DONE` unless every condition of that client's success rule holds.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from msgspec import Struct, field

from twelve.model.errors import ConfigError
from twelve.model.settings import HarnessSettings

if TYPE_CHECKING:
    from asyncio import Event

HARNESSES: dict[str, str] = {
    "claude": "twelve.factors.agents.harnesses.claude",
    "codex": "twelve.factors.agents.harnesses.codex",
    "command": "twelve.factors.agents.harnesses.command",
    "gemini": "twelve.factors.agents.harnesses.gemini",
    "replay": "twelve.factors.agents.harnesses.replay",
}
"""Harness name -> module loaded on first use."""

LABEL_LIMIT = 60
"""Characters of phase and step in a turn's label."""
ARMED = "armed"
NO_HOOKS = "no hooks"


class TurnStatus(StrEnum):
    """How a turn ended. Only DONE is success."""

    DONE = "done"
    MISSING_CLIENT = "missing_client"
    BAD_CREDENTIALS = "bad_credentials"
    REFUSED = "refused"
    MAX_TURNS = "max_turns"
    OVER_BUDGET = "over_budget"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    UNREACHABLE = "unreachable"
    EMPTY = "empty"
    HUNG = "hung"
    CRASHED = "crashed"
    BROKEN_STREAM = "broken_stream"
    STOPPED = "stopped"
    FAILED = "failed"


TRANSIENT = frozenset(
    {
        TurnStatus.RATE_LIMITED,
        TurnStatus.OVERLOADED,
        TurnStatus.UNREACHABLE,
        TurnStatus.EMPTY,
        TurnStatus.HUNG,
        TurnStatus.CRASHED,
        TurnStatus.BROKEN_STREAM,
    }
)
"""Statuses for which the same turn, unchanged, may succeed next time."""


class Usage(Struct, frozen=True, kw_only=True):
    """Tokens and US dollars one turn consumed, as the client reported them.

    `input` excludes tokens read from or written to the prompt cache; those are counted beside it.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cost_usd: float = 0.0

    @property
    def total(self) -> int:
        """Every token the provider processed, cached or not."""
        return self.input + self.output + self.cache_read + self.cache_write

    @property
    def prompt(self) -> int:
        """Every token that was read, cached or not: what OpenTelemetry calls the input tokens."""
        return self.input + self.cache_read + self.cache_write

    @property
    def fresh(self) -> int:
        """Tokens processed for the first time. Most of what a caching client reads arrives as cache writes, so they count."""
        return self.input + self.cache_write + self.output

    def plus(self, other: Usage) -> Usage:
        return Usage(
            input=self.input + other.input,
            output=self.output + other.output,
            cache_read=self.cache_read + other.cache_read,
            cache_write=self.cache_write + other.cache_write,
            cost_usd=self.cost_usd + other.cost_usd,
        )


class Hooks(Struct, frozen=True, kw_only=True):
    """Hooks the policy wants in this turn, in the client's own settings shape.

    `proof` is a text at least one of these hooks prints; the turn counts as armed only after the
    client reported a hook whose output contains it. A client that reports no hooks is asked about through
    `witness`: whether the hooks themselves left word of the session with this id.
    """

    settings: dict[str, Any]
    proof: str
    witness: Callable[[str], bool] | None = None

    def armed_in(self, session: str) -> str:
        """ARMED when the hooks left word of this session, else NO_HOOKS."""
        return ARMED if session and self.witness is not None and self.witness(session) else NO_HOOKS


class Turn(Struct, frozen=True, kw_only=True):
    """One fresh-context piece of work for an agent."""

    prompt: str
    workdir: Path
    logs: Path
    """Folder, outside the work tree, for the redacted transcript of this turn."""
    artefact: str = ""
    """Repository-relative path the agent is asked to write; "" when the work is the diff itself."""
    model: str = ""
    """Overrides the harness settings' model."""
    max_turns: int = 0
    """Overrides the harness settings' limit; 0 = use theirs."""
    timeout_s: float = 1_800
    """Wall clock of the whole turn, seconds; the process group is killed afterwards."""
    env: dict[str, str] = field(default_factory=dict)
    schema: dict[str, Any] | None = None
    """JSON schema the final answer must meet, for clients that can enforce one."""
    hooks: Hooks | None = None
    run: str = ""
    phase: str = ""
    step: str = ""
    round: int = 1
    """1 = first ask; higher = after a gate sent the work back."""
    attempt: int = 1
    """1 = first try of this ask; higher = after a transient failure."""

    def environment(self) -> dict[str, str]:
        """What the client's process is told about its place in the run; `env` wins."""
        place = {
            "TWELVE_RUN": self.run,
            "TWELVE_PHASE": self.phase,
            "TWELVE_STEP": self.step,
            "TWELVE_ROUND": str(self.round),
            "TWELVE_ATTEMPT": str(self.attempt),
            "TWELVE_ARTEFACT": self.artefact,
        }
        return {**place, **self.env}

    @property
    def label(self) -> str:
        """File-name-safe name of this turn, unique within a run when round and attempt are set."""
        place = "-".join(filter(None, [self.phase or "turn", self.step]))
        safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in place)
        return f"{safe[:LABEL_LIMIT]}-r{self.round}-a{self.attempt}"


class TurnEvent(Struct, frozen=True, kw_only=True):
    """Something seen while the turn runs. `kind`: started, text, tool, retry, hook, usage, notice."""

    kind: str
    text: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


class TurnResult(Struct, frozen=True, kw_only=True):
    """What one turn amounted to."""

    status: TurnStatus
    detail: str = ""
    """Why it is not DONE, redacted; for DONE a short remark or ""."""
    text: str = ""
    """The agent's last words, redacted, at most 20 000 characters. A claim, never evidence."""
    usage: Usage = field(default_factory=Usage)
    session_id: str = ""
    transcript: str = ""
    """Path of the redacted transcript; "" when nothing was started."""
    turns: int = 0
    """Model turns the client reported; 0 = not reported."""
    retries: int = 0
    """API retries the client made by itself."""
    duration_s: float = 0.0
    exit_code: int | None = None
    model: str = ""
    client_version: str = ""
    hooks: str = NO_HOOKS
    denials: tuple[str, ...] = ()
    """Tools the client refused to run for want of permission."""

    @property
    def done(self) -> bool:
        return self.status is TurnStatus.DONE

    @property
    def transient(self) -> bool:
        return self.status in TRANSIENT


class Probe(Struct, frozen=True, kw_only=True):
    """Whether a client can be started here."""

    found: bool
    path: str = ""
    version: str = ""
    reason: str = ""


OnEvent = Callable[[TurnEvent], None]


def ignore(_: TurnEvent) -> None:
    """The listener that does not listen."""


class Harness(Protocol):
    """What a module in `harnesses/` looks like."""

    NAME: str
    SUMMARY: str

    def probe(self, settings: HarnessSettings, *, env: Mapping[str, str] | None = None) -> Probe:
        """Find the client and its version without calling any model."""
        ...

    async def take_turn(
        self, turn: Turn, settings: HarnessSettings, *, on_event: OnEvent = ignore, stop: Event | None = None
    ) -> TurnResult:
        """Run one turn to its end. Never raises for what an agent does; cancellation kills the process group."""
        ...


def load(name: str) -> Harness:
    """The harness called `name`. Raises ConfigError for a name outside the table."""
    if name not in HARNESSES:
        raise ConfigError(
            f"unknown agent harness: {name[:80]!r}",
            why=f"known harnesses are {', '.join(sorted(HARNESSES))}",
            next="pick one of them with --agent, or set [agents] default in twelve.toml",
        )
    return cast("Harness", importlib.import_module(HARNESSES[name]))
