"""The scripts a newcomer runs: they parse, refuse in words, and install and remove in an empty home."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ["try", "check", "install.sh", "tools/setup.sh", "tools/fetch_clients.sh", ".ci/run"]


def sh(script: Path, *arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", str(script), *arguments], env=env, capture_output=True, text=True, check=False)


def surroundings(tmp_path: Path, **changes: str) -> dict[str, str]:
    home = tmp_path / "empty"
    home.mkdir(exist_ok=True)
    return {**os.environ, "HOME": str(home), "XDG_DATA_HOME": "", "PYTHON": sys.executable, **changes}


def without_python(tmp_path: Path) -> str:
    """A PATH with the tools of a bare system and no interpreter."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("sh", "cat", "cksum", "dirname", "readlink", "mkdir", "rm", "printf"):
        found = shutil.which(tool)
        if found:
            (folder / tool).symlink_to(found)
    return str(folder)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_executable_and_clean_under_shellcheck(script: str) -> None:
    assert (ROOT / script).stat().st_mode & stat.S_IXUSR
    checker = Path(sys.executable).parent / "shellcheck"
    if not checker.exists():
        pytest.skip("shellcheck is not in this environment")
    done = subprocess.run([str(checker), str(ROOT / script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("script", ["tools/setup.sh", "install.sh"])
def test_without_a_python_the_reason_and_the_next_step_are_said(tmp_path: Path, script: str) -> None:
    env = surroundings(tmp_path, PATH=without_python(tmp_path), PYTHON="", TWELVE_VENV=str(tmp_path / "venv"))
    done = subprocess.run([str(Path(env["PATH"]) / "sh"), str(ROOT / script)], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert "no Python 3.11" in done.stderr
    assert "next:" in done.stderr


def test_a_program_of_the_same_name_is_not_replaced(tmp_path: Path) -> None:
    taken = tmp_path / "bin" / "twelve"
    taken.parent.mkdir()
    taken.write_text("theirs")
    done = sh(ROOT / "install.sh", env=surroundings(tmp_path, TWELVE_BIN=str(taken.parent)))
    assert done.returncode == 1
    assert taken.read_text() == "theirs"


def test_a_folder_that_is_not_ours_is_neither_filled_nor_removed(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "file").write_text("x")
    env = surroundings(tmp_path, TWELVE_HOME=str(theirs), TWELVE_BIN=str(tmp_path / "bin"))
    assert sh(ROOT / "install.sh", env=env).returncode == 1
    assert sh(ROOT / "install.sh", "--uninstall", env=env).returncode == 0
    assert (theirs / "file").read_text() == "x"


@pytest.mark.slow
def test_install_and_uninstall_in_an_empty_home_leave_nothing(tmp_path: Path) -> None:
    env = surroundings(tmp_path)
    home = Path(env["HOME"])
    done = sh(ROOT / "install.sh", env=env)
    if "could not be installed" in done.stderr:
        pytest.skip("no package index can be reached here")
    assert done.returncode == 0, done.stderr
    link = home / ".local" / "bin" / "twelve"
    version = subprocess.run([str(link), "--version"], env=env, capture_output=True, text=True, check=True).stdout
    assert version.startswith("twelve ")
    factors = subprocess.run([str(link), "factors"], env=env, cwd=home, capture_output=True, text=True, check=False)
    assert factors.returncode == 0, factors.stderr
    assert sh(ROOT / "install.sh", env=env).returncode == 0
    assert sh(ROOT / "install.sh", "--uninstall", env=env).returncode == 0
    assert not link.exists()
    assert not (home / ".local" / "share" / "twelve-agentops").exists()


@pytest.mark.slow
def test_uvx_runs_it_without_installing(tmp_path: Path) -> None:
    uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
    if not Path(uv).exists():
        pytest.skip("uv is not installed here")
    env = surroundings(tmp_path, UV_CACHE_DIR=str(tmp_path / "cache"))
    if "PIP_FIND_LINKS" in env:
        env["UV_FIND_LINKS"] = env["PIP_FIND_LINKS"]
    command = [uv, "tool", "run", "--python", sys.executable, "--from", str(ROOT), "twelve", "--version"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode and ("fetch" in done.stderr or "not found in the package registry" in done.stderr or "dns" in done.stderr):
        pytest.skip("no package index can be reached here")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("twelve ")
