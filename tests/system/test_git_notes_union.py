"""Two histories of notes joined: nobody's lines are lost, and the result can be pushed onto both."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.repos import new_repository
from twelve.model.errors import TwelveError
from twelve.system import git
from twelve.system.git import blobs, notes_union

OURS, THEIRS = "refs/notes/twelve/gates", "refs/notes/twelve/fetched"


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return new_repository(tmp_path, {"a.txt": "a\n", "b.txt": "b\n"})


def _contains(repository: git.Repository, ref: str, ancestor: str | None) -> bool:
    return repository.ask("merge-base", "--is-ancestor", str(ancestor), ref).code == 0


def test_the_join_descends_from_both_and_counts_what_is_new(repository: git.Repository) -> None:
    repository.notes_append(OURS, "HEAD", [b"a", b"b"])
    repository.notes_append(THEIRS, "HEAD", [b"b", b"nul\0and more"])
    repository.notes_append(THEIRS, "HEAD^{tree}", [b"t"])
    tips = repository.resolve(OURS), repository.resolve(THEIRS)
    assert repository.notes_compare(str(tips[0]), str(tips[1])) == notes_union.Difference(here=1, there=2)
    assert repository.notes_merge(OURS, THEIRS) == 2
    assert all(_contains(repository, OURS, tip) for tip in tips)
    assert repository.notes_read(OURS, "HEAD") == (b"a", b"b", b"nul\0and more")
    after = repository.resolve(OURS)
    assert (repository.notes_merge(OURS, THEIRS), repository.resolve(OURS)) == (0, after)


def test_without_notes_of_our_own_theirs_are_taken_as_they_are(repository: git.Repository) -> None:
    repository.notes_append(THEIRS, "HEAD", [b"a"])
    assert repository.notes_merge(OURS, THEIRS) == 1
    assert repository.resolve(OURS) == repository.resolve(THEIRS)


def test_one_object_noted_at_two_places_of_a_tree_keeps_both(repository: git.Repository) -> None:
    name = "0123456789" * 4
    stream = f"commit {THEIRS}\ncommitter A <a@b> 0 +0000\ndata 0\n\n"
    for number, path in enumerate((name, f"{name[:2]}/{name[2:]}")):
        stream += f"M 100644 inline {path}\ndata 2\n{number}\n\n"
    repository.run("fast-import", "--quiet", "--done", stdin=(stream + "done\n").encode())
    repository.notes_append(OURS, name, [b"mine"])
    repository.notes_merge(OURS, THEIRS)
    assert repository.notes_read(OURS, name) == (b"0", b"1", b"mine")


def test_what_is_no_history_of_notes_is_refused(repository: git.Repository) -> None:
    repository.run("update-ref", THEIRS, "HEAD:a.txt")
    with pytest.raises(TwelveError, match="no history of notes"):
        repository.notes_merge(OURS, THEIRS)


def test_a_reference_that_moves_meanwhile_is_joined_again(repository: git.Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.notes_append(OURS, "HEAD", [b"a"])
    repository.notes_append(THEIRS, "HEAD", [b"b"])
    write, late = notes_union._write, [b"late"]

    def slow(*args: object) -> bool:
        if late:
            who = {"GIT_COMMITTER_NAME": "P", "GIT_COMMITTER_EMAIL": "p@x", "GIT_AUTHOR_NAME": "P", "GIT_AUTHOR_EMAIL": "p@x"}
            repository.run("notes", "--ref", OURS, "append", "-m", late.pop().decode(), "HEAD", env=who)
        return write(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(notes_union, "_write", slow)
    repository.notes_merge(OURS, THEIRS)
    assert set(repository.notes_read(OURS, "HEAD")) == {b"a", b"b", b"late"}


TARGETS = ["HEAD", "HEAD^{tree}", "HEAD:a.txt"]
NOTES = st.dictionaries(
    st.sampled_from(TARGETS), st.sets(st.binary(min_size=1, max_size=3).filter(lambda line: b"\n" not in line), max_size=3)
)


@settings(max_examples=6)
@given(mine=NOTES, theirs=NOTES)
def test_the_join_is_the_union_of_lines(
    tmp_path_factory: pytest.TempPathFactory, mine: dict[str, set[bytes]], theirs: dict[str, set[bytes]]
) -> None:
    repository = new_repository(tmp_path_factory.mktemp("union"), {"a.txt": "a\n"})
    for ref, said in ((OURS, mine), (THEIRS, theirs)):
        for target, lines in said.items():
            repository.notes_append(ref, target, sorted(lines))
    if any(theirs.values()):
        repository.notes_merge(OURS, THEIRS)
    for target in TARGETS:
        assert set(repository.notes_read(OURS, target)) == mine.get(target, set()) | theirs.get(target, set())


def test_contents_are_read_in_parts_and_within_bounds(repository: git.Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "AT_ONCE", 3)
    first, second = (str(repository.resolve(f"HEAD:{name}.txt")) for name in "ab")
    missing = "1" * 40
    assert repository.blobs([first, second, first, missing, str(repository.head())]) == {first: b"a\n", second: b"b\n"}
    assert repository.blobs([first], limit=1) == {}
    assert repository.blobs([]) == {}
