"""Imports the bundle's own modules from its sections, each unmarshalled when it is first asked for."""

from __future__ import annotations

import sys
from _frozen_importlib import ModuleSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import CodeType, ModuleType
    from typing import Any

ENTRY = "twelve.interfaces.hooks.entry"
GRAMMAR = "twelve.system.shell.grammar"


class Finder:
    """A meta path finder and loader over `section(name) -> (code, is_package)`."""

    def __init__(self, section: Callable[[str], Any], folder: str) -> None:
        self._section = section
        self._folder = folder
        self._codes: dict[str, CodeType] = {}

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        found = self._section(name) if name[:6] == "twelve" else None
        if found is None:
            return None
        self._codes[name] = found[0]
        return ModuleSpec(name, self, origin=self._folder + "/hook.bin", is_package=found[1])  # type: ignore[arg-type]  # a loader by shape

    def create_module(self, spec: ModuleSpec) -> None:
        """The default module object serves."""

    def exec_module(self, module: ModuleType) -> None:
        exec(self._codes.pop(module.__name__), module.__dict__)  # noqa: S102 - the bundle's own code
        if module.__name__ == GRAMMAR:
            module.__dict__["FOLDER"] = self._folder + "/grammar"


def install(section: Callable[[str], Any], folder: str) -> Any:
    """Make the bundle importable and return its entry module."""
    sys.meta_path.insert(0, Finder(section, folder))
    __import__(ENTRY)
    return sys.modules[ENTRY]
