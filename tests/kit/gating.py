"""Gates as a policy would define them, and the engine over a real repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from twelve.factors.gates import definition, engine
from twelve.factors.gates.definition import Gate
from twelve.model.settings import Settings
from twelve.model.verdict import Verdict
from twelve.system import git


def settings(gates: Mapping[str, Mapping[str, Any]], **sections: Any) -> Settings:
    """A policy with these gates."""
    return msgspec.convert({"gates": gates, **sections}, Settings)


def gates(**tables: Mapping[str, Any]) -> tuple[Gate, ...]:
    """Resolved gates; a list stands for the command of a command gate."""
    return tuple(definition.resolve_all(settings(tables).gates).values())


def command(*argv: str, **keys: Any) -> dict[str, Any]:
    """The table of a command gate."""
    return {"command": list(argv), **keys}


def judge(repository: git.Repository, *chosen: Gate, **how: Any) -> dict[str, Verdict]:
    """Verdicts by gate id."""
    return {verdict.gate: verdict for verdict in engine.judge(repository, repository.root, chosen, **how)}
