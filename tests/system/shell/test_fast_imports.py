"""Reading a command line costs a program almost no imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HEAVY = (
    "re",
    "json",
    "typing",
    "dataclasses",
    "enum",
    "collections",
    "functools",
    "pathlib",
    "contextlib",
    "subprocess",
    "logging",
    "importlib",
)
SCRIPT = """
import sys
before = set(sys.modules)
sys.path[:0] = [{source!r}]
from twelve.system.shell.expansion import Scope, expand
from twelve.system.shell.parsing import parse
tree = parse("for i in a; do cat <<E $(b); done\\nx\\nE\\n")
assert expand(tree.pipelines[0].stages[0].values[0], Scope())[0].text == "a"
print(*sorted(set(sys.modules) - before))
"""


def loaded() -> list[str]:
    script = SCRIPT.format(source=str(ROOT / "src"))
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_only_the_shells_own_modules_are_loaded() -> None:
    names = loaded()
    assert [name for name in names if not name.startswith("twelve")] == ["__future__"]
    assert not set(names) & set(HEAVY)
    assert len(names) <= 22
