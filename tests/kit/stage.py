"""Drive a run in the test's own process: the real effects on a real repository, without the engine's checkpoints."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from kit import loop
from twelve.factors.approvals import record
from twelve.model.phase import Preset, Size
from twelve.model.settings import Settings
from twelve.system import config, git
from twelve.workflow import compose
from twelve.workflow.drive import driver, effects, flow
from twelve.workflow.drive.flow import Json
from twelve.workflow.drive.projection import Entry, RunRequest, Runs, RunStatus


class Stage:
    """One repository with one run."""

    def __init__(
        self,
        tmp_path: Path,
        turns: Sequence[Mapping[str, Any]] | None = None,
        *,
        policy: str = loop.POLICY,
        repository: git.Repository | None = None,
        task: str = "make add return the sum",
        size: Size = Size.NORMAL,
        preset: Preset = Preset.FULL,
        agent: str = "replay",
    ) -> None:
        self.repository = repository or loop.project(tmp_path, policy=policy)
        self.settings: Settings = config.load(self.repository.root).settings
        script = loop.script(tmp_path, turns) if agent == "replay" else None
        order = compose.Order(task=task, agent=agent, script=script, size=size, preset=preset)
        self.request: RunRequest = compose.create(self.repository, self.settings, order)
        self.run = self.request.run
        self.runs: Runs = compose.runs(self.repository)
        self.said: list[str] = []
        self.pauses: list[float] = []
        self.effects = effects.DriveEffects(compose.desk(self.repository, self.settings, "test", self.said.append))

    def drive(self) -> RunStatus:
        """To the next rest."""

        async def step(_name: str, effect: Any, *arguments: Any) -> Json:
            return await flow.as_data(effect, *arguments)

        async def sleep(seconds: float) -> None:
            self.pauses.append(seconds)

        number = driver.following(self.status)
        asyncio.run(flow.drive(self.effects, step, sleep, self.run, number))
        return self.status

    def answer(self, *, granted: bool = True, reason: str = "a person looked at it") -> str:
        """Answer the only open question; returns its id."""
        (standing,) = record.pending(self.repository.state_dir, run=self.run)
        record.answer(self.repository.state_dir, standing.request.id, granted=granted, reason=reason, by="test")
        return standing.request.id

    @property
    def status(self) -> RunStatus:
        return self.runs.status(self.run)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return self.runs.entries(self.run)

    def moves(self, *names: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.move in names]

    @property
    def branch(self) -> str:
        return f"twelve/{self.run}"

    def subjects(self) -> list[str]:
        """First lines of the run's commits, oldest first."""
        return [commit.subject for commit in reversed(self.repository.log(f"main..{self.branch}"))]

    def show(self, path: str) -> str:
        return (self.repository.show(self.branch, path) or b"").decode()


_FINISHED: list[tuple[Stage, dict[str, bytes]]] = []


def finished(folders: pytest.TempPathFactory) -> tuple[Stage, dict[str, bytes]]:
    """A run of the honest agent driven to its end once per process, for tests that only read; and what a person saw before it."""
    if not _FINISHED:
        stage = Stage(folders.mktemp("finished"))
        before = loop.visible(stage.repository)
        stage.drive()
        _FINISHED.append((stage, before))
    return _FINISHED[0]
