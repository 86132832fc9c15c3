from __future__ import annotations

from pathlib import Path

import pytest

from kit import judging, repos
from twelve.factors.gates.prove import Result
from twelve.factors.gates.reading import diffs
from twelve.model.verdict import Outcome
from twelve.system import git

_TEST = "from shop import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n\n\ndef test_nothing():\n    assert total([]) == 0\n"
_FILES = {"shop.py": "def total(items):\n    return sum(items)\n", "tests/test_shop.py": _TEST, "readme.md": "x\n"}
_WEAKER = _TEST.replace("== 3", "is not None")


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, _FILES)


def test_an_honest_change_passes(repository: git.Repository) -> None:
    repos.write(repository, {"shop.py": "def total(items):\n    return sum(items, 0)\n"})
    assert judging.ask(repository, "integrity").outcome is Outcome.PASS


def test_a_weakened_test_is_red_and_asks_a_person_about_exactly_this_diff(repository: git.Repository) -> None:
    repos.write(repository, {"tests/test_shop.py": _WEAKER})
    report = judging.ask(repository, "integrity")
    assert (report.outcome, judging.rules(report)) == (Outcome.FAIL, ["assertion-loosened"])
    assert report.asks == diffs.read(repository, repository.head() or "").digest


def test_a_person_who_agreed_to_this_diff_lets_it_pass_and_no_other(repository: git.Repository) -> None:
    repos.write(repository, {"tests/test_shop.py": _WEAKER})
    digest = judging.ask(repository, "integrity").asks
    agreed = judging.ask(repository, "integrity", facts={"approved_diffs": (digest,)})
    assert (agreed.outcome, len(agreed.findings)) == (Outcome.PASS, 1)
    repos.write(repository, {"shop.py": "def total(items):\n    return 3\n"})
    assert judging.ask(repository, "integrity", facts={"approved_diffs": (digest,)}).outcome is Outcome.FAIL


def test_a_clean_tree_is_judged_by_its_newest_commit(repository: git.Repository) -> None:
    (repository.root / "tests/test_shop.py").unlink()
    repos.commit_fixed(repository, "test: less")
    assert judging.rules(judging.ask(repository, "integrity")) == ["test-deleted", "test-deleted"]


def test_a_change_on_several_commits_is_judged_as_one(repository: git.Repository) -> None:
    base = repository.head() or ""
    repos.write(repository, {"tests/test_shop.py": _WEAKER})
    repos.commit_fixed(repository, "test: weaker")
    repos.write(repository, {"tests/test_shop.py": _TEST})
    repos.commit_fixed(repository, "test: as it was")
    repos.write(repository, {"readme.md": "y\n"})
    assert judging.ask(repository, "integrity", base=base).outcome is Outcome.PASS


def test_a_first_commit_has_nothing_to_weaken(repository: git.Repository) -> None:
    report = judging.ask(repository, "integrity")
    assert report.outcome is Outcome.PASS
    assert "no before" in report.summary


def test_a_test_that_becomes_a_link_is_a_test_that_went(repository: git.Repository) -> None:
    (repository.root / "tests/test_shop.py").unlink()
    (repository.root / "tests/test_shop.py").symlink_to("../readme.md")
    assert set(judging.rules(judging.ask(repository, "integrity"))) == {"test-deleted"}


def test_rules_can_be_shown_only_or_made_to_block(repository: git.Repository) -> None:
    repos.write(repository, {"tests/test_shop.py": _WEAKER})
    assert judging.ask(repository, "integrity", {"note_only": ["assertion-loosened"]}).outcome is Outcome.PASS
    repos.write(repository, {"tests/test_shop.py": _TEST.replace("== 3", "== 4")})
    assert judging.ask(repository, "integrity").outcome is Outcome.PASS
    assert judging.ask(repository, "integrity", {"also_block": ["expectation-changed"]}).outcome is Outcome.FAIL


def test_an_option_that_names_no_rule_is_an_error(repository: git.Repository) -> None:
    repos.write(repository, {"tests/test_shop.py": _WEAKER})
    report = judging.ask(repository, "integrity", {"note_only": ["asertion-loosened"]})
    assert report.outcome is Outcome.ERROR
    assert "asertion-loosened" in report.reason


def test_a_change_too_large_to_read_is_an_error_and_no_pass(repository: git.Repository) -> None:
    repos.write(repository, {"tests/test_big.py": "x = 1\n" * 200_000})
    report = judging.ask(repository, "integrity")
    assert report.outcome is Outcome.ERROR
    assert "tests/test_big.py is larger" in report.summary


def test_too_many_files_are_an_error_and_no_pass(repository: git.Repository) -> None:
    repos.write(repository, {f"many/{number}.txt": "x\n" for number in range(2_001)})
    assert judging.ask(repository, "integrity").outcome is Outcome.ERROR


def test_large_files_that_say_nothing_are_left_alone(repository: git.Repository) -> None:
    repos.write(repository, {"data.bin": b"\0" * 2_000_000, "words.txt": "x" * 2_000_000})
    assert judging.ask(repository, "integrity").outcome is Outcome.PASS


@pytest.mark.parametrize("tests", [True, False])
def test_it_is_seen_red_in_any_tree(tmp_path: Path, tests: bool) -> None:
    repository = repos.new_repository(tmp_path, _FILES if tests else {"readme.md": "x\n"})
    trial = judging.trial(repository, "integrity")
    assert trial.result is Result.PROVEN, trial.detail
