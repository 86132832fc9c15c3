"""One armed repository for all of these tests: init takes seconds, putting it back takes none."""

from __future__ import annotations

import os
import shutil

import pytest

from kit.firing import Range
from twelve.interfaces.cli import main
from twelve.system import git
from twelve.workflow.install import clients


@pytest.fixture(scope="package")
def armed(tmp_path_factory: pytest.TempPathFactory) -> Range:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GLOBAL", "SYSTEM"):
            patch.setenv(f"GIT_CONFIG_{name}", "/dev/null")
        folder = tmp_path_factory.mktemp("range")
        (folder / "now").mkdir()
        made = Range(folder / "now")
        patch.setenv("HOME", str(made.home))
        wish = [word for name in clients.CLIENTS for word in ("--client", name)]
        assert main.main(["-C", str(made.root), "init", "--yes", *wish]) == 0
    made.trust()
    shutil.copytree(folder / "now", folder / "pristine", symlinks=True)
    return made


@pytest.fixture
def firing(armed: Range, monkeypatch: pytest.MonkeyPatch) -> Range:
    """The armed repository, as it was after init."""
    shutil.rmtree(armed.folder)
    shutil.copytree(armed.folder.with_name("pristine"), armed.folder, symlinks=True)
    armed.repository = git.discover(armed.root)
    # The hook was built for this home.
    monkeypatch.setenv("HOME", str(armed.home))
    armed.environ = {**os.environ, "HOME": str(armed.home), "PATH": f"{armed.programs}:{os.environ['PATH']}"}
    return armed
