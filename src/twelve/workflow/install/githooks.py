"""How our git hooks join what is there: decision 0008. Nothing of a hook manager is displaced, no tracked file is written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from twelve.model.errors import TwelveError
from twelve.system import files, git
from twelve.workflow.install import carrying, foreign, makefile, scripts
from twelve.workflow.install.record import Inserted, Kind, Piece
from twelve.workflow.install.values import Change, Place

BESIDE, FOLDER = "beside", "folder"
OURS = "twelve/hooks"
INCLUDED = "twelve/hooks.gitconfig"
KEPT = ".twelve-previous"
_LARGEST = 1_000_000
"""Bytes of a hook that is moved aside (ours); a larger one is a program that may look for its own place."""
_SELF = (b"$0", b"${0", b"BASH_SOURCE", b"basename", b"PROGRAM_NAME", b"argv[0]", b"__FILE__", b"__file__", b"$PROGRAM", b"sys.argv")
_BLOCK = """# twelve: begin (written by `twelve init`, removed by `twelve uninstall`)
[include]
\tpath = twelve/hooks.gitconfig
# twelve: end
"""


class Joined(Struct, frozen=True, kw_only=True):
    """What joining takes, in order."""

    how: str
    changes: tuple[Change, ...]
    pieces: tuple[Piece, ...]
    notes: tuple[str, ...] = ()


class Slot(Struct, frozen=True, kw_only=True):
    """Where one hook of ours goes, relative to the common git directory, and what stands there."""

    name: str
    path: str
    existing: bytes | None


def configured(repository: git.Repository) -> str | None:
    """The folder git is told to look for hooks in, whoever told it; None when it uses its own."""
    answer = repository.ask("config", "--null", "--type=path", "--get", "core.hooksPath", hooks=True)
    return os.fsdecode(answer.out).rstrip("\0") or None if answer.code == 0 else None


def effective(repository: git.Repository) -> Path:
    """The folder git takes hooks from in this work tree."""
    found = configured(repository)
    return repository.root / found if found else repository.common_dir / "hooks"


def without_us(repository: git.Repository) -> Path:
    """The folder git would take hooks from if we had none of our own."""
    answer = repository.ask("config", "--null", "--type=path", "--get-all", "core.hooksPath", hooks=True)
    found = [value for value in git_values(answer.out) if value and repository.root / value != repository.common_dir / OURS]
    return repository.root / found[-1] if found else repository.common_dir / "hooks"


def git_values(out: bytes) -> list[str]:
    return [os.fsdecode(value) for value in out.split(b"\0")[:-1]]


def plan(repository: git.Repository, command: str) -> Joined:
    """Joining what is there now. A repository whose hooks cannot be joined gets none of ours, and a note that says why."""
    worktree = repository.ask("config", "--null", "--worktree", "--get", "core.hooksPath", hooks=True)
    local = repository.ask("config", "--null", "--local", "--get", "core.hooksPath", hooks=True)
    if worktree.code == 0 and worktree.out != local.out:
        return _left("this work tree sets core.hooksPath for itself, which nothing shared can precede")
    seam = foreign.lefthook_seam(repository)
    slots = None if configured(repository) else _slots(repository, taken=seam)
    if slots is None:
        return _folder(repository, command)
    joined = _beside(repository, command, slots)
    return joined if not seam else _with_lefthook(repository, joined, seam, command)


def _left(why: str) -> Joined:
    return Joined(how="", changes=(), pieces=(), notes=(f"left alone: git hooks: {why}",))


def _slots(repository: git.Repository, *, taken: Sequence[str]) -> tuple[Slot, ...] | None:
    """A place for each of our hooks but those taken care of; None when such a place holds something that must not be moved."""
    folder = repository.common_dir / "hooks"
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        return None
    found = []
    for name in (name for name in scripts.NAMES if name not in taken):
        path = f"hooks/{name}"
        if foreign.is_pre_commit(folder / name):
            path = f"hooks/{name}{foreign.PRE_COMMIT_SLOT}"
        place = repository.common_dir / path
        if os.path.lexists(place) and not movable(place):
            return None
        found.append(Slot(name=name, path=path, existing=carrying.content(repository, Place.GIT, path)))
    return tuple(found)


def movable(hook: Path) -> bool:
    """Whether a hook does the same under another name: a plain script that does not ask what it is called or where it lies."""
    try:
        if hook.is_symlink() or not hook.is_file() or hook.stat().st_size > _LARGEST:
            return False
        text = files.read_bounded(hook)
    except (TwelveError, OSError):
        return False
    return (not text or text.startswith(b"#!")) and not any(word in text for word in _SELF)


def _beside(repository: git.Repository, command: str, slots: tuple[Slot, ...]) -> Joined:
    changes: list[Change] = []
    pieces: list[Piece] = []
    for slot in slots:
        made = _slot(repository, command, slot)
        changes += made[0]
        pieces.append(made[1])
    return Joined(how=BESIDE, changes=tuple(changes), pieces=tuple(pieces))


def _slot(repository: git.Repository, command: str, slot: Slot) -> tuple[list[Change], Piece]:
    before = slot.existing
    stale = before is not None and scripts.MARK.encode() in before
    displaced = before is not None and not stale
    kept = _free(repository, slot.path + KEPT) if displaced else ""
    after = scripts.beside(slot.name, command, Path(kept).name).encode()
    mode_before = carrying.mode(repository, Place.GIT, slot.path)
    mode = _executable()
    changes = [Change(place=Place.GIT, path=kept, before=None, after=before, mode=mode_before)] if displaced else []
    changes.append(Change(place=Place.GIT, path=slot.path, before=before, after=after, mode=mode, mode_before=mode_before))
    piece = Piece(
        part="git",
        place=Place.GIT,
        path=slot.path,
        kind=Kind.DISPLACE if displaced else Kind.CREATE,
        before=files.digest_bytes(before) if displaced and before is not None else "",
        after=files.digest_bytes(after),
        mode_before=mode_before if displaced else None,
        mode=mode,
        kept_as=kept,
    )
    return changes, piece


def _free(repository: git.Repository, wanted: str) -> str:
    number, name = 1, wanted
    while os.path.lexists(repository.common_dir / name):
        number += 1
        name = f"{wanted}-{number}"
    return name


def _folder(repository: git.Repository, command: str) -> Joined:
    ours = repository.common_dir / OURS
    if "\n" in str(ours):
        return _left("the path of this repository holds a line break, which a git setting cannot carry")
    former = without_us(repository)
    changes: list[Change] = []
    pieces: list[Piece] = []
    for name in (*scripts.NAMES, *scripts.PASSED_ON, *(name for name in scripts.RARE if os.access(former / name, os.X_OK))):
        _create(repository, f"{OURS}/{name}", folder_script(repository, name, command).encode(), _executable(), changes, pieces)
    _create(repository, INCLUDED, included(repository), None, changes, pieces)
    change, piece = _include(repository)
    return Joined(how=FOLDER, changes=(*changes, change), pieces=(*pieces, piece))


def folder_script(repository: git.Repository, name: str, command: str) -> str:
    """The text of one hook in our own folder."""
    ours, default = repository.common_dir / OURS, repository.common_dir / "hooks"
    return scripts.in_folder(name, command if name in scripts.NAMES else "", ours=str(ours), default=str(default))


def included(repository: git.Repository) -> bytes:
    """The settings that lead git to our folder."""
    quoted = str(repository.common_dir / OURS).replace("\\", "\\\\").replace('"', '\\"')
    return f'[core]\n\thooksPath = "{quoted}"\n'.encode()


def _create(repository: git.Repository, path: str, data: bytes, mode: int | None, changes: list[Change], pieces: list[Piece]) -> None:
    before = carrying.content(repository, Place.GIT, path)
    changes.append(Change(place=Place.GIT, path=path, before=before, after=data, mode=mode))
    pieces.append(Piece(part="git", place=Place.GIT, path=path, kind=Kind.RUNTIME, before="", after=files.digest_bytes(data), mode=mode))


def _with_lefthook(repository: git.Repository, joined: Joined, names: Sequence[str], command: str) -> Joined:
    text = foreign.lefthook_local(names, command).encode()
    piece = Piece(
        part="git",
        place=Place.TREE,
        path=foreign.LEFTHOOK_LOCAL,
        tree=str(repository.root),
        kind=Kind.CREATE,
        before="",
        after=files.digest_bytes(text),
    )
    change = Change(path=foreign.LEFTHOOK_LOCAL, before=None, after=text)
    return Joined(how=joined.how, changes=(change, *joined.changes), pieces=(piece, *joined.pieces), notes=joined.notes)


def _include(repository: git.Repository) -> tuple[Change, Piece]:
    """The block at the end of the configuration: what stands last wins, also over a value a hook manager writes later."""
    before = carrying.content(repository, Place.GIT, carrying.GIT_CONFIG) or b""
    lead = "" if not before or before.endswith(b"\n") else "\n"
    after = before + (lead + _BLOCK).encode()
    mode = carrying.mode(repository, Place.GIT, carrying.GIT_CONFIG)
    piece = Piece(
        part="git",
        place=Place.GIT,
        path=carrying.GIT_CONFIG,
        kind=Kind.BLOCK,
        before=files.digest_bytes(before),
        after=files.digest_bytes(after),
        mode_before=mode,
        mode=mode,
        edits=(Inserted(offset=len(before), text=lead + _BLOCK),),
    )
    return Change(place=Place.GIT, path=carrying.GIT_CONFIG, before=before, after=after, mode_before=mode), piece


def without_block(text: bytes, block: bytes) -> bytes | None:
    """`text` without our block, also when git put further settings into it; None when nothing of it is left."""
    if text.count(block) == 1:
        return makefile.without(text, block)
    lines = text.splitlines(keepends=True)
    ours = {line for line in block.splitlines(keepends=True) if line.strip() and not line.startswith(b"[")}
    left = [line for line in lines if line not in ours]
    return b"".join(left) if len(left) != len(lines) else None


def _executable() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o777 & ~mask
