"""Whether the generated hook is the one of the policy in force, and why not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from twelve.model.errors import TwelveError
from twelve.system import files
from twelve.workflow.fastpath import bundle
from twelve.workflow.install import doctor
from twelve.workflow.install.doctor import Ailment, Look, Weight
from twelve.workflow.livefire.words import Cause, Problem

CHECKS = {
    "bundle-missing": Cause.BUNDLE_MISSING,
    "bundle-stale": Cause.BUNDLE_STALE,
    "permissions": Cause.PERMISSIONS,
    "interrupted": Cause.INTERRUPTED,
    "path-shadowing": Cause.PATH_SHADOWING,
}
LIMIT = 64_000_000
UNREADABLE = "this person cannot read it"


def problems(look: Look) -> Iterator[Problem]:
    """What concerns every guard at once."""
    for ailment in doctor.run(look, ("bundle", "permissions", "interrupted", "path-shadowing")):
        if ailment.weight is Weight.BROKEN:
            yield _problem(look, ailment)
    for name in look.arming.generated:
        path = look.repository.state_dir / name
        if path.is_file() and not path.stat().st_mode & 0o400:
            yield Problem(
                cause=Cause.PERMISSIONS,
                what=f"{path} may not be read by its owner",
                why="every call it should answer is refused, or nothing is answered",
                next="twelve upgrade writes it again",
                path=str(path),
            )


def _problem(look: Look, ailment: Ailment) -> Problem:
    cause = CHECKS.get(ailment.check, Cause.CRASH)
    if cause is Cause.BUNDLE_STALE and policy_edited(look):
        return Problem(
            cause=Cause.POLICY_EDITED,
            what="twelve.toml is not the one the guard was built from",
            why="the guard still judges by the earlier one",
            next="look at the difference, then: twelve upgrade",
            path=bundle.POLICY,
        )
    return Problem(cause=cause, what=ailment.what, why=ailment.why, next=ailment.next, path=ailment.path)


def policy_edited(look: Look) -> bool:
    """Whether the generated hook names another twelve.toml than lies here."""
    known = compiled(look).get("policy_file")
    path = look.repository.root / bundle.POLICY
    now = files.digest(path) if path.is_file() else ""
    return isinstance(known, dict) and known.get("path") == str(path) and known.get("digest") != now


def compiled(look: Look) -> dict[str, Any]:
    """What was compiled into the generated hook about this place; empty when it cannot be read."""
    try:
        text = files.read_bounded(look.repository.state_dir / bundle.SOURCES, LIMIT)[64:]
        found = ast.literal_eval(text.decode("utf-8", "replace"))
    except (TwelveError, ValueError, SyntaxError, RecursionError, MemoryError):
        return {}
    config = found.get("=config") if isinstance(found, dict) else None
    value = config[0] if isinstance(config, tuple) else config
    return value if isinstance(value, dict) else {}
