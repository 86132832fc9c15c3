"""A repository armed with the real generated hook, in a home where nothing is wrong, and what sabotages it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from kit import repos
from twelve.system import config
from twelve.workflow.install import clients
from twelve.workflow.install.doctor import trust
from twelve.workflow.livefire import proving
from twelve.workflow.livefire.words import Guard

CODEX = clients.CLIENTS["codex"].path


class Range:
    """Where it is fired. What a test changes is put back for the next one, at the same place: everything registered names it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.programs = folder / "bin"
        for path in (self.home, self.programs):
            path.mkdir()
        for name in clients.CLIENTS:
            (self.programs / name).write_text("#!/bin/sh\n")
            (self.programs / name).chmod(0o755)
        self.repository = repos.new_repository(folder, {"README.md": "# p\n", "src/app.py": "x = 1\n"})
        self.environ = {**os.environ, "HOME": str(self.home), "PATH": f"{self.programs}:{os.environ['PATH']}"}

    @property
    def root(self) -> Path:
        return self.repository.root

    @property
    def state(self) -> Path:
        return self.repository.state_dir

    def trust(self) -> None:
        """What Codex and Gemini write when a person trusts the project and, in Codex, its hooks."""
        hooks = json.loads((self.root / CODEX).read_text())["hooks"]
        lines = [f'[projects."{self.root}"]', 'trust_level = "trusted"']
        for key, digest in trust.entries(self.root / CODEX, hooks):
            lines += [f'[hooks.state."{key}"]', f'trusted_hash = "{digest}"']
        (self.home / ".codex").mkdir(exist_ok=True)
        (self.home / ".codex/config.toml").write_text("\n".join(lines) + "\n")
        (self.home / ".gemini").mkdir(exist_ok=True)
        (self.home / ".gemini/trustedFolders.json").write_text(json.dumps({str(self.root): "TRUST_FOLDER"}))

    def prove(self, *only: str, quick: bool = True) -> dict[str, Guard]:
        settings = config.load(self.root).settings
        found = proving.prove(self.repository, settings, only=only, quick=quick, environ=self.environ)
        return {guard.name: guard for guard in found}

    def causes(self, *only: str, quick: bool = True) -> set[str]:
        return {problem.cause.value for guard in self.prove(*only, quick=quick).values() for problem in guard.problems}

    def edit(self, path: str, old: str, new: str, *, every: bool = False) -> None:
        file = self.root / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, -1 if every else 1))
