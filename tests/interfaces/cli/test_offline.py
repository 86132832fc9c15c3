"""Every verb that only reads or judges works without network, daemon, home or writable home."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import twelve
from kit import repos
from twelve.interfaces.cli import app, exits

SOURCE = str(Path(twelve.__file__).parents[1])
COMMANDS = [
    ["--version"],
    [],
    ["factors"],
    ["factors", "--json"],
    ["config", "show"],
    ["config", "explain", "run.tokens"],
    ["config", "schema"],
    ["init", "--dry-run"],
    ["init"],
    ["gate", "list"],
    ["gate", "run", "toml", "merge-markers"],
    ["gate", "run", "toml", "merge-markers", "--json"],
    ["gate", "prove", "merge-markers"],
    ["runs"],
    ["prime", "make the parser accept empty input"],
    ["next"],
    ["next", "--json"],
    ["ingest", "run.json"],
    ["uninstall"],
]
RUN = '{"schema": "twelve.foreign-run.v1", "id": "1", "tool": "t", "task": "x", "status": "failed", "started": "2026-01-02T03:04:05Z"}'


def cut_off() -> list[str]:
    """A prefix that runs a command in a network name space with no interface up."""
    prefix = ["unshare", "--user", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system cannot take the network away from a process (unshare)")
    return prefix


def project(tmp_path: Path) -> Path:
    root = repos.new_repository(tmp_path, {"README.md": "# p\n", "pyproject.toml": "[project]\nname = 'p'\n"}).root
    (root / "run.json").write_text(RUN)
    return root


def run_all(root: Path, prefix: list[str], commands: Sequence[list[str]], **env: str) -> list[int]:
    """Exit codes of several commands given one after the other in one process, which says on failure what went wrong."""
    told = root.parent / "codes.json"
    script = "import json, pathlib, sys; from twelve.interfaces.cli import main; "
    script += "codes = [main.main(words) for words in json.loads(sys.argv[1])]; pathlib.Path(sys.argv[2]).write_text(json.dumps(codes))"
    argv = [*prefix, sys.executable, "-c", script, json.dumps(commands), str(told)]
    environment = {**os.environ, "PYTHONPATH": SOURCE, **env}
    done = subprocess.run(argv, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    codes: list[int] = json.loads(told.read_text())
    assert not any(codes), done.stderr
    return codes


def test_verbs_answer_the_same_without_a_network(tmp_path: Path) -> None:
    prefix = cut_off()
    root = project(tmp_path)
    done = run_all(root, prefix, COMMANDS)
    assert done == [exits.PASS] * len(COMMANDS)


def test_help_of_every_verb_works_without_a_network_and_outside_a_repository(tmp_path: Path) -> None:
    prefix = cut_off()
    script = "import sys; from twelve.interfaces.cli import app, main; sys.exit(max(main.main([name, '--help']) for name in app.VERBS))"
    environment = {**os.environ, "PYTHONPATH": SOURCE}
    command = [*prefix, sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == exits.PASS, done.stderr
    assert done.stdout.count("Examples") >= len(app.VERBS)


def test_a_read_only_home_is_no_obstacle(tmp_path: Path) -> None:
    root = project(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        commands = (["init"], ["gate", "run", "toml"], ["config", "show"])
        places = {f"XDG_{name}_HOME": "" for name in ("CACHE", "CONFIG", "STATE", "DATA")}
        assert run_all(root, [], commands, HOME=str(home), **places) == [exits.PASS] * len(commands)
        assert list(home.iterdir()) == []
    finally:
        home.chmod(stat.S_IRWXU)


def test_no_process_is_left_behind(tmp_path: Path) -> None:
    root = project(tmp_path)
    run_all(root, [], [["init"], ["gate", "run", "toml"]])
    mine = [path for path in Path("/proc").glob("[0-9]*/cwd") if _leads_to(path, root)]
    assert mine == []


def _leads_to(link: Path, root: Path) -> bool:
    try:
        return Path(os.readlink(link)).is_relative_to(root)
    except OSError:
        return False
