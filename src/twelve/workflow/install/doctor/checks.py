"""Every check by its id. Each looks and changes nothing; `prove` and `status` ask the same ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping

from twelve.model.errors import TwelveError
from twelve.system import git
from twelve.workflow.install import record
from twelve.workflow.install.arming import Arming
from twelve.workflow.install.doctor import generated, githooks, registration, standing, surroundings, trust
from twelve.workflow.install.doctor.ailment import Ailment, Look, Weight

CHECKS: Mapping[str, Callable[[Look], Iterable[Ailment]]] = {
    "installed": standing.installed,
    "interrupted": standing.interrupted,
    "version": standing.version,
    "policy": standing.policy,
    "bundle": generated.bundle,
    "interpreter": generated.interpreter,
    "permissions": generated.permissions,
    "git-hook-missing": githooks.missing,
    "git-hook-edited": githooks.edited,
    "git-hook-mode": githooks.mode,
    "hooks-bypassed": githooks.bypassed,
    "client-settings": registration.settings,
    "client-registration": registration.registration,
    "hooks-disabled": registration.switched_off,
    "deny-rules": registration.refusals,
    "not-armed": registration.tracked,
    "tracked-registration": registration.tracked_after_all,
    "client-missing": standing.client_missing,
    "codex-trust": trust.codex,
    "path-shadowing": surroundings.path,
    "allowed-signers": surroundings.allowed_signers,
    "notes-fetch": surroundings.evidence,
}


def look(repository: git.Repository, arming: Arming, environ: Mapping[str, str] | None = None) -> Look:
    """What the checks look at. TwelveError when the record of the installation cannot be believed."""
    return Look(repository=repository, arming=arming, record=record.load(repository), environ=os.environ if environ is None else environ)


def run(seen: Look, only: Iterable[str] = ()) -> Iterator[Ailment]:
    """What the checks find, in their order. One that cannot look is a finding of its own."""
    wanted = frozenset(only)
    for name, check in CHECKS.items():
        if wanted and name not in wanted:
            continue
        try:
            yield from check(seen)
        except (TwelveError, OSError) as error:
            why = error.why if isinstance(error, TwelveError) else ""
            yield Ailment(check=name, weight=Weight.BROKEN, what=f"could not look: {error.args[0] if error.args else error}", why=why)
