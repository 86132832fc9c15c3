"""The public script format of the replay agent, `twelve.replay.v1`: decode, check, choose a turn."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

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


Seconds = Annotated[float, Meta(ge=0, le=86_400)]
Count = Annotated[int, Meta(ge=1)]
Tally = Annotated[int, Meta(ge=0)]


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
    old: Annotated[str, Meta(min_length=1)]
    new: str
    count: Count = 1
    """Exactly this many places must hold `old`."""


class Delete(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    path: str


class Run(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    argv: Annotated[tuple[str, ...], Meta(min_length=1)]
    stdin: str = ""
    timeout_s: Seconds = 60
    expect: int | None = None
    """Exit code the script insists on; absent = any."""
    save: str = ""
    """Name of a variable that receives the trimmed output."""


class Tokens(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    input: Tally = 0
    output: Tally = 0
    cache_read: Tally = 0
    cache_write: Tally = 0
    cost_usd: Annotated[float, Meta(ge=0)] = 0.0


class Crash(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    exit: Annotated[int, Meta(ge=0, le=255)] | None = None
    signal: Literal["KILL", "TERM", "ABRT", "SEGV"] | None = None


class Flood(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    bytes: Annotated[int, Meta(ge=1, le=10_000_000_000)]
    lines: bool = True
    """False = one endless line."""


class Background(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    seconds: Seconds
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
    wait: Seconds | None = None
    usage: Tokens | None = None
    crash: Crash | None = None
    hang: Seconds | None = None
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
    round: Count | None = None
    attempt: Count | None = None
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
    value = _load(text, name)
    try:
        script = msgspec.convert(value, Script, strict=True)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise ConfigError(
            f"{name} is no replay script", why=str(error)[:500], next="compare it with docs/reference/replay-script.md"
        ) from None
    for number, turn in enumerate(script.turns):
        for place, action in enumerate(turn.actions):
            _check(action, f"{name}: turns[{number}].actions[{place}]")
    return script


def _load(text: str, name: str) -> Any:
    """JSON when it is JSON, else YAML: the two read an escaped pair of surrogates differently."""
    if text.lstrip().startswith("{"):
        with contextlib.suppress(documents.DocumentError):
            return documents.load_json(text, name=name)
    return documents.load_yaml(text, name=name, limit=SCRIPT_LIMIT)


def _check(action: Action, where: str) -> None:
    used = [key for key in action.__struct_fields__ if getattr(action, key) is not None]
    problem = ""
    if len(used) != 1:
        problem = f"an action has exactly one verb, this one has {len(used)}: {', '.join(used) or 'none'}"
    elif action.write is not None and (action.write.text is None) == (action.write.source is None):
        problem = "write needs either text or from"
    elif action.crash is not None and (action.crash.exit is None) == (action.crash.signal is None):
        problem = "crash needs either exit or signal"
    if problem:
        raise ConfigError(f"{where} cannot be carried out", why=problem, next="compare it with docs/reference/replay-script.md")


def json_schema() -> dict[str, Any]:
    """The format as JSON Schema, as published in `content/schemas/replay.json`."""
    (reference,), definitions = msgspec.json.schema_components([Script])
    plain: dict[str, Any] = _without_null(definitions)
    plain["Action"] |= {"minProperties": 1, "maxProperties": 1}
    exactly_one = {"Write": ("text", "from"), "Crash": ("exit", "signal")}
    for name, keys in exactly_one.items():
        plain[name]["oneOf"] = [{"required": [key]} for key in keys]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Twelve replay script"}
    return {**head, **reference, "$defs": plain}


def _without_null(value: Any) -> Any:
    """A key that may be absent is never written as null, so the published schema does not offer it."""
    if isinstance(value, list):
        return [_without_null(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "anyOf" in value:
        (only,) = [choice for choice in value["anyOf"] if choice != {"type": "null"}]
        rest = {key: item for key, item in value.items() if key not in ("anyOf", "default")}
        return {**_without_null(only), **rest}
    return {key: _without_null(item) for key, item in value.items() if not (key == "default" and item is None)}


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
