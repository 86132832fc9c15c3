from __future__ import annotations

import os
from pathlib import Path

import pytest

from twelve.factors.gates import tools


def _program(path: Path, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(mode)
    return path


def test_the_projects_own_environment_comes_before_the_machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outer = _program(tmp_path / "bin" / "linter")
    monkeypatch.setenv("PATH", str(outer.parent))
    root = tmp_path / "root"
    root.mkdir()
    assert tools.find(root, "linter") == str(outer)
    home = _program(tmp_path / "home" / "node_modules" / ".bin" / "linter")
    assert tools.find(root, "linter", homes=(tmp_path / "home",)) == str(home)
    inner = _program(root / ".venv" / "bin" / "linter")
    assert tools.find(root, "linter", homes=(tmp_path / "home",)) == str(inner)


@pytest.mark.parametrize("entry", ["", ".", "relative/bin"])
def test_a_relative_entry_of_the_path_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str) -> None:
    _program(tmp_path / entry / "only-here")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", entry)
    assert tools.find(tmp_path / "root", "only-here") is None


def test_what_cannot_be_executed_is_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    _program(tmp_path / "plain", 0o644)
    (tmp_path / "folder").mkdir()
    for name in ("plain", "folder", "absent", "", "nul\0name", "x" * 5000):
        assert tools.find(tmp_path, name) is None


def test_a_name_with_a_slash_is_taken_from_the_working_folder(tmp_path: Path) -> None:
    script = _program(tmp_path / "sub" / "run.sh")
    assert tools.find(tmp_path, "./run.sh", cwd="sub") == str(script)
    assert tools.find(tmp_path, "./run.sh") is None


def test_a_stamp_changes_with_the_program_and_with_its_packages(tmp_path: Path) -> None:
    python = _program(tmp_path / "env" / "bin" / "python3")
    packages = tmp_path / "env" / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    seen = [tools.stamp(str(python))]
    (packages / "new.dist-info").mkdir()
    os.utime(packages, ns=(1, 1))
    seen.append(tools.stamp(str(python)))
    python.write_text("#!/bin/sh\nexit 1\n")
    seen.append(tools.stamp(str(python)))
    python.unlink()
    seen.append(tools.stamp(str(python)))
    assert len(set(seen)) == 4
    assert seen[-1] == tools.stamp(None) == "absent"
