from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import repos
from twelve.model.errors import TwelveError
from twelve.system import git

REF = "refs/notes/twelve/gates"
SRC = str(Path(git.__file__).parents[3])
LINES = st.lists(st.binary(min_size=0, max_size=20).map(lambda line: line.replace(b"\n", b"")), max_size=5)


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, {"a": "a"})


def test_lines_are_sorted_and_kept_once(repository: git.Repository) -> None:
    repository.notes_append(REF, "HEAD", [b"b", b"a", b"b", b""])
    repository.notes_append(REF, "HEAD", [b"c", b"a"])
    assert repository.notes_read(REF, "HEAD") == (b"a", b"b", b"c")


def test_plain_git_reads_our_notes_and_we_read_those_of_plain_git(repository: git.Repository) -> None:
    repository.notes_append(REF, "HEAD", [b"ours"])
    assert repository.run("notes", f"--ref={REF}", "show", "HEAD") == b"ours\n"
    repository.run("notes", f"--ref={REF}", "append", "-m", "theirs", "HEAD")
    assert repository.notes_read(REF, "HEAD") == (b"ours", b"theirs")
    repository.notes_append(REF, "HEAD", [b"again"])
    assert repository.run("notes", f"--ref={REF}", "show", "HEAD") == b"again\nours\ntheirs\n"


def test_trees_and_vanished_objects_can_have_notes(repository: git.Repository) -> None:
    tree, vanished = repository.tree_of("HEAD"), "1" * 40
    repository.notes_append(REF, tree, [b"tree"])
    repository.notes_append(REF, vanished, [b"gone"])
    assert repository.notes_read(REF, "HEAD^{tree}") == (b"tree",)
    assert repository.notes_read(REF, vanished) == (b"gone",)
    assert repository.notes_list(REF) == tuple(sorted([tree, vanished]))
    assert repository.notes_all(REF) == {tree: (b"tree",), vanished: (b"gone",)}


def test_nothing_there_reads_as_nothing(repository: git.Repository) -> None:
    assert repository.notes_read(REF, "HEAD") == ()
    assert repository.notes_list(REF) == ()
    assert repository.notes_all(REF) == {}


def test_the_same_lines_again_make_no_new_commit(repository: git.Repository) -> None:
    repository.notes_append(REF, "HEAD", [b"a"])
    before = repository.resolve(REF)
    repository.notes_append(REF, "HEAD", [b"a"])
    assert repository.resolve(REF) == before


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_notes_work_in_both_object_formats_in_bare_repositories_and_in_work_trees(tmp_path: Path, object_format: str) -> None:
    repository = repos.new_repository(tmp_path, {"a": "a"}, object_format=object_format)
    head = repository.head() or ""
    linked = repository.add_worktree(tmp_path / "linked", "other")
    linked.notes_append(REF, head, [b"from the work tree"])
    assert repository.notes_read(REF, head) == (b"from the work tree",)
    repository.run("clone", "--quiet", "--bare", str(repository.root), str(tmp_path / "bare"))
    bare = git.discover(tmp_path / "bare")
    bare.notes_append(REF, head, [b"from the bare one"])
    assert bare.notes_read(REF, head) == (b"from the bare one",)


def test_an_unknown_object_is_a_clear_error(repository: git.Repository) -> None:
    for name in ("nope", "--all", "a b"):
        with pytest.raises(TwelveError, match="no object"):
            repository.notes_append(REF, name, [b"x"])


def test_a_line_break_inside_a_line_is_a_mistake_of_the_caller(repository: git.Repository) -> None:
    with pytest.raises(ValueError, match="line break"):
        repository.notes_append(REF, "HEAD", [b"a\nb"])


def test_a_note_survives_however_git_spread_the_notes_over_folders(repository: git.Repository) -> None:
    names = [f"{number:040x}" for number in range(0, 2**158, 2**151)][:120]
    for name in names[:3]:
        repository.notes_append(REF, name, [b"first"])
    blob = repository.run("hash-object", "-w", "--stdin", stdin=b"first").decode().strip()
    listing = "".join(f"100644 blob {blob}\t{name}\n" for name in names)
    tree = repository.run("mktree", stdin=listing.encode()).decode().strip()
    flat = repository.run("commit-tree", "-m", "flat", tree).decode().strip()
    repository.update_ref(REF, flat)
    assert len(repository.notes_list(REF)) == 120
    repository.run("notes", f"--ref={REF}", "append", "-m", "second", "HEAD")
    repository.notes_append(REF, names[5], [b"third"])
    assert repository.notes_read(REF, names[5]) == (b"first", b"third")
    assert set(repository.notes_all(REF)) == {*names, repository.head()}


