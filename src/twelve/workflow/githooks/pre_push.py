"""Before a push: evidence only grows, agents rewrite no history, and hooks left nothing behind."""

from __future__ import annotations

import os
from collections.abc import Iterator

from msgspec import Struct

from twelve.system.git.changes import ChangeKind
from twelve.workflow.githooks import staged, witnessing
from twelve.workflow.githooks.occasion import Answer, Occasion, refusal

EVIDENCE = "refs/notes/twelve/"
MOST = 500
"""Commits of one push whose laws are looked at (ours)."""


class Update(Struct, frozen=True, kw_only=True):
    """One line git writes to the hook."""

    local_ref: str
    local: str
    remote_ref: str
    remote: str

    @property
    def deletes(self) -> bool:
        return not self.local.strip("0")

    @property
    def creates(self) -> bool:
        return not self.remote.strip("0")


def answer(occasion: Occasion, stdin: bytes) -> Answer:
    """Refuses what would take history or evidence away; tells what the laws miss."""
    updates = tuple(_read(stdin))
    refused = [line for update in updates for line in _refusals(occasion, update)]
    refused += [line for update in updates if not update.deletes for line in _protected(occasion, update)]
    refused += _left_behind(occasion)
    return Answer(code=1 if refused else 0, lines=tuple(refused))


def _read(stdin: bytes) -> Iterator[Update]:
    for line in os.fsdecode(stdin).splitlines():
        words = line.split(" ")
        if len(words) == 4:
            yield Update(local_ref=words[0], local=words[1], remote_ref=words[2], remote=words[3])


def _refusals(occasion: Occasion, update: Update) -> Iterator[str]:
    if update.creates or not (update.deletes or _rewrites(occasion, update)):
        return
    what = "deletes" if update.deletes else "rewrites"
    if update.remote_ref.startswith(EVIDENCE):
        why = "evidence is only ever added"
        yield refusal(f"this push {what} {update.remote_ref}", why=why, next="take in what is there first: twelve evidence fetch")
    elif occasion.agent:
        why = f"{occasion.agent}; history that others hold is not an agent's to change"
        yield refusal(f"this push {what} {update.remote_ref}", why=why, next="push a new branch, and leave the old one to a person")


def _protected(occasion: Occasion, update: Update) -> Iterator[str]:
    """Commits that leave the machine with a change of what binds agents, unless a person made them here."""
    if not occasion.agent or update.remote_ref.startswith("refs/notes/"):
        return
    for commit, paths in witnessing.outgoing(occasion, update.local, held=update.remote):
        found = witnessing.protected(occasion, paths)
        if found and not witnessing.by_person(occasion, commit):
            why = f"{occasion.agent}; it changes what binds agents: {found[0].what} [{found[0].rule}]"
            yield refusal(f"this push carries {commit[:12]}", why=why, next="leave this push to a person, who reads that commit first")


def _rewrites(occasion: Occasion, update: Update) -> bool:
    """Whether the other side's commit is missing from what is pushed; not knowing that commit counts as missing."""
    repository = occasion.repository
    if repository.resolve(f"{update.remote}^{{commit}}") is None:
        return True
    return repository.ask("merge-base", "--is-ancestor", update.remote, update.local).code != 0


def _left_behind(occasion: Occasion) -> list[str]:
    """Law C1 after the hooks before us: they leave the files as they were."""
    if not occasion.bound:
        return []
    root = occasion.repository.root
    changed = [
        change.path
        for change in occasion.repository.status()
        if change.kind is not ChangeKind.UNTRACKED and staged.time_of(root / change.path) > occasion.began + staged.TICK_S
    ]
    if not changed:
        return []
    named = "\n".join(f"  {path}" for path in changed[:10])
    why = "what is pushed would not be what lies here (law C1: no hook loops)"
    next = "look at the change and commit it or put it back"
    return [refusal(f"{len(changed)} file(s) changed while hooks ran:\n{named}", why=why, next=next)]
