"""After a commit: its evidence finds it, and the journal knows it. Never in the way."""

from __future__ import annotations

from contextlib import suppress

from twelve.factors.gates import ledger
from twelve.model.errors import TwelveError
from twelve.system import journal
from twelve.workflow.githooks import witnessing
from twelve.workflow.githooks.occasion import Answer, Occasion


def answer(occasion: Occasion) -> Answer:
    """Silent; what cannot be recorded now is judged again later."""
    repository = occasion.repository
    with suppress(TwelveError, OSError):
        head = repository.head()
        if head:
            lines = ledger.attach(repository, head)
            by = "driver" if occasion.driver else "agent" if occasion.agent else "person"
            journal.Journal(repository.state_dir / "journal").emit("hook.committed", commit=head, by=by, evidence=lines)
    with suppress(TwelveError, OSError):
        return Answer(lines=witnessing.committed(occasion))
    return Answer()
