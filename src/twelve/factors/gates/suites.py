"""Which gates belong to a suite or a phase."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from twelve.factors.gates import definition
from twelve.factors.gates.definition import Gate
from twelve.model.errors import ConfigError, Trouble, TwelveError
from twelve.model.gate import Cost
from twelve.model.phase import Phase
from twelve.model.settings import Settings

QUICK = "quick"
FULL = "full"
_FAST = (Cost.SYNTAX, Cost.UNIT)
_LASTING = ("secrets", "large_files")


def select(settings: Settings, suite: str) -> tuple[Gate, ...]:
    """Gates of `quick`, of `full` or of a phase, with all they need. ConfigError when a suite names an unknown gate.

    A phase without any gate gives an empty tuple: whether that is enough, the phase decides.
    """
    gates = definition.resolve_all(settings.gates)
    if suite in (QUICK, FULL):
        named: Sequence[str] = getattr(settings.suites, suite)
        _refuse_unknown(named, gates, suite)
        chosen = named or [name for name, gate in gates.items() if suite == FULL or gate.cost in _FAST]
    elif suite in list(Phase):
        chosen = [name for name, gate in gates.items() if Phase(suite) in gate.settings.phase]
    else:
        raise TwelveError(
            f"there is no suite {suite!r}",
            why="a suite is quick, full or the name of a phase",
            next=f"use one of: {', '.join((QUICK, FULL, *Phase))}",
            kind=Trouble.USAGE,
        )
    return definition.closure(chosen, gates)


def lasting(settings: Settings) -> tuple[Gate, ...]:
    """Gates that have to judge content before it is committed: a secret taken out later is still in the history."""
    return tuple(gate for gate in definition.resolve_all(settings.gates).values() if gate.kind_name in _LASTING)


def named(settings: Settings, ids: Sequence[str]) -> tuple[Gate, ...]:
    """The gates with these ids, with all they need. TwelveError (usage) for an id that does not exist."""
    gates = definition.resolve_all(settings.gates)
    for gate in ids:
        if gate not in gates:
            near = difflib.get_close_matches(gate, gates, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "`twelve gate list` shows all gates"
            raise TwelveError(f"there is no gate {gate!r}", why="it is not defined in twelve.toml", next=hint, kind=Trouble.USAGE)
    return definition.closure(ids, gates)


def _refuse_unknown(ids: Sequence[str], gates: Mapping[str, Gate], suite: str) -> None:
    for gate in ids:
        if gate not in gates:
            raise ConfigError(
                f"suite {suite!r} names gate {gate!r}, which is not defined",
                why="a suite with a missing gate would check less than it says",
                next=f"define [gates.{gate}] or take it out of [suites] {suite}",
            )
