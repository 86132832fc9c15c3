"""Where a person's own state is kept, also when there is no home."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from twelve.model.errors import TwelveError
from twelve.system import places


def test_the_state_home_of_the_desktop_standard_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert places.state_home() == tmp_path / "state" / "twelve"
    assert places.state_home().is_dir()


def test_without_it_the_home_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert places.state_home() == tmp_path / ".local" / "state" / "twelve"


def test_without_a_home_a_private_temporary_folder_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _homeless(tmp_path, monkeypatch)
    assert places.state_home() == tmp_path / f"twelve-{os.getuid()}"
    assert places.state_home().stat().st_mode & 0o777 == 0o700


def test_a_folder_others_can_enter_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _homeless(tmp_path, monkeypatch)
    open_folder = tmp_path / f"twelve-{os.getuid()}"
    open_folder.mkdir()
    open_folder.chmod(0o777)
    with pytest.raises(TwelveError, match="not a private folder"):
        places.state_home()


def _homeless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
