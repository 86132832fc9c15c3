"""Puts the objects of a run together from a repository and its policy.

The policy is the person's own tree's, handed in with switched-off factors already taken out (`switches`); what
an agent writes into the policy of its work tree decides nothing in its run.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from twelve.factors.agents import harness
from twelve.factors.approvals import record
from twelve.factors.gates import suites
from twelve.model.errors import ConfigError, Trouble, TwelveError
from twelve.model.phase import Preset, Size
from twelve.model.settings import HarnessSettings, Settings
from twelve.system import clock, git, journal, records, redact
from twelve.workflow import sizing
from twelve.workflow.drive import identity, worktree
from twelve.workflow.drive.projection import RunRequest, Runs, RunStatus

if TYPE_CHECKING:
    from twelve.workflow.drive.desk import Desk

REPLAY = "replay"
APPLICATION = "twelve"
_LAZY = {"desk": "twelve.workflow.drive.desk", "asyncio": "asyncio"}
"""Needed by a process that drives; one that lists runs does not pay for an event loop."""


class Order(Struct, frozen=True, kw_only=True):
    """What a person asked for."""

    task: str
    agent: str = ""
    """Harness; "" = the policy's default."""
    size: Size | None = None
    """Least ceremony; None leaves it to the task's words and its risk."""
    preset: Preset = Preset.FULL
    script: Path | None = None
    """Replay script."""


def runs(repository: git.Repository) -> Runs:
    return Runs(repository.state_dir)


def journal_of(repository: git.Repository) -> journal.Journal:
    return journal.Journal(repository.state_dir / "journal")


def desk(repository: git.Repository, settings: Settings, executor: str, say: Callable[[str], None]) -> Desk:
    """What a driving process works with."""
    made: Desk = import_module(_LAZY["desk"]).Desk(
        repository=repository,
        settings=settings,
        runs=runs(repository),
        journal=journal_of(repository),
        executor=executor,
        agents=import_module(_LAZY["asyncio"]).Semaphore(max(1, settings.run.workers)),
        say=say,
    )
    return made


def application(repository: git.Repository) -> str:
    """Name under which this repository's runs are kept in a database that others share."""
    return f"{APPLICATION}-{identity.of(repository)}"


def create(repository: git.Repository, settings: Settings, order: Order) -> RunRequest:
    """Record a new run; nothing is driven yet.

    Raises TwelveError when the task is empty, the repository has no commit, the agent is unknown, or no gate
    would judge the work.
    """
    task = redact.redact(order.task).strip()
    if not task:
        raise TwelveError("the task is empty", why="an agent needs to be told what to do", next='say it: twelve run "fix the parser"')
    agent = order.agent or settings.agents.default
    harness.load(agent)
    if not settings.gates:
        raise ConfigError(
            "no gate is defined, so nothing would judge the work",
            why="a phase without a gate that can go red proves nothing",
            next="run twelve init, or define [gates.<id>] in twelve.toml",
        )
    suites.select(settings, suites.FULL)
    script = _script(settings, agent, order.script)
    moment = clock.now()
    run = records.new_id(task, moment=moment, content=f"{task}{secrets.token_hex(8)}".encode())
    start = worktree.begin(repository, run)
    asked = order.size or Size.TINY
    measured = sizing.measure(settings.run, task=task, asked=asked)
    request = RunRequest(
        run=run,
        task=task,
        preset=order.preset,
        asked=asked,
        size=measured.size,
        agent=agent,
        script=script,
        base=start.base,
        branch=start.branch,
        worktree=start.worktree,
        created=clock.iso(moment),
        dirty=start.dirty,
        notices=_notices(start, measured, order),
    )
    store = runs(repository)
    store.create(request)
    store.set_status(RunStatus(run=run))
    return request


def _script(settings: Settings, agent: str, given: Path | None) -> str:
    """The replay script of this run; "" for other agents and for a script the policy names, which the run's own tree holds."""
    if agent != REPLAY:
        if given is not None:
            raise TwelveError(f"--script is for the replay agent, not for {agent}", next="add --agent replay, or leave --script out")
        return ""
    replay: Any = harness.load(REPLAY)
    named = os.environ.get(replay.SCRIPT)
    script = given or (Path(named) if named else None)
    if script is None and replay.script_path(settings.harness.get(REPLAY, HarnessSettings()), {}):
        return ""
    if script is None:
        raise TwelveError("the replay agent needs a script", why="it does exactly what the script says", next="name it with --script FILE")
    if not script.is_file():
        raise TwelveError(f"there is no script {script}", why="no file is there", next="check the path", kind=Trouble.USAGE)
    replay.check(script)
    return str(script.resolve())


def _notices(start: worktree.Start, measured: sizing.Sizing, order: Order) -> tuple[str, ...]:
    """What a person should know before the run begins."""
    found = []
    if start.dirty:
        found.append("your uncommitted changes are not part of the run; it starts from the last commit")
    if start.detached:
        found.append(f"HEAD is detached; the run starts from commit {start.base[:12]}")
    if start.shallow:
        found.append("the clone is shallow; history before its edge cannot be searched")
    if order.size and measured.size is not order.size:
        found.append(f"size {measured.size.value} instead of {order.size.value}: {measured.why}")
    return tuple(found)


def person(repository: git.Repository) -> str:
    """Who is at this terminal, as far as git or the system can say; a claim, not a proof."""
    name, email = repository.config_get("user.name"), repository.config_get("user.email")
    if name or email:
        return f"{name or ''} <{email or ''}>".strip()
    return os.environ.get("USER") or os.environ.get("LOGNAME") or "unknown"


def answerable(runs: Runs, run: str, waiting_on: tuple[str, ...]) -> bool:
    """Whether one of the requests a run waits on is still open."""
    open_requests = {item.request.id for item in record.pending(runs.root.parent, run=run)}
    return bool(open_requests.intersection(waiting_on))


def request_of(runs: Runs, name: str) -> record.Request:
    """The request called `name`, or the only open one of the run called so. Raises TwelveError when none or several fit."""
    state = runs.root.parent
    known = {item.request.id: item.request for item in record.standings(state)}
    if name in known:
        return known[name]
    try:
        run = runs.find(name)
    except TwelveError:
        return record.find(state, name).request
    found = record.pending(state, run=run)
    if len(found) == 1:
        return found[0].request
    listed = ", ".join(item.request.id for item in found)
    raise TwelveError(
        f"run {run} has {len(found)} open requests",
        why=f"they are {listed}" if found else "it waits for nobody",
        next="name the request itself" if found else "see twelve runs",
    )
