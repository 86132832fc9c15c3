"""What is read of a change: ranges and work trees, bounds, odd names, links, submodules, foreign encodings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kit import repos
from twelve.factors.gates import integrity
from twelve.factors.gates.integrity import content
from twelve.model.errors import TwelveError
from twelve.system import git

_TEST = "def test_a():\n    assert run() == 1\n"


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, {"tests/test_a.py": _TEST, "run.py": "def run():\n    return 1\n", "notes.txt": "x\n"})


def _found(repository: git.Repository, base: str = "HEAD", head: str | None = None) -> list[tuple[str, str]]:
    return [(one.rule, one.path) for one in integrity.examine(repository, base, head)]


def test_a_range_is_compared_without_looking_at_the_work_tree(repository: git.Repository) -> None:
    (repository.root / "tests/test_a.py").unlink()
    repos.commit_fixed(repository, "test: less")
    repos.write(repository, {"tests/test_a.py": _TEST})
    assert _found(repository, "HEAD~1", "HEAD") == [("test-deleted", "tests/test_a.py")]
    assert _found(repository, "HEAD~1") == []


def test_untracked_and_staged_files_are_part_of_a_work_tree(repository: git.Repository) -> None:
    (repository.root / "tests/test_a.py").rename(repository.root / "tests/test_b.py")
    assert _found(repository) == []
    repository.run("add", "--all")
    assert _found(repository) == []


def test_only_files_that_say_something_are_read(repository: git.Repository) -> None:
    repos.write(repository, {"notes.txt": "y\n", "data.bin": b"\0" * 100, "run.py": "def run():\n    return 2\n"})
    change = content.read(repository, "HEAD", None)
    assert (sorted(change.after), change.paths) == (["run.py"], 3)


def test_names_with_blanks_quotes_and_line_ends_are_read(repository: git.Repository) -> None:
    name = 'tests/test_ "odd"\n\u00e9.py'
    repos.write(repository, {name: _TEST})
    head = repos.commit_fixed(repository, "test: odd")
    (repository.root / name).unlink()
    assert _found(repository, head) == [("test-deleted", name)]


def test_links_are_not_followed(repository: git.Repository, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text(_TEST)
    os.symlink(tmp_path / "secret.py", repository.root / "tests/test_link.py")
    assert "tests/test_link.py" not in content.read(repository, "HEAD", None).after


def test_a_submodule_is_no_file(repository: git.Repository, tmp_path: Path) -> None:
    inner = repos.new_repository(repository.root, {"a.txt": "1\n"}, name="tests/test_inner.py")
    repository.run("add", "tests/test_inner.py")
    assert content.read(repository, "HEAD", None).after == {}
    assert inner.head()


def test_records_are_not_part_of_the_change(repository: git.Repository) -> None:
    repos.write(repository, {".twelve/tests/test_x.py": _TEST})
    assert content.read(repository, "HEAD", None).paths == 0


def test_a_large_judged_file_is_refused_on_either_side(repository: git.Repository) -> None:
    large = {"tests/test_large.py": "x = 1\n" * 200_000}
    repos.write(repository, large)
    with pytest.raises(TwelveError, match=r"tests/test_large\.py is larger"):
        content.read(repository, "HEAD", None)
    base = repository.head() or ""
    repos.commit_fixed(repository, "test: large")
    with pytest.raises(TwelveError, match="larger"):
        content.read(repository, base, "HEAD")


def test_an_unknown_revision_is_refused(repository: git.Repository) -> None:
    with pytest.raises(TwelveError, match="names no commit"):
        integrity.examine(repository, "nowhere", "HEAD")


def test_latin_1_and_crlf_files_are_read_as_what_they_are(repository: git.Repository) -> None:
    repos.write(repository, {"tests/test_l.py": "# caf\xe9\r\ndef test_l():\r\n    assert run() == 1\r\n".encode("latin-1")})
    head = repos.commit_fixed(repository, "test: latin")
    repos.write(repository, {"tests/test_l.py": "# caf\u00e9\ndef test_l():\n    assert run() == 1\n"})
    assert _found(repository, head) == []
    repos.write(repository, {"tests/test_l.py": "# caf\xe9\r\ndef test_l():\r\n    assert run()\r\n".encode("latin-1")})
    assert _found(repository, head) == [("assertion-loosened", "tests/test_l.py")]
