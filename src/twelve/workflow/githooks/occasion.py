"""Who makes git call a hook, where, and since when; and what a hook answers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct

from twelve.factors.approvals import session
from twelve.model.settings import Settings
from twelve.model.verdict import Verdict
from twelve.system import ancestry, clock, git
from twelve.workflow.drive import presence

_UNDERWAY = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "SQUASH_MSG")


class Answer(Struct, frozen=True, kw_only=True):
    """`code` goes to git: everything but 0 stops it. `lines` are for whoever made git run."""

    code: int = 0
    lines: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


class Occasion:
    """One call of one hook. Nothing is looked up before it is asked for."""

    def __init__(self, repository: git.Repository, settings: Settings, *, env: Mapping[str, str] | None = None) -> None:
        self.repository = repository
        self.settings = settings
        self.env = os.environ if env is None else env

    @cached_property
    def agent(self) -> str:
        """Why this is taken for an agent's doing, in words; "" when nothing says so."""
        marker = session.agent_marker(self.env)
        return f"this process was started by an agent: {marker} is set" if marker else session.agent_above(self._above)

    @cached_property
    def driver(self) -> bool:
        """A living driver of this repository makes this commit itself, with no agent in between.

        A name in the environment would be anybody's; the driver is known by the lock it holds and by being above us.
        """
        for process in self._above:
            if session.agent_above([process]):
                return False
            if any(presence.alive(self.repository.state_dir, name) for name in self._workers(process.pid)):
                return True
        return False

    @cached_property
    def _above(self) -> tuple[ancestry.Process, ...]:
        return ancestry.lineage()

    @property
    def index(self) -> dict[str, str]:
        """Variables that make git read the index this commit is made from; a partial commit has one of its own."""
        named = self.env.get("GIT_INDEX_FILE", "")
        return {"GIT_INDEX_FILE": str(self.repository.root / named)} if named else {}

    @cached_property
    def began(self) -> float:
        """When git called its hooks, seconds since the epoch: the script that runs them all became this process."""
        age = ancestry.age()
        return clock.now().timestamp() - age if age is not None else float("inf")

    @cached_property
    def underway(self) -> str:
        """The operation git is in the middle of; "" for an ordinary commit."""
        return next((name for name in _UNDERWAY if (self.repository.git_dir / name).exists()), "")

    @property
    def bound(self) -> bool:
        """Whether a law that is not kept stops this, or is only told."""
        return {"nobody": False, "agents": bool(self.agent), "everyone": True}[self.settings.laws.enforce]

    def _workers(self, pid: int) -> list[str]:
        return [path.stem for path in presence.folder(self.repository.state_dir).glob(f"{pid}-*.lock")]


def where(repository: git.Repository, path: str) -> Path:
    """A path git handed to a hook: relative to the top of the work tree."""
    return repository.root / path


def refusal(what: str, *, why: str = "", next: str) -> str:
    """Three short paragraphs; `what` may hold several lines."""
    return "\n".join([what, *([f"why: {why}"] if why else []), f"next: {next}"])


def answer_for(occasion: Occasion, lines: tuple[str, ...], **more: Any) -> Answer:
    """Stops whoever is bound; others are told, and that git goes on."""
    verdict = f"refused{f': {occasion.agent}' if occasion.agent else ''}" if occasion.bound else "not refused: this is advice, git goes on"
    return Answer(code=1 if occasion.bound else 0, lines=(*lines, verdict), **more)
