"""Every import contract is seen red on a planted violation, and green without it.

One copy of the source, one violation per contract, one run of lint-imports: its report names each broken contract.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = [contract["name"] for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]]

PLANTED = {
    "floors: imports go down only": ("model/planted.py", "import twelve.system\n"),
    "factors: only factors with a smaller numeral": ("factors/memory/planted.py", "import twelve.factors.domains\n"),
    "interfaces are strangers": ("interfaces/web/planted.py", "import twelve.interfaces.cli.exits\n"),
    "gate kinds are strangers": ("factors/gates/kinds/planted.py", "import twelve.factors.gates.kinds.merge_markers\n"),
    "harnesses are strangers": ("factors/agents/harnesses/planted.py", "import twelve.factors.agents.harnesses.claude\n"),
    "only system touches the world": ("workflow/planted.py", "import subprocess\n"),
    "model is pure": ("model/planted_path.py", "import pathlib\n"),
    "dbos only in workflow.drive": ("workflow/machine/planted.py", "import dbos\n"),
    "rich only in render": ("workflow/planted_rich.py", "import rich\n"),
    "click only in the terminal entrance": ("interfaces/hooks/planted.py", "import click\n"),
    "the fast path reaches nothing heavy": ("interfaces/hooks/planted_heavy.py", "import msgspec\n"),
    "tree-sitter only in a gate": ("system/shell/planted.py", "import tree_sitter\n"),
}
"""Contract -> (file below src/twelve, its text)."""


def lint(root: Path) -> dict[str, bool]:
    """Contract -> kept, as lint-imports reports it in `root`."""
    program = Path(sys.executable).parent / "lint-imports"
    environment = {"PYTHONPATH": str(root / "src"), "PATH": str(program.parent), "COLUMNS": "200"}
    done = subprocess.run([str(program), "--no-cache"], cwd=root, env=environment, capture_output=True, text=True, check=False)
    answers = re.findall(r"^(.+?) (KEPT|BROKEN)(?: .*)?$", done.stdout, re.MULTILINE)
    assert answers, done.stdout + done.stderr
    return {name.strip(): word == "KEPT" for name, word in answers}


def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_has_a_planted_violation() -> None:
    assert set(PLANTED) == set(CONTRACTS)


def test_every_contract_is_kept_here() -> None:
    assert lint(ROOT) == dict.fromkeys(CONTRACTS, True)


def test_every_contract_goes_red_on_its_planted_violation(tmp_path: Path) -> None:
    house = copy(tmp_path)
    for name, text in PLANTED.values():
        path = house / "src" / "twelve" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert lint(house) == dict.fromkeys(CONTRACTS, False)


@pytest.mark.parametrize("drawer", ["utils", "helpers"])
def test_a_drawer_beside_the_floors_is_refused(tmp_path: Path, drawer: str) -> None:
    house = copy(tmp_path)
    (house / "src" / "twelve" / f"{drawer}.py").write_text("")
    program = Path(sys.executable).parent / "lint-imports"
    environment = {"PYTHONPATH": str(house / "src"), "PATH": str(program.parent), "COLUMNS": "200"}
    done = subprocess.run([str(program), "--no-cache"], cwd=house, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert drawer in done.stdout
