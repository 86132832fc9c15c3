"""A request as a reviewer reads it. Everything in it is somebody else's text: cleaned, indented, never obeyed."""

from __future__ import annotations

from collections.abc import Iterator

from twelve.factors.approvals import brief as briefs
from twelve.factors.approvals.brief import Brief, Display
from twelve.factors.approvals.record import Standing
from twelve.render import human

_LEVELS = (
    "in time",
    "overdue",
    "overdue: ask a second reviewer",
    "expired: for whoever manages; nothing was denied, the run stays stopped",
)


def request(found: Standing, *, diff: str = "", colour: bool = False) -> str:
    """The whole request: what, why, impact, risks, way back, questions, the change itself, and how to answer."""
    return "\n".join(_lines(found, diff, colour))


def gaps(found: Standing) -> tuple[str, ...]:
    """Fields of the template this request leaves empty."""
    return briefs.gaps(found.request.brief)


def changed(diff: str) -> int:
    """Lines of a diff that are additions or removals."""
    return sum(line.startswith(("+", "-")) and not line.startswith(("+++ ", "--- ")) for line in diff.splitlines())


def _lines(found: Standing, diff: str, colour: bool) -> Iterator[str]:
    asked = found.request
    yield human.style(f"{asked.id}  {human.one_line(asked.question)}", "bold", colour=colour)
    yield _field("subject", asked.subject)
    if asked.run:
        yield _field("run", asked.run)
    if asked.about:
        yield _field("about", asked.about)
    yield _field("state", f"{found.status.value}, {_LEVELS[found.level]}; expires {asked.expires.isoformat(timespec='minutes')}")
    if asked.approvers > 1:
        yield _field("approvers", f"{asked.approvers} different people, none of the authors; {found.lacking} still to come")
    if asked.requester:
        yield _field("asked by", asked.requester)
    yield _field("needs", f"an answer that is at least {asked.tier.value}")
    yield from _brief(asked.brief)
    yield from _diff(diff, asked.brief, colour)
    for item in found.answers:
        said = item.decision
        verb = "granted" if said.granted else "rejected"
        yield _field("answer", f"{verb} by {said.by}, {said.at.isoformat(timespec='seconds')}, {said.tier.value} ({said.method.value})")
        if said.reason:
            yield _field("feedback", said.reason)


def _brief(brief: Brief) -> Iterator[str]:
    for name, text in (("summary", brief.summary), ("findings", brief.findings), ("approach", brief.approach)):
        if text:
            yield _field(name, text)
    for other in brief.alternatives:
        yield _field("instead of", f"{other.what} (not taken: {other.why_not})")
    impact = brief.impact
    if impact.files:
        more = f" and {len(impact.files) - 20} more" if len(impact.files) > 20 else ""
        yield _field("files", ", ".join(impact.files[:20]) + more)
    if impact.services:
        yield _field("services", ", ".join(impact.services))
    if impact.time:
        yield _field("time", impact.time)
    if impact.risk:
        yield _field("risk", impact.risk)
    for hazard in brief.hazards:
        yield _field("hazard", f"{hazard.risk} (against it: {hazard.mitigation or 'nothing said'})")
    if brief.rollback:
        yield _field("way back", brief.rollback)
    for question in brief.questions:
        yield _field("question", question)
    missing = briefs.gaps(brief)
    if missing:
        yield _field("not said", ", ".join(missing))
    for command in brief.see:
        yield _field("see", command)


def _diff(diff: str, brief: Brief, colour: bool) -> Iterator[str]:
    if not diff:
        return
    lines = changed(diff)
    shown = briefs.display(lines)
    if shown is not Display.INLINE:
        yield _field("change", f"{human.count(len(brief.impact.files), 'file')}, {human.count(lines, 'changed line')}")
    if shown is Display.SUMMARY:
        yield _field("see", "the whole change: twelve approvals show ID --diff")
        return
    for line in human.clean(diff).splitlines():
        style = "green" if line.startswith("+") else "red" if line.startswith("-") else ""
        yield "  | " + (human.style(line, style, colour=colour) if style else line)


def _field(name: str, text: str) -> str:
    """A name and a text whose further lines are indented, so that quoted text cannot pose as a field."""
    first, *rest = human.clean(text).strip().splitlines() or [""]
    return "\n".join([f"{name:10}{first}", *(f"{'':10}{line}" for line in rest)])
