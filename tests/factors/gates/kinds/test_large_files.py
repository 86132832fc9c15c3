from __future__ import annotations

from pathlib import Path

from kit import judging, repos
from twelve.factors.gates.prove import Result
from twelve.model.verdict import Outcome

_POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 12345678\n"


def test_ordinary_text_passes(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.txt": "x\n", "logo.png": b"\x89PNG\0\0"})
    report = judging.ask(repository, "large_files")
    assert report.outcome is Outcome.PASS
    assert report.summary == "2 files looked at"


def test_a_file_over_the_limit_is_named_with_its_size(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"big.txt": "x" * 101, "edge.txt": "x" * 100})
    report = judging.ask(repository, "large_files", {"max_bytes": 100})
    assert [(finding.rule, finding.path) for finding in report.findings] == [("file-too-large", "big.txt")]
    assert "101 bytes" in report.findings[0].message


def test_binary_content_and_binary_endings_are_red(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.txt": b"text\0binary", "b.zip": "looks like text", "ok.txt": "ok"})
    report = judging.ask(repository, "large_files")
    assert [(finding.rule, finding.path) for finding in report.findings] == [("file-binary", "a.txt"), ("file-binary", "b.zip")]


def test_lfs_pointers_pass_whatever_their_name(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"model.zip": _POINTER})
    assert judging.ask(repository, "large_files").outcome is Outcome.PASS


def test_a_text_that_only_starts_like_a_pointer_is_judged(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"model.zip": _POINTER + "x" * 2_000})
    assert judging.ask(repository, "large_files").outcome is Outcome.FAIL


def test_odd_names_and_links_out_are_handled(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"new\nline 'quote'.txt": "x" * 20, "-dash.txt": "x"})
    (tmp_path / "outside.bin").write_bytes(b"\0" * 5_000)
    (repository.root / "link.bin").symlink_to("../outside.bin")
    report = judging.ask(repository, "large_files", {"max_bytes": 10})
    assert [finding.path for finding in report.findings] == ["new\nline 'quote'.txt"]


def test_nothing_left_to_judge_is_an_error(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.txt": "x"})
    assert judging.ask(repository, "large_files", {"except_files": ["*"]}).outcome is Outcome.ERROR


def test_the_seed_turns_it_red(tmp_path: Path) -> None:
    assert judging.trial(repos.new_repository(tmp_path, {"a.txt": "x\n"}), "large_files").result is Result.PROVEN
