"""Checks in pipelines, recipes and scripts that went, run no more, look at less, or whose failure counts for nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from twelve.factors.gates.integrity import commands, places, scripts
from twelve.factors.gates.integrity.commands import Command
from twelve.factors.gates.integrity.rules import finding
from twelve.factors.gates.integrity.scripts import Step
from twelve.model.finding import Finding, Severity

_IDLE = frozenset(("echo", "true", "exit", ":", "printf", "", "sleep", "cd", "false"))
_TRUSTED = ("coverage", "")
"""Uploading coverage may fail without anything going unchecked."""


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Finding]:
    """Findings about command lines over the whole change."""
    old = [step for path, text in before.items() for step in scripts.steps(path, text)]
    new = [step for path, text in after.items() for step in scripts.steps(path, text)]
    yield from _softened(old, new)
    yield from _settings(old, new)
    yield from _narrowed(old, new)
    yield from _limits(old, new)
    yield from _hollow(old, new)
    yield from _triggers(before, after)
    for group in (places.is_pipeline, _is_recipe):
        yield from _removed([step for step in old if group(step.path)], [step for step in new if group(step.path)])
    for path in sorted({**before, **after}):
        if places.is_pipeline(path):
            yield finding("pipeline-touched", path, "a pipeline changed", anchor=path)


def _is_recipe(path: str) -> bool:
    return not places.is_pipeline(path) and places.language(path) is None


def _softened(old: Sequence[Step], new: Sequence[Step]) -> Iterator[Finding]:
    """`|| true` and its relatives, at commands that did not have them."""
    known = Counter((command.softened, commands.loose(command.text)) for step in old for command in step.commands if command.softened)
    families = Counter(command.family for step in old for command in step.commands if command.family)
    for step in new:
        for command in step.commands:
            key = (command.softened, commands.loose(command.text))
            if not command.softened or known[key] > 0:
                known[key] -= 1
                continue
            if command.text.startswith(("true", "exit", "echo", ":", "set +")) or (
                not command.family and command.softened.startswith("--")
            ):
                continue
            severe = command.family not in _TRUSTED and (families[command.family] or places.is_pipeline(step.path))
            message = f"{step.place}: the failure of `{_short(command.text)}` counts for nothing ({command.softened})"
            severity = Severity.ERROR if severe else Severity.WARNING
            yield finding("failure-ignored", step.path, message, line=step.line, anchor=f"{step.place} {command.text}", severity=severity)


def _settings(old: Sequence[Step], new: Sequence[Step]) -> Iterator[Finding]:
    """`continue-on-error` and `if: false`, at places that did not have them."""
    tolerated = Counter((step.place, step.tolerated) for step in old if step.tolerated)
    disabled = Counter((step.place, step.disabled) for step in old if step.disabled)
    there = {step.place for step in old}
    for step in new:
        known = step.place in there or any(place.startswith(step.place) for place in there)
        if step.tolerated and not tolerated[(step.place, step.tolerated)]:
            severe = (known or step.family not in _TRUSTED) and step.family != "coverage"
            message = f"{step.place}: its failure counts for nothing ({step.tolerated})"
            severity = Severity.ERROR if severe else Severity.WARNING
            yield finding("failure-ignored", step.path, message, line=step.line, anchor=f"{step.place} {step.tolerated}", severity=severity)
        if step.disabled and not disabled[(step.place, step.disabled)]:
            severity = Severity.ERROR if known else Severity.WARNING
            message = f"{step.place}: never runs by itself any more ({step.disabled})"
            yield finding("check-disabled", step.path, message, line=step.line, anchor=f"{step.place} {step.disabled}", severity=severity)


def _narrowed(old: Sequence[Step], new: Sequence[Step]) -> Iterator[Finding]:
    """The same tool, with flags that make it look at less."""
    before: dict[str, list[Command]] = defaultdict(list)
    for step in old:
        for command in step.commands:
            before[command.tool].append(command)
    kept = {(command.tool, commands.loose(command.text)) for step in new for command in step.commands}
    for step in new:
        for command in step.commands:
            others = before.get(command.tool, [])
            known = {flag for other in others for flag in other.narrowed}
            gone = [other for other in others if (other.tool, commands.loose(other.text)) not in kept]
            fresh = [flag for flag in command.narrowed if flag not in known]
            if command.family and fresh and gone:
                message = f"{step.place}: `{_short(command.text)}` looks at less than before ({', '.join(fresh)})"
                yield finding("check-narrowed", step.path, message, line=step.line, anchor=f"{step.place} {command.text}")


def _limits(old: Sequence[Step], new: Sequence[Step]) -> Iterator[Finding]:
    """`--cov-fail-under 90` that became 60 or went, while the tool is still called."""
    tools = {command.tool for step in new for command in step.commands}
    now: dict[tuple[str, str], list[float]] = defaultdict(list)
    for step in new:
        for command in step.commands:
            for flag, value in command.limits:
                now[(command.tool, flag)].append(value)
    for step in old:
        for command in step.commands:
            for flag, value in command.limits if command.tool in tools else ():
                values = now.get((command.tool, flag), [])
                weaker = (max(values) > value if flag.startswith("--max") else min(values) < value) if values else True
                if weaker:
                    became = f"{values[0]:g}" if values else "nothing"
                    yield finding(
                        "threshold-lowered", step.path, f"{step.place}: {flag} {value:g} became {became}", anchor=f"{step.place} {flag}"
                    )


def _hollow(old: Sequence[Step], new: Sequence[Step]) -> Iterator[Finding]:
    """A step, target or script of the same name that checks nothing any more."""
    after = {(step.path, step.place): step for step in new if step.place}
    families = {command.family for step in new for command in step.commands}
    for step in old:
        same = after.get((step.path, step.place))
        if same is None or not step.family or any(command.family for command in same.commands):
            continue
        replaced = [command for command in same.commands if command.tool not in _IDLE]
        mild = bool(replaced) or step.family == "coverage" or (step.family in families and places.is_pipeline(step.path))
        severity = Severity.WARNING if mild else Severity.ERROR
        message = f"{step.place}: ran `{_short(step.commands[0].text)}` and checks nothing any more"
        yield finding("check-removed", step.path, message, line=same.line, anchor=f"hollow {step.place}", severity=severity)


def _triggers(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Finding]:
    """A workflow that no longer runs on what it judged."""
    now = {trigger for path, text in after.items() for trigger in scripts.triggers(path, text)}
    for path in sorted(before.keys() & after.keys()):
        still = scripts.triggers(path, after[path])
        lost = scripts.triggers(path, before[path]) - still if still else frozenset()
        for trigger in sorted(lost & {"pull_request", "push", "merge_group"} - now):
            yield finding("check-disabled", path, f"no longer runs on {trigger}", anchor=trigger)


def _removed(old: Sequence[Step], new: Sequence[Step]) -> Iterator[Finding]:
    """Checks of a family that were run and are run no more, with nothing of that family in their place."""
    before, after = _checks(old), _checks(new)
    for family, tools in sorted(before.items()):
        now = after.get(family, {})
        lost = [tool for tool in tools if tool not in now]
        added = [tool for tool in now if tool not in tools]
        extinct = not now
        for tool in sorted(lost)[: max(len(lost) - len(added), 0)]:
            step = tools[tool]
            if any(tool.split()[-1] == other.split()[-1] for family_now in after.values() for other in family_now):
                continue
            message = f"{step.place}: {tool!r} is no longer run, and nothing else does its work ({family})"
            severe = places.is_pipeline(step.path) and family != "coverage" and (extinct or family in ("test", "types", "gate", "security"))
            severity = Severity.ERROR if severe else Severity.WARNING
            yield finding("check-removed", step.path, message, anchor=f"{step.place} {tool}", severity=severity)


def _checks(steps: Sequence[Step]) -> dict[str, dict[str, Step]]:
    found: dict[str, dict[str, Step]] = defaultdict(dict)
    for step in steps:
        for command in step.commands:
            if command.family and not step.disabled and step.place != scripts.UNREADABLE:
                found[command.family].setdefault(command.tool, step)
    return found


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."
