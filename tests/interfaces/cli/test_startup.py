"""What a verb loads is asserted on modules, because a number of seconds would depend on the machine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from kit import repos
from twelve.interfaces.cli import exits
from twelve.system import git

ALWAYS = frozenset(("asyncio", "concurrent.futures", "dbos", "logging", "rich", "socket", "sqlalchemy", "sqlite3"))
"""No verb that only looks may load these."""


@pytest.fixture
def repository(tmp_path_factory: pytest.TempPathFactory) -> git.Repository:
    policy = '[gates.markers]\nkind = "merge_markers"\n[gates.grep]\ncommand = ["grep", "-q", "a", "a.txt"]\n'
    return repos.new_repository(tmp_path_factory.mktemp("startup"), {"a.txt": "a", "twelve.toml": policy})


def _loaded(repository: git.Repository, *words: str) -> set[str]:
    program = (
        "import sys\nfrom twelve.interfaces.cli.main import main\ncode = main(sys.argv[1:])\n"
        "print()\nprint('MODULES', *sys.modules)\nsys.exit(code)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=repository.root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == exits.PASS, done.stderr
    return set(done.stdout.rpartition("MODULES ")[2].split())


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (("--version",), {"click", "msgspec", "ruamel.yaml", "subprocess", "enum", "typing"}),
        (("config", "show"), {"ruamel.yaml"}),
        (("factors",), {"ruamel.yaml"}),
        (("gate", "list"), {"ruamel.yaml"}),
        (("gate", "run"), {"ruamel.yaml"}),
        (("runs",), {"ruamel.yaml"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_verb_that_looks_loads_nothing_it_does_not_need(repository: git.Repository, words: tuple[str, ...], heavy: set[str]) -> None:
    assert not (ALWAYS | heavy) & _loaded(repository, *words)


def test_a_verb_that_works_on_yaml_loads_it() -> None:
    """Or the list above would prove nothing."""
    program = "import sys; from twelve.system import documents; documents.load_yaml('a: 1'); print('ruamel.yaml' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
