"""Records of many writers and many branches come together without loss and without conflict."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kit import repos
from twelve.model.errors import TwelveError
from twelve.system import git, records
from twelve.system.documents import DocumentError
from twelve.system.records import Record

NOON = datetime(2026, 11, 20, 9, 22, 43, tzinfo=UTC)
ID = re.compile(r"20261120T092243Z-[a-z0-9]+(-[a-z0-9]+)*-[0-9a-f]{4}")
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from twelve.system import git, records
moment = datetime(2026, 11, 20, 9, 22, 43, tzinfo=UTC)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    print(records.add(Path(sys.argv[1]), "same title", {"writer": sys.argv[2], "number": number}, "body", moment=moment).name, flush=True)
"""


def _found(folder: Path) -> list[Record]:
    found = list(records.scan(folder))
    assert not [error for error in found if isinstance(error, DocumentError)]
    return [record for record in found if isinstance(record, Record)]


def test_an_id_says_when_and_what_and_sorts_by_time() -> None:
    assert ID.fullmatch(records.new_id("Fix the parser!", moment=NOON, content=b"x"))
    earlier = records.new_id("zzz", moment=NOON - timedelta(seconds=1), content=b"x")
    assert earlier < records.new_id("aaa", moment=NOON, content=b"x")
    assert records.new_id("a", moment=NOON, content=b"x") != records.new_id("a", moment=NOON, content=b"y")


@given(st.text(max_size=100))
@example("../../etc/passwd")
@example("a/b\\c\nd\x00e")
@example("🔥🔥🔥")
@example(".")
@example("--force")
@example("CON")
@example("x" * 5000)
def test_any_title_makes_a_safe_file_name(title: str) -> None:
    id = records.new_id(title, moment=NOON, content=b"x")
    assert ID.fullmatch(id)
    assert len(id) <= 80


@pytest.mark.parametrize("id", ["../x", "a/b", "", ".", "..", "a..b", "-rf", "a\nb", "a\0b", "é", "x" * 200, "/etc/x", ".hidden", "a\\b"])
def test_an_id_that_is_a_path_is_refused(tmp_path: Path, id: str) -> None:
    with pytest.raises(TwelveError) as refused:
        records.write(tmp_path / "records", id, {}, "")
    assert refused.value.next
    assert list(tmp_path.iterdir()) == []


@given(
    st.dictionaries(st.text(max_size=8), st.text(max_size=20) | st.integers() | st.booleans(), max_size=4),
    st.text(st.characters(codec="utf-8")),
)
def test_a_record_is_read_back_exactly(tmp_path_factory: pytest.TempPathFactory, meta: dict[str, Any], body: str) -> None:
    path = records.write(
        tmp_path_factory.mktemp("records"), "prime", {key.encode("utf-8", "replace").decode(): value for key, value in meta.items()}, body
    )
    record = records.read(path)
    assert (record.id, record.body, record.path) == ("prime", body, path)
    assert record.meta == {key.encode("utf-8", "replace").decode(): value for key, value in meta.items()}


def test_a_taken_id_is_refused_and_the_first_record_kept(tmp_path: Path) -> None:
    records.write(tmp_path, "prime", {"n": 1}, "")
    with pytest.raises(records.RecordExistsError) as refused:
        records.write(tmp_path, "prime", {"n": 2}, "")
    assert refused.value.path == tmp_path / "prime.md"
    assert records.read(tmp_path / "prime.md").meta == {"n": 1}


def test_the_same_record_added_twice_is_one_file_and_a_clash_of_ids_two(tmp_path: Path) -> None:
    one = records.add(tmp_path, "t", {"n": 1}, "b", moment=NOON)
    assert records.add(tmp_path, "t", {"n": 1}, "b", moment=NOON) == one
    clash = records.add(tmp_path, "t", {"n": 2}, "b", moment=NOON)
    clash.rename(one)
    again = records.add(tmp_path, "t", {"n": 1}, "b", moment=NOON)
    assert again != one
    assert sorted(record.meta["n"] for record in _found(tmp_path)) == [1, 2]


