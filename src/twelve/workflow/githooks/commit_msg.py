"""A message about to become a commit, before the laws."""

from __future__ import annotations

from pathlib import Path

from twelve.factors.guardrails.laws import statute
from twelve.factors.memory import dialects
from twelve.system import files
from twelve.workflow.githooks.occasion import Answer, Occasion, answer_for, refusal
from twelve.workflow.laws import commits

LIMIT = 1_000_000
FORM = """\
Context: why this was needed
Solution: what was done about it
Learning: what you know now and did not before
Impact: a number, or: not yet measured"""


def answer(occasion: Occasion, path: Path) -> Answer:
    """Refuses, or tells, what the message lacks. What git is in the middle of writing by itself is left alone."""
    if occasion.underway in ("rebase-merge", "rebase-apply", "MERGE_HEAD"):
        return Answer()
    text = dialects.clean(files.read_text(path, LIMIT))
    violations = statute.judge_commit(commits.message_facts(text, occasion.settings, author=_author(occasion)), occasion.settings.laws)
    if not violations:
        return Answer()
    named = "\n".join(f"  {found.law}: this message {found.message}; {found.remedy}" for found in violations)
    kind = dialects.parse(text).header.type
    what = f"the commit message leaves out what the laws ask of `{kind}`:\n{named}"
    return answer_for(occasion, (refusal(what, next=f"write these lines below the subject\n\n{FORM}"),))


def _author(occasion: Occasion) -> str:
    found = occasion.repository.ask(
        "var", "GIT_AUTHOR_IDENT", env={key: value for key, value in occasion.env.items() if key.startswith("GIT_AUTHOR_")}
    )
    return found.out.decode("utf-8", "replace").rpartition(" ")[0] if found.code == 0 else ""
