"""Mending what the checks found, each with what it is going to change, so that a person can agree to exactly that."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping

from twelve.model.errors import TwelveError
from twelve.workflow.install import machine, plan, takeback, upgrading
from twelve.workflow.install.doctor.ailment import Ailment, Look
from twelve.workflow.install.machine import Wish
from twelve.workflow.install.values import Plan


def planned(look: Look, ailment: Ailment) -> Iterator[Plan]:
    """What mending it changes, one plan after the other: apply each before asking for the next. TwelveError when there is no way."""
    return _REPAIRS[ailment.repair](look, ailment)


def _file(look: Look, ailment: Ailment) -> Iterator[Plan]:
    found = upgrading.plan(look.repository, look.arming, force=frozenset({ailment.path}), policy=False)
    if ailment.check == "git-hook-mode":
        yield Plan(
            changes=(),
            generated=(f".git/{ailment.path}: executable, and written by nobody else",),
            generate=lambda: _executable(look, ailment),
        )
    else:
        yield found.plan


def _generate(look: Look, _ailment: Ailment) -> Iterator[Plan]:
    yield Plan(changes=(), generated=(f".git/{machine.STATE}/hook.py (generated)",), generate=look.arming.write)


def _upgrade(look: Look, _ailment: Ailment) -> Iterator[Plan]:
    yield upgrading.plan(look.repository, look.arming, policy=False).plan


def _reregister(look: Look, _ailment: Ailment) -> Iterator[Plan]:
    pieces = look.record.pieces if look.record else ()
    yield upgrading.plan(look.repository, look.arming, force=frozenset(piece.path for piece in pieces), policy=False).plan


def _rejoin(look: Look, _ailment: Ailment) -> Iterator[Plan]:
    """Our hooks are taken back from where git does not look any more, and join what it looks at now."""
    if look.record is None:
        raise TwelveError("this machine is not armed", next="twelve init")
    yield takeback.plan_hooks(look.repository, look.record)
    yield machine.plan_install(look.repository, look.arming, Wish(), texts={})


def _resume(look: Look, _ailment: Ailment) -> Iterator[Plan]:
    wish = Wish(clients=look.armed, git_hooks=bool(look.record and look.record.hooks))
    yield from plan.resume(look.repository, wish=wish, arm=lambda _repository, _settings: look.arming)


def _tighten(_look: Look, ailment: Ailment) -> Iterator[Plan]:
    yield Plan(changes=(), generated=(f"{ailment.path}: no longer writable by others",), generate=lambda: _private(ailment.path))


def _private(path: str) -> None:
    found = os.lstat(path)
    if stat.S_ISLNK(found.st_mode) or found.st_uid != os.getuid():
        raise TwelveError(f"{path} is not a plain file or folder of yours", next="look at it, remove it, then run twelve upgrade")
    os.chmod(path, stat.S_IMODE(found.st_mode) & ~0o022)


def _executable(look: Look, ailment: Ailment) -> None:
    path = look.repository.common_dir / ailment.path
    os.chmod(path, (stat.S_IMODE(path.lstat().st_mode) | 0o111) & ~0o002)


_REPAIRS: Mapping[str, Callable[[Look, Ailment], Iterator[Plan]]] = {
    "file": _file,
    "generate": _generate,
    "upgrade": _upgrade,
    "reregister": _reregister,
    "rejoin": _rejoin,
    "resume": _resume,
    "tighten": _tighten,
}
