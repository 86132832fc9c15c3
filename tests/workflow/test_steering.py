"""Files that judge the work without being named by a plan are compared with the base."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from kit import repos
from twelve.system import git
from twelve.workflow import steering

BASE = {
    "calc.py": "x = 1\n",
    "tests/test_calc.py": "assert True\n",
    "tests/helper.py": "y = 1\n",
    "Makefile": "check:\n\tpytest\n",
    "pyproject.toml": '[project]\nname = "calc"\n\n[tool.pytest.ini_options]\naddopts = "-q"\n',
    "package.json": '{"name": "calc", "scripts": {"test": "jest"}}\n',
    "setup.cfg": "[metadata]\nname = calc\n",
    ".gitignore": "ignored/\nconftest.py\n__pycache__/\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, BASE)


def found(repository: git.Repository) -> dict[str, str]:
    base = repository.head() or ""
    names = frozenset(repository.lines("ls-tree", "-r", "-z", "--name-only", base))
    changed = tuple(change.path for change in repository.changed(base))
    return {item.path: item.violation for item in steering.watched(repository, base, names, changed)}


def put(repository: git.Repository, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (repository.root / path).parent.mkdir(parents=True, exist_ok=True)
        (repository.root / path).write_text(text, encoding="utf-8")


def test_an_untouched_tree_and_ordinary_work_are_no_concern(repository: git.Repository) -> None:
    assert found(repository) == {}
    put(repository, {"calc.py": "x = 2\n", "tests/test_new.py": "assert 1\n", "tests/__init__.py": "", "src/calc/json.py": "z = 1\n"})
    assert found(repository) == {}


@pytest.mark.parametrize("path", ["tests/test_calc.py", "tests/helper.py", "Makefile"])
def test_an_existing_judge_that_changes_or_goes_is_seen(repository: git.Repository, path: str) -> None:
    put(repository, {path: "pass\n"})
    assert found(repository) == {path: "changed"}
    (repository.root / path).unlink()
    assert found(repository) == {path: "missing"}
    (repository.root / path).symlink_to("/dev/null")
    assert found(repository) == {path: "symlink"}
    (repository.root / path).unlink()
    put(repository, {path: BASE[path]})
    assert found(repository) == {}, "putting it back heals"


@pytest.mark.parametrize(
    "path", ["pytest.ini", "sub/conftest.py", "sitecustomize.py", "x.pth", "unittest.py", "src/pytest/__init__.py", "json.pyc", "tox.ini"]
)
def test_a_new_file_that_would_decide_how_tests_run_is_seen(repository: git.Repository, path: str) -> None:
    put(repository, {path: "[pytest]\naddopts = --collect-only\n"})
    (repository.root / ".gitignore").write_text("", encoding="utf-8")
    assert path in found(repository)


def test_an_ignored_one_is_seen_too(repository: git.Repository) -> None:
    put(repository, {"conftest.py": "import os\nos._exit(0)\n", "ignored/conftest.py": "judges nothing outside\n"})
    assert found(repository) == {"conftest.py": "created"}


def test_of_a_shared_file_only_what_configures_checks_counts(repository: git.Repository) -> None:
    more = BASE["pyproject.toml"].replace('name = "calc"', 'name = "calc"\ndependencies = ["x"]')
    put(repository, {"pyproject.toml": more, "package.json": '{"name": "other", "scripts": {"test": "jest"}}', "setup.cfg": "[metadata]\n"})
    assert found(repository) == {}
    put(repository, {"pyproject.toml": more.replace("-q", "--co"), "package.json": '{"scripts": {"test": "true"}}'})
    put(repository, {"setup.cfg": "[tool:pytest]\naddopts = --co\n"})
    assert set(found(repository)) == {"pyproject.toml", "package.json", "setup.cfg"}


@pytest.mark.parametrize("text", ["[tool", "\x00", "[]", "tool = 1\n"])
def test_a_shared_file_that_cannot_be_read_counts_as_changed(repository: git.Repository, text: str) -> None:
    put(repository, {"pyproject.toml": text, "package.json": text})
    assert set(found(repository)) >= {"pyproject.toml"}
