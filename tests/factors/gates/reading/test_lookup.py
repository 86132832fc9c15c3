from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.factors.gates.reading import lookup
from twelve.model.errors import ConfigError

_POD = {
    "metadata": {"annotations": {"example.com/team": "red"}, "name": None},
    "spec": {"containers": [{"name": "redis", "image": "redis:7", "ports": [6379]}, {"name": "side", "image": "side:1"}]},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("spec.containers[0].image", ("redis:7",)),
        ("spec.containers[-1].name", ("side",)),
        ("spec.containers[name=redis].ports[0]", (6379,)),
        ("spec.containers[*].image", ("redis:7", "side:1")),
        ('metadata.annotations["example.com/team"]', ("red",)),
        ("metadata.annotations[*]", ("red",)),
        ("metadata.name", (None,)),
        ("spec.containers[5]", ()),
        ("spec.containers[name=none].image", ()),
        ("spec.replicas", ()),
        ("spec.containers.image", ()),
    ],
)
def test_a_path_leads_to_its_values(path: str, found: tuple[Any, ...]) -> None:
    assert lookup.find(_POD, path) == found


@pytest.mark.parametrize("path", ["", ".a", "a.", "a..b", "a[", "a[b", "a]b", "a[1]b", 'a["b', "a b.c d\n[", "a.[0]"])
def test_an_unreadable_path_says_where(path: str) -> None:
    with pytest.raises(ConfigError, match="cannot be read at character"):
        lookup.parse(path)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (5, 5, True),
        (5, 5.0, True),
        (5, "5", False),
        (True, 1, False),
        (True, True, True),
        (None, None, True),
        ([1, {"a": 2}], (1, {"a": 2}), True),
        ({"a": 1}, {}, False),
    ],
)
def test_equality_does_not_mix_up_types(one: Any, other: Any, same: bool) -> None:
    assert lookup.same(one, other) is same


@given(st.text(max_size=60))
def test_any_text_is_a_path_or_a_config_error(text: str) -> None:
    try:
        lookup.find(_POD, text)
    except ConfigError:
        return
