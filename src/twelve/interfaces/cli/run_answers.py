"""How a run is shown: the same summary for a person and for a program, and the exit code it means."""

from __future__ import annotations

from collections.abc import Iterator

from twelve.interfaces.cli import exits, terminal
from twelve.render import human
from twelve.workflow import compose
from twelve.workflow.drive import summary as summaries
from twelve.workflow.drive.projection import RunState
from twelve.workflow.drive.summary import Summary

_CODES = {
    RunState.DONE.value: exits.PASS,
    RunState.FAILED.value: exits.RED,
    RunState.CANCELLED.value: exits.RED,
    RunState.WAITING.value: exits.WAITING,
    RunState.ESCALATED.value: exits.ESCALATED,
    summaries.STOPPED: exits.ESCALATED,
}


def finish(session: terminal.Session, run: str, *, as_json: bool) -> int:
    """Show where the run stands and return the exit code for it."""
    found = summaries.summary(session.repository, compose.runs(session.repository), run)
    terminal.show(found, as_json=as_json, human=lambda: "\n".join(lines(found)))
    return code(found)


def code(found: Summary) -> int:
    return _CODES.get(found.state, exits.PASS)


def lines(found: Summary) -> Iterator[str]:
    """The summary for a person."""
    yield f"run       {found.run}"
    yield f"state     {found.state}{f' in {found.phase}' if found.phase and found.state != RunState.DONE.value else ''}"
    yield f"task      {found.task[:200]}"
    if found.detail and not any(asked.question in found.detail for asked in found.waiting_on):
        yield f"because   {found.detail[:1000]}"
    for asked in found.waiting_on:
        yield f"waits for {asked.request}: {asked.question[:300]}{' (overdue)' if asked.overdue else ''}"
    if found.last_turn and found.state != RunState.DONE.value:
        yield f"last turn {found.last_turn}"
    yield f"branch    {found.branch}, {human.count(len(found.commits), 'commit')} since {found.base[:12]}"
    for commit in found.commits:
        yield f"          {commit}"
    if found.turns:
        cached = f" and {found.usage.cache_read} from a cache" if found.usage.cache_read else ""
        spent = f"{found.usage.fresh} tokens{cached}, {found.worked_s:.1f} s of work"
        yield f"spent     {human.count(found.turns, 'agent turn')}, {spent}{f', {found.hooks}' if found.hooks else ''}"
    for skipped in found.unverified:
        yield f"unverified {skipped}"
    if found.evidence:
        yield f"evidence  {found.evidence}"
    for step in found.next:
        yield f"next      {step}"
