"""The generated hook: there, of this policy, startable, and nobody else's to write."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator

from twelve.workflow.install import arming
from twelve.workflow.install.doctor.ailment import Ailment, Look, Weight


def bundle(look: Look) -> Iterator[Ailment]:
    """The generated files are those of the policy in force."""
    if look.record is None:
        return
    found = look.arming.written()
    if found == look.arming.digest:
        return
    what = "the generated hook is not the one of this policy" if found else "the generated hook is gone"
    why = (
        "twelve.toml, twelve or the files it watches changed since, or somebody edited it"
        if found
        else "every call it should answer is refused"
    )
    yield Ailment(
        check="bundle-stale" if found else "bundle-missing",
        weight=Weight.BROKEN,
        what=what,
        why=why,
        next="twelve upgrade",
        repair="generate",
    )


def interpreter(look: Look) -> Iterator[Ailment]:
    """The interpreter that is registered still exists and is the one a registration would name now."""
    for path in sorted(registered(look)):
        if not (os.path.isfile(path) and os.access(path, os.X_OK)):
            yield Ailment(
                check="interpreter",
                weight=Weight.BROKEN,
                what=f"the registered interpreter {path} cannot be started",
                why="a Python was removed or moved",
                next="twelve doctor --fix registers the one in use now",
                path=path,
                repair="reregister",
            )


def registered(look: Look) -> frozenset[str]:
    """Interpreters named by what is registered."""
    commands = set()
    for piece in look.record.pieces if look.record else ():
        for item in piece.values:
            groups = item.value.get("hooks", ()) if isinstance(item.value, dict) else ()
            commands |= {str(entry.get("command", "")) for entry in groups if isinstance(entry, dict)}
    if look.record is not None and look.record.hooks:
        commands.add(look.arming.commands[arming.GIT])
    return frozenset(words[0] for command in commands if command and (words := _words(command)))


def permissions(look: Look) -> Iterator[Ailment]:
    """Nobody else may write what runs with this person's rights."""
    folder = look.repository.state_dir
    for path in (folder.parent, folder, *(folder / name for name in look.arming.generated)):
        try:
            found = path.lstat()
        except OSError:
            continue
        if stat.S_ISLNK(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
            yield Ailment(
                check="permissions",
                weight=Weight.BROKEN,
                what=f"{path} is a link, or another user owns it or may write it",
                next="twelve doctor --fix takes that right away; look at what it holds first",
                path=str(path),
                repair="tighten",
            )


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return []
