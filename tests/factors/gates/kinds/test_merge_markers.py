from __future__ import annotations

from pathlib import Path

import pytest

from kit import judging, repos
from twelve.factors.gates.prove import Result
from twelve.model.verdict import Outcome

_OURS, _BASE, _MIDDLE, _THEIRS = ("<" * 7, "|" * 7, "=" * 7, ">" * 7)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_whole_conflict_is_named_line_by_line(tmp_path: Path, ending: str) -> None:
    conflict = ending.join(["top", f"{_OURS} HEAD", "a", f"{_BASE} base", "b", _MIDDLE, "c", f"{_THEIRS} branch", ""])
    report = judging.ask(repos.new_repository(tmp_path, {"a.txt": conflict}), "merge_markers")
    assert report.outcome is Outcome.FAIL
    assert [finding.line for finding in report.findings] == [2, 4, 6, 8]


@pytest.mark.parametrize(
    "text",
    [
        f"Heading\n{_MIDDLE}\n\ntext\n",
        f"indented\n    {_OURS} not at the start\n",
        f"{_OURS}<\nlonger\n",
        f"{_THEIRS}>> quoted mail\n",
        f"a {_OURS} HEAD\n",
        "",
    ],
)
def test_underlines_and_look_alikes_pass(tmp_path: Path, text: str) -> None:
    assert judging.ask(repos.new_repository(tmp_path, {"page.rst": text}), "merge_markers").outcome is Outcome.PASS


def test_a_single_forgotten_marker_is_enough(tmp_path: Path) -> None:
    report = judging.ask(repos.new_repository(tmp_path, {"a.py": f"x = 1\n{_THEIRS} feature\n"}), "merge_markers")
    assert [(finding.path, finding.line) for finding in report.findings] == [("a.py", 2)]


def test_a_marker_inside_one_huge_line_is_not_at_a_line_start(tmp_path: Path) -> None:
    text = "x" * 65_536 + f"{_OURS} HEAD"
    assert judging.ask(repos.new_repository(tmp_path, {"a.txt": text}), "merge_markers").outcome is Outcome.PASS


def test_text_that_is_not_utf8_is_read(tmp_path: Path) -> None:
    report = judging.ask(repos.new_repository(tmp_path, {"a.txt": b"\xff\xfe\n" + _OURS.encode() + b" HEAD\n"}), "merge_markers")
    assert report.findings[0].line == 2


def test_the_same_conflict_keeps_its_fingerprint_when_lines_move(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.txt": f"{_OURS} HEAD\n"})
    before = judging.ask(repository, "merge_markers").findings[0].fingerprint
    repos.write(repository, {"a.txt": f"one\ntwo\n{_OURS} HEAD\n"})
    assert judging.ask(repository, "merge_markers").findings[0].fingerprint == before


def test_the_seed_turns_it_red(tmp_path: Path) -> None:
    assert judging.trial(repos.new_repository(tmp_path, {"a.txt": "x\n"}), "merge_markers").result is Result.PROVEN
