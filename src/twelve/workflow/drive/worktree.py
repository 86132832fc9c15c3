"""The run's own work tree, on branch `twelve/<run>`: `<state home>/worktrees/<repository>/<run>`.

Not below `.git`: agent clients refuse to write there. It lies outside the person's tree, whose uncommitted
changes it neither sees nor touches. Where it lies is decided once and kept with the run, because another
process may have another home.

The work in progress is always one commit object, the *content*: after an interrupted effect the tree is put
back to exactly that, so half an agent's work never meets the next attempt. Ignored files survive, because
environments and build caches are expensive; what a crashed attempt left in them is not undone.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from twelve.model.errors import TwelveError
from twelve.system import files, git, places
from twelve.workflow.drive import identity

REF = "refs/twelve/runs"
"""`refs/twelve/runs/<run>` keeps the content of work in progress from being collected; it is never pushed."""


class Start(Struct, frozen=True, kw_only=True):
    """Where a run begins."""

    base: str
    """HEAD's commit."""
    branch: str
    worktree: str
    dirty: bool
    shallow: bool
    detached: bool


def place(repository: git.Repository, run: str) -> Path:
    """Where a new run gets its tree."""
    return places.state_home() / "worktrees" / identity.of(repository) / run


def begin(repository: git.Repository, run: str) -> Start:
    """Where `run` would start. Raises TwelveError when there is no commit to start from."""
    head = repository.head()
    if head is None:
        raise TwelveError(
            "this repository has no commit yet",
            why="a run works on a branch, and a branch starts from a commit",
            next="commit something, even an empty README, and start the run again",
        )
    if repository.bare:
        raise TwelveError(
            "this is a bare repository",
            why="a run reads its policy from a work tree",
            next="clone it and start the run in the clone",
        )
    return Start(
        base=head,
        branch=f"twelve/{run}",
        worktree=str(place(repository, run)),
        dirty=repository.dirty(),
        shallow=repository.is_shallow(),
        detached=repository.branch() is None,
    )


def open_tree(repository: git.Repository, path: Path, run: str, base: str) -> tuple[git.Repository, bool]:
    """The run's work tree, made or mended when it is missing. True when it had been there and was broken."""
    if (path / ".git").is_file():
        with suppress(TwelveError):
            tree = git.discover(path)
            if tree.root.samefile(path) and tree.common_dir.samefile(repository.common_dir):
                return tree, False
    broken = any(known.path == path for known in repository.worktrees())
    if broken:
        repository.remove_worktree(path)
    elif path.exists():
        files.remove_tree(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    return repository.add_worktree(path, f"twelve/{run}", base), broken


def close_tree(repository: git.Repository, path: Path) -> None:
    """Take the work tree away, so that the branch can be checked out elsewhere; the branch stays."""
    if path.exists() or any(known.path == path for known in repository.worktrees()):
        repository.remove_worktree(path)


def attach(tree: git.Repository, run: str, head: str) -> None:
    """Put branch and HEAD where the driver left them, whatever an agent committed or checked out; files stay."""
    name = f"refs/heads/twelve/{run}"
    if tree.branch() == f"twelve/{run}" and tree.head() == head:
        return
    tree.run("update-ref", name, head)
    tree.run("symbolic-ref", "HEAD", name)


def restore(tree: git.Repository, run: str, head: str, content: str) -> None:
    """Make the tree exactly `content`, with the branch at `head`. Undoes whatever an agent did to either."""
    tree.run("update-ref", f"refs/heads/twelve/{run}", head)
    tree.reset_hard(head, branch=f"twelve/{run}", exclusive=True)
    if content != head:
        tree.run("read-tree", "-u", "--reset", content)


def save(tree: git.Repository, head: str, key: str) -> str:
    """Everything in the tree as one commit object on top of `head`, referenced by nothing yet. Returns its id."""
    tree.run("add", "--all", "--", ":(top)", timeout_s=300)
    made = tree.run("write-tree").decode().strip()
    if made == tree.tree_of(head):
        return head
    return tree.run("commit-tree", made, "-p", head, "-m", f"work in progress {key}", env=_IDENTITY).decode().strip()


def kept(run: str) -> str:
    """Reference under which the content of an open run can be read, new files included."""
    return f"{REF}/{run}"


def keep(repository: git.Repository, run: str, content: str) -> None:
    """Protect `content` from being collected while the run is open."""
    repository.run("update-ref", kept(run), content)


def forget(repository: git.Repository, run: str) -> None:
    repository.run("update-ref", "-d", kept(run), check=False)


def changed(tree: git.Repository, old: str, new: str) -> tuple[str, ...]:
    """Paths that differ between two commits."""
    return tuple(tree.lines("diff-tree", "-r", "--no-renames", "--name-only", "-z", old, new)) if old != new else ()


def forget_bytecode(tree: git.Repository) -> None:
    """Remove ignored Python bytecode: it is in no commit, and a planted one runs instead of the source that is."""
    patterns = (":(top,glob)**/*.pyc", ":(top,glob)**/__pycache__/**", ":(exclude,top,glob)**/site-packages/**")
    names = tree.run("ls-files", "-z", "--others", "--", *patterns).split(b"\0")
    for name in names:
        if name:
            with suppress(OSError):
                (tree.root / os.fsdecode(name)).unlink()


def put_back(tree: git.Repository, path: str, rev: str) -> None:
    """Make one path what it is in `rev`. By git, which never writes through a link an agent may have planted."""
    literal = f":(top,literal){path}"
    if tree.run("ls-tree", "-z", rev, "--", path):
        tree.run("checkout", rev, "--", literal)
        return
    with suppress(TwelveError, OSError):
        files.remove_tree(tree.root / path)
    tree.run("rm", "--cached", "-r", "--quiet", "--ignore-unmatch", "--", literal)


def embedded(tree: git.Repository, old: str, new: str) -> tuple[str, ...]:
    """Repositories inside the repository that `new` has and `old` has not; git would keep a bare number of them.

    Submodules that the project declares are fine.
    """
    raw = tree.lines("diff-tree", "-r", "--no-renames", "--raw", "-z", old, new) if old != new else []
    added = [path for meta, path in zip(raw[::2], raw[1::2], strict=False) if meta.split()[1] == _GITLINK]
    declared = (tree.show(new, ".gitmodules") or b"").decode("utf-8", "replace") if added else ""
    return tuple(path for path in added if f"path = {path}" not in declared)


_GITLINK = "160000"
_IDENTITY = {
    "GIT_AUTHOR_NAME": git.FALLBACK_NAME,
    "GIT_AUTHOR_EMAIL": git.FALLBACK_EMAIL,
    "GIT_COMMITTER_NAME": git.FALLBACK_NAME,
    "GIT_COMMITTER_EMAIL": git.FALLBACK_EMAIL,
}
