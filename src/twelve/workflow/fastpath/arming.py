"""The guard of one driven turn: the same bundle, registered for this process alone, and how it is known to have run."""

from __future__ import annotations

import _imp
from pathlib import Path
from typing import Any

from twelve.factors.agents.harness import Hooks
from twelve.model.errors import TwelveError
from twelve.model.settings import Settings
from twelve.system import files, git
from twelve.workflow.fastpath import bundle, registration, sections

CLIENTS = tuple(registration.EVENTS)
FOLDER = "armed"
"""Bundles of driven turns lie here, by digest: what is installed for interactive sessions stays as it is."""
RECORD_LIMIT = 1_000_000


def hooks(repository: git.Repository, settings: Settings, client: str) -> Hooks:
    """The guard for a turn of this client. Raises TwelveError when it cannot be built or put in place: no guard, no turn."""
    built = bundle.build(repository, settings)
    folder = repository.state_dir / FOLDER / built.digest[:16]
    if bundle.written(repository, folder=folder) != built.digest:
        bundle.write(repository, built, folder=folder)
    command = registration.command(repository, client, folder=folder)
    given: dict[str, Any] = {"hooks": registration.hooks(client, command)}
    if rules := registration.deny_rules(client, settings):
        given["permissions"] = {"deny": list(rules)}
    return Hooks(settings=given, proof=built.proof, witness=lambda session: _left_word(repository.state_dir, session, built.proof))


def _left_word(state: Path, session: str, proof: str) -> bool:
    """Whether the hooks recorded this session when it began."""
    name = _imp.source_hash(sections.KEY, session.encode()).hex()
    try:
        return proof.encode() in files.read_bounded(state / "sessions" / f"{name}.jsonl", RECORD_LIMIT)
    except TwelveError:
        return False
