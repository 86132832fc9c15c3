"""Every setting can say what it means, where its value comes from and who chose the default."""

from __future__ import annotations

import pytest
from msgspec import Struct, structs

from twelve.model import gate, settings
from twelve.model.errors import ConfigError
from twelve.system import config
from twelve.system.config import explanation

STRUCTS = [
    kind
    for module in (settings, gate)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Struct) and kind.__module__ == module.__name__ and kind is not settings.Settings
]


@pytest.mark.parametrize("kind", STRUCTS, ids=lambda kind: kind.__name__)
def test_every_field_has_a_doc(kind: type[Struct]) -> None:
    silent = [found.name for found in structs.fields(kind) if not explanation.doc_of(kind, found.name)]
    seed_actions = {"file", "append", "write", "delete"} if kind is gate.Seed else set()
    assert set(silent) <= seed_actions


def test_no_doc_is_kept_for_a_field_that_is_gone() -> None:
    existing = {f"{kind.__name__}.{found.name}" for kind in STRUCTS for found in structs.fields(kind)}
    assert set(explanation._PLAIN) <= existing


def test_a_setting_is_explained_with_value_origin_default_and_source() -> None:
    loaded = config.load_text(
        "[context]\nwindow_tokens = 5\n[gates.a]\nneed = 'optional'\noptions = { x = 1 }\n[factors]\nmemory = false\n"
    )
    assert config.explain(loaded, "context.window_tokens") == config.Explanation(
        value=5, origin="twelve.toml:2", default=200_000, source="S1", doc="Model window, tokens (S1)."
    )
    need = config.explain(loaded, "gates.a.need")
    assert (need.value, need.origin, need.default) == ("optional", "twelve.toml:4", "required")
    option = config.explain(loaded, "gates.a.options.x")
    assert (option.value, option.origin, option.default) == (1, "twelve.toml:5", None)
    assert config.explain(loaded, "gates.a.options").origin == "twelve.toml:5"
    assert config.explain(loaded, "factors.memory").value is False
    assert config.explain(loaded, "backlog.capacity_ratio").source == "U:F10"
    assert config.explain(loaded, "run.gate_rounds").source == "ours"
    assert config.explain(loaded, "approvals.plan").source == "S0, U:F08 G2"


def test_every_key_that_is_listed_can_be_explained() -> None:
    loaded = config.load_text("[gates.a]\n[harness.claude]\n[gates.a.env]\n'B c' = 'x'\n")
    for key, origin in loaded.origins.items():
        assert config.explain(loaded, key).origin == origin
        assert config.explain(loaded, key).doc or key.count(".") == 0, key


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("context.window_token", "did you mean context.window_tokens?"),
        ("context", "e.g. context.budget_ratio"),
        ("gates.a", "e.g. gates.a.cache"),
        ("gates.b.kind", "gates.a.kind"),
        ("", "lists them all"),
        ("a..b", "lists them all"),
        ("context.window_tokens.more", "context.window_tokens"),
    ],
)
def test_a_key_that_is_no_setting_is_refused_with_a_suggestion(key: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        config.explain(config.load_text("[gates.a]\n"), key)
    assert said in refused.value.next
