"""The test kit itself: what it promises to other tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from kit import home, repos


def test_home_is_a_made_up_folder(hermetic: Path) -> None:
    assert Path.home() == hermetic
    assert os.path.realpath(Path.home()) != home.TRUE_HOME
    assert not any(Path.home().iterdir())


@pytest.mark.skipif(not home.inside(home.TRUE_HOME), reason="the home of this person lies where tests may write")
def test_touching_the_true_home_is_forbidden() -> None:
    target = os.path.join(home.TRUE_HOME, ".twelve-must-not-appear")
    path = Path(target)
    for touch in (lambda: path.write_text("x"), path.mkdir, lambda: path.symlink_to("x"), path.touch, lambda: path.rename("x")):
        with pytest.raises(home.RealHomeTouchedError):
            touch()
    assert not os.path.lexists(target)


def test_git_of_a_child_process_sees_no_settings_of_the_person_or_the_machine(tmp_path: Path) -> None:
    listing = subprocess.run(["git", "config", "--list", "--show-scope"], cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert not [line for line in listing.splitlines() if not line.startswith("command")]


def test_credentials_and_proxies_are_out_of_sight() -> None:
    assert not [name for name in os.environ if name.endswith("_API_KEY") or name.lower().endswith("_proxy") or name.startswith("GIT_DIR")]


def test_a_new_repository_is_the_same_one_every_time(tmp_path: Path) -> None:
    files = {"a": "a", "bin/run": "#!/bin/sh\n"}
    one, two = repos.new_repository(tmp_path, files, name="one"), repos.new_repository(tmp_path, files, name="two")
    assert one.head() == two.head() is not None
    assert os.access(one.root / "bin" / "run", os.X_OK)
    assert not one.dirty()
