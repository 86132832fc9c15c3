"""Objects whose content is known when the bundle is built: every rule's own words, so that asking for them runs no rule."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from twelve.factors.guardrails.policy.rule import Rule

NAME = "RULE"
_PLAIN = (str, int, bool, type(None))


def objects(sources: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Module -> name -> (module and name of the class, slots). Only rules, and only when their slots are plain values."""
    found: dict[str, dict[str, Any]] = {}
    for name in sources:
        if name.startswith("twelve.factors.guardrails.policy.rules."):
            value = getattr(importlib.import_module(name), NAME, None)
            if isinstance(value, Rule) and all(_plain(getattr(value, slot)) for slot in Rule.__slots__):
                found[name] = {NAME: (Rule.__module__, Rule.__name__, {slot: getattr(value, slot) for slot in Rule.__slots__})}
    return found


def _plain(value: Any) -> bool:
    return isinstance(value, _PLAIN) or (isinstance(value, tuple) and all(_plain(item) for item in value))
