"""The run's own work tree: `<git common dir>/twelve/worktrees/<run>` on branch `twelve/<run>`.

It lies outside the person's tree, whose uncommitted changes it neither sees nor touches. The work in
progress is always one commit object, the *content*: after an interrupted effect the tree is put back to
exactly that, so half an agent's work never meets the next attempt. Ignored files survive, because
environments and build caches are expensive; what a crashed attempt left in them is not undone.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from twelve.model.errors import Trouble, TwelveError
from twelve.system import files, git

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
    return repository.common_dir / "twelve" / "worktrees" / run


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


def open_tree(repository: git.Repository, run: str, base: str) -> tuple[git.Repository, bool]:
    """The run's work tree, made or mended when it is missing. True when it had been there and was broken."""
    path = place(repository, run)
    branch = f"twelve/{run}"
    if _sound(repository, path, branch):
        return git.discover(path), False
    broken = _registered(repository, path)
    if path.exists():
        files.remove_tree(path)
    repository.run("worktree", "prune", "--expire", "now")
    path.parent.mkdir(parents=True, exist_ok=True)
    if repository.resolve(f"refs/heads/{branch}") is None:
        repository.run("branch", "--no-track", branch, base)
    repository.run("worktree", "add", "--force", "--quiet", str(path), branch)
    return git.discover(path), broken


def _sound(repository: git.Repository, path: Path, branch: str) -> bool:
    if not (path / ".git").is_file():
        return False
    try:
        tree = git.discover(path)
    except TwelveError:
        return False
    ours = tree.common_dir.resolve() == repository.common_dir.resolve() and tree.root.resolve() == path.resolve()
    return ours and tree.branch() == branch


def _registered(repository: git.Repository, path: Path) -> bool:
    listing = repository.run("worktree", "list", "--porcelain", "-z")
    return any(line == b"worktree " + str(path).encode("utf-8", "surrogateescape") for line in listing.split(b"\0"))


def tip(repository: git.Repository, run: str) -> str:
    """The branch's commit."""
    found = repository.resolve(f"refs/heads/twelve/{run}")
    if found is None:
        raise TwelveError(
            f"the branch twelve/{run} is gone",
            why="somebody deleted it while the run was open",
            next="restore it from the reflog, or start a new run",
            kind=Trouble.DAMAGED,
        )
    return found


def restore(tree: git.Repository, run: str, head: str, content: str) -> None:
    """Make the tree exactly `content`, with the branch at `head`. Undoes whatever an agent did to either."""
    tree.run("update-ref", f"refs/heads/twelve/{run}", head)
    tree.run("symbolic-ref", "HEAD", f"refs/heads/twelve/{run}")
    _drop_locks(tree)
    tree.run("reset", "--hard", "--quiet", head)
    tree.run("clean", "-ffd", "--quiet")
    if content != head:
        tree.run("read-tree", "-u", "--reset", content)


def _drop_locks(tree: git.Repository) -> None:
    """A git killed in the middle leaves its lock; nobody else writes this tree's index."""
    for name in ("index.lock", "HEAD.lock"):
        (tree.git_dir / name).unlink(missing_ok=True)


def save(tree: git.Repository, head: str, key: str) -> str:
    """Everything in the tree as one commit object on top of `head`, referenced by nothing yet. Returns its id."""
    tree.run("add", "--all", "--", ".")
    made = tree.run("write-tree").decode().strip()
    if made == tree.tree_of(head):
        return head
    return tree.run("commit-tree", made, "-p", head, "-m", f"work in progress {key}", env=_IDENTITY).decode().strip()


def keep(repository: git.Repository, run: str, content: str) -> None:
    """Protect `content` from being collected while the run is open."""
    repository.run("update-ref", f"{REF}/{run}", content)


def forget(repository: git.Repository, run: str) -> None:
    repository.run("update-ref", "-d", f"{REF}/{run}", check=False)


def changed(tree: git.Repository, old: str, new: str) -> tuple[str, ...]:
    """Paths that differ between two commits."""
    listing = tree.run("diff-tree", "-r", "--no-renames", "--name-only", "-z", old, new)
    return tuple(part.decode("utf-8", "surrogateescape") for part in listing.split(b"\0") if part)


_IDENTITY = {
    "GIT_AUTHOR_NAME": "Twelve",
    "GIT_AUTHOR_EMAIL": "twelve@localhost",
    "GIT_COMMITTER_NAME": "Twelve",
    "GIT_COMMITTER_EMAIL": "twelve@localhost",
}
