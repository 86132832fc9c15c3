"""Planting a defect into a scratch copy of the judged content, and refusing plants that prove nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twelve.factors.gates.definition import Gate, digest_of
from twelve.model.errors import TwelveError
from twelve.model.gate import Seed
from twelve.system import files, git

_ENVIRONMENTS = (".venv", "venv", "node_modules")
"""Ignored folders that hold a project's tools; linked into the copy, or nothing would run there."""
_INTERPRETERS = frozenset(("sh", "bash", "dash", "zsh", "python", "python3", "node", "ruby", "perl", "deno", "bun"))
_RECIPES = {
    "make": ("Makefile", "makefile", "GNUmakefile"),
    "just": ("justfile", "Justfile"),
    "task": ("Taskfile.yml",),
    "rake": ("Rakefile",),
}
_LIMIT = 50_000_000
_MESSAGE = """feat: hold the content under trial

Context: gates are being proven on a copy of the current content.
Solution: one commit holds the copy, so that each defect can be taken back.
Learning: gates that judge messages and diffs see this commit, so it has to be a good one.
Impact: none: the copy is removed after the trial.
"""


@contextmanager
def copied(repository: git.Repository, homes: tuple[Path, ...]) -> Iterator[git.Repository]:
    """A repository of its own with the current content as its only commit; gone afterwards."""
    with files.scratch_directory("twelve-prove-") as folder:
        top = folder / "tree"
        top.mkdir()
        for path in repository.files():
            _copy(repository.root / path, top / path)
        copy = git.init(top)
        exclude = Path(copy.git_dir) / "info" / "exclude"
        exclude.parent.mkdir(exist_ok=True)
        exclude.write_text("".join(f"/{name}\n" for name in _ENVIRONMENTS), encoding="utf-8")
        _link_environments((repository.root, *homes), top)
        copy.commit(_MESSAGE, allow_empty=True)
        yield copy


def plant(root: Path, gate: Gate, seed: Seed) -> None:
    """Write the defect. TwelveError when it changes nothing, leaves the tree, or patches the command instead of its input."""
    if replaces_command(gate, seed):
        raise TwelveError(
            f"the seed of gate {gate.id!r} changes {seed.file}, which is the command itself",
            why="a command that was replaced proves nothing about the one that judges",
            next="plant the defect in a file the command reads",
        )
    path = files.confined(root, seed.file)
    before = files.read_bounded(path, _LIMIT) if path.is_file() else None
    after = _applied(gate, seed, before)
    if after == before:
        what = f"the seed of gate {gate.id!r} changes nothing"
        raise TwelveError(what, why=f"{seed.file} is the same with it", next="plant a real defect")
    if after is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_atomic(path, after)


def replaces_command(gate: Gate, seed: Seed) -> bool:
    """Whether the seed's file is what the gate executes: its program, the script of an interpreter, the recipes of make."""
    words = gate.settings.command
    if not words:
        return False
    place = os.path.normpath(seed.file)

    def same(word: str) -> bool:
        return os.path.normpath(os.path.join(gate.settings.cwd, word)) == place

    program = os.path.basename(words[0])
    script = words[1] if len(words) > 1 and program.rstrip("0123456789.") in _INTERPRETERS and not words[1].startswith("-") else ""
    recipes = _RECIPES.get(program, ())
    return same(words[0]) or bool(script and same(script)) or any(same(recipe) for recipe in recipes)


def digest(seed: Seed) -> str:
    """sha256 of a planted defect."""
    return digest_of(seed)


def _applied(gate: Gate, seed: Seed, before: bytes | None) -> bytes | None:
    if seed.write is not None:
        return seed.write.encode()
    if before is None:
        raise TwelveError(
            f"the seed of gate {gate.id!r} changes {seed.file}, which does not exist",
            why="nothing would be planted",
            next="name an existing file, or use `write` to make one",
        )
    if seed.append is not None:
        return before + seed.append.encode()
    if seed.replace is not None:
        old, new = (text.encode() for text in seed.replace)
        if not old or old not in before:
            raise TwelveError(
                f"the seed of gate {gate.id!r} replaces a text that {seed.file} does not contain",
                why="nothing would be planted",
                next="correct `replace`",
            )
        return before.replace(old, new)
    return None


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        target.symlink_to(os.readlink(source))
    elif source.is_file():
        target.write_bytes(source.read_bytes())
        target.chmod(0o755 if source.stat().st_mode & 0o111 else 0o644)


def _link_environments(homes: tuple[Path, ...], top: Path) -> None:
    for home in homes:
        for name in _ENVIRONMENTS:
            if (home / name).is_dir() and not os.path.lexists(top / name):
                (top / name).symlink_to((home / name).resolve(), target_is_directory=True)
