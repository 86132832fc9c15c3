"""What lies around: programs that shadow others, keys for signatures, evidence of colleagues."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from twelve.factors.approvals import signers
from twelve.model.errors import TwelveError
from twelve.system import files
from twelve.workflow.install import machine
from twelve.workflow.install.doctor.ailment import Ailment, Look, Weight

SHADOWED = ("git", "twelve", "python3", "python", "sh", "env", "ssh-keygen", "gpg")


def path(look: Look) -> Iterator[Ailment]:
    """No program of this name is found inside the tree before the real one."""
    root = os.path.realpath(look.repository.root)
    for entry in look.environ.get("PATH", "").split(os.pathsep):
        folder = Path(entry) if entry else Path(".")
        relative = not folder.is_absolute()
        place = os.path.realpath(look.repository.root / folder)
        if not relative and place != root and not place.startswith(root + os.sep):
            continue
        for name in SHADOWED:
            if os.access(os.path.join(place, name), os.X_OK) and not os.path.isdir(os.path.join(place, name)):
                yield Ailment(
                    check="path-shadowing",
                    weight=Weight.BROKEN if name in ("git", "twelve") else Weight.WEAK,
                    what=f"PATH finds {name} inside this tree: {os.path.join(place, name)}",
                    why="whoever can change the tree decides what that program does",
                    next=f"take {entry or 'the empty entry'} out of PATH",
                    path=os.path.join(place, name),
                )


def allowed_signers(look: Look) -> Iterator[Ailment]:
    """Somebody's signature counts, so that approvals are more than advisory."""
    place = look.repository.root / signers.PATH
    try:
        text = files.read_text(place) if place.is_file() else ""
    except TwelveError:
        text = ""
    if not signers.usable(text):
        yield Ailment(
            check="allowed-signers",
            weight=Weight.WEAK,
            what="approvals are advisory here: no key is allowed to sign them",
            why=f"{signers.PATH} names nobody, and a process of the same user can type into a terminal",
            next=f"add a line for each approver to {signers.PATH} (the format of ssh-keygen) and commit it",
            path=signers.PATH,
        )


def evidence(look: Look) -> Iterator[Ailment]:
    """Verdicts and approvals of colleagues reach this clone: it holds evidence, or fetches it. Asks no remote."""
    if machine.notes_refs(look.repository):
        return
    for remote in look.repository.run("remote").decode("utf-8", "replace").split():
        answer = look.repository.ask("config", "--get-all", f"remote.{remote}.fetch")
        if "refs/notes/twelve" not in answer.out.decode("utf-8", "replace"):
            yield Ailment(
                check="notes-fetch",
                weight=Weight.NOTE,
                what=f"this clone holds no evidence; what {remote} may keep was not fetched",
                why="git leaves notes out unless it is asked for them; verdicts are then judged again",
                next=f"twelve evidence fetch {remote}",
            )
