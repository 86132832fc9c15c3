"""A git repository as the rest of the house sees it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from twelve.model.errors import TwelveError
from twelve.system.git import blobs, changes, commits, notes, notes_union, subject, worktrees
from twelve.system.git.changes import Change, DiffStat
from twelve.system.git.commits import Commit
from twelve.system.git.notes_union import Difference
from twelve.system.git.plumbing import Git, GitError, execute, failure, line, need_version, text, version
from twelve.system.git.worktrees import Worktree

_SEPARATOR = b"\n--twelve-separator\n"
_MISSING = ("does not exist in", "exists on disk, but not in", "not a valid object name", "invalid object name", "bad file")


class Repository(Git):
    """One repository seen from one of its work trees. All paths in answers are relative to the top, with `/`."""

    @property
    def state_dir(self) -> Path:
        """Our state, shared by all work trees; not to be deleted while anything runs."""
        return self.common_dir / "twelve" / "state"

    @property
    def cache_dir(self) -> Path:
        """What can be computed again, shared by all work trees."""
        return self.common_dir / "twelve" / "cache"

    def head(self) -> str | None:
        """Commit that is checked out; None on an unborn branch."""
        return self.resolve("HEAD")

    def branch(self) -> str | None:
        """Short name of the branch that is checked out, born or not; None when HEAD is detached."""
        answer = self.ask("symbolic-ref", "--quiet", "--short", "HEAD")
        return line(answer.out) if answer.code == 0 else None

    def is_shallow(self) -> bool:
        return (self.common_dir / "shallow").exists()

    def is_unborn(self) -> bool:
        return self.head() is None

    def resolve(self, rev: str) -> str | None:
        """Id of the object a revision names, tags followed to what they mark; None when there is none."""
        # With a colon the rest is a path, which a suffix would become part of.
        wanted = rev if ":" in rev else f"{rev}^{{}}"
        answer = self.ask("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
        return answer.out.decode().strip() if answer.code == 0 else None

    def merge_base(self, a: str, b: str) -> str | None:
        """Best common ancestor; None without one, also when a shallow clone cut it off. Raises GitError for unknown revisions."""
        answer = self.ask("merge-base", "--end-of-options", a, b)
        if answer.code not in (0, 1):
            raise failure(["merge-base"], answer)
        return answer.out.decode().split("\n")[0] or None

    def tree_of(self, rev: str) -> str:
        """Tree id of a commit, tag or tree. Raises GitError when there is none."""
        answer = self.ask("rev-parse", "--verify", "--end-of-options", f"{rev}^{{tree}}")
        if answer.code != 0:
            raise GitError(f"there is no revision {rev!r} here", why=answer.err.strip(), next="check its name; fetch it if it is elsewhere")
        return answer.out.decode().strip()

    def show(self, rev: str, path: str, limit: int = 4_000_000) -> bytes | None:
        """Content of a file in a revision; None when either is not there. Raises GitError above `limit` bytes."""
        answer = self.ask("cat-file", "blob", f"{rev}:{path.removeprefix('./')}", limit=limit)
        if answer.code == 0:
            return answer.out
        if any(phrase in answer.err.lower() for phrase in _MISSING):
            return None
        raise failure(["cat-file"], answer)

    def blobs(self, ids: Iterable[str], limit: int = 4_000_000) -> dict[str, bytes]:
        """Contents of many files by their ids; what is missing, no file or larger than `limit` bytes is left out."""
        return blobs.read(self, ids, limit)

    def log(self, range: str = "HEAD", limit: int = 1000) -> tuple[Commit, ...]:
        """Commits of a range, newest first; none on an unborn branch. Raises GitError for unknown revisions."""
        return commits.log(self, range, limit)

    def config_get(self, key: str) -> str | None:
        """Effective value of a git setting; None when unset. Raises GitError for a malformed key or file."""
        answer = self.ask("config", "--null", "--get", key)
        if answer.code not in (0, 1):
            raise failure(["config"], answer)
        return text(answer.out).rstrip("\0") if answer.code == 0 else None

    def status(self) -> tuple[Change, ...]:
        """All that is not committed, untracked files one by one."""
        return changes.status(self)

    def dirty(self) -> bool:
        return bool(self.status())

    def tracked(self, *globs: str) -> tuple[str, ...]:
        """Paths in the index; with globs (`*` within a folder, `**` across) those that match any."""
        return changes.tracked(self, globs)

    def files(self) -> tuple[str, ...]:
        """Tracked and untracked-but-not-ignored paths that exist."""
        return changes.present(self)

    def changed(self, base: str) -> tuple[Change, ...]:
        """Working files, untracked ones included, against a revision; "" means against nothing."""
        return changes.against(self, base)

    def diff_stat(self, base: str, *, exclude: Sequence[str] = changes.DEFAULT_EXCLUDE) -> DiffStat:
        """Size of the change against a revision, untracked files included, our records not."""
        return changes.stat(self, base, exclude)

    def subject(self) -> str:
        """Tree id of the working content without `.twelve/`; touches neither the index nor the object store."""
        return subject.of_work_tree(self)

    def subject_of(self, rev: str) -> str:
        """The same for a revision: equal content, equal id. Raises GitError for an unknown revision."""
        return subject.of_revision(self, rev)

    def commit(self, message: str, *, paths: Sequence[str] | None = None, author: str | None = None, allow_empty: bool = False) -> str:
        """Commit all changes, or those of `paths` only, respecting ignore rules; the new commit's id.

        Runs the user's hooks. Without a configured identity it is `Twelve <twelve@localhost>`. `author` is
        `Name <email>`. Raises TwelveError when there is nothing to commit, GitError when a hook refuses.
        """
        return commits.commit(self, message, paths=paths, author=author, allow_empty=allow_empty)

    def reset_hard(self, rev: str, *, branch: str = "", exclusive: bool = False) -> None:
        """Make this work tree exactly `rev`: changes and untracked files go, ignored files stay.

        `branch` is checked out first, for when someone may have switched away. `exclusive` says that nobody else
        works in this work tree, so left-over lock files of dead processes are removed.
        """
        commits.reset_hard(self, rev, branch=branch, exclusive=exclusive)

    def create_branch(self, name: str, start: str = "HEAD") -> None:
        commits.create_branch(self, name, start)

    def delete_branch(self, name: str) -> None:
        commits.delete_branch(self, name)

    def update_ref(self, name: str, new: str, old: str | None = None) -> None:
        """Move a reference. With `old`, only if it is there ("": only if it does not exist), else RefMovedError."""
        commits.update_ref(self, name, new, old)

    def add_worktree(self, path: Path, branch: str, start: str = "HEAD") -> Repository:
        """A work tree at `path` on `branch`, which is created at `start` unless it exists."""
        worktrees.add(self, path, branch, start)
        return discover(path)

    def remove_worktree(self, path: Path) -> None:
        """Remove a linked work tree and all in it, however damaged."""
        worktrees.remove(self, path)

    def worktrees(self) -> tuple[Worktree, ...]:
        return worktrees.listing(self)

    def notes_append(self, ref: str, obj: str, lines: Sequence[bytes]) -> None:
        """Add lines to an object's note; safe among concurrent writers; the same line twice is one line."""
        notes.append(self, ref, obj, lines)

    def notes_read(self, ref: str, obj: str) -> tuple[bytes, ...]:
        return notes.read(self, ref, obj)

    def notes_list(self, ref: str) -> tuple[str, ...]:
        """Ids of the objects with a note."""
        return notes.listing(self, ref)

    def notes_all(self, ref: str) -> dict[str, tuple[bytes, ...]]:
        """Every note of a reference: object id to lines."""
        return notes.everything(self, ref)

    def notes_merge(self, ref: str, theirs: str) -> int:
        """Bring another history of notes into `ref`; no line of either side is lost. How many lines are new here."""
        return notes_union.join(self, ref, theirs)

    def notes_compare(self, ours: str, theirs: str) -> Difference:
        """Lines only one of two histories of notes holds; "" stands for none."""
        return notes_union.compare(self, ours, theirs)


