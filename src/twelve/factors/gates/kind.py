"""What a gate kind must offer. A kind is a module; these are the names the engine looks for.

A module in `kinds/` defines:

    SUMMARY: str                     one line for `twelve gate list`
    COST: Cost                       default place in the order
    TOOL: str                        default required executable, "" for none
    INPUTS: tuple[str, ...]          default input globs
    TIMEOUT_S: float                 default time-out, seconds
    Options                          a frozen msgspec.Struct with forbid_unknown_fields
    check(job, options) -> Report    judge; never raises for a red result, never writes to the tree
    seed(job, options) -> Seed | None   a defect this kind must see in this tree, for `gate prove`

and may define:

    PURE: bool = False               True: the answer depends only on definition, input files and programs, so it
                                     may be cached. A kind that reads `job.base`, `job.facts`, history, the network
                                     or the clock leaves it out.
    COMMAND: bool = False            True: the kind uses `command`, `parser`, `report` and `pattern` of the gate;
                                     any other kind refuses them instead of ignoring them.
    programs(root, settings, options) -> tuple[str, ...]
                                     executables beside TOOL whose identity belongs in the cache key

An empty INPUTS says that the kind does not judge files; otherwise "no file matches" is ERROR before `check`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol

from msgspec import Struct

from twelve.model.gate import Cost, GateSettings, Seed
from twelve.model.verdict import Report
from twelve.system.processes import Execution


class Job(Struct, frozen=True, kw_only=True):
    """One gate about to judge one tree."""

    gate: str
    """Gate id."""
    settings: GateSettings
    root: Path
    """Top of the tree being judged; the only place a kind may read."""
    files: tuple[str, ...]
    """Existing regular files that match the inputs, repository-relative, sorted. Links are left out."""
    base: str
    """Commit the change is measured against (merge base or HEAD), "" on an unborn branch."""
    timeout_s: float
    run: Callable[..., Execution]
    """`run(argv, cwd=None, env=None, stdin=b"", timeout_s=None)`, bound to root, environment and deadline."""
    facts: Mapping[str, Any]
    """What only the caller can know, e.g. `commit_message`, `run`, `observability` of the plan."""
    scratch: Path = Path()
    """An empty folder outside the tree for reports and caches; gone after the check. Empty path: none given."""
    find: Callable[[str], str | None] = lambda _program: None
    """Absolute path of a program: the project's own environment first, then PATH, then Twelve's own environment."""


class Kind(Protocol):
    """The shape of a kind module (see above)."""

    SUMMARY: ClassVar[str]
    COST: ClassVar[Cost]
    TOOL: ClassVar[str]
    INPUTS: ClassVar[tuple[str, ...]]
    TIMEOUT_S: ClassVar[float]
    Options: ClassVar[type[Struct]]

    def check(self, job: Job, options: Any) -> Report: ...

    def seed(self, job: Job, options: Any) -> Seed | None: ...
