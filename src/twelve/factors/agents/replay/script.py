"""The public script format of the replay agent, `twelve.replay.v1`: decode, check, choose a turn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from twelve.model.errors import ConfigError
from twelve.system import documents, files

SCHEMA = "twelve.replay.v1"
SCRIPT_LIMIT = 1_000_000
"""Bytes of one script."""
PLACES = ("run", "phase", "step", "round", "attempt", "artefact")
_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")

Ending = Literal[
    "done", "bad_credentials", "refused", "max_turns", "over_budget", "rate_limited", "overloaded", "unreachable", "broken_stream", "failed"
]


class Write(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    path: str
    text: str | None = None
    source: str | None = field(default=None, name="from")
    """A file beside the script, copied as it is."""
    executable: bool = False


class Append(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    path: str
    text: str


class Edit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    path: str
    old: str
    new: str
    count: int = 1
    """Exactly this many places must hold `old`."""


class Delete(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    path: str


class Run(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    argv: tuple[str, ...]
    stdin: str = ""
    timeout_s: float = 60
    expect: int | None = None
    """Exit code the script insists on; absent = any."""
    save: str = ""
    """Name of a variable that receives the trimmed output."""


class Tokens(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cost_usd: float = 0.0


class Crash(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    exit: int | None = None
    signal: Literal["KILL", "TERM", "ABRT", "SEGV"] | None = None


class Flood(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    bytes: int
    lines: bool = True
    """False = one endless line."""


class Background(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    seconds: float
    path: str = ""
    """File the child writes its process id to, and `alive` to when it outlives the turn."""


class End(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    status: Ending
    detail: str = ""


class Action(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing the agent does. Exactly one field is set."""

    write: Write | None = None
    append: Append | None = None
    edit: Edit | None = None
    delete: Delete | None = None
    run: Run | None = None
    say: str | None = None
    wait: float | None = None
    usage: Tokens | None = None
    crash: Crash | None = None
    hang: float | None = None
    flood: Flood | None = None
    ignore_term: bool | None = None
    background: Background | None = None
    delete_worktree: bool | None = None
    end: End | None = None

    @property
    def verb(self) -> str:
        return next((name for name in self.__struct_fields__ if getattr(self, name) is not None), "")


class ScriptTurn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the agent does in every turn whose place matches all given keys; absent key = any."""

    name: str = ""
    phase: str | None = None
    step: str | None = None
    round: int | None = None
    attempt: int | None = None
    prompt_has: str | None = None
    """A text the prompt must contain."""
    actions: tuple[Action, ...]


class Script(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema: Literal["twelve.replay.v1"]
    about: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    turns: tuple[ScriptTurn, ...]


def parse(text: str, *, name: str) -> Script:
    """Decode a script. Raises ConfigError that names the turn and the action."""
    value = documents.load_yaml(text, name=name, limit=SCRIPT_LIMIT)
    try:
        script = msgspec.convert(value, Script, strict=True)
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"{name} is no replay script", why=str(error)[:500], next="compare it with docs/reference/replay-script.md"
        ) from None
    for number, turn in enumerate(script.turns):
        for place, action in enumerate(turn.actions):
            _check(action, f"{name}: turns[{number}].actions[{place}]")
    return script


def _check(action: Action, where: str) -> None:
    used = [key for key in action.__struct_fields__ if getattr(action, key) is not None]
    problem = ""
    if len(used) != 1:
        problem = f"an action has exactly one verb, this one has {len(used)}: {', '.join(used) or 'none'}"
    elif action.write is not None and (action.write.text is None) == (action.write.source is None):
        problem = "write needs either text or from"
    elif action.run is not None and not action.run.argv:
        problem = "run needs an argv with at least one word"
    elif action.crash is not None and (action.crash.exit is None) == (action.crash.signal is None):
        problem = "crash needs either exit or signal"
    elif action.edit is not None and not action.edit.old:
        problem = "edit needs a text to replace"
    if problem:
        raise ConfigError(f"{where} cannot be carried out", why=problem, next="compare it with docs/reference/replay-script.md")


def load(path: Path) -> Script:
    """Read and decode a script file. Raises TwelveError when it is missing, too large or malformed."""
    return parse(files.read_text(path, SCRIPT_LIMIT), name=path.name)


def choose(script: Script, place: Mapping[str, str], prompt: str) -> ScriptTurn:
    """The first turn whose given keys all match; a pure function, so a repeated turn repeats its actions."""
    for turn in script.turns:
        keys: dict[str, Any] = {"phase": turn.phase, "step": turn.step, "round": turn.round, "attempt": turn.attempt}
        matches = all(value is None or str(value) == place.get(key, "") for key, value in keys.items())
        if matches and (turn.prompt_has is None or turn.prompt_has in prompt):
            return turn
    here = ", ".join(f"{key}={place.get(key, '')!r}" for key in ("phase", "step", "round", "attempt"))
    raise ConfigError("the replay script has no turn for this place", why=here, next="add a turn whose keys match, or one without keys")


def fill(text: str, variables: Mapping[str, str]) -> str:
    """Replace `{{name}}`. Raises ConfigError for a name nobody defined."""

    def value(found: re.Match[str]) -> str:
        if found.group(1) not in variables:
            raise ConfigError(
                f"the replay script uses an undefined variable: {found.group(1)}",
                why=f"defined here: {', '.join(sorted(variables))}",
                next="define it under variables, or save it from a run",
            )
        return variables[found.group(1)]

    return _VARIABLE.sub(value, text)
