"""`twelve config`: the settings in force, where each came from, and what it means."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import Struct

from twelve.interfaces.cli import terminal
from twelve.model.settings import Settings
from twelve.render import human
from twelve.system import config, redact
from twelve.workflow import registry


class Setting(Struct, frozen=True, kw_only=True):
    """One line of `twelve config show`."""

    key: str
    value: Any
    origin: str


class ConfigAnswer(Struct, frozen=True, kw_only=True):
    """What `twelve config show --json` prints."""

    digest: str
    """sha256 of the effective policy."""
    settings: tuple[Setting, ...]


class ExplainAnswer(Struct, frozen=True, kw_only=True):
    """What `twelve config explain --json` prints."""

    key: str
    value: Any
    origin: str
    default: Any
    source: str
    doc: str


@click.group(cls=terminal.VerbGroup, examples=("twelve config show", "twelve config explain run.gate_rounds"))
def command() -> None:
    """Show and explain the effective settings: defaults, twelve.toml, .twelve/local.toml, environment."""


@command.command(cls=terminal.Verb, answer=ConfigAnswer, examples=("twelve config show", "twelve config show --changed --json"))
@click.option("--changed", is_flag=True, help="Only what differs from the defaults.")
@terminal.json_option
@terminal.directory_option
def show(changed: bool, as_json: bool, directory: Path) -> None:
    """List every setting with its value and origin; secrets are hidden."""
    loaded = terminal.session(directory).loaded
    registry.switched_on(loaded.settings.factors)
    listed = tuple(item for item in _settings(loaded) if not changed or item.origin != "default")
    answer = ConfigAnswer(digest=loaded.digest, settings=listed)
    rows = [(item.key, _shown(item.value), item.origin) for item in listed]
    terminal.show(answer, as_json=as_json, human=lambda: human.table(("setting", "value", "from"), rows, colour=terminal.colour()))


@command.command(
    cls=terminal.Verb,
    answer=ExplainAnswer,
    examples=("twelve config explain context.budget_ratio", "twelve config explain run.tokens --json"),
)
@click.argument("key")
@terminal.json_option
@terminal.directory_option
def explain(key: str, as_json: bool, directory: Path) -> None:
    """Say what a setting means, its value, its default and who set it."""
    found = config.explain(terminal.session(directory).loaded, key)
    answer = ExplainAnswer(
        key=key, value=_hidden(found.value), origin=found.origin, default=found.default, source=found.source, doc=found.doc
    )
    terminal.show(answer, as_json=as_json, human=lambda: _explained(answer))


@command.command(cls=terminal.Verb, examples=("twelve config schema", "twelve config schema > twelve.schema.json"))
@terminal.directory_option
def schema(directory: Path) -> None:  # noqa: ARG001 - every verb takes -C; this answer is the same everywhere
    """Print the JSON Schema of twelve.toml, for editors."""
    terminal.say(json.dumps(msgspec.json.schema(Settings), indent=2, sort_keys=True))


def _settings(loaded: config.Loaded) -> Iterator[Setting]:
    for key, value in _leaves("", msgspec.to_builtins(loaded.settings)):
        yield Setting(key=key, value=_hidden(value), origin=_origin(loaded, key))


def _leaves(prefix: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(f"{prefix}.{name}" if prefix else str(name), inner)
    else:
        yield prefix, value


def _origin(loaded: config.Loaded, key: str) -> str:
    """A list or table may be recorded as a whole, by its nearest outer key."""
    while key:
        if key in loaded.origins:
            return loaded.origins[key]
        key = key.rpartition(".")[0]
    return "default"


def _hidden(value: Any) -> Any:
    return redact.redact_value(value)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _explained(answer: ExplainAnswer) -> str:
    lines = [
        f"{answer.key} = {_shown(answer.value)}",
        f"  {answer.doc}",
        f"  set by   {answer.origin}",
        f"  default  {_shown(answer.default)} (source: {answer.source})",
    ]
    return "\n".join(human.clean(line) for line in lines)
