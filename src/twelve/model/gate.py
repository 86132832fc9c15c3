"""What a gate is before it runs: the declarative definition of `[gates.<id>]` in `twelve.toml`."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from twelve.model.phase import Phase


class Need(StrEnum):
    """Required means PASS (a SKIP blocks); optional may SKIP and is then recorded as unverified."""

    REQUIRED = "required"
    OPTIONAL = "optional"


class Cost(StrEnum):
    """Order of running, cheapest first. Time budgets of SPEC IV: 1 s, 10 s, 1 min, 2 min, 5 min, no limit."""

    SYNTAX = "syntax"
    UNIT = "unit"
    INTEGRATION = "integration"
    SECURITY = "security"
    PERFORMANCE = "performance"
    HUMAN = "human"

    @property
    def rank(self) -> int:
        return list(Cost).index(self)


class Parser(StrEnum):
    """How a command's answer is read."""

    EXIT = "exit"
    JUNIT = "junit"
    SARIF = "sarif"
    COBERTURA = "cobertura"
    REGEX = "regex"


class Retry(StrEnum):
    """Validation failures are never retried; a transient class says time-outs and lost connections may be."""

    NONE = "none"
    TRANSIENT = "transient"


class Seed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A defect to plant in what a gate reads, so that it can be seen red. Exactly one action is set."""

    file: str
    append: str | None = None
    write: str | None = None
    replace: tuple[str, str] | None = None
    """(old, new): the old text must occur in the file."""
    delete: bool = False
    because: str = ""
    """What is wrong with it, in words a person can check."""


class GateSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[gates.<id>]` table. Empty values mean: the kind's own default."""

    kind: str = "command"
    title: str = ""
    phase: tuple[Phase, ...] = (Phase.IMPLEMENT,)
    need: Need = Need.REQUIRED
    command: tuple[str, ...] = ()
    """argv list; never a shell string."""
    cwd: str = "."
    env: dict[str, str] = field(default_factory=dict)
    timeout_s: float = 0
    tool: str = ""
    """Executable that must be present; missing and required is ERROR, missing and optional is SKIP."""
    inputs: tuple[str, ...] = ()
    """Globs over tracked and untracked-but-not-ignored files: what the verdict depends on."""
    parser: Parser = Parser.EXIT
    report: str = ""
    """Path of the report file the command writes, for junit, sarif and cobertura."""
    pattern: str = ""
    """For the regex parser: named groups path, line, rule, message; each match is a finding."""
    retry: Retry = Retry.NONE
    cost: Cost | None = None
    needs: tuple[str, ...] = ()
    """Gate ids that must PASS before this one runs."""
    cache: bool = True
    prove: Seed | None = None
    options: dict[str, Any] = field(default_factory=dict)
    """Checked against the kind's own options type."""
