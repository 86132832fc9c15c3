"""From `[gates.<id>]` to a gate that can run: kind loaded, defaults filled in, mistakes refused, digest taken."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from twelve.factors.gates import registry
from twelve.factors.gates.kind import Kind
from twelve.model.errors import ConfigError
from twelve.model.gate import Cost, GateSettings, Need, Parser, Seed

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_JUDGING = ("kind", "command", "cwd", "env", "parser", "report", "pattern")
_REPORTS = (Parser.JUNIT, Parser.SARIF, Parser.COBERTURA)


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """A resolved definition. Two gates with the same digest judge the same content alike."""

    id: str
    settings: GateSettings
    kind_name: str
    need: Need
    cost: Cost
    timeout_s: float
    tool: str
    """Executable that must be present; "" when none is known in advance."""
    inputs: tuple[str, ...]
    options: Any
    digest: str
    """sha256 over everything that decides the judgment; title, phase, need, cost and order are left out."""

    @property
    def kind(self) -> Kind:
        return registry.load(self.kind_name)

    @property
    def required(self) -> bool:
        return self.need is Need.REQUIRED

    @property
    def pure(self) -> bool:
        """Whether the verdict may be cached: the kind says so and the definition does not forbid it."""
        return self.settings.cache and bool(getattr(self.kind, "PURE", False))


def resolve_all(gates: Mapping[str, GateSettings]) -> dict[str, Gate]:
    """Every gate of the policy. ConfigError for an unknown kind, option or need, or for needs that go in a circle."""
    resolved = {gate: resolve(gate, settings) for gate, settings in gates.items()}
    for gate in resolved.values():
        for need in gate.settings.needs:
            if need not in resolved:
                raise ConfigError(
                    f"gate {gate.id!r} needs {need!r}, which is not defined",
                    why="a gate that waits for nothing would never run",
                    next=f"define [gates.{need}] or take it out of needs",
                )
    _refuse_circles(resolved)
    return resolved


def resolve(gate: str, settings: GateSettings) -> Gate:
    """One gate with its kind's defaults. ConfigError names the key that is wrong."""
    if not _ID.fullmatch(gate):
        raise ConfigError(
            f"{gate!r} is no gate id",
            why="ids become file names and trailers",
            next="use lower-case letters, digits, dot, dash and underscore, at most 80",
        )
    kind = registry.load(settings.kind)
    _refuse_unused(gate, settings, kind)
    _refuse_half_seed(gate, settings.prove)
    options = _options(gate, settings, kind)
    values: dict[str, Any] = {
        "inputs": settings.inputs or kind.INPUTS,
        "tool": settings.tool or kind.TOOL or (settings.command[0] if settings.command else ""),
        "timeout_s": settings.timeout_s or kind.TIMEOUT_S,
    }
    return Gate(
        id=gate,
        settings=settings,
        kind_name=settings.kind,
        need=settings.need,
        cost=settings.cost or kind.COST,
        options=options,
        digest=_digest(settings, options, values),
        **values,
    )


def _options(gate: str, settings: GateSettings, kind: Kind) -> Any:
    try:
        return msgspec.convert(settings.options, kind.Options)
    except msgspec.ValidationError as wrong:
        known = ", ".join(kind.Options.__struct_fields__) or "none"
        raise ConfigError(
            f"gate {gate!r} has wrong options: {wrong}",
            why=f"kind {settings.kind!r} knows these options: {known}",
            next=f"correct [gates.{gate}.options]; `twelve gate explain {gate}` lists them",
        ) from None


def _refuse_unused(gate: str, settings: GateSettings, kind: Kind) -> None:
    problem = ""
    if getattr(kind, "COMMAND", False):
        if not settings.command:
            problem = f"kind {settings.kind!r} needs `command`, a list of words"
        elif settings.parser in _REPORTS and not settings.report:
            problem = f"parser {settings.parser.value!r} needs `report`, the file the command writes"
        elif settings.parser is Parser.REGEX and not settings.pattern:
            problem = "parser 'regex' needs `pattern`"
    else:
        set_ones = [name for name in ("command", "report", "pattern") if getattr(settings, name)]
        if settings.parser is not Parser.EXIT:
            set_ones.append("parser")
        if set_ones:
            problem = f"kind {settings.kind!r} does not use {', '.join(set_ones)}"
    if settings.timeout_s < 0:
        problem = "timeout_s is negative"
    if any("\0" in word for word in settings.command):
        problem = "a word of `command` contains a NUL character"
    if problem:
        raise ConfigError(f"gate {gate!r}: {problem}", why="a setting that is ignored would be a lie", next=f"correct [gates.{gate}]")


def _refuse_half_seed(gate: str, seed: Seed | None) -> None:
    if seed is None:
        return
    actions = [seed.append is not None, seed.write is not None, seed.replace is not None, seed.delete]
    if sum(actions) != 1:
        raise ConfigError(
            f"gate {gate!r}: prove must have exactly one of append, write, replace and delete",
            why="a proof is one defect in one file",
            next=f"correct [gates.{gate}.prove]",
        )


def _refuse_circles(gates: Mapping[str, Gate]) -> None:
    settled: set[str] = set()
    for start in gates:
        _walk(start, gates, settled, ())


def _walk(gate: str, gates: Mapping[str, Gate], settled: set[str], path: tuple[str, ...]) -> None:
    if gate in path:
        circle = " -> ".join((*path[path.index(gate) :], gate))
        raise ConfigError(f"gates need each other in a circle: {circle}", why="none of them could start", next="remove one of these needs")
    if gate in settled:
        return
    for need in gates[gate].settings.needs:
        _walk(need, gates, settled, (*path, gate))
    settled.add(gate)


def _digest(settings: GateSettings, options: Any, values: Mapping[str, Any]) -> str:
    plain = {name: getattr(settings, name) for name in _JUDGING}
    return digest_of({**plain, **values, "options": options})


def digest_of(value: Any) -> str:
    """sha256 of plain data in canonical JSON; independent of the order of keys."""
    text = json.dumps(msgspec.to_builtins(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def closure(chosen: Iterable[str], gates: Mapping[str, Gate]) -> tuple[Gate, ...]:
    """The chosen gates and all they need, in policy order."""
    wanted: set[str] = set()
    stack = list(chosen)
    while stack:
        gate = stack.pop()
        if gate not in wanted:
            wanted.add(gate)
            stack.extend(gates[gate].settings.needs)
    return tuple(gate for name, gate in gates.items() if name in wanted)