@pytest.mark.parametrize("levels", [0, 1, 2, 3])
def test_a_note_is_found_and_replaced_in_place_at_every_depth(repository: git.Repository, levels: int) -> None:
    name = "0123456789" * 4
    path = "/".join([*(name[2 * level : 2 * level + 2] for level in range(levels)), name[2 * levels :]])
    stream = f"commit {REF}\ncommitter A <a@b> 0 +0000\ndata 0\n\nM 100644 inline {path}\ndata 6\nfirst\n\ndone\n"
    repository.run("fast-import", "--quiet", "--done", stdin=stream.encode())
    repository.notes_append(REF, name, [b"second"])
    assert repository.notes_read(REF, name) == (b"first", b"second")
    assert repository.lines("ls-tree", "-r", "-z", "--name-only", REF) == [path]


def test_merging_two_histories_of_notes_keeps_the_lines_of_both(repository: git.Repository) -> None:
    theirs = "refs/notes/twelve/fetched"
    repository.notes_append(REF, "HEAD", [b"a", b"b"])
    repository.notes_append(theirs, "HEAD", [b"b", b"c"])
    repository.notes_append(theirs, "HEAD^{tree}", [b"t"])
    repository.notes_merge(REF, theirs)
    assert repository.notes_read(REF, "HEAD") == (b"a", b"b", b"c")
    assert repository.notes_read(REF, "HEAD^{tree}") == (b"t",)


WRITER = """
import contextlib, sys
from pathlib import Path
from twelve.system import files, git
from twelve.system.git import notes
if sys.argv[3] == "rude":
    notes.ATTEMPTS = 500
    notes.files.FileLock = lambda *args, **options: contextlib.nullcontext()
repository = git.discover(Path(sys.argv[1]))
for number in range(int(sys.argv[4])):
    repository.notes_append("refs/notes/twelve/gates", "HEAD", [f"{sys.argv[2]}-{number}".encode()])
"""


def start_writer(repository: git.Repository, *args: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(repository.root), *map(str, args)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": SRC}, stderr=subprocess.PIPE)


@pytest.mark.parametrize("manner", ["polite", "rude"])
def test_several_processes_appending_at_once_lose_nothing(repository: git.Repository, manner: str) -> None:
    """The rude ones ignore our lock, as other programs do: then the compare-and-swap alone must hold."""
    writers = [start_writer(repository, name, manner, 6) for name in "abcd"]
    for writer in writers:
        _, errors = writer.communicate()
        assert writer.returncode == 0, errors.decode()
    expected = sorted(f"{name}-{number}".encode() for name in "abcd" for number in range(6))
    assert list(repository.notes_read(REF, "HEAD")) == expected


def test_without_compare_and_swap_concurrent_writers_would_lose_lines(repository: git.Repository) -> None:
    """Two writers that both read before either wrote: ours must refuse the second write."""
    head = repository.head() or ""
    tip, path, _ = git.notes._note(repository, REF, head)
    assert git.notes._write(repository, REF, tip, head, path, [b"first"])
    assert not git.notes._write(repository, REF, tip, head, path, [b"second"])
    assert repository.notes_read(REF, head) == (b"first",)
    tip, path, _ = git.notes._note(repository, REF, head)
    repository.notes_append(REF, head, [b"third"])
    assert not git.notes._write(repository, REF, tip, head, path, [b"fourth"])
    assert repository.notes_read(REF, head) == (b"first", b"third")


def test_a_killed_writer_neither_damages_the_notes_nor_blocks_the_next(repository: git.Repository) -> None:
    for number in range(5):
        writer = start_writer(repository, f"k{number}", "polite", 1000)
        try:
            writer.communicate(timeout=0.25 + 0.03 * number)
        except subprocess.TimeoutExpired:
            writer.kill()
            writer.communicate()
    before = repository.notes_read(REF, "HEAD")
    repository.notes_append(REF, "HEAD", [b"afterwards"])
    # A git process of the killed writer may still have finished: its line counts as well.
    assert set(repository.notes_read(REF, "HEAD")) >= {*before, b"afterwards"}
    assert b"dangling" not in repository.run("fsck", "--no-dangling")


@settings(max_examples=15)
@given(st.lists(LINES, max_size=4))
def test_the_note_is_the_sorted_union_of_everything_appended(tmp_path_factory: pytest.TempPathFactory, appended: list[list[bytes]]) -> None:
    repository = repos.new_repository(tmp_path_factory.mktemp("notes"), {"a": "a"})
    for lines in appended:
        repository.notes_append(REF, "HEAD", lines)
    assert repository.notes_read(REF, "HEAD") == tuple(sorted({line for lines in appended for line in lines if line}))
