"""Plan: steps that can be validated, an acceptance command per criterion, oracles, people, observability, factors."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import ClassVar

from msgspec import Struct, field

from twelve.model.finding import Finding
from twelve.model.risk import Risk
from twelve.workflow.phases import ordering, shared, wording
from twelve.workflow.phases.context import Context
from twelve.workflow.phases.schema import Artefact, finding

MAX_STEPS = 50
"""A plan with more steps is several plans (ours)."""
NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
MAPPED = NUMERALS[:4]
"""Factors every plan has to say something about (S0)."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NONE = re.compile(r"none:\s*(.*)", re.IGNORECASE | re.DOTALL)
_MOMENTS = ("implement", "learn")


class Validation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One check of a step: a command list, or the id of a configured gate."""

    command: tuple[str, ...] = ()
    gate: str = ""


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step; its number is nothing, its id and needs are everything."""

    id: str
    title: str
    needs: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """Globs of the files it changes."""
    validation: tuple[Validation, ...] = ()
    reversible: bool = True
    rollback: str = ""
    creates_oracles: tuple[str, ...] = ()


class Acceptance(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one criterion is judged. We run the command; nobody's word counts."""

    criterion: str
    command: tuple[str, ...]
    oracles: tuple[str, ...] = ()
    must_fail_first: bool = True
    reason: str = ""
    """Why it cannot be seen failing first; only then may `must_fail_first` be false."""


class Observability(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shows later that it works, and a command that looks."""

    what: str
    check: tuple[str, ...] = ()


class Checkpoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question a person answers before a step, `implement` or `learn`."""

    before: str
    question: str


class Plan(Artefact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`plan.md`."""

    NAME: ClassVar[str] = "plan"

    steps: tuple[Step, ...]
    acceptance: tuple[Acceptance, ...]
    observability: Observability
    human_checkpoints: tuple[Checkpoint, ...] | str
    factors: dict[str, str] = field(default_factory=dict)


def findings(artefact: Plan, context: Context) -> Iterator[Finding]:
    """What keeps plan open."""
    name = artefact.NAME
    yield from steps(name, artefact.steps, context)
    yield from acceptance(name, artefact.steps, artefact.acceptance, context)
    yield from observability(name, artefact.observability)
    yield from checkpoints(name, artefact.human_checkpoints, artefact.steps, context)
    for numeral in MAPPED:
        if wording.placeholder(artefact.factors.get(numeral, "")):
            message = f"`factors` says nothing about {numeral}"
            yield finding(name, "factor-unmapped", message, anchor=f"factors.{numeral}", fix="say in a sentence how the plan uses it")
    for key in sorted(set(artefact.factors) - set(NUMERALS)):
        yield finding(
            name, "factor-unknown", f"`factors` names {key[:40]!r}", anchor=f"factors.{key[:40]}", fix="use the numerals I to XII"
        )
    yield from shared.checklist(artefact)


def steps(name: str, values: Sequence[Step], context: Context) -> Iterator[Finding]:
    """Each can be named, ordered, validated and undone."""
    if not 1 <= len(values) <= MAX_STEPS:
        yield finding(name, "step-count", f"{len(values)} steps; 1 to {MAX_STEPS} are allowed", anchor="steps")
    yield from shared.duplicates(name, "step", (step.id for step in values))
    for step in values:
        yield from _step(name, step, context)
    known = {step.id for step in values}
    for step in values:
        for need in step.needs:
            if need not in known:
                yield finding(
                    name,
                    "step-unknown",
                    f"step {step.id} needs {need[:64]!r}",
                    anchor=f"steps.{step.id}.needs",
                    fix="name the id of a step",
                )
    circle = ordering.cycle(values)
    if circle:
        message = f"steps wait for each other: {' -> '.join(circle)}"
        yield finding(name, "step-cycle", message, anchor="steps.needs", fix="break the circle; a step needs only earlier ones")


def _step(name: str, step: Step, context: Context) -> Iterator[Finding]:
    place = f"steps.{step.id[:64]}"
    if not _ID.fullmatch(step.id) or step.id in _MOMENTS:
        yield finding(
            name,
            "step-id",
            f"{step.id[:64]!r} cannot be a step id",
            anchor=place,
            fix="letters, digits, dot, dash; not `implement` or `learn`",
        )
    if not step.title.strip():
        yield finding(name, "step-without-title", f"step {step.id[:64]} has no title", anchor=place)
    if not step.files:
        message = f"step {step.id[:64]} names no files"
        yield finding(name, "step-without-files", message, anchor=place, fix="name the globs it changes; its prompt is fed from them")
    yield from shared.paths(name, f"{place}.files", (*step.files, *step.creates_oracles))
    if not step.validation:
        message = f"step {step.id[:64]} has no validation"
        yield finding(
            name,
            "step-without-validation",
            message,
            anchor=place,
            fix="add a command list or a gate id that is red when the step is not done",
        )
    for number, check in enumerate(step.validation):
        yield from _validation(name, f"{place}.validation[{number}]", check, context)
    if not step.reversible and wording.placeholder(step.rollback):
        message = f"step {step.id[:64]} cannot be undone and has no rollback"
        yield finding(name, "step-without-rollback", message, anchor=place, fix="say how to get back, in words a person can follow")


def _validation(name: str, place: str, check: Validation, context: Context) -> Iterator[Finding]:
    if bool(check.command) == bool(check.gate):
        yield finding(name, "validation-unclear", f"`{place}` needs either `command` or `gate`", anchor=place)
    elif check.command:
        yield from shared.argv(name, f"{place}.command", check.command)
    elif check.gate not in context.gates:
        fix = f"configured gates: {', '.join(sorted(context.gates)) or 'none'}"
        yield finding(name, "gate-unknown", f"`{place}` names gate {check.gate[:64]!r}", anchor=place, fix=fix)


def acceptance(name: str, values: Sequence[Step], judged: Sequence[Acceptance], context: Context) -> Iterator[Finding]:
    """One command per criterion; its oracles exist or are created before the work they judge."""
    yield from shared.duplicates(name, "acceptance", (item.criterion for item in judged))
    named = {item.criterion for item in judged}
    for id in context.criteria:
        if id not in named:
            yield finding(name, "acceptance-missing", f"criterion {id} has no acceptance command", anchor=f"acceptance.{id}", fix="add one")
    for item in judged:
        place = f"acceptance.{item.criterion[:64]}"
        if item.criterion not in context.criteria:
            yield finding(
                name, "criterion-unknown", f"{item.criterion[:64]!r} is not a success criterion", anchor=place, fix="name the id of one"
            )
        yield from shared.argv(name, f"{place}.command", item.command)
        yield from shared.paths(name, f"{place}.oracles", item.oracles)
        if not item.must_fail_first and wording.placeholder(item.reason):
            message = f"{item.criterion[:64]}: `must_fail_first: false` without a reason"
            yield finding(
                name, "red-not-wanted", message, anchor=place, fix="say why it cannot be seen failing before the work, in `reason`"
            )
        yield from _oracles(name, place, item, values, context)


def oracle_paths(item: Acceptance, files: Collection[str]) -> tuple[str, ...]:
    """The files an acceptance entry names as oracles; a glob stands for the existing files it matches."""
    found: dict[str, None] = {}
    for path in item.oracles:
        matched = sorted(name for name in files if fnmatchcase(name, path)) if "*" in path else [path]
        found.update(dict.fromkeys(matched))
    return tuple(found)


def _oracles(name: str, place: str, item: Acceptance, values: Sequence[Step], context: Context) -> Iterator[Finding]:
    order = [step.id for step in ordering.order(values)]
    yield from _unnamed(name, place, item, context)
    for path in item.oracles:
        creators = [step.id for step in values if path in step.creates_oracles]
        if not creators and not _exists(path, context.files):
            message = f"oracle {path[:120]!r} neither exists nor is created by a step"
            yield finding(
                name, "oracle-unknown", message, anchor=place, fix="name an existing file, or list it in a step's `creates_oracles`"
            )
        if len(creators) > 1:
            message = f"oracle {path[:120]!r} is created by {', '.join(creators)}"
            yield finding(name, "oracle-created-twice", message, anchor=place, fix="one step creates it, later ones leave it alone")
        if creators and creators[0] in order and order.index(creators[0]) == len(order) - 1:
            message = f"oracle {path[:120]!r} is created by the last step, so it judges nothing"
            yield finding(name, "oracle-created-last", message, anchor=place, fix="create it in a step before the work it judges")


def _exists(path: str, files: Collection[str]) -> bool:
    return path in files or ("*" in path and any(fnmatchcase(name, path) for name in files))


def _unnamed(name: str, place: str, item: Acceptance, context: Context) -> Iterator[Finding]:
    """A test that judges has to be pinned; otherwise the work could bring its own judge."""
    named = {*item.oracles, *oracle_paths(item, context.files)}
    fix = "name the test files in `oracles`; if they do not exist yet, let an earlier step create them"
    missing = [path for path in map(wording.judging_path, item.command) if path and path not in named]
    if missing:
        message = f"{item.criterion[:64]} is judged by {missing[0][:120]!r}, which is no oracle"
        yield finding(name, "oracle-unnamed", message, anchor=place, fix=fix)
    elif not item.oracles and wording.runs_tests(item.command):
        yield finding(name, "oracle-unnamed", f"{item.criterion[:64]} is judged by tests and names none", anchor=place, fix=fix)


def observability(name: str, value: Observability) -> Iterator[Finding]:
    yield from shared.text(name, "observability.what", value.what)
    if value.check:
        yield from shared.argv(name, "observability.check", value.check)


def checkpoints(name: str, value: tuple[Checkpoint, ...] | str, values: Sequence[Step], context: Context) -> Iterator[Finding]:
    """Who decides what, when; `none: reason` is an answer for low risk only."""
    if isinstance(value, str):
        reason = _NONE.fullmatch(value.strip())
        if reason is None or wording.placeholder(reason.group(1)):
            yield finding(
                name, "checkpoints-unclear", "`human_checkpoints` is neither a list nor `none: reason`", anchor="human_checkpoints"
            )
        elif context.risk is not Risk.LOW:
            message = f"risk is {context.risk.value}, so `none` is not allowed"
            yield finding(
                name, "checkpoints-needed", message, anchor="human_checkpoints", fix="name what a person decides, and before which step"
            )
        return
    if not value:
        yield finding(
            name,
            "checkpoints-unclear",
            "`human_checkpoints` is empty",
            anchor="human_checkpoints",
            fix="list them, or write `none: reason`",
        )
    known = {*(step.id for step in values), *_MOMENTS}
    for point in value:
        if point.before not in known:
            message = f"checkpoint before {point.before[:64]!r}, which is no step"
            yield finding(
                name,
                "checkpoint-unknown",
                message,
                anchor=f"human_checkpoints.{point.before[:64]}",
                fix="a step id, `implement` or `learn`",
            )
        yield from shared.text(name, f"human_checkpoints.{point.before[:64]}.question", point.question)


def checkpoint_list(value: tuple[Checkpoint, ...] | str) -> tuple[Checkpoint, ...]:
    """The questions for people; none when the plan says so."""
    return () if isinstance(value, str) else value
