"""init says when a client it was asked to guard would run none of its hooks, and its exit code says so too."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kit import repos
from twelve.interfaces.cli import exits, main
from twelve.system import git

CLAUDE = ".claude/settings.local.json"


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, {"README.md": "# p\n"})


def pipe(path: Path) -> None:
    os.mkfifo(path)


def twice(path: Path) -> None:
    path.write_text('{"hooks": {}, "hooks": {}}')


def off(path: Path) -> None:
    path.write_text('{"disableAllHooks": true}')


def plain(path: Path) -> None:
    path.write_text('{"model": "x"}')


@pytest.mark.parametrize(("put", "code"), [(pipe, exits.RED), (twice, exits.RED), (off, exits.RED), (plain, exits.PASS)])
def test_a_client_asked_for_by_name_that_stays_unguarded_is_red(
    repository: git.Repository, capsys: pytest.CaptureFixture[str], put: Callable[[Path], None], code: int
) -> None:
    (repository.root / ".claude").mkdir()
    put(repository.root / CLAUDE)
    assert main.main(["-C", str(repository.root), "init", "--yes", "--client", "claude"]) == code
    assert ("broken: " in capsys.readouterr().err) is (code == exits.RED)
