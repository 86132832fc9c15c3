"""Command line trees in one line of text, for comparing and for known answers."""

from __future__ import annotations

from twelve.system.shell.expansion import UNKNOWN, Field, Scope, expand, nested_scripts
from twelve.system.shell.syntax import TEXT, Compound, Part, Redirect, Script, Simple, Word


def shown(script: Script) -> str:
    """Words in braces, quoted text in angle marks, stages joined by bars, pipelines by semicolons."""
    return " ; ".join(" | ".join(_command(stage) for stage in line.stages) + (" &" if line.background else "") for line in script.pipelines)


def _command(command: Simple | Compound) -> str:
    redirects = [_redirect(redirect) for redirect in command.redirects]
    if isinstance(command, Simple):
        return " ".join(
            [f"{name}={_word(value)}" for name, value in command.assignments] + [_word(word) for word in command.words] + redirects
        )
    bodies = ", ".join(shown(body) for body in command.bodies)
    return " ".join([f"{command.kind}:{command.name}({bodies})", *(_word(value) for value in command.values), *redirects])


def _redirect(redirect: Redirect) -> str:
    return f"{redirect.descriptor}{redirect.operator}{_word(redirect.target)}"


def _word(word: Word) -> str:
    return "{" + " ".join(_part(part) for part in word.parts) + "}"


def _part(part: Part) -> str:
    if part.kind == TEXT:
        return f"‹{part.text}›" if part.quoted else part.text
    inside = f"[{shown(part.script)}]" if part.script is not None else ""
    words = "<" + ",".join(_word(word) for word in part.words) + ">" if part.words else ""
    return f"{part.kind}{'‹›' if part.quoted else ''}:{part.text}{part.operator}{inside}{words}"


def commands(script: Script, scope: Scope) -> list[tuple[Field, ...]]:
    """Every command anywhere in `script`, expanded, as if all of them ran."""
    found: list[tuple[Field, ...]] = []
    for pipeline in script.pipelines:
        for stage in pipeline.stages:
            _gather(stage, scope, found)
    return found


def _gather(command: Simple | Compound, scope: Scope, found: list[tuple[Field, ...]]) -> None:
    values = command.values if isinstance(command, Compound) else tuple(value for _name, value in command.assignments)
    words = command.words if isinstance(command, Simple) else ()
    for word in (*values, *words, *(redirect.target for redirect in command.redirects)):
        for nested in nested_scripts(word):
            found.extend(commands(nested, scope))
    if isinstance(command, Compound):
        if command.name:
            scope.variables[command.name] = None
        for body in command.bodies:
            found.extend(commands(body, scope))
        return
    for name, _value in command.assignments:
        scope.variables[name.removesuffix("+")] = None
    fields = tuple(field for word in words for field in expand(word, scope))
    if fields:
        found.append(fields)


def covers(fields: tuple[Field, ...], real: tuple[str, ...]) -> bool:
    """The command bash ran is one of those `fields` stand for. What is unknown or a glob may be any number of words."""
    if any(field.pattern or not field.exact for field in fields):
        first = fields[0]
        return first.pattern or UNKNOWN in first.text or first.text == real[0]
    return tuple(field.text for field in fields) == real
