"""Where command lines stand: steps of pipelines, recipes of make, scripts of package.json, tox and shell files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from twelve.factors.gates.integrity import commands, places
from twelve.factors.gates.integrity.commands import Command
from twelve.system import documents

UNREADABLE = "unreadable"
"""The place of commands in a file whose structure could not be read."""
_KEYS = frozenset(
    (
        "run",
        "script",
        "scripts",
        "before_script",
        "after_script",
        "command",
        "commands",
        "bash",
        "sh",
        "pwsh",
        "entry",
        "install",
        "test_script",
    )
)
_PASSES = frozenset(("continue-on-error", "continueOnError", "allow_failure", "soft_fail", "ignore_errors", "ignoreErrors"))
_SOFT_ACTION = re.compile(r"^(?:actions/(?:checkout|setup-.*|cache|upload-.*|download-.*)|\./|docker://)")
_RECIPE = re.compile(r"^(?P<target>[A-Za-z0-9_./%-][^:=\n]*?)\s*::?(?!=)(?P<rest>[^=\n]*)$")


class Step(Struct, frozen=True):
    """Commands at one place, and whether the place lets them count."""

    path: str
    place: str
    """Job and step, target or script name: what stays when the step changes."""
    commands: tuple[Command, ...] = ()
    tolerated: str = ""
    """The setting by which a failure here counts for nothing."""
    disabled: str = ""
    """The setting by which it never runs."""
    line: int = 0

    @property
    def family(self) -> str:
        return next((command.family for command in self.commands if command.family), "")


def steps(path: str, text: str) -> tuple[Step, ...]:
    """Every step of a file that holds command lines; empty for other files."""
    name = path.rpartition("/")[2]
    if places.is_pipeline(path):
        return tuple(_pipeline(path, text))
    if name.lower() in ("makefile", "gnumakefile", "justfile") or name.endswith(".mk"):
        return tuple(_recipes(path, text))
    if name == "package.json":
        return tuple(_package(path, text))
    if name == "tox.ini":
        return tuple(_tox(path, text))
    if places.language(path) is places.Language.SHELL and not places.is_hook(path) and not path.endswith(".bats"):
        return (Step(path, "script", commands.read(text)),)
    return ()


def triggers(path: str, text: str) -> frozenset[str]:
    """Events that start a GitHub workflow."""
    if not path.startswith(".github/workflows/"):
        return frozenset()
    try:
        document = documents.load_yaml(text, name=path, lenient=True)
    except documents.DocumentError:
        return frozenset()
    on = document.get("on", document.get(True)) if isinstance(document, dict) else None
    return frozenset([on]) if isinstance(on, str) else frozenset(map(str, on)) if isinstance(on, dict | list) else frozenset()


def _pipeline(path: str, text: str) -> Iterator[Step]:
    if path.endswith("Jenkinsfile"):
        yield Step(path, "script", commands.read(text))
        return
    try:
        document = documents.load_yaml(text, name=path, lenient=True)
    except documents.DocumentError:
        yield Step(path, UNREADABLE, commands.read(re.sub(r"(?m)^\s*(?:- )?(?:\w+:)?\s*[|>]?-?", "", text)))
        return
    yield from _walk(path, document, ())


def _walk(path: str, value: Any, trail: tuple[str, ...]) -> Iterator[Step]:
    if isinstance(value, list):
        for item in value:
            yield from _walk(path, item, (*trail, _identity(item)) if isinstance(item, dict) and _identity(item) else trail)
        return
    if not isinstance(value, dict):
        return
    scripts = [commands.read(text) for key, inner in value.items() if str(key) in _KEYS for text in _texts(inner)]
    action = value.get("uses")
    found = tuple(command for some in scripts for command in some)
    if isinstance(action, str) and not _SOFT_ACTION.match(action):
        found = (*found, _action(action))
    tolerated, disabled = _tolerated(value), _disabled(value)
    if found or tolerated or disabled:
        yield Step(path, " > ".join(trail), found, tolerated, disabled)
    for key, inner in value.items():
        if isinstance(inner, dict | list) and str(key) not in _KEYS and str(key) not in ("env", "with", "variables", "environment"):
            yield from _walk(path, inner, (*trail, str(key)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from (text for key, inner in value.items() if key in ("command", "run") for text in _texts(inner))


def _identity(item: dict[Any, Any]) -> str:
    for key in ("name", "id", "uses", "run", "script", "task", "stage", "label"):
        if isinstance(item.get(key), str):
            return commands.loose(str(item[key]).partition("@")[0])[:80]
    return ""


def _action(uses: str) -> Command:
    tool = uses.partition("@")[0]
    parts = re.split(r"[/\-]", tool.lower())
    known = tool.lower().rpartition("/")[2].removesuffix("-action")
    family = commands.classify(known)[1] or next((family for part in parts if (family := commands.classify(part)[1])), "")
    return Command(text=f"uses {tool}", tool=tool, family="" if tool.startswith("actions/") else family)


def _tolerated(value: dict[Any, Any]) -> str:
    for key in _PASSES:
        said = value.get(key)
        if (
            said is True
            or (isinstance(said, str) and said.strip().lower() in ("true", "${{ true }}"))
            or (key == "allow_failure" and isinstance(said, dict))
        ):
            return f"{key}: true"
    listed = value.get("allow_failures")
    return f"allow_failures: {len(listed)}" if isinstance(listed, list) and listed else ""


def _disabled(value: dict[Any, Any]) -> str:
    for key in ("if", "condition"):
        said = str(value.get(key, "")).strip().lower().replace(" ", "")
        if said in ("false", "${{false}}", "never()", "false()", "${{false&&true}}") or said.startswith(("false&&", "${{false&&")):
            return f"{key}: false"
    if str(value.get("when", "")) in ("never", "manual"):
        return f"when: {value['when']}"
    rules = value.get("rules")
    if isinstance(rules, list) and rules and all(isinstance(rule, dict) and rule.get("when") == "never" for rule in rules):
        return "when: never"
    return "enabled: false" if value.get("enabled") is False else ""


def _recipes(path: str, text: str) -> Iterator[Step]:
    lines: list[str] = []
    target, line = "", 0
    for number, raw in enumerate(text.split("\n"), 1):
        found = None if raw.startswith(("\t", " ")) else _RECIPE.match(raw)
        if found and found["target"].startswith("."):
            continue
        if found:
            if target:
                yield Step(path, target, _recipe(lines), line=line)
            target, lines, line = (
                found["target"].split()[0],
                [f"make {word}" for word in found["rest"].split("#")[0].split() if word.isidentifier()],
                number,
            )
        elif raw.startswith(("\t", "    ")) and target:
            lines.append(raw.strip())
    if target:
        yield Step(path, target, _recipe(lines), line=line)


def _recipe(lines: list[str]) -> tuple[Command, ...]:
    return commands.read("\n".join(re.sub(r"^[@+]*(-?)[@+]*", r"\1", line) for line in lines))


def _package(path: str, text: str) -> Iterator[Step]:
    try:
        document = documents.load_json(text, name=path)
    except documents.DocumentError:
        return
    scripts = document.get("scripts") if isinstance(document, dict) else None
    for name, script in scripts.items() if isinstance(scripts, dict) else ():
        if isinstance(script, str):
            yield Step(path, str(name), commands.read(script))


def _tox(path: str, text: str) -> Iterator[Step]:
    body: list[str] = []
    section = ""
    for raw in [*text.split("\n"), "[end]"]:
        if found := re.match(r"\[(.+?)\]", raw):
            if body:
                yield Step(path, section, commands.read("\n".join(body)))
            section, body = found[1], []
        elif raw.startswith("commands") or (body and raw[:1].isspace()):
            body.append(re.sub(r"^(?:commands(?:_pre|_post)?\s*=)?\s*", "", raw))
