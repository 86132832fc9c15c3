"""Asking the fast path what arms a repository."""

from __future__ import annotations

from twelve.model.settings import Settings
from twelve.system import config, git
from twelve.workflow.fastpath import bundle, registration
from twelve.workflow.install.arming import CLIENTS, GIT, Arming


def of(repository: git.Repository, settings: Settings) -> Arming:
    """What arms this repository under this policy."""
    built = bundle.build(repository, settings)
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
    bundle.write(repository, bundle.build(repository, config.load(repository.root).settings))
