"""The identity of what is judged: the tree of the working files without `.twelve/`, computed beside the user's index and objects."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from twelve.system import files
from twelve.system.git.plumbing import Git, GitError, failure, joined, split

RECORDS = ".twelve"
"""Top-level folder of our own records; writing a record must not invalidate a verdict."""

_CAREFUL = (
    "core.safecrlf=false",
    "core.looseCompression=0",  # the scratch objects live for milliseconds
    "core.fsync=none",
)

_HIDDEN = re.compile(rb"(?:^|\0)[a-zS] ")


def of_work_tree(git: Git) -> str:
    """Tree id of tracked and untracked-but-not-ignored content without `.twelve/`. Raises GitError; needs a work tree.

    Three git processes. Works on a copy of the index, whose stat cache makes it about as fast as `git status`, and
    writes new objects into a scratch store.
    """
    git.need_work_tree()
    with files.scratch_directory("twelve-subject-") as scratch:
        env = _scratch_environment(git, scratch)
        reveal(git, env)
        settings = [part for setting in _CAREFUL for part in ("-c", setting)]
        pathspecs = (":(top)", f":(top,exclude){RECORDS}")
        git.run(*settings, "add", "--all", "--", *pathspecs, env=env, timeout_s=300)
        tree = git.run("write-tree", env=env, timeout_s=300).decode().strip()
        return _without_records(git, tree, _tree_content(git, tree, scratch / "objects", env))


def of_revision(git: Git, rev: str) -> str:
    """The same for the content of a revision: equal content gives an equal id. Raises GitError for an unknown revision."""
    answer = git.ask("cat-file", "tree", f"{rev}^{{tree}}") if not rev.startswith("-") else None
    if answer is None or answer.code != 0:
        why = answer.err.strip() if answer else ""
        raise GitError(f"there is no revision {rev!r} here", why=why, next="check its name; fetch it if it is elsewhere")
    return _without_records(git, "", answer.out)


def reveal(git: Git, env: dict[str, str] | None = None) -> None:
    """Clear index flags that hide changes of files from git: assume-unchanged always, skip-worktree where the file is there.

    A sparse checkout keeps its absent files: they count with the content of the index.
    """
    listing = git.run("ls-files", "-v", "-z", env=env)
    if not _HIDDEN.search(listing):
        return
    entries = [(entry[0], entry[2:]) for entry in split(listing)]
    assumed = [path for tag, path in entries if tag.islower()]
    skipped = [path for tag, path in entries if tag in "sS" and os.path.lexists(git.root / path)]
    for flag, paths in (("--no-assume-unchanged", assumed), ("--no-skip-worktree", skipped)):
        if paths:
            git.run("update-index", flag, "-z", "--stdin", stdin=joined(paths), env=env)


@contextmanager
def borrowed_index(git: Git) -> Iterator[dict[str, str]]:
    """Variables under which git works on a copy of the index, for commands that would refresh the user's on the side."""
    with files.scratch_directory("twelve-index-") as scratch:
        yield _copied_index(git, scratch)


def _scratch_environment(git: Git, scratch: Path) -> dict[str, str]:
    (scratch / "objects").mkdir()
    return {
        **_copied_index(git, scratch),
        "GIT_OBJECT_DIRECTORY": str(scratch / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": _quoted(git.common_dir / "objects"),
    }


def _copied_index(git: Git, scratch: Path) -> dict[str, str]:
    source, target = git.git_dir / "index", scratch / "index"
    with suppress(FileNotFoundError), source.open("rb") as reading:
        times = os.fstat(reading.fileno())
        with target.open("wb") as writing:
            shutil.copyfileobj(reading, writing, 1 << 20)
        # git compares entries with the time of the index itself to catch edits in the same clock tick: keep it.
        os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
    return {"GIT_INDEX_FILE": str(target)}


def _quoted(path: Path) -> str:
    """A path as an entry of a colon-separated list of git, which understands C quoting when it starts with a quote."""
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _tree_content(git: Git, tree: str, scratch_objects: Path, env: dict[str, str]) -> bytes:
    """The raw tree object. A loose one is read directly, which saves a process."""
    for store in (scratch_objects, git.common_dir / "objects"):
        with suppress(OSError, zlib.error):
            header, _, content = zlib.decompress((store / tree[:2] / tree[2:]).read_bytes()).partition(b"\0")
            if header.startswith(b"tree "):
                return content
    answer = git.ask("cat-file", "tree", tree, env=env)
    if answer.code != 0:
        raise failure(["cat-file"], answer)
    return answer.out


def _without_records(git: Git, tree: str, content: bytes) -> str:
    """Id of a tree object without its entry for our records, so that nothing needs to be written to know it."""
    id_length = len(git.zero) // 2
    kept = bytearray()
    position = 0
    while position < len(content):
        end = content.index(b"\0", position) + 1 + id_length
        name = content[position:end].partition(b" ")[2].partition(b"\0")[0]
        if name != RECORDS.encode():
            kept += content[position:end]
        position = end
    if tree and len(kept) == len(content):
        return tree
    return hashlib.new(git.object_format(), b"tree %d\0" % len(kept) + kept, usedforsecurity=False).hexdigest()
