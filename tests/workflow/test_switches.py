"""Switches: off leaves work undone, never a check passed, and everything else as it was."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.model.errors import ConfigError
from twelve.model.gate import GateSettings
from twelve.model.phase import Size
from twelve.model.settings import RunSettings, Settings
from twelve.workflow import registry, switches

SLUGS = st.sampled_from(registry.slugs())


def off(*slugs: str, **changes: object) -> Settings:
    return switches.effective(msgspec.structs.replace(Settings(), factors=dict.fromkeys(slugs, False), **changes))


@given(st.dictionaries(SLUGS, st.just(True)))
def test_switches_that_are_on_change_nothing(factors: dict[str, bool]) -> None:
    settings = Settings(factors=factors)
    assert switches.effective(settings) == settings


@given(st.sets(SLUGS))
def test_folding_twice_is_folding_once(slugs: set[str]) -> None:
    once = off(*sorted(slugs))
    assert switches.effective(once) == once


@pytest.mark.parametrize("slug", registry.slugs())
def test_a_switch_changes_only_what_its_rule_says(slug: str) -> None:
    changed = {name for name in Settings.__struct_fields__ if name != "factors" and getattr(off(slug), name) != getattr(Settings(), name)}
    assert len(changed) <= 1
    assert bool(changed) <= (slug in switches.RULES)


def test_each_rule_does_what_it_says() -> None:
    assert off("patterns").run.patterns[0] == 0
    assert off("backlog").run.backlog_items == 0
    assert off("approvals").approvals.plan == "never"
    assert off("routing").run.minimum_size is Size.NORMAL
    assert off("routing", run=RunSettings(minimum_size=Size.CRITICAL)).run.minimum_size is Size.CRITICAL
    assert off("context").context.file_tokens == 80_000
    assert off("gates", gates={"a": GateSettings()}).gates == {}


def test_every_rule_belongs_to_a_factor_and_says_what_stays() -> None:
    assert set(switches.RULES) <= set(registry.slugs())
    assert all(rule.__doc__ for rule in switches.RULES.values())


def test_an_unknown_switch_is_a_configuration_error() -> None:
    with pytest.raises(ConfigError):
        off("router")
