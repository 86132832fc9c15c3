"""What every kind owes the engine and the person who reads `twelve gate explain`."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import twelve.factors.gates.kinds
from twelve.factors.gates import definition, registry
from twelve.model.errors import ConfigError
from twelve.model.gate import GateSettings


@pytest.mark.parametrize("kind", registry.KINDS)
def test_a_kind_says_what_it_does_and_has_defaults_for_every_option(kind: str) -> None:
    module = registry.load(kind)
    assert module.SUMMARY
    assert module.TIMEOUT_S > 0
    assert msgspec.to_builtins(module.Options()) is not None
    assert module.check.__doc__
    assert module.seed.__doc__


@pytest.mark.parametrize("kind", registry.KINDS)
def test_an_unknown_option_is_refused(kind: str) -> None:
    command = ("true",) if getattr(registry.load(kind), "COMMAND", False) else ()
    with pytest.raises(ConfigError, match="wrong options"):
        definition.resolve("under-test", GateSettings(kind=kind, command=command, options={"no-such-option": 1}))


def test_every_kind_file_is_in_the_table() -> None:
    folder = Path(twelve.factors.gates.kinds.__file__).parent
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == {dotted.rpartition(".")[2] for dotted in registry.KINDS.values()}