def test_processes_writing_at_once_lose_no_record(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "r"), str(n), "40"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for n in range(4)
    ]
    said = [writer.communicate("go\n", timeout=60)[0].split() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 4
    assert len({name for names in said for name in names}) == 160
    assert {(record.meta["writer"], record.meta["number"]) for record in _found(tmp_path / "r")} == {
        (str(n), k) for n in range(4) for k in range(40)
    }
    assert all(path.suffix == ".md" for path in (tmp_path / "r").iterdir())


WRITTEN = st.tuples(st.sampled_from(["fix parser", "🔥", "../x", "same"]), st.integers(0, 3))
BRANCHES = st.lists(st.lists(WRITTEN, min_size=1, max_size=3), min_size=2, max_size=4)
COLLIDING = [("../x", 0), ("../x", 3)]
"""Two contents whose digests share their first four digits: 14fdaeab and 14fd1f77."""


def _add(folder: Path, written: tuple[str, int]) -> Path:
    title, value = written
    return records.add(folder, title, {"title": title, "value": value}, f"{title} {value}\n", moment=NOON)


def _branches(repository: git.Repository, branches: list[list[tuple[str, int]]]) -> Path:
    """One branch per list of records, all written in the same second; the work tree ends on main."""
    folder = repository.root / ".twelve" / "lessons"
    for number, written in enumerate(branches):
        repository.run("checkout", "--quiet", "-b", f"b{number}", "main")
        for one in written:
            _add(folder, one)
        repos.commit_fixed(repository, f"docs: branch {number}")
    repository.run("checkout", "--quiet", "main")
    return folder


@given(BRANCHES, st.booleans())
@example([[("same", 0), ("same", 1)], [("same", 1), ("same", 2)], [("same", 0), ("../x", 1)], [("🔥", 3)]], True)
@settings(max_examples=5)
def test_records_of_any_branches_merge_without_conflict(
    tmp_path_factory: pytest.TempPathFactory, branches: list[list[tuple[str, int]]], octopus: bool
) -> None:
    expected = {one for written in branches for one in written}
    # Same second, same title and the same 16 bits of digest: the limit of the id, pinned by the test below.
    assume(not set(COLLIDING) <= expected)
    repository = repos.new_repository(tmp_path_factory.mktemp("git"), {"readme": "x\n"})
    folder = _branches(repository, branches)
    names = [f"b{number}" for number in range(len(branches))]
    for heads in [names] if octopus else [[name] for name in names]:
        repository.run("merge", "--quiet", "--no-edit", *heads)
    assert {(record.meta["title"], record.meta["value"]) for record in _found(folder)} == expected


def test_records_of_the_same_second_title_and_short_digest_conflict_in_the_open(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"readme": "x\n"})
    folder = _branches(repository, [[one] for one in COLLIDING])
    repository.run("merge", "--quiet", "--no-edit", "b0")
    with pytest.raises(TwelveError):
        repository.run("merge", "--quiet", "--no-edit", "b1")
    (damaged,) = records.scan(folder)
    assert isinstance(damaged, DocumentError)
    text = Path(damaged.name).read_text()
    assert "value: 0" in text
    assert "value: 3" in text


def test_one_writer_gets_two_files_for_records_whose_short_digests_are_equal(tmp_path: Path) -> None:
    assert len({_add(tmp_path, one) for one in COLLIDING}) == 2
    assert {(record.meta["title"], record.meta["value"]) for record in _found(tmp_path)} == set(COLLIDING)


def test_a_damaged_record_is_reported_and_hides_no_other(tmp_path: Path) -> None:
    records.write(tmp_path, "a", {"n": 1}, "")
    (tmp_path / "b.md").write_text("---\nn: 1\nn: 2\n---\n")
    (tmp_path / "c.md").symlink_to("/etc/hostname")
    (tmp_path / "d.md").mkdir()
    (tmp_path / "e.md").write_bytes(b"x" * 5_000_000)
    os.mkfifo(tmp_path / "f.md")
    (tmp_path / "notes.txt").write_text("ignored")
    records.write(tmp_path, "z", {"n": 2}, "")
    found = list(records.scan(tmp_path))
    assert [record.id for record in found if isinstance(record, Record)] == ["a", "z"]
    assert [Path(error.name).name for error in found if isinstance(error, DocumentError)] == ["b.md", "c.md", "d.md", "e.md", "f.md"]
    assert next(error.line for error in found if isinstance(error, DocumentError)) == 3


def test_a_record_that_is_not_utf8_is_still_a_record(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbf---\r\nn: 1\r\n---\r\ncaf\xe9\r\n")
    (record,) = _found(tmp_path)
    assert (record.meta, record.body) == ({"n": 1}, "caf\ufffd\r\n")


def test_no_folder_means_no_records(tmp_path: Path) -> None:
    assert list(records.scan(tmp_path / "none")) == []
