"""Asking the fast path what arms a repository."""

from __future__ import annotations

from pathlib import Path

from twelve.model.settings import Settings
from twelve.system import config, git
from twelve.workflow.fastpath import bundle, registration
from twelve.workflow.install import record
from twelve.workflow.install.arming import CLIENTS, GIT, Arming


def of(repository: git.Repository, settings: Settings) -> Arming:
    """What arms this repository under this policy. The generated hook is shared: the work tree armed first decides what is in it."""
    first = origin(repository)
    built = bundle.build(first, settings if first.root == repository.root else _settings(first))
    commands = {name: registration.command(repository, name) for name in (*CLIENTS, GIT)}
    return Arming(
        generated={name: len(data) for name, data in built.files.items()},
        write=lambda: generate(repository),
        digest=built.digest,
        written=lambda: bundle.written(repository),
        commands=commands,
        hooks={client: registration.hooks(client, commands[client]) for client in CLIENTS},
        deny={client: tuple(registration.deny_rules(client, settings)) for client in CLIENTS},
    )


def generate(repository: git.Repository) -> None:
    """Write the generated hook for the policy in force. TwelveError when it cannot be made."""
    first = origin(repository)
    bundle.write(first, bundle.build(first, _settings(first)))


def origin(repository: git.Repository) -> git.Repository:
    """The work tree that was armed first and still exists; this one when there is none."""
    known = record.load(repository)
    trees = dict.fromkeys(piece.tree for piece in known.pieces if piece.tree) if known else {}
    found = next((tree for tree in trees if Path(tree).is_dir()), "")
    return git.discover(Path(found)) if found and Path(found) != repository.root else repository


def _settings(repository: git.Repository) -> Settings:
    return config.load(repository.root).settings
