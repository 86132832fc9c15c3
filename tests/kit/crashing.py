"""One run in one repository that forked processes drive and tests kill."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kit import loop
from kit.forked import note
from twelve.model.phase import Preset
from twelve.system import config
from twelve.workflow import compose
from twelve.workflow.drive import driver, effects, engine, launch
from twelve.workflow.drive.flow import Json
from twelve.workflow.drive.projection import RunStatus


class Watched(effects.DriveEffects):
    """The real effects; each begin is noted outside the repository."""

    log: Path

    async def perform(self, run: str, key: str, told: Json) -> Json:
        note(self.log, f"{key}:{told['name']}")
        return await super().perform(run, key, told)


class Crashing:
    """Everything a child needs is made before it is forked, but no engine."""

    def __init__(self, folder: Path, url: str = "", turns: Sequence[Mapping[str, Any]] | None = None, preset: Preset = Preset.FULL) -> None:
        self.folder = folder
        self.repository = loop.project(folder)
        self.settings = config.load(self.repository.root).settings
        order = compose.Order(task="make add return the sum", agent="replay", script=loop.script(folder, turns), preset=preset)
        self.run = compose.create(self.repository, self.settings, order).run
        self.database = engine.database(self.repository.state_dir, url, compose.application(self.repository))
        self.runs = compose.runs(self.repository)
        self.begun = folder / "begun"
        self.executors = folder / "executors"

    def drive(self) -> None:
        """A process like `twelve resume`."""
        with driver.driving(self.database, self.runs, self._effects, lambda: None) as driving:
            launch.drive(driving, self.run, reclaim=True)
            os._exit(0)

    def work(self) -> None:
        """A process like `twelve worker`."""
        with driver.driving(self.database, self.runs, self._effects, lambda: None) as driving:
            launch.work(driving, once=False, say=lambda _text: None, rest=lambda seconds: driving.rest(seconds / 5))

    def _effects(self, executor: str) -> Watched:
        made = Watched(compose.desk(self.repository, self.settings, executor, lambda _text: None))
        made.log = self.begun
        note(self.executors, executor)
        return made

    @property
    def status(self) -> RunStatus:
        return self.runs.status(self.run)

    def subjects(self) -> list[str]:
        return [commit.subject for commit in reversed(self.repository.log(f"main..twelve/{self.run}"))]
