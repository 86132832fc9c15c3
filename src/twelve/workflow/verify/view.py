"""A repository of our own over the clone's objects: what the clone's `.git` says about history and content is not heard.

Grafts, sparse checkouts, filters, attributes and settings of the clone stay there, and gates that write into `.git` write
into one that is thrown away. A linked work tree would share all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twelve.model.errors import Trouble, TwelveError
from twelve.system import files, git

_ATTRIBUTES = "* -text !eol -ident !filter !working-tree-encoding !diff !merge !export-ignore !export-subst\n"
"""Stands above every `.gitattributes`: files lie in the work tree byte for byte as the commits hold them."""
_SETTINGS = """\
[core]
	autocrlf = false
	attributesFile = /dev/null
	commitGraph = false
	fileMode = true
	symlinks = true
[diff]
	ignoreSubmodules = none
	renames = false
"""
OWN = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_COUNT": "0",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_DEFAULT_REF_FORMAT": "files",
}
"""For commands that write content: nobody's settings but ours."""


@contextmanager
def of(repository: git.Repository, commit: str = "") -> Iterator[git.Repository]:
    """The view, with all references; with `commit` also its content as a work tree. Gone afterwards.

    Raises TwelveError for a clone that lacks content on purpose.
    """
    refuse_partial(repository)
    with files.scratch_directory("twelve-verify-") as scratch:
        place = scratch / "tree"
        form = f"--object-format={repository.object_format()}"
        repository.run("init", "--quiet", "--template=", "--initial-branch=twelve", form, "--", str(place), env=OWN)
        _fill(repository, place / ".git")
        made = git.discover(place)
        if commit:
            made.run("checkout", "--quiet", "--detach", "--no-recurse-submodules", commit, env=OWN, timeout_s=600)
        yield made


def changed(view: git.Repository, place: git.Repository, commit: str) -> tuple[str, ...]:
    """Paths of the work tree that are not what the commit holds, whatever was done to its own `.git` meanwhile. Records aside."""
    with files.scratch_directory("twelve-verify-") as scratch:
        env = {**OWN, "GIT_DIR": str(view.git_dir), "GIT_WORK_TREE": str(place.root), "GIT_INDEX_FILE": str(scratch / "index")}
        view.run("read-tree", commit, env=env)
        words = ("-c", "core.excludesFile=/dev/null", "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames")
        found = view.run(*words, "--ignore-submodules=none", env=env, timeout_s=600).split(b"\0")
    # `status` also compares with HEAD, which is nothing here: only the second column speaks of the work tree.
    here = [entry[3:].decode("utf-8", "surrogateescape") for entry in found if entry[1:2].strip()]
    return tuple(path for path in here if not path.startswith(f"{git.RECORDS}/"))


def refuse_partial(repository: git.Repository) -> None:
    """A clone without some of its content cannot be judged. Raises TwelveError."""
    marks = repository.run("config", "--get-regexp", r"^(remote\..*\.promisor|extensions\.partialclone)$", check=False)
    if marks.strip():
        raise TwelveError(
            "this clone is partial",
            why="it fetches content when it is asked for, so what is missing cannot be told from what is hidden",
            next="clone without --filter, or make it whole: git fetch --refetch with remote.<name>.partialclonefilter unset",
            kind=Trouble.CONFIG,
        )


def _fill(repository: git.Repository, target: Path) -> None:
    (target / "objects" / "info").mkdir(parents=True, exist_ok=True)
    (target / "info").mkdir(exist_ok=True)
    source = str(repository.common_dir / "objects").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    files.write_atomic(target / "objects" / "info" / "alternates", f'"{source}"\n'.encode("utf-8", "surrogateescape"))
    files.write_atomic(target / "info" / "attributes", _ATTRIBUTES)
    with (target / "config").open("a", encoding="utf-8") as config:
        config.write(_SETTINGS)
    refs = repository.run("for-each-ref", "--format=%(objectname) %(refname)")
    files.write_atomic(target / "packed-refs", b"# pack-refs with: sorted \n" + refs)
