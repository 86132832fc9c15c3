"""Checks that several phases share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from twelve.model.finding import Finding
from twelve.workflow.phases import wording
from twelve.workflow.phases.checklist import QUESTIONS, unanswered
from twelve.workflow.phases.schema import Artefact, finding

FEW = f"fewer than {wording.MIN_WORDS} words"


class Criterion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One success criterion; the plan names a command for each."""

    id: str
    text: str


class Scope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the task is expected to touch."""

    paths: tuple[str, ...]
    estimate_lines: int


def checklist(artefact: Artefact) -> Iterator[Finding]:
    for name in unanswered(artefact.checklist):
        answer = getattr(artefact.checklist, name)
        lacks = f"says too little ({FEW})" if wording.too_short(answer) else "is not answered"
        message = f"checklist.{name} {lacks}: {QUESTIONS[name]}"
        yield finding(artefact.NAME, "checklist-unanswered", message, anchor=f"checklist.{name}", fix="answer in a sentence of your own")


def text(name: str, field: str, value: str) -> Iterator[Finding]:
    """A required text that says something."""
    if wording.placeholder(value):
        yield finding(
            name,
            f"{field.split('.')[-1].replace('_', '-')}-empty",
            f"`{field}` says {f'too little ({FEW}): {value.strip()[:80]!r}' if wording.too_short(value) else 'nothing'}",
            anchor=field,
            fix="write what is meant in words",
        )


def problem(name: str, value: str) -> Iterator[Finding]:
    """Stated, and in at most two sentences (S0)."""
    if wording.placeholder(value):
        yield finding(
            name, "problem-missing", "`problem` is not stated", anchor="problem", fix="say in one or two sentences what is wrong or wanted"
        )
        return
    count = wording.sentences(value)
    if count > 2 or len(value) > wording.MAX_PROBLEM_CHARACTERS:
        message = f"`problem` has {count} sentences and {len(value)} characters; at most 2 and {wording.MAX_PROBLEM_CHARACTERS} are allowed"
        yield finding(name, "problem-too-long", message, anchor="problem", fix="keep the problem, move the rest below the front matter")


def criteria(name: str, values: Sequence[Criterion]) -> Iterator[Finding]:
    """At least one, distinct, each naming something observable."""
    if not values:
        yield finding(
            name, "criteria-missing", "`success_criteria` is empty", anchor="success_criteria", fix="add at least one that can be tested"
        )
    yield from duplicates(name, "criterion", (item.id for item in values))
    yield from duplicates(name, "criterion-text", (" ".join(item.text.lower().split()) for item in values))
    for item in values:
        if not wording.testable(item.text):
            fix = "name what one can observe: a number, an output, an exit code, what it returns, prints, refuses"
            yield finding(
                name,
                "criterion-not-testable",
                f"criterion {item.id} names nothing one can observe: {item.text[:80]!r}",
                anchor=f"success_criteria.{item.id}",
                fix=fix,
            )


def scope(name: str, value: Scope) -> Iterator[Finding]:
    if value.estimate_lines < 0:
        yield finding(name, "estimate-negative", "`scope.estimate_lines` is negative", anchor="scope.estimate_lines")
    yield from paths(name, "scope.paths", value.paths)


def paths(name: str, field: str, values: Iterable[str]) -> Iterator[Finding]:
    for path in values:
        trouble = wording.path_trouble(path)
        if trouble:
            yield finding(
                name,
                "path-refused",
                f"`{field}`: {path[:120]!r}: {trouble}",
                anchor=f"{field}.{path[:120]}",
                fix="name a path inside the repository",
            )


def argv(name: str, field: str, value: Sequence[str], *, judges: bool = True) -> Iterator[Finding]:
    """A command list a machine may run; `judges` says that its exit code is taken for an answer."""
    trouble = wording.argv_trouble(value)
    if trouble:
        yield finding(name, "command-refused", f"`{field}`: {trouble}", anchor=field, fix="write it as a list: [program, argument, …]")
    elif judges and wording.proves_nothing(value):
        yield finding(
            name,
            "command-proves-nothing",
            f"`{field}`: {value[0]} cannot fail",
            anchor=field,
            fix="name a command that is red when the work is missing",
        )


def duplicates(name: str, what: str, ids: Iterable[str]) -> Iterator[Finding]:
    for id, count in Counter(ids).items():
        if count > 1:
            yield finding(
                name, f"{what}-duplicate", f"{what} {id[:80]!r} is there {count} times", anchor=f"{what}.{id[:80]}", fix="keep one"
            )
