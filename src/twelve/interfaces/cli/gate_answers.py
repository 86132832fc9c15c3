"""What `twelve gate` answers, for programs and for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from twelve.factors.gates.engine import Progress
from twelve.factors.gates.fingerprints import Changes
from twelve.model.finding import Finding
from twelve.model.verdict import Verdict
from twelve.render import human, jsonl


class RunAnswer(Struct, frozen=True, kw_only=True):
    """What `twelve gate run --json` prints."""

    schema: str = "twelve.gate-run.v1"
    subject: str
    """Tree id of the judged content without `.twelve/`."""
    commit: str
    """Commit the evidence was attached to; empty while this content is not committed."""
    blocked: bool
    unproven: tuple[str, ...]
    """Gates that were never seen red with their present definition."""
    slow: tuple[str, ...]
    """What took longer than its cost allows, in words."""
    verdicts: tuple[dict[str, Any], ...]
    """As in the verdict schema; each with `changes` since the last run on this branch."""


def run_answer(verdicts: Sequence[Verdict], changes: Mapping[str, Changes], commit: str, slow: Sequence[str] = ()) -> RunAnswer:
    """The verdicts with what changed since last time."""
    listed = tuple({**jsonl.verdict(verdict), "changes": _change_marks(changes.get(verdict.gate))} for verdict in verdicts)
    return RunAnswer(
        subject=verdicts[0].subject if verdicts else "",
        commit=commit,
        blocked=any(verdict.blocks for verdict in verdicts),
        unproven=tuple(verdict.gate for verdict in verdicts if not verdict.proven),
        slow=tuple(slow),
        verdicts=listed,
    )


def run_text(verdicts: Sequence[Verdict], changes: Mapping[str, Changes], slow: Sequence[str] = (), *, colour: bool) -> str:
    """Verdicts, then what became of earlier findings, what was slow, and how many gates were never seen red."""
    lines = [human.verdicts(verdicts, colour=colour)]
    new, fixed, recurring = (sum(len(getattr(change, name)) for change in changes.values()) for name in ("new", "fixed", "recurring"))
    if new or fixed or recurring:
        lines.append(f"since the last run on this branch: {new} new, {fixed} fixed, {recurring} still there")
        lines.extend(f"  fixed: {human.finding(found, colour=colour)}" for change in changes.values() for found in change.fixed)
    lines.extend(f"slow: {told}" for told in slow)
    unproven = [verdict.gate for verdict in verdicts if not verdict.proven]
    if unproven:
        lines.append(f"{len(unproven)} of {len(verdicts)} gates were never seen red here: twelve gate prove")
    return "\n".join(lines)


def progress(speak: Callable[[str], None]) -> Callable[[Progress], None]:
    """Live lines while gates run."""

    def tell(event: Progress) -> None:
        if event.state == "started":
            speak(f"... {human.one_line(event.gate)}")
        elif event.state == "again":
            speak(f"... {human.one_line(event.gate)}: attempt {event.attempt} after a transient failure")
        elif event.verdict is not None:
            cached = " (cached)" if event.verdict.cached else f" ({event.verdict.duration_s:.1f}s)"
            speak(f"{event.verdict.outcome.value:<5} {human.one_line(event.gate)}{cached}")

    return tell


def _change_marks(change: Changes | None) -> dict[str, list[str]]:
    def marks(findings: Sequence[Finding]) -> list[str]:
        return [found.fingerprint for found in findings]

    if change is None:
        return {"new": [], "fixed": [], "recurring": []}
    return {"new": marks(change.new), "fixed": marks(change.fixed), "recurring": marks(change.recurring)}
