"""Modules by name, when the first thing in them is needed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def load(module: str, name: str) -> Any:
    """A name of a module given by its dotted name: families are loaded when the first of their programs is met."""
    return getattr(__import__(module, fromlist=[name]), name)
