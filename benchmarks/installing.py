"""Twelve as a person has it: a copy of the sources with compiled modules and a console script.

A checkout measured in place compiles its modules again in every process when PYTHONDONTWRITEBYTECODE is set, which
says nothing about the installed program: installers compile.
"""

from __future__ import annotations

import compileall
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

SOURCE = Path(__file__).resolve().parent.parent / "src"
_SCRIPT = "#!{python}\nimport sys\nfrom twelve.interfaces.cli.main import main\nif __name__ == '__main__':\n    sys.exit(main())\n"
_DROPPED = ("GIT_", "TWELVE_")


@contextmanager
def installed() -> Iterator[Path]:
    """The console script of a compiled copy, gone afterwards. To be run with `environment` of it."""
    with TemporaryDirectory(prefix="twelve-benchmark-") as folder:
        library = Path(folder) / "lib"
        shutil.copytree(SOURCE, library, ignore=shutil.ignore_patterns("__pycache__"))
        compileall.compile_dir(str(library), quiet=2)
        script = Path(folder) / "twelve"
        script.write_text(_SCRIPT.format(python=sys.executable), encoding="utf-8")
        script.chmod(0o755)
        yield script


def environment(script: Path) -> dict[str, str]:
    """Ours without git's and Twelve's variables and settings of this machine; finds the installed copy."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_DROPPED) and name != "PYTHONDONTWRITEBYTECODE"}
    empty = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return {**kept, **empty, "PYTHONPATH": str(script.parent / "lib")}
