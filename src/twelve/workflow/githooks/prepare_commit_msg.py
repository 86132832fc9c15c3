"""The form of a message, filled in from the open run; nothing when somebody already said something."""

from __future__ import annotations

from pathlib import Path

from twelve.system import files, redact
from twelve.workflow import artefacts, stamp
from twelve.workflow.githooks.occasion import Answer, Occasion
from twelve.workflow.phases.plan import Plan
from twelve.workflow.phases.prime import Prime
from twelve.workflow.phases.research import Research
from twelve.workflow.phases.tiny import Tiny

LIMIT = 1_000_000
HINTS = {
    "Context": "why this was needed",
    "Solution": "what was done about it",
    "Learning": "what you know now and did not before",
    "Impact": "a number, or: not yet measured",
}


def answer(occasion: Occasion, path: Path, source: str = "") -> Answer:
    """Writes the form above git's own comments. With a message, template, merge, squash or amend nothing is touched."""
    if source or occasion.underway:
        return Answer()
    before = files.read_text(path, LIMIT)
    sign = _sign(occasion)
    if not sign or any(line.strip() and not line.startswith(sign) for line in before.splitlines()):
        return Answer()
    files.write_atomic(path, redact.redact(_form(occasion, sign)) + before)
    return Answer()


def _sign(occasion: Occasion) -> str:
    """What begins a comment; "" when git picks one for each message."""
    found = occasion.repository.config_get("core.commentString") or occasion.repository.config_get("core.commentChar") or "#"
    return "" if found == "auto" else found


def _form(occasion: Occasion, sign: str) -> str:
    """What the run says as text to be edited, what nobody said yet as a comment that git drops."""
    open_run = stamp.read(occasion.repository.state_dir, occasion.repository.root)
    known = _known(occasion, open_run.run) if open_run else {}
    lines = ["", ""] + [f"{name}: {known[name]}" if name in known else f"{sign} {name}: {hint}" for name, hint in HINTS.items()]
    if open_run:
        lines += ["", f"Run: {open_run.run}"]
    return "\n".join([*lines, "", f"{sign} type(scope): what changes, in one line above; lines that begin with {sign} are left out", ""])


def _known(occasion: Occasion, run: str) -> dict[str, str]:
    found = {name: artefacts.read(occasion.repository.root, run, name).artefact for name in ("tiny", "prime", "research", "plan")}
    known: dict[str, str] = {}
    for artefact in found.values():
        if isinstance(artefact, Prime | Tiny):
            known["Context"] = _line(artefact.problem)
        if isinstance(artefact, Research):
            known["Solution"] = _line(next((way.summary for way in artefact.approaches if way.id == artefact.chosen), artefact.chosen))
        if isinstance(artefact, Plan | Tiny):
            known.setdefault("Solution", _line("; ".join(step.title for step in artefact.steps)))
    return {name: text for name, text in known.items() if text}


def _line(text: str) -> str:
    return " ".join(text.split())[:400]