def discover(start: Path) -> Repository:
    """The repository a folder belongs to. Raises TwelveError outside of one, ToolMissing without a usable git."""
    start = start.absolute()
    if not start.exists():
        raise TwelveError(f"{start} does not exist", why="no file or folder is there", next="check the path")
    folder = start if start.is_dir() else start.parent
    answer = execute(["rev-parse", *_questions("--show-toplevel")], cwd=folder)
    if answer.code != 0 and "must be run in a work tree" in answer.err:
        answer = execute(["rev-parse", *_questions("--absolute-git-dir")], cwd=folder)
    if answer.code != 0:
        error = failure(["rev-parse"], answer)
        if "not a git repository" in answer.err:
            advice = "go into a repository, or make one with git init"
            raise TwelveError(f"{start} is not in a git repository", why="no .git was found here or above", next=advice)
        raise error
    fields = answer.out.removesuffix(b"\n").split(_SEPARATOR)
    words = fields[0].decode().split("\n")
    if len(fields) != 4 or len(words) != 2:
        need_version(version())
        raise GitError("git gave an answer Twelve does not understand", why=text(answer.out)[:200], next="report this as a bug")
    bare, root, git_dir, common_dir = words[0] == "true", *(Path(os.fsdecode(field)) for field in fields[1:])
    if not bare and root == git_dir:
        raise TwelveError(f"{start} is inside the git directory", why="there are no files to work on", next="go into the work tree")
    return Repository(root=root, git_dir=git_dir, common_dir=common_dir, bare=bare, object_format=words[1])


def init(path: Path, *, branch: str = "main", object_format: str = "sha1") -> Repository:
    """Make a repository with an unborn branch, without anybody's template. Raises GitError."""
    path.mkdir(parents=True, exist_ok=True)
    args = ["init", "--quiet", "--template=", f"--initial-branch={branch}", f"--object-format={object_format}"]
    answer = execute(args, cwd=path)
    if answer.code != 0:
        raise failure(args, answer)
    return discover(path)


def _questions(top: str) -> tuple[str, ...]:
    # rev-parse echoes options it does not know: that is the separator, since a path may contain a line break.
    separator = _SEPARATOR.decode().strip()
    return (
        "--is-bare-repository", "--show-object-format", "--path-format=absolute",
        separator, top, separator, "--git-dir", separator, "--git-common-dir",
    )  # fmt: skip
