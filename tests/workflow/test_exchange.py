"""Evidence between clones: nobody loses a line, whoever pushes first, last, at once, or is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.repos import new_repository
from twelve.factors.approvals import notes
from twelve.factors.gates import ledger
from twelve.model.errors import Trouble, TwelveError
from twelve.system import git
from twelve.workflow import exchange

SOURCE = str(Path(__file__).parents[2] / "src")


@pytest.fixture
def clones(tmp_path: Path) -> tuple[git.Repository, git.Repository]:
    """Two clones of one bare remote."""
    return _clones(tmp_path)


def _clones(tmp_path: Path) -> tuple[git.Repository, git.Repository]:
    first = new_repository(tmp_path, {"a.txt": "a\n"}, name="first")
    first.run("clone", "--quiet", "--bare", str(first.root), str(tmp_path / "remote.git"))
    first.run("remote", "add", "origin", str(tmp_path / "remote.git"))
    first.run("clone", "--quiet", f"file://{tmp_path}/remote.git", str(tmp_path / "second"))
    return first, git.discover(tmp_path / "second")


def _lines(repository: git.Repository, ref: str = ledger.REF) -> set[bytes]:
    return {line for lines in repository.notes_all(ref).values() for line in lines}


def test_what_one_clone_pushes_the_other_fetches(clones: tuple[git.Repository, git.Repository]) -> None:
    first, second = clones
    first.notes_append(ledger.REF, "HEAD", [b"verdict", b"nul \0 in it", b"\xff\xfe"])
    first.notes_append(notes.REF, "HEAD", [b"yes"])
    pushed = exchange.push(first)
    assert {item.ref: item.sent for item in pushed.notes} == {ledger.REF: 3, notes.REF: 1}
    assert not exchange.status(second).same
    exchange.fetch(second)
    assert (_lines(second), _lines(second, notes.REF)) == (_lines(first), {b"yes"})
    assert exchange.status(second).same


def test_both_sides_keep_their_lines_and_nothing_is_forced(clones: tuple[git.Repository, git.Repository]) -> None:
    first, second = clones
    first.notes_append(ledger.REF, "HEAD", [b"first"])
    second.notes_append(ledger.REF, "HEAD", [b"second"])
    second.notes_append(ledger.REF, "HEAD^{tree}", [b"tree"])
    exchange.push(first)
    before = git.discover(first.root.parent / "remote.git").resolve(ledger.REF)
    exchange.push(second)
    exchange.fetch(first)
    assert _lines(first) == _lines(second) == {b"first", b"second", b"tree"}
    assert first.ask("merge-base", "--is-ancestor", str(before), ledger.REF).code == 0


def test_lines_taken_out_elsewhere_come_back(clones: tuple[git.Repository, git.Repository]) -> None:
    first, second = clones
    first.notes_append(ledger.REF, "HEAD", [b"red"])
    exchange.push(first)
    exchange.fetch(second)
    who = {"GIT_COMMITTER_NAME": "B", "GIT_COMMITTER_EMAIL": "b@example.org", "GIT_AUTHOR_NAME": "B", "GIT_AUTHOR_EMAIL": "b@example.org"}
    second.run("notes", "--ref", ledger.REF, "remove", "HEAD", env=who)
    second.run("push", "--quiet", "origin", ledger.REF)
    exchange.push(first)
    exchange.fetch(second)
    assert _lines(second) == {b"red"}


def test_pushing_twice_changes_nothing_the_second_time(clones: tuple[git.Repository, git.Repository]) -> None:
    first, _ = clones
    first.notes_append(ledger.REF, "HEAD", [b"once"])
    exchange.push(first)
    tip = first.resolve(ledger.REF)
    again = exchange.push(first)
    assert (first.resolve(ledger.REF), [item.sent for item in again.notes]) == (tip, [0])


def test_it_works_from_a_linked_work_tree_and_leaves_no_reference_behind(clones: tuple[git.Repository, git.Repository]) -> None:
    first, second = clones
    linked = first.add_worktree(first.root.parent / "linked", "side")
    linked.notes_append(ledger.REF, "HEAD", [b"from the side"])
    exchange.push(linked)
    exchange.fetch(second)
    assert _lines(second) == {b"from the side"}
    assert first.run("for-each-ref", "refs/twelve") == b""


def test_without_a_remote_it_says_what_to_name(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a.txt": "a\n"})
    with pytest.raises(TwelveError, match="there is no remote") as caught:
        exchange.push(repository)
    assert caught.value.kind is Trouble.USAGE
    with pytest.raises(TwelveError, match="does not answer"):
        exchange.fetch(repository, f"{tmp_path}/nothing.git")
    with pytest.raises(TwelveError, match="is no remote"):
        exchange.fetch(repository, "--upload-pack=touch x")


def test_a_refusal_hides_credentials_and_is_not_tried_again(clones: tuple[git.Repository, git.Repository]) -> None:
    first, _ = clones
    first.notes_append(ledger.REF, "HEAD", [b"x"])
    hook = first.root.parent / "remote.git/hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(TwelveError, match="refuses the notes"):
        exchange.push(first)
    with pytest.raises(TwelveError) as caught:
        exchange.fetch(first, "https://me:hunter2@localhost:1/x.git")
    assert "hunter2" not in str(caught.value)


def test_a_note_too_large_to_read_is_refused_and_no_line_is_lost(
    clones: tuple[git.Repository, git.Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = clones
    first.notes_append(ledger.REF, "HEAD", [b"x" * 5_000])
    exchange.push(first)
    second.notes_append(ledger.REF, "HEAD", [b"mine"])
    monkeypatch.setattr("twelve.system.git.notes.LIMIT", 1_000)
    with pytest.raises(TwelveError, match="too large"):
        exchange.fetch(second)
    assert _lines(second) == {b"mine"}


@pytest.mark.parametrize("kind", ["blob", "tree", "files", "symbolic"])
def test_references_that_are_no_notes_are_told_or_left_alone(clones: tuple[git.Repository, git.Repository], kind: str) -> None:
    first, second = clones
    remote = git.discover(first.root.parent / "remote.git")
    second.notes_append(ledger.REF, "HEAD", [b"mine"])
    if kind == "symbolic":
        remote.run("symbolic-ref", ledger.REF, "refs/heads/main")
    else:
        remote.run("update-ref", ledger.REF, {"blob": "HEAD:a.txt", "tree": "HEAD^{tree}", "files": "HEAD"}[kind])
    commit = kind in ("files", "symbolic")
    with nullcontext() if commit else pytest.raises(TwelveError, match="is no history of notes"):
        exchange.fetch(second)
    assert _lines(second) == {b"mine"}


PUSHER = """
import sys
from pathlib import Path
from twelve.system import git
from twelve.workflow import exchange
repository = git.discover(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    repository.notes_append("refs/notes/twelve/gates", "HEAD", [f"{sys.argv[2]}-{number}".encode()])
    exchange.push(repository)
"""


def _pusher(repository: git.Repository, name: str, count: int) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-c", PUSHER, str(repository.root), name, str(count)]
    return subprocess.Popen(argv, env={"PYTHONPATH": SOURCE, "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"})


def test_two_who_push_at_once_both_arrive(clones: tuple[git.Repository, git.Repository]) -> None:
    running = [_pusher(repository, name, 3) for repository, name in zip(clones, ("a", "b"), strict=True)]
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    for repository in clones:
        exchange.fetch(repository)
        assert _lines(repository) == {f"{name}-{number}".encode() for name in "ab" for number in range(3)}


@pytest.mark.parametrize("after_s", [0.25, 0.45])
def test_killed_on_the_way_nothing_is_lost(clones: tuple[git.Repository, git.Repository], after_s: float) -> None:
    first, second = clones
    second.notes_append(ledger.REF, "HEAD", [b"theirs"])
    exchange.push(second)
    first.notes_append(ledger.REF, "HEAD", [b"mine"])
    killed = _pusher(first, "k", 50)
    time.sleep(after_s)
    killed.send_signal(signal.SIGKILL)
    killed.wait(timeout=30)
    assert b"mine" in _lines(first)
    exchange.push(first)
    exchange.fetch(second)
    assert _lines(second) == _lines(first) >= {b"mine", b"theirs"}
    assert first.run("for-each-ref", "refs/twelve") == b""


LINES = st.lists(
    st.tuples(st.sampled_from(["HEAD", "HEAD^{tree}"]), st.binary(min_size=1, max_size=4).filter(lambda line: b"\n" not in line)),
    max_size=3,
)
STEPS = st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["push", "fetch", "neither"]), LINES), min_size=1, max_size=4)


@settings(max_examples=6)
@given(steps=STEPS)
def test_no_line_is_ever_lost(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str, list[tuple[str, bytes]]]]) -> None:
    clones = _clones(tmp_path_factory.mktemp("exchange"))
    said: list[set[bytes]] = [set(), set()]
    for who, what, lines in steps:
        for target, line in lines:
            clones[who].notes_append(ledger.REF, target, [line])
            said[who].add(line)
        if what == "push":
            exchange.push(clones[who])
        elif what == "fetch":
            exchange.fetch(clones[who])
        assert said[who] <= _lines(clones[who])
    exchange.push(clones[0])
    exchange.push(clones[1])
    exchange.fetch(clones[0])
    assert _lines(clones[0]) == _lines(clones[1]) == said[0] | said[1]
