"""A run in a few lines, from its files and from git; works while nobody drives and without the engine."""

from __future__ import annotations

from msgspec import Struct

from twelve.factors.agents.harness import Usage
from twelve.factors.approvals import record
from twelve.factors.approvals.request import RequestKind
from twelve.factors.gates import ledger
from twelve.model.errors import TwelveError
from twelve.system import git
from twelve.workflow import artefacts
from twelve.workflow.drive import presence, worktree
from twelve.workflow.drive.projection import Entry, RunRequest, Runs, RunState, RunStatus

STOPPED = "stopped"
"""Shown for a run whose driver died: it waits for `resume` or a worker."""


class Asked(Struct, frozen=True, kw_only=True):
    """One question a person has to answer."""

    request: str
    kind: str
    question: str
    about: str = ""
    overdue: bool = False
    expires: str = ""


class Summary(Struct, frozen=True, kw_only=True):
    """What `run`, `resume` and `runs` show."""

    run: str
    task: str
    state: str
    phase: str
    detail: str
    size: str
    preset: str
    agent: str
    branch: str
    base: str
    head: str
    commits: tuple[str, ...]
    """One line each, oldest first."""
    worktree: str
    waiting_on: tuple[Asked, ...]
    usage: Usage
    worked_s: float
    turns: int
    notices: tuple[str, ...]
    unverified: tuple[str, ...]
    last_turn: str
    """How the newest agent turn ended when that was not well, and where its transcript is; "" otherwise."""
    hooks: str
    """`armed`, `no hooks`, or "" before the first turn."""
    evidence: str
    """Command that shows the evidence with plain git."""
    next: tuple[str, ...]


def summary(repository: git.Repository, runs: Runs, run: str) -> Summary:
    """Raises TwelveError when there is no such run or its records are damaged."""
    request, status = runs.request(run), runs.status(run)
    entries = runs.entries(run)
    usage = Usage()
    for entry in entries:
        usage = usage.plus(entry.usage)
    turns = [entry for entry in entries if entry.move in ("write", "work")]
    commits = _commits(repository, request.base, request.branch)
    asked = waiting(runs, run, status)
    state = shown(runs, status)
    judged = _judged(repository, request.base, request.branch)
    return Summary(
        run=run,
        task=request.task,
        state=state,
        phase=status.phase,
        detail=status.detail,
        size=request.size.value,
        preset=request.preset.value,
        agent=request.agent,
        branch=request.branch,
        base=request.base,
        head=status.head or request.base,
        commits=commits,
        worktree=request.worktree,
        waiting_on=asked,
        usage=usage,
        worked_s=round(sum(entry.duration_s for entry in entries), 1),
        turns=len(turns),
        notices=request.notices,
        unverified=status.unverified,
        last_turn=_trouble(run, turns),
        hooks=_hooks([str(entry.data.get("hooks", "")) for entry in turns]),
        evidence=f"git notes --ref {ledger.REF.removeprefix('refs/notes/')} show {judged}" if judged else "",
        next=_next(request, state, asked, status),
    )


def shown(runs: Runs, status: RunStatus) -> str:
    """The state for a person: a run whose driver died is stopped, one that is being ended says so."""
    if status.state.over:
        return status.state.value
    if runs.cancellation(status.run):
        return "cancelling"
    if status.state is RunState.RUNNING and not presence.alive(runs.root.parent, status.executor):
        return STOPPED
    return status.state.value


def waiting(runs: Runs, run: str, status: RunStatus) -> tuple[Asked, ...]:
    """The open questions of a run that is not over."""
    if status.state.over:
        return ()
    return tuple(
        Asked(
            request=item.request.id,
            kind=item.request.kind.value,
            question=item.request.question,
            about=item.request.about,
            overdue=item.overdue,
            expires=item.request.expires.isoformat(timespec="seconds"),
        )
        for item in record.pending(runs.root.parent, run=run)
    )


def _commits(repository: git.Repository, base: str, branch: str) -> tuple[str, ...]:
    if repository.resolve(f"refs/heads/{branch}") is None:
        return ()
    try:
        found = repository.log(f"{base}..refs/heads/{branch}")
    except TwelveError:
        return ()
    return tuple(f"{commit.oid[:12]} {commit.subject}" for commit in reversed(found))


def _judged(repository: git.Repository, base: str, branch: str) -> str:
    """The newest commit of the run that carries evidence of its own."""
    if repository.resolve(f"refs/heads/{branch}") is None:
        return ""
    noted = set(repository.notes_list(ledger.REF))
    return next((commit.oid[:12] for commit in repository.log(f"{base}..refs/heads/{branch}") if commit.oid in noted), "")


def _trouble(run: str, turns: list[Entry]) -> str:
    if not turns or turns[-1].ok:
        return ""
    last = turns[-1]
    words = " ".join(last.detail.split())[:300] or last.kind
    return f"{words} (twelve logs {run} --show {last.key})" if last.log else words


def _hooks(said: list[str]) -> str:
    """Armed only when every turn was."""
    if not said:
        return ""
    return "armed" if all(word == "armed" for word in said) else "no hooks"


def _next(request: RunRequest, state: str, asked: tuple[Asked, ...], status: RunStatus) -> tuple[str, ...]:
    run, branch = request.run, request.branch
    if state == RunState.DONE.value:
        return (f"git diff {request.base[:12]}...{branch}", "merge the branch when you agree; nothing is merged for you")
    if asked:
        return (*(step for item in asked for step in _answering(request, item)), f"then twelve resume {run}")
    if state in (STOPPED, RunState.WAITING.value, RunState.ESCALATED.value):
        return (*status.next, f"twelve logs {run}", f"twelve resume {run}")
    if state == RunState.QUEUED.value:
        return ("twelve worker", f"twelve resume {run}")
    return (f"twelve logs {run}",)


def _answering(request: RunRequest, item: Asked) -> tuple[str, ...]:
    """What a person reads before the answer, and the answer itself."""
    read: tuple[str, ...] = ()
    if item.kind == RequestKind.PLAN.value:
        read = (f"read the plan: git show {request.branch}:{artefacts.relative(request.run, 'plan')}",)
    elif item.kind == RequestKind.DIFF.value:
        read = (f"read the diff: git diff {request.base[:12]} {worktree.kept(request.run)} -- . ':!.twelve'",)
    return (*read, f"twelve approve {item.request}, or twelve reject {item.request} --reason '…'")
